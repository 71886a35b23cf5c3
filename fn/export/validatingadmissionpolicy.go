package export

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/yamledit"
)

// validatingAdmissionPolicy refuses selected pods that are not enrolled: what mutatingAdmissionPolicy would change, and what Istio never injects.
func validatingAdmissionPolicy() form {
	return form{
		header: `The API server refuses pods that are selected and not enrolled in the mesh. This is enmesh --check for pods, when they
are created. Written by enmesh --export validating-admission-policy. It requires Kubernetes 1.30.

` + unseen + `It accepts any proxy.istio.io/config that contains the name of the socket file. It does not compare the verdict: whether
istiod has the templates and SPIRE registers the pod, enmesh --check says.
`,
		expresses: slices.Clone(admissionExpresses),
		cannot: admissionCannot(map[string]func(*config.MeshEnrollmentSpec) []problem{
			"mode": when("mode", "the policy refuses pods that are not enrolled; it does not remove mesh settings",
				func(s *config.MeshEnrollmentSpec) bool { return s.Mode == config.Unenroll }),
			"clusterSPIFFEID": when("clusterSPIFFEID", "a policy adds no objects, and does not look for others than the pod",
				func(s *config.MeshEnrollmentSpec) bool { return s.ClusterSPIFFEID != nil }),
		}),
		text: func(s *config.MeshEnrollmentSpec) (string, error) {
			const version = "admissionregistration.k8s.io/v1"
			var validations []*yaml.Node
			for _, v := range admitted.checks(s) {
				validations = append(validations, yamledit.Map(yamledit.Entry{Key: "expression", Value: yamledit.Plain(v.expression)},
					yamledit.Entry{Key: "message", Value: yamledit.Plain(v.name)}))
			}
			return render(
				resource(version, "ValidatingAdmissionPolicy", policy(onlyPods, admitted.conditions(s), admitted.variables(s), yamledit.Entry{Key: "validations", Value: yamledit.List(validations...)})),
				resource(version, "ValidatingAdmissionPolicyBinding", yamledit.Map(
					yamledit.Entry{Key: "policyName", Value: yamledit.Plain(policyName)},
					yamledit.Entry{Key: "validationActions", Value: yamledit.List(yamledit.Plain("Deny"))}))), nil
		},
	}
}

// checks returns what a selected pod must be, by the message if it is not.
func (p pod) checks(s *config.MeshEnrollmentSpec) []condition {
	hasLabel := func(key, value string) condition {
		return condition{fmt.Sprintf("enmesh: the pod needs the label %s: %q", key, value), text(p.label(key)) + " == " + quote(value)}
	}
	socket := p.volumes() + ".exists(v, v.name == " + quote(keys.SocketVolume) + " && has(v.csi))"
	if s.WorkloadSocket.Provider != config.PodSocket {
		socket = anyOf("!"+p.volumes()+".exists(v, v.name == "+quote(keys.SocketVolume)+")", socket)
	}
	all := []condition{
		{"enmesh: HostNetwork: Istio never injects a pod on the host's network", not(p.onHostNetwork())},
		{"enmesh: NamespaceInjectionDisabled: the namespace disables injection", "variables.injected"},
		hasLabel(keys.Inject, "true"),
		hasLabel(s.IdentityLabel.Key, s.IdentityLabel.Value),
		{fmt.Sprintf("enmesh: the pod needs the injection templates in the annotation %s: %v, or %v in a gateway", keys.Templates,
			s.Templates.Sidecar, s.Templates.Gateway),
			anyOf(not(p.wantsTemplates(s)), p.annotation(keys.Templates)+".hasValue() && variables.completed == variables.templates")},
		{"enmesh: the pod of a job needs the annotation " + keys.NativeSidecar + `: "true"`, not(p.wantsNativeSidecar())},
		{"enmesh: the volume " + keys.SocketVolume + " must be of the SPIFFE CSI driver", socket},
	}
	if s.Revision != "" {
		all = append(all, condition{"enmesh: the pod needs the label " + keys.Revision, text(p.label(keys.Revision)) + ` != ""`})
	}
	if s.WorkloadSocket.File != "" {
		all = append(all, condition{fmt.Sprintf("enmesh: the pod needs %s: %s in the proxyMetadata of the annotation %s", keys.SocketFileEnv, s.WorkloadSocket.File, keys.ProxyConfig),
			anyOf(text(p.annotation(keys.ProxyConfig))+".contains("+quote(keys.SocketFileEnv)+")", p.setsSocketFile())})
	}
	return all
}
