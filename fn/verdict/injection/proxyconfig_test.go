package injection

import (
	"testing"

	"github.com/stretchr/testify/require"
	mesh "istio.io/api/mesh/v1alpha1"
)

// The table of the proxy's settings has the names that Istio's API has.
func TestProxyConfigFields(t *testing.T) {
	fields := (&mesh.ProxyConfig{}).ProtoReflect().Descriptor().Fields()
	known := map[string]bool{}
	for i := range fields.Len() {
		known[fields.Get(i).JSONName()] = true
	}
	for name := range proxyConfigFields {
		require.True(t, known[name], "Istio has no setting %s", name)
	}
	for name := range known {
		if name != "controlPlaneAuthPolicy" && name != "tracingServiceName" { // enumerations, of which the injector takes any name
			require.Contains(t, proxyConfigFields, name)
		}
	}
}
