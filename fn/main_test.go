package fn_test

import (
	"os"
	"testing"

	"enmesh.dev/enmesh/fn/yamledit/plain"
)

func TestMain(m *testing.M) {
	plain.Wipe = true
	os.Exit(m.Run())
}
