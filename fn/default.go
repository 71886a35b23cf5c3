package fn

import (
	corev1 "k8s.io/api/core/v1"
)

// Default fills the fields that are not set. It changes nothing that is.
func (e *MeshEnrollment) Default() {
	if e.APIVersion == "" && e.Kind == "" {
		e.APIVersion, e.Kind = APIVersion, Kind
	}
	s := &e.Spec
	orElse(&s.Mode, Enroll)
	orElse(&s.Hooks, SkipHooks)
	orElse(&s.IdentityLabel.Key, "spire-managed-identity")
	orElse(&s.IdentityLabel.Value, "true")
	orElse(&s.WorkloadSocket.Provider, TemplateSocket)
	if s.Templates.Sidecar == nil {
		s.Templates.Sidecar = []string{"sidecar", "spire"}
	}
	if s.Templates.Gateway == nil {
		s.Templates.Gateway = []string{gatewayTemplate, "spire-gw"}
	}
	if s.WorkloadSocket.CSI == nil {
		readOnly := true
		s.WorkloadSocket.CSI = &corev1.CSIVolumeSource{Driver: "csi.spiffe.io", ReadOnly: &readOnly}
	}
	if s.WorkloadAPI != nil {
		api := *s.WorkloadAPI // the caller's own stays as it is
		orElse(&api.MountPath, "/spiffe-workload-api")
		orElse(&api.File, "spire-agent.sock")
		s.WorkloadAPI = &api
	}
}

func orElse[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
