package keys

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A key that Istio deprecates shows here with the next version of its API.
func TestNoKeyIsDeprecated(t *testing.T) {
	for key, is := range deprecated {
		require.False(t, is, "Istio deprecates %s", key)
	}
	require.Equal(t, "sidecar.istio.io/inject", Inject)
	require.Equal(t, "inject.istio.io/templates", Templates)
}
