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

` + unseen + unseenProxyConfig,
		expresses: append(slices.Clone(admissionExpresses), "clusterSPIFFEID"),
		cannot: admissionCannot(map[string]func(*config.MeshEnrollmentSpec) []problem{
			"mode": when("mode", "the policy enrolls pods; to refuse pods that are not enrolled, use validating-admission-policy",
				func(s *config.MeshEnrollmentSpec) bool { return s.Mode != config.Enroll }),
		}),
		text: func(s *config.MeshEnrollmentSpec) (string, error) {
			const version = "admissionregistration.k8s.io/v1beta1"
			const guard = "!variables.injected ? " // match conditions do not see the namespace
			metadata := guard + "Object{} : Object{\n  metadata: Object.metadata{\n    labels: " + indent(admitted.labels(s)) + ",\n    annotations: " + indent(admitted.annotations(s)) + "}}"
			all := []*yaml.Node{
				resource(version, "MutatingAdmissionPolicy", policy(onlyPods, admitted.mutableConditions(s), admitted.variables(s),
					mutations(metadata, guard+"[] :\n"+admitted.volumePatch(s)), yamledit.Entry{Key: "reinvocationPolicy", Value: yamledit.Plain("Never")})),
				resource(version, "MutatingAdmissionPolicyBinding", yamledit.Map(yamledit.Entry{Key: "policyName", Value: yamledit.Plain(policyName)})),
			}
			if s.ClusterSPIFFEID != nil {
				all = append(all, enroll.NewClusterSPIFFEID(s))
			}
			return render(all...), nil
		},
	}
}

// mutableConditions are the conditions for a policy to change a pod.
func (p pod) mutableConditions(s *config.MeshEnrollmentSpec) []condition {
	return append(p.conditions(s), condition{"not-on-host-network", not(p.onHostNetwork())}, condition{"socket-volume-is-free", not(p.ownsSocket())})
}

// mutations merges an object, and applies JSON patches.
func mutations(merged, patches string) yamledit.Entry {
	mutation := func(patchType, field, expression string) *yaml.Node {
		return yamledit.Map(yamledit.Entry{Key: "patchType", Value: yamledit.Plain(patchType)},
			yamledit.Entry{Key: field, Value: yamledit.Map(yamledit.Entry{Key: "expression", Value: yamledit.Plain(expression)})})
	}
	return yamledit.Entry{Key: "mutations", Value: yamledit.List(
		mutation("ApplyConfiguration", "applyConfiguration", merged),
		mutation("JSONPatch", "jsonPatch", patches))}
}

// labels and annotations return the maps of what the pod gets.
func (p pod) labels(s *config.MeshEnrollmentSpec) string {
	entries := []string{quote(keys.Inject) + `: "true"`, quote(s.IdentityLabel.Key) + ": " + quote(s.IdentityLabel.Value)}
	if s.Revision != "" {
		entries = append(entries, fmt.Sprintf("?%s: %s == \"\" ? optional.of(%s) : optional.none()", quote(keys.Revision), text(p.label(keys.Revision)), quote(s.Revision)))
	}
	return object(entries)
}

func (p pod) annotations(s *config.MeshEnrollmentSpec) string {
	templates := quote(keys.Templates) + ": variables.completed"
	if s.WorkloadSocket.Provider == config.PodSocket {
		templates = fmt.Sprintf("?%s: %s ? optional.of(variables.completed) : optional.none()", quote(keys.Templates), p.wantsTemplates(s))
	}
	entries := []string{templates, fmt.Sprintf("?%s: %s ?\n    optional.of(\"true\") : optional.none()", quote(keys.NativeSidecar), p.wantsNativeSidecar())}
	if file := s.WorkloadSocket.File; file != "" {
		entries = append(entries, fmt.Sprintf("?%s: %s.trim() == \"\" && !%s ?\n    optional.of(%s) : optional.none()", quote(keys.ProxyConfig),
			text(p.annotation(keys.ProxyConfig)), p.setsSocketFile(), quote(enroll.ProxyConfigWith(file))))
	}
	return object(entries)
}

// wantsNativeSidecar: an ordinary sidecar keeps running, so a job never completes.
func (p pod) wantsNativeSidecar() string {
	return "variables.job && !variables.gateway && !" + p.annotation(keys.NativeSidecar) + ".hasValue()"
}

// setsSocketFile says whether the pod's own istio-proxy sets the socket file.
func (p pod) setsSocketFile() string {
	return p.allContainers() + ".exists(c, c.name == " + quote(keys.ProxyContainer) + " &&\n" +
		"      c.?env.orValue([]).exists(e, e.name == " + quote(keys.SocketFileEnv) + " && e.?value.orValue(\"\") != \"\"))"
}

// volumePatch makes workload-socket a volume of the CSI driver, as enroll's wantSocketVolume does.
func (p pod) volumePatch(s *config.MeshEnrollmentSpec) string {
	named := func(condition string) string {
		return p.volumes() + ".exists(v, v.name == " + quote(keys.SocketVolume) + condition + ")"
	}
	volume := "Object.spec.volumes{name: " + quote(keys.SocketVolume) + ", csi: " + csi(s.WorkloadSocket.CSI) + "}"
	patch := named(" && has(v.csi)") + " ? [] :\n" +
		named("") + " ? [JSONPatch{op: \"replace\",\n" +
		"  path: " + p.at("/spec/volumes/") + " + string(" + p.volumes() + ".map(v, v.name).indexOf(" + quote(keys.SocketVolume) + ")),\n  value: " + volume + "}] :\n"
	if s.WorkloadSocket.Provider != config.PodSocket {
		return patch + "[]"
	}
	// Kubernetes 1.35 panics on a list of objects as a value.
	add := "JSONPatch{op: \"add\", path: " + p.at("/spec/volumes/-") + ", value: " + volume + "}"
	return patch + "size(" + p.volumes() + ") > 0 ? [" + add + "] :\n" +
		"[JSONPatch{op: \"add\", path: " + p.at("/spec/volumes") + ", value: []},\n  " + add + "]"
}

// jobs returns the types whose pods must complete, as GROUP/KIND.
func jobs(s *config.MeshEnrollmentSpec) []string { return manifest.NewKinds(s.PodTemplates).Jobs() }
