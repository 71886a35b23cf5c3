package config_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/config"
)

// A preset sets what the configuration leaves open, and the defaults set what the preset leaves open. What it sets is listed.
func TestPreset(t *testing.T) {
	var e config.MeshEnrollment
	e.Spec.Preset, e.Spec.ClusterSPIFFEID = "ztwim", &config.ClusterSPIFFEID{}
	own := e.Spec.ClusterSPIFFEID
	require.Equal(t, []config.Filled{
		{Field: "spec.templates.sidecar", Value: "sidecar,spire"},
		{Field: "spec.templates.gateway", Value: "gateway,spireGateway"},
		{Field: "spec.workloadSocket.file", Value: "spire-agent.sock"},
		{Field: "spec.clusterSPIFFEID.className", Value: "zero-trust-workload-identity-manager-spire"},
	}, e.Spec.FilledByPreset())
	require.Empty(t, e.Spec.WorkloadSocket.File, "to list is not to set")
	e.Default()
	require.NoError(t, e.Validate())
	require.Equal(t, config.ClusterSPIFFEID{}, *own, "the caller's")
	require.Equal(t, "spire-agent.sock", e.Spec.WorkloadSocket.File)
	require.Equal(t, []string{"gateway", "spireGateway"}, e.Spec.Templates.Gateway)
	require.Equal(t, "zero-trust-workload-identity-manager-spire", e.Spec.ClusterSPIFFEID.ClassName)
	require.Equal(t, "spire-managed-identity", e.Spec.IdentityLabel.Key, "open in the preset")
	require.Empty(t, e.Spec.FilledByPreset(), "all is set")
}

// No preset changes a field that is set, and none adds an object.
func TestPresetOverrulesNothing(t *testing.T) {
	for _, name := range config.PresetNames() {
		set, err := config.Decode([]byte(head + "spec: {preset: " + name + ", identityLabel: {key: a}, templates: {sidecar: [b], gateway: [c]},\n" +
			"  workloadSocket: {file: d}, clusterSPIFFEID: {className: e}}\n"))
		require.NoError(t, err)
		require.Empty(t, set.Spec.FilledByPreset(), name)
		set.Default()
		require.Equal(t, []string{"a", "b", "c", "d", "e"}, []string{set.Spec.IdentityLabel.Key, set.Spec.Templates.Sidecar[0],
			set.Spec.Templates.Gateway[0], set.Spec.WorkloadSocket.File, set.Spec.ClusterSPIFFEID.ClassName}, name)

		var empty config.MeshEnrollment
		empty.Spec.Preset = name
		empty.Default()
		require.NoError(t, empty.Validate(), name)
		require.Nil(t, empty.Spec.ClusterSPIFFEID, name)
	}
	require.True(t, slices.IsSorted(config.PresetNames()))
}

// The preset seed is what the defaults are.
func TestPresetSeed(t *testing.T) {
	var named, unnamed config.MeshEnrollment
	named.Spec.Preset = "seed"
	named.Default()
	unnamed.Default()
	named.Spec.Preset = ""
	require.Equal(t, unnamed, named)
}
