package istiod

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNewVersion(t *testing.T) {
	for text, want := range map[string]Version{
		"1.31.0": {1, 31}, "v1.27.3": {1, 27}, "v1.28-latest": {1, 28}, "1.30.1-distroless": {1, 30}, "1.26-alpha.5e1f": {1, 26}, " 2.0.0": {2, 0},
		"1.0.0": {}, "latest": {}, "master": {}, "": {}, "1.310x": {}, "31": {}, "sha256:1.31.0": {},
	} {
		require.Equal(t, want, NewVersion(text), text)
	}
}

func TestIsBefore(t *testing.T) {
	require.True(t, Version{1, 25}.IsBefore(Version{1, 26}))
	require.False(t, Version{1, 26}.IsBefore(Version{1, 26}))
	require.False(t, Version{2, 0}.IsBefore(Version{1, 26}))
	require.False(t, Version{}.IsBefore(Version{1, 26}), "it is not known")
}
