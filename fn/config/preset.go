package config

import (
	"fmt"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/keys"
)

// Preset is what a distribution, a chart or a guide chose where others choose otherwise. What is empty, it leaves open.
type Preset struct {
	// Name is the value of spec.preset.
	Name string
	// Of says whose choices these are.
	Of string

	IdentityLabelKey string   // of the pods that SPIRE registers
	Sidecar, Gateway []string // injection templates
	SocketFile       string   // of SPIRE's agent, where it is not the one that Istio looks for, or not for sure
	ClassName        string   // of SPIRE's controller manager
}

// seed is the preset that fills what another leaves open.
const seed = "seed"

// presets are sorted by name. The comment above a row says where its values are from. All use the CSI driver csi.spiffe.io.
var presets = []Preset{
	// https://istio.io/latest/docs/ops/integrations/spire/ has the label and the template spire, and no template for gateways. Istio's
	// sample has one: istio/istio, samples/security/spire-trust-domain-federation/istio.yaml.
	{Name: "istio-docs", Of: "Istio's documentation and samples",
		IdentityLabelKey: "spiffe.io/spire-managed-identity",
		Sidecar:          []string{keys.SidecarTemplate, "spire"}, Gateway: []string{keys.GatewayTemplate, "spire-gateway"}},

	// The design that enmesh implements.
	{Name: seed, Of: "enmesh's defaults",
		IdentityLabelKey: "spire-managed-identity",
		Sidecar:          []string{keys.SidecarTemplate, "spire"}, Gateway: []string{keys.GatewayTemplate, "spire-gw"}},

	// spiffe/helm-charts-hardened, charts/spire 0.30.0: the agent's socket is spire-agent.sock (charts/spire-agent/values.yaml, socketPath);
	// it has the name socket only by a link that a value can take away (socketAlternate.names). The class is <namespace>-<release>
	// (charts/spire-server/templates/_helpers.tpl, spire-server.controller-manager-class-name): a preset cannot know it. The chart's own
	// ClusterSPIFFEID selects all pods as a fallback, and asks for no label.
	{Name: "spire-chart", Of: "the Helm chart spire of spiffe/helm-charts-hardened",
		SocketFile: "spire-agent.sock"},

	// openshift/zero-trust-workload-identity-manager: the socket is spire-agent.sock, and nothing links to it
	// (pkg/controller/spire-agent/configmap.go); the class is fixed (pkg/controller/spire-server/configmap.go). Its fallback ClusterSPIFFEID
	// selects all pods (pkg/controller/spire-oidc-discovery-provider/clusterspiffeid.go). OpenShift Service Mesh, which is documented with
	// it, calls the templates spire and spireGateway (openshift-service-mesh/sail-operator, tests/e2e/ztwim/ztwim_test.go).
	{Name: "ztwim", Of: "OpenShift's Zero Trust Workload Identity Manager and Service Mesh",
		Sidecar: []string{keys.SidecarTemplate, "spire"}, Gateway: []string{keys.GatewayTemplate, "spireGateway"},
		SocketFile: "spire-agent.sock", ClassName: "zero-trust-workload-identity-manager-spire"},
}

// Presets lists the presets, by name.
func Presets() []Preset { return presets }

// PresetNames lists their names.
func PresetNames() []string {
	var names []string
	for _, p := range presets {
		names = append(names, p.Name)
	}
	return names
}

// findPreset returns the preset with a name. One that does not exist leaves everything open.
func findPreset(name string) Preset {
	if i := slices.IndexFunc(presets, func(p Preset) bool { return p.Name == name }); i >= 0 {
		return presets[i]
	}
	return Preset{}
}

// Filled is a field that a preset set.
type Filled struct {
	// Field is the path of the field.
	Field string `json:"field"`
	// Value of the field. A list of templates is as in the annotation of a pod, with commas.
	Value string `json:"value"`
}

// String returns field=value.
func (f Filled) String() string { return f.Field + "=" + f.Value }

// FilledByPreset lists what the preset sets of a spec that has no defaults yet.
func (s MeshEnrollmentSpec) FilledByPreset() []Filled { return findPreset(s.Preset).fill(&s) }

// fill sets the fields of a spec that are open, and says which. It never changes what the spec points to.
func (p Preset) fill(s *MeshEnrollmentSpec) []Filled {
	var filled []Filled
	text := func(field *string, path, value string) {
		if value != "" && *field == "" {
			*field = value
			filled = append(filled, Filled{path, value})
		}
	}
	list := func(field *[]string, path string, value []string) {
		if value != nil && *field == nil {
			*field = slices.Clone(value)
			filled = append(filled, Filled{path, strings.Join(value, ",")})
		}
	}
	text(&s.IdentityLabel.Key, "spec.identityLabel.key", p.IdentityLabelKey)
	list(&s.Templates.Sidecar, "spec.templates.sidecar", p.Sidecar)
	list(&s.Templates.Gateway, "spec.templates.gateway", p.Gateway)
	text(&s.WorkloadSocket.File, "spec.workloadSocket.file", p.SocketFile)
	if s.ClusterSPIFFEID != nil { // a preset adds no object
		id := *s.ClusterSPIFFEID
		s.ClusterSPIFFEID = &id
		text(&id.ClassName, "spec.clusterSPIFFEID.className", p.ClassName)
	}
	return filled
}

// checkPreset returns what is wrong with the name of a preset, or "".
func checkPreset(name string) string {
	if name == "" || slices.Contains(PresetNames(), name) {
		return ""
	}
	return fmt.Sprintf("spec.preset: must be %s, got %q%s", either(PresetNames()), name, Suggestion(name, PresetNames()))
}
