package export

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// mutatingAdmissionPolicy enrolls pods when they are created, whoever creates them.
//
// Kubernetes 1.34 and 1.35 serve v1beta1 behind a feature gate, and 1.36 serves v1, with the same fields. Version v1beta1 is written, which is
// the one that the tests run.
func mutatingAdmissionPolicy() form {
	return form{
		header: `The API server enrolls pods in the mesh when they are created, before Istio's webhook injects them. Written by
enmesh --export mutating-admission-policy.

Kubernetes 1.34 and 1.35: start the API server with --feature-gates=MutatingAdmissionPolicy=true
and --runtime-config=admissionregistration.k8s.io/v1beta1=true.
Kubernetes 1.36: replace admissionregistration.k8s.io/v1beta1 by admissionregistration.k8s.io/v1.

` + unseen + `It does not read the annotation proxy.istio.io/config: a pod that has one, keeps it, and gets no name of the socket file.
`,
		expresses: append(slices.Clone(admissionExpresses), "clusterSPIFFEID"),
		cannot: admissionCannot(map[string]func(*config.MeshEnrollmentSpec) []problem{
			"mode": when("mode", "the policy enrolls pods; to refuse pods that are not enrolled, use validating-admission-policy",
				func(s *config.MeshEnrollmentSpec) bool { return s.Mode != config.Enroll }),
		}),
		text: func(s *config.MeshEnrollmentSpec) (string, error) {
			conditions := append(conditions(s), condition{"not-on-host-network", not(onHostNetwork)}, condition{"socket-volume-is-free", not(ownsSocket())})
			mutations := yamledit.List(mutation("ApplyConfiguration", "applyConfiguration", metadataPatch(s)), mutation("JSONPatch", "jsonPatch", volumePatch(s)))
			all := []*yaml.Node{
				resource("v1beta1", "MutatingAdmissionPolicy", policy(s, conditions,
					yamledit.Entry{Key: "mutations", Value: mutations}, yamledit.Entry{Key: "reinvocationPolicy", Value: yamledit.Plain("Never")})),
				resource("v1beta1", "MutatingAdmissionPolicyBinding", yamledit.Map(yamledit.Entry{Key: "policyName", Value: yamledit.Plain(policyName)})),
			}
			if s.ClusterSPIFFEID != nil {
				all = append(all, enroll.NewClusterSPIFFEID(s))
			}
			return render(all...), nil
		},
	}
}

func mutation(patchType, field, expression string) *yaml.Node {
	return yamledit.Map(yamledit.Entry{Key: "patchType", Value: yamledit.Plain(patchType)},
		yamledit.Entry{Key: field, Value: yamledit.Map(yamledit.Entry{Key: "expression", Value: yamledit.Plain(expression)})})
}

// metadataPatch adds the labels and annotations.
func metadataPatch(s *config.MeshEnrollmentSpec) string {
	labels := fmt.Sprintf("      %s: \"true\",\n      %s: %s", quote(keys.Inject), quote(s.IdentityLabel.Key), quote(s.IdentityLabel.Value))
	if s.Revision != "" {
		labels += fmt.Sprintf(",\n      ?%s: %s == \"\" ? optional.of(%s) : optional.none()", quote(keys.Revision), text(label(keys.Revision)), quote(s.Revision))
	}
	annotations := fmt.Sprintf("      %s: variables.completed,\n", quote(keys.Templates))
	if s.WorkloadSocket.Provider == config.PodSocket {
		annotations = fmt.Sprintf("      ?%s: %s ? optional.of(variables.completed) : optional.none(),\n", quote(keys.Templates), wantsTemplates(s))
	}
	annotations += fmt.Sprintf("      ?%s: %s ?\n        optional.of(\"true\") : optional.none()", quote(keys.NativeSidecar), wantsNativeSidecar())
	if file := s.WorkloadSocket.File; file != "" {
		annotations += fmt.Sprintf(",\n      ?%s: %s.trim() == \"\" && !%s ?\n        optional.of(%s) : optional.none()", quote(keys.ProxyConfig), text(annotation(keys.ProxyConfig)),
			setsSocketFile(), quote(enroll.ProxyConfigWith(file)))
	}
	return "!variables.injected ? Object{} : Object{\n  metadata: Object.metadata{\n    labels: {\n" + labels + "},\n    annotations: {\n" + annotations + "}}}"
}

// wantsNativeSidecar: an ordinary sidecar keeps running, so a job never completes.
func wantsNativeSidecar() string {
	return "variables.job && !variables.gateway && !" + annotation(keys.NativeSidecar) + ".hasValue()"
}

// setsSocketFile says whether the pod's own istio-proxy sets the socket file.
func setsSocketFile() string {
	return allContainers + ".exists(c, c.name == " + quote(keys.ProxyContainer) + " &&\n" +
		"          c.?env.orValue([]).exists(e, e.name == " + quote(keys.SocketFileEnv) + " && e.?value.orValue(\"\") != \"\"))"
}

// volumePatch makes workload-socket a volume of the CSI driver, as enroll's wantSocketVolume does.
func volumePatch(s *config.MeshEnrollmentSpec) string {
	named := func(condition string) string {
		return volumes + ".exists(v, v.name == " + quote(keys.SocketVolume) + condition + ")"
	}
	volume := "Object.spec.volumes{name: " + quote(keys.SocketVolume) + ", csi: " + csi(s.WorkloadSocket.CSI) + "}"
	patch := "!variables.injected || " + named(" && has(v.csi)") + " ? [] :\n" +
		named("") + " ? [JSONPatch{op: \"replace\",\n" +
		"  path: \"/spec/volumes/\" + string(" + volumes + ".map(v, v.name).indexOf(" + quote(keys.SocketVolume) + ")),\n  value: " + volume + "}] :\n"
	if s.WorkloadSocket.Provider != config.PodSocket {
		return patch + "[]"
	}
	// Kubernetes 1.35 panics on a list of objects as a value.
	add := "JSONPatch{op: \"add\", path: \"/spec/volumes/-\", value: " + volume + "}"
	return patch + "size(" + volumes + ") > 0 ? [" + add + "] :\n" +
		"[JSONPatch{op: \"add\", path: \"/spec/volumes\", value: []},\n  " + add + "]"
}

// jobs returns the types whose pods must complete, as GROUP/KIND.
func jobs(s *config.MeshEnrollmentSpec) []string { return manifest.NewKinds(s.PodTemplates).Jobs() }
