package indent

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOf(t *testing.T) {
	for spaces := range 40 {
		for _, rest := range []string{"", "a", "\t", "- a: b", "\n        a"} {
			require.Equal(t, spaces, Of([]byte(strings.Repeat(" ", spaces)+rest)))
		}
	}
}
