package export

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/yamledit"
)

// flux is the postRenderers of a HelmRelease: patches of kustomize, and nothing else. First they mark the selected workloads with an
// annotation, then they take the mark from those that stay out, and then they patch the pods of the marked ones. Before a patch writes a
// setting, it tests that the pod template has none of its own: a patch can only replace it. If it has one, the release fails, and says where.
func flux() form {
	return form{
		header: `Flux enrolls the pods of a HelmRelease: merge this into it. Written by enmesh --export flux.

The release fails if a pod template has settings of its own that a patch would replace: hostNetwork, or a label or annotation
of sidecar.istio.io/inject, inject.istio.io/templates, enmesh.dev/enroll and their like. Exclude its workload.
Patches do not see all that enmesh sees:
- Selectors of labels and annotations compare those of the workload, not of its pod template.
- Workloads of Kubernetes itself are enrolled. For pods that operators create, use mutating-admission-policy.
- Gateways of the Gateway API, of which istiod makes pods, are not enrolled.
- A gateway whose istio-proxy has the image auto, and no annotation, is taken for a sidecar: select it in spec.gateways.
- A workload that opts out or is a Helm hook stays out, even if its pod template is marked for enrollment.
- SPIRE's and Istio's own pods are not recognized: do not merge this into their releases.
- A volume workload-socket of another type than csi is left as it is.
`,
		expresses: []string{"all", "preset", "exclude", "gateways", "hooks", "namespace", "trustDomain", "revision", "identityLabel", "templates",
			"strict", "cluster", "noAssumptions", "accept", "peerAuthenticationVersion"},
		cannot: map[string]func(*config.MeshEnrollmentSpec) []problem{
			"mode": when("mode", "patches enroll pods only", func(s *config.MeshEnrollmentSpec) bool { return s.Mode != config.Enroll }),
			"targets": when("targets", "without targets and all, the pods that are marked for enrollment are selected, and a patch does not see these marks",
				func(s *config.MeshEnrollmentSpec) bool { return !selectsUnmarked(s) }),
			"workloadSocket": when("workloadSocket.provider", "Pod: a patch does not see a volume that is there",
				func(s *config.MeshEnrollmentSpec) bool { return s.WorkloadSocket.Provider != config.TemplateSocket }),
			"workloadAPI": when("workloadAPI", "a patch does not see the containers", func(s *config.MeshEnrollmentSpec) bool { return s.WorkloadAPI != nil }),
			"peerAuthentication": when("peerAuthentication", "patches add no objects",
				func(s *config.MeshEnrollmentSpec) bool { return s.PeerAuthentication != "" }),
			"clusterSPIFFEID": when("clusterSPIFFEID", "patches add no objects",
				func(s *config.MeshEnrollmentSpec) bool { return s.ClusterSPIFFEID != nil }),
			"podTemplates": when("podTemplates", "patches are for the workloads of Kubernetes itself",
				func(s *config.MeshEnrollmentSpec) bool { return len(s.PodTemplates) > 0 }),
		},
		text: func(s *config.MeshEnrollmentSpec) (string, error) {
			var patches []*yaml.Node
			for _, p := range fluxPatches(s) {
				target, err := yamledit.FromJSON(p.target)
				if err != nil {
					return "", err
				}
				patches = append(patches, yamledit.Map(yamledit.Entry{Key: "target", Value: target}, yamledit.Entry{Key: "patch", Value: yamledit.Plain(p.text)}))
			}
			list := yamledit.Map(yamledit.Entry{Key: "patches", Value: yamledit.List(patches...)})
			renderers := yamledit.List(yamledit.Map(yamledit.Entry{Key: "kustomize", Value: list}))
			return render(yamledit.Map(yamledit.Entry{Key: "spec", Value: yamledit.Map(yamledit.Entry{Key: "postRenderers", Value: renderers})})), nil
		},
	}
}

// patch is a patch of kustomize.
type patch struct {
	target config.Selector
	text   string
}

// workloads are the kinds of Kubernetes that have pods, and the prefix of their pod template's path. The pattern of the core group matches
// only the empty string, which itself would be no pattern.
var workloads = []struct {
	groups, kinds, path string
	isJob               bool
}{
	{"apps|extensions", "Deployment|StatefulSet|DaemonSet|ReplicaSet", "spec.template.", false},
	{"()", "ReplicationController", "spec.template.", false},
	{"batch", "Job", "spec.template.", true},
	{"batch", "CronJob", "spec.jobTemplate.spec.template.", true},
	{"()", "Pod", "", false},
}

// The mark of a workload during the patches; its value is the role.
const (
	exportMark  = "enmesh.dev/export"
	sidecarRole = "sidecar"
	gatewayRole = "gateway"
)

func fluxPatches(s *config.MeshEnrollmentSpec) []patch {
	targets := s.Targets
	if s.All {
		targets = []config.Selector{{}}
	}
	var patches []patch
	add := func(selector config.Selector, text string) {
		if selector, any := ofWorkloads(selector); any {
			patches = append(patches, patch{selector, text})
		}
	}
	for _, target := range targets {
		add(target, merge("", "annotations", sidecarRole))
	}
	for _, gateway := range s.Gateways {
		gateway.AnnotationSelector = join(gateway.AnnotationSelector, exportMark)
		add(gateway, merge("", "annotations", gatewayRole))
	}
	for _, out := range staysOut(s) {
		out.AnnotationSelector = join(out.AnnotationSelector, exportMark)
		add(out, unmark())
	}
	for _, w := range workloads {
		for _, role := range []string{sidecarRole, gatewayRole} {
			if role == gatewayRole && len(s.Gateways) == 0 {
				continue
			}
			marked := config.Selector{Group: w.groups, Kind: w.kinds, AnnotationSelector: exportMark + "=" + role}
			// Both maps must be there for the tests.
			patches = append(patches, patch{marked, merge(w.path, "labels", role)})
			if w.path != "" {
				patches = append(patches, patch{marked, merge(w.path, "annotations", role)})
			}
			patches = append(patches, patch{marked, enrollPatch(s, w.path, role, w.isJob)})
		}
	}
	return append(patches, patch{config.Selector{AnnotationSelector: exportMark}, unmark()})
}

// staysOut selects the workloads that are not enrolled, though a target matches.
func staysOut(s *config.MeshEnrollmentSpec) []config.Selector {
	no := " in (" + strings.Join(spellings(enroll.Noes), ",") + ")"
	out := append(slices.Clone(s.Exclude),
		config.Selector{AnnotationSelector: keys.LocalConfig + "," + keys.LocalConfig + "!=false"},
		config.Selector{AnnotationSelector: keys.Enroll + no}, config.Selector{LabelSelector: keys.Enroll + no},
		config.Selector{LabelSelector: keys.Inject + no}, config.Selector{LabelSelector: "!" + keys.Inject, AnnotationSelector: keys.Inject + no},
		config.Selector{LabelSelector: s.IdentityLabel.Key + no + "," + s.IdentityLabel.Key + "!=" + s.IdentityLabel.Value},
		config.Selector{Namespace: strings.Join(keys.IgnoredNamespaces, "|")})
	if s.Hooks != config.EnrollHooks {
		out = append(out, config.Selector{AnnotationSelector: keys.HelmHook + "," + keys.Enroll + "!=true",
			LabelSelector: keys.Inject + "!=true," + s.IdentityLabel.Key + "!=" + s.IdentityLabel.Value})
	}
	return out
}

// spellings returns words in the usual cases.
func spellings(words []string) (all []string) {
	for _, word := range words {
		for _, spelling := range []string{word, strings.ToUpper(word[:1]) + word[1:], strings.ToUpper(word)} {
			if !slices.Contains(all, spelling) {
				all = append(all, spelling)
			}
		}
	}
	return all
}

// ofWorkloads limits a selector to workloads. It returns false if it selects none.
func ofWorkloads(s config.Selector) (config.Selector, bool) {
	var groups, kinds []string
	for _, w := range workloads {
		groups = append(groups, strings.Split(w.groups, "|")...)
		kinds = append(kinds, strings.Split(w.kinds, "|")...)
	}
	slices.Sort(groups)
	s.Group, s.Kind = only(slices.Compact(groups), s.Group), only(kinds, s.Kind)
	return s, s.Group != "" && s.Kind != ""
}

// only returns a pattern for those names that match a pattern; an empty one matches all.
func only(names []string, pattern string) string {
	compiled, _ := config.Pattern(cmp.Or(pattern, ".*")) // Validate has checked it
	return strings.Join(slices.DeleteFunc(names, func(name string) bool { return !compiled.MatchString(strings.Trim(name, "()")) }), "|")
}

func join(selectors ...string) string {
	return strings.Join(slices.DeleteFunc(selectors, func(s string) bool { return s == "" }), ",")
}

// unmark returns a JSON patch that removes the mark. A strategic merge patch would write null.
func unmark() string {
	return "- {op: remove, path: " + pointer("", "annotations", exportMark) + "}\n"
}

// pointer returns the JSON pointer to a label or annotation.
func pointer(path, section, key string) string {
	return "/" + strings.ReplaceAll(path, ".", "/") + "metadata/" + section + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

// merge returns a strategic merge patch that sets the mark as a label or annotation. kustomize patches what the target selects, whatever
// the patch itself is called.
func merge(path, section, role string) string {
	node := yamledit.Map(yamledit.Entry{Key: section, Value: yamledit.Map(yamledit.Entry{Key: exportMark, Value: yamledit.Plain(role)})})
	metadata := []yamledit.Entry{{Key: "name", Value: yamledit.Plain("any")}}
	steps := strings.Split(path, ".")
	steps[len(steps)-1] = "metadata"
	var rest []yamledit.Entry
	if len(steps) == 1 {
		metadata = append(metadata, yamledit.Entry{Key: section, Value: node.Content[1]})
	} else {
		for i := len(steps) - 1; i > 0; i-- {
			node = yamledit.Map(yamledit.Entry{Key: steps[i], Value: node})
		}
		rest = []yamledit.Entry{{Key: steps[0], Value: node}}
	}
	return render(yamledit.Map(append([]yamledit.Entry{
		{Key: "apiVersion", Value: yamledit.Plain("any")},
		{Key: "kind", Value: yamledit.Plain("Any")},
		{Key: "metadata", Value: yamledit.Map(metadata...)}}, rest...)...))
}

// enrollPatch returns the JSON patch that enrolls a pod, or fails if it has settings of its own.
func enrollPatch(s *config.MeshEnrollmentSpec, path, role string, isJob bool) string {
	templates := s.Templates.Sidecar
	if role == gatewayRole {
		templates = s.Templates.Gateway
	}
	labels := [][2]string{{keys.Inject, "true"}, {s.IdentityLabel.Key, s.IdentityLabel.Value}}
	if s.Revision != "" {
		labels = append(labels, [2]string{keys.Revision, s.Revision})
	}
	annotations := [][2]string{{keys.Templates, strings.Join(templates, ",")}}
	if isJob && role == sidecarRole {
		annotations = append(annotations, [2]string{keys.NativeSidecar, "true"})
	}
	if s.WorkloadSocket.File != "" {
		annotations = append(annotations, [2]string{keys.ProxyConfig, enroll.ProxyConfigWith(s.WorkloadSocket.File)})
	}
	var b strings.Builder
	at := func(section, key string) string { return pointer(path, section, key) }
	absent := func(path string) { fmt.Fprintf(&b, "- {op: test, path: %s, value: null}\n", path) }
	absent("/" + strings.ReplaceAll(path, ".", "/") + "spec/hostNetwork")
	absent(at("labels", keys.Enroll))
	absent(at("annotations", keys.Enroll))
	absent(at("annotations", keys.Inject))
	for _, setting := range labels {
		absent(at("labels", setting[0]))
	}
	for _, setting := range annotations {
		absent(at("annotations", setting[0]))
	}
	for _, setting := range labels {
		fmt.Fprintf(&b, "- {op: add, path: %s, value: %q}\n", at("labels", setting[0]), setting[1])
	}
	for _, setting := range annotations {
		fmt.Fprintf(&b, "- {op: add, path: %s, value: %q}\n", at("annotations", setting[0]), setting[1])
	}
	fmt.Fprintf(&b, "- {op: remove, path: %s}\n- {op: remove, path: %s}\n", at("labels", exportMark), at("annotations", exportMark))
	return b.String()
}
