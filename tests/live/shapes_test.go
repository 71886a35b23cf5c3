package live

import (
	"testing"

	"enmesh.dev/enmesh/tests/live/plane"
)

func testShapes(t *testing.T, p *plane.Plane) {}
