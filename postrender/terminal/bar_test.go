package terminal

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The bar has the width of the terminal, whatever is done, and says how long the rest takes.
func TestBar(t *testing.T) {
	for _, c := range []struct {
		done, total int64
		passed      time.Duration
		width       int
		want        string
	}{
		{0, 10, 0, 39, "enmesh   0% |               | 0/10 [0s]"},
		{5, 10, 3 * time.Second, 53, "enmesh  50% |██████████          | 5/10 [3s, 3s left]"},
		{999, 1000, 999 * time.Second, 60, "enmesh  99% |██████████████████ | 999/1000 [16m39s, 1s left]"},
		{10, 10, 4 * time.Second, 43, "enmesh 100% |█████████| 10/10 [4s, 0s left]"},
		{5, 10, 3 * time.Second, 20, "enmesh  50% || 5/10 "},
	} {
		require.Equal(t, c.want, bar("enmesh", c.done, c.total, c.passed, c.width))
	}
}
