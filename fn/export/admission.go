package export

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/yamledit"
)

// The admission policies decide about a pod by the same conditions: those of enroll.Enroller.Decide, as far as a pod
// shows them.

// policyName is the name of an exported policy and of its binding.
const policyName = "enmesh"

// unseen is what the policies do not see.
const unseen = `The policy sees pods, and not their workloads:
` + unseenOfWorkloads

const unseenOfWorkloads = `- Marks for enrollment and opt-outs count on the pod template. They do not count on the workload's own labels and annotations.
- Selectors of labels and annotations compare those of the pod.
- It does not see the annotation helm.sh/hook of a workload.
- Pods that istiod makes of a Gateway of the Gateway API opt out of injection: enroll the Gateway itself, with enmesh.
`

// unseenProxyConfig is what the policies that change pods do not see.
const unseenProxyConfig = "It does not read the annotation proxy.istio.io/config: a pod that has one, keeps it, and gets no name of the socket file.\n"

// admissionExpresses are the fields that the policies express (a preset by what it fills), and those that say nothing about a pod that is
// created: what objects without a namespace get, facts and acceptance for reports, the trust domain for reports and istiod's mesh
// configuration, where to find pod templates.
var admissionExpresses = []string{"all", "preset", "namespace", "trustDomain", "revision", "identityLabel", "templates", "workloadSocket", "podTemplates",
	"strict", "cluster", "noAssumptions", "accept"}

// admissionCannot has what no policy can express.
func admissionCannot(more map[string]func(*config.MeshEnrollmentSpec) []problem) map[string]func(*config.MeshEnrollmentSpec) []problem {
	all := map[string]func(*config.MeshEnrollmentSpec) []problem{
		"targets":  func(s *config.MeshEnrollmentSpec) []problem { return each("targets", s.Targets, onPod) },
		"exclude":  func(s *config.MeshEnrollmentSpec) []problem { return each("exclude", s.Exclude, onPod) },
		"gateways": func(s *config.MeshEnrollmentSpec) []problem { return each("gateways", s.Gateways, onPod) },
		"hooks": when("hooks", "Skip: a pod does not show that its workload is a Helm hook; set Enroll, or enroll only the pods that are marked for enrollment",
			func(s *config.MeshEnrollmentSpec) bool { return selectsUnmarked(s) && s.Hooks != config.EnrollHooks }),
		"workloadAPI": when("workloadAPI", "the policy changes no containers", func(s *config.MeshEnrollmentSpec) bool { return s.WorkloadAPI != nil }),
		"peerAuthentication": when("peerAuthentication", "a policy adds no objects; add one PeerAuthentication for the namespace or for the mesh",
			func(s *config.MeshEnrollmentSpec) bool { return s.PeerAuthentication != "" }),
		"peerAuthenticationVersion": func(*config.MeshEnrollmentSpec) []problem { return nil }, // that of peerAuthentication
	}
	for field, cannot := range more {
		all[field] = cannot
	}
	return all
}

// selectsUnmarked says whether pods are selected that are not marked for enrollment.
func selectsUnmarked(s *config.MeshEnrollmentSpec) bool { return s.All || len(s.Targets) > 0 }

// condition is a named expression.
type condition struct{ name, expression string }

// conditions returns the conditions for the policy to look at a pod.
func (p pod) conditions(s *config.MeshEnrollmentSpec) []condition {
	identity := s.IdentityLabel
	all := []condition{
		{"not-local-config", p.annotation(keys.LocalConfig) + `.orValue("false") == "false"`},
		{"not-opted-out", allOf(
			not(saysNo(p.label(keys.Enroll))),
			not(saysNo(p.annotation(keys.Enroll))),
			not(saysNo(p.label(keys.Inject)+".or("+p.annotation(keys.Inject)+")")),
			anyOf("("+text(p.label(identity.Key))+" == "+quote(identity.Value), not(saysNo(p.label(identity.Key)))+")"))},
	}
	if len(s.Exclude) > 0 {
		all = append(all, condition{"not-excluded", not(p.matchAny(s.Exclude))})
	}
	switch {
	case !selectsUnmarked(s):
		return append(all, condition{"selected", p.marked(identity)})
	case len(s.Targets) > 0:
		all = append(all, condition{"selected", p.matchAny(s.Targets)})
	}
	return append(all, condition{"not-part-of-the-mesh", anyOf(p.marked(identity), not(p.component()))})
}

// saysNo says whether an optional value means no.
func saysNo(value string) string {
	return text(value) + ".trim().lowerAscii() in " + list(enroll.Noes)
}

// marked says whether the pod is marked for enrollment.
func (p pod) marked(identity config.IdentityLabel) string {
	return anyOf(text(p.label(keys.Inject))+` == "true"`, text(p.label(identity.Key))+" == "+quote(identity.Value), text(p.annotation(keys.Enroll))+` == "true"`)
}

// component says whether the pod is a part of SPIRE or Istio.
func (p pod) component() string {
	terms := []string{fmt.Sprintf(`%s.exists(c, c.?image.orValue("").matches(%s))`, p.containers(), quote(mesh.ComponentImages))}
	for _, l := range mesh.ComponentLabels {
		terms = append(terms, text(p.label(l[0]))+" == "+quote(l[1]))
	}
	return anyOf(terms...)
}

// ownsSocket says whether the volume workload-socket is the application's own.
func (p pod) ownsSocket() string {
	return allOf(p.volumes()+".exists(v, v.name == "+quote(keys.SocketVolume)+" && !has(v.csi))",
		p.allContainers()+".exists(c, c.name != "+quote(keys.ProxyContainer)+" &&\n  c.?volumeMounts.orValue([]).exists(m, m.name == "+quote(keys.SocketVolume)+"))")
}

// injected says whether the namespace lets Istio inject pods. Conditions do not see it, so it is a variable.
func injected() string {
	return "namespaceObject.metadata.?labels[?" + quote(keys.NamespaceInjection) + "].hasValue() ?\n" +
		"  namespaceObject.metadata.labels[" + quote(keys.NamespaceInjection) + `] == "enabled" :` + "\n" +
		"  namespaceObject.metadata.?labels[?" + quote(keys.Revision) + `].orValue("none") != ""`
}

// variables returns what the expressions of a policy share.
func (p pod) variables(s *config.MeshEnrollmentSpec) []condition {
	sidecar, gateway := s.Templates.Sidecar, s.Templates.Gateway
	if s.WorkloadSocket.Provider == config.PodSocket {
		sidecar, gateway = sidecar[:1], gateway[:1]
	}
	isGateway := fmt.Sprintf(`variables.templates != "" ? %s in variables.names :`+"\n"+
		`  size(%[2]s) == 1 && %[2]s[0].name == %[3]s && %[2]s[0].?image.orValue("") == "auto"`, quote(keys.GatewayTemplate), p.containers(), quote(keys.ProxyContainer))
	if len(s.Gateways) > 0 {
		isGateway = anyOf("("+isGateway+")", p.matchAny(s.Gateways))
	}
	others := list(enroll.OtherBases)
	return []condition{
		{"injected", injected()},
		{"templates", text(p.annotation(keys.Templates))},
		{"names", `variables.templates.split(",").map(n, n.trim()).filter(n, n != "")`},
		{"gateway", isGateway},
		{"base", fmt.Sprintf("variables.gateway ? %s : %s", quote(gateway[0]), quote(sidecar[0]))},
		{"others", fmt.Sprintf("variables.gateway ? %s : %s", list(gateway[1:]), list(sidecar[1:]))},
		{"tidy", `size(variables.names) < size(variables.templates.split(",")) ? variables.names.join(",") : variables.templates`},
		{"completed", `(variables.tidy == "" ? variables.base :` + "\n" +
			"  variables.base in variables.names || variables.names.exists(n, n in " + others + ") ? variables.tidy :\n" +
			`  variables.base + "," + variables.tidy) +` + "\n" +
			`variables.others.filter(n, !(n in variables.names)).map(n, "," + n).join("")`},
		{"job", p.makers + ".exists(o, o.apiVersion.split(\"/\")[0] + \"/\" + o.kind in " + list(jobs(s)) + ")"},
	}
}

// wantsTemplates says whether the pod gets the annotation of the templates. A sidecar whose pod has the volume needs none.
func (p pod) wantsTemplates(s *config.MeshEnrollmentSpec) string {
	if s.WorkloadSocket.Provider == config.PodSocket {
		return "variables.gateway || " + p.annotation(keys.Templates) + ".hasValue()"
	}
	return "true"
}

// resource returns an object of a policy.
func resource(apiVersion, kind string, spec *yaml.Node) *yaml.Node {
	return yamledit.Map(
		yamledit.Entry{Key: "apiVersion", Value: yamledit.Plain(apiVersion)},
		yamledit.Entry{Key: "kind", Value: yamledit.Plain(kind)},
		yamledit.Entry{Key: "metadata", Value: yamledit.Map(yamledit.Entry{Key: "name", Value: yamledit.Plain(policyName)})},
		yamledit.Entry{Key: "spec", Value: spec})
}

// rule has what a policy is asked about: resources of version v1 of a group, and operations.
type rule struct {
	group                 string
	operations, resources []string
}

var onlyPods = []rule{{"", []string{"CREATE"}, []string{"pods"}}}

// policy returns the spec of a policy.
func policy(rules []rule, conditions, variables []condition, rest ...yamledit.Entry) *yaml.Node {
	texts := func(values ...string) *yaml.Node {
		var nodes []*yaml.Node
		for _, value := range values {
			nodes = append(nodes, yamledit.Plain(value))
		}
		return yamledit.List(nodes...)
	}
	var resourceRules []*yaml.Node
	for _, r := range rules {
		resourceRules = append(resourceRules, yamledit.Map(
			yamledit.Entry{Key: "apiGroups", Value: texts(r.group)},
			yamledit.Entry{Key: "apiVersions", Value: texts("v1")},
			yamledit.Entry{Key: "operations", Value: texts(r.operations...)},
			yamledit.Entry{Key: "resources", Value: texts(r.resources...)}))
	}
	return yamledit.Map(slices.Concat([]yamledit.Entry{
		{Key: "failurePolicy", Value: yamledit.Plain("Fail")},
		{Key: "matchConstraints", Value: yamledit.Map(
			yamledit.Entry{Key: "namespaceSelector", Value: yamledit.Map(yamledit.Entry{Key: "matchExpressions", Value: yamledit.List(yamledit.Map(
				yamledit.Entry{Key: "key", Value: yamledit.Plain(keys.NamespaceName)},
				yamledit.Entry{Key: "operator", Value: yamledit.Plain("NotIn")},
				yamledit.Entry{Key: "values", Value: texts(keys.IgnoredNamespaces...)}))})},
			yamledit.Entry{Key: "resourceRules", Value: yamledit.List(resourceRules...)})},
		{Key: "matchConditions", Value: expressions(conditions)},
		{Key: "variables", Value: expressions(variables)},
	}, rest)...)
}

// expressions returns a list of named expressions.
func expressions(all []condition) *yaml.Node {
	var items []*yaml.Node
	for _, c := range all {
		items = append(items, yamledit.Map(yamledit.Entry{Key: "name", Value: yamledit.Plain(c.name)},
			yamledit.Entry{Key: "expression", Value: yamledit.Plain(c.expression)}))
	}
	return yamledit.List(items...)
}
