package keys

import (
	"testing"

	"github.com/stretchr/testify/require"
	"istio.io/api/annotation"
	"istio.io/api/label"
)

// The keys are those of Istio's API, which deprecates none of them but one.
func TestIstiosKeys(t *testing.T) {
	for key, istios := range map[string]label.Instance{
		Inject:         label.SidecarInject,
		Revision:       label.IoIstioRev,
		Tag:            label.IoIstioTag,
		DataplaneMode:  label.IoIstioDataplaneMode,
		IstioComponent: label.OperatorComponent,
	} {
		require.Equal(t, istios.Name, key)
		require.False(t, istios.Deprecated, key)
	}
	for key, istios := range map[string]annotation.Instance{
		Templates:                 annotation.InjectTemplates,
		NativeSidecar:             annotation.SidecarNativeSidecar,
		ProxyConfig:               annotation.ProxyConfig,
		InjectionStatus:           annotation.SidecarStatus,
		UserVolume:                annotation.SidecarUserVolume,
		UserVolumeMount:           annotation.SidecarUserVolumeMount,
		BootstrapOverride:         annotation.SidecarBootstrapOverride,
		InterceptionMode:          annotation.SidecarInterceptionMode,
		RewriteProbes:             annotation.SidecarRewriteAppHTTPProbers,
		MergeMetrics:              annotation.PrometheusMergeMetrics,
		ProxyCPU:                  annotation.SidecarProxyCPU,
		ProxyCPULimit:             annotation.SidecarProxyCPULimit,
		ProxyMemory:               annotation.SidecarProxyMemory,
		ProxyMemoryLimit:          annotation.SidecarProxyMemoryLimit,
		StatusPort:                annotation.SidecarStatusPort,
		ReadinessInitialDelay:     annotation.SidecarStatusReadinessInitialDelaySeconds,
		ReadinessPeriod:           annotation.SidecarStatusReadinessPeriodSeconds,
		ReadinessFailureThreshold: annotation.SidecarStatusReadinessFailureThreshold,
		IncludeOutboundIPRanges:   annotation.SidecarTrafficIncludeOutboundIPRanges,
		ExcludeOutboundIPRanges:   annotation.SidecarTrafficExcludeOutboundIPRanges,
		IncludeInboundPorts:       annotation.SidecarTrafficIncludeInboundPorts,
		ExcludeInboundPorts:       annotation.SidecarTrafficExcludeInboundPorts,
		ExcludeOutboundPorts:      annotation.SidecarTrafficExcludeOutboundPorts,
		ExcludeInterfaces:         annotation.SidecarTrafficExcludeInterfaces,
		RerouteInterfaces:         annotation.IoIstioRerouteVirtualInterfaces,
		KubevirtInterfaces:        annotation.SidecarTrafficKubevirtInterfaces,
	} {
		require.Equal(t, istios.Name, key)
		require.Equal(t, key == KubevirtInterfaces, istios.Deprecated, key)
	}
}
