package config

// Default sets the fields that are not set.
func (e *MeshEnrollment) Default() {
	if e.APIVersion == "" && e.Kind == "" {
		e.APIVersion, e.Kind = APIVersion, Kind
	}
	s := &e.Spec
	orElse(&s.Mode, Enroll)
	orElse(&s.Hooks, SkipHooks)
	findPreset(s.Preset).fill(s)
	findPreset(seed).fill(s) // what the preset leaves open
	orElse(&s.IdentityLabel.Value, "true")
	orElse(&s.WorkloadSocket.Provider, TemplateSocket)
	if s.WorkloadSocket.CSI == nil {
		readOnly := true
		s.WorkloadSocket.CSI = &CSIVolumeSource{Driver: "csi.spiffe.io", ReadOnly: &readOnly}
	}
	orElse(&s.PeerAuthenticationVersion, "v1")
	if s.ClusterSPIFFEID != nil {
		id := *s.ClusterSPIFFEID
		orElse(&id.Name, "enmesh")
		orElse(&id.SPIFFEIDTemplate, spiffeIDTemplate)
		s.ClusterSPIFFEID = &id
	}
	if s.WorkloadAPI != nil {
		api := *s.WorkloadAPI // a copy, so that the caller's value does not change
		orElse(&api.MountPath, "/spiffe-workload-api")
		orElse(&api.File, "spire-agent.sock")
		s.WorkloadAPI = &api
	}
}

// spiffeIDTemplate renders the only form of SPIFFE ID that Istio accepts.
const spiffeIDTemplate = "spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}"

func orElse[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
