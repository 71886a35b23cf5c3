package fn

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"enmesh.dev/enmesh/fn/yamledit"
)

// registration is what a ClusterSPIFFEID registers.
type registration struct {
	ref        ResourceRef
	class      string
	label      string // which repeats the class
	template   string
	selectors  []string // templates of those that it adds to entries
	fallback   bool     // it is for pods that no other one selects
	pods       labels.Selector
	namespaces labels.Selector
}

// registrar is SPIRE's controller manager, by its configuration.
type registrar struct {
	class       string
	filters     bool // it sees those only that bear its class in a label
	trustDomain string
	classless   bool // it takes ClusterSPIFFEIDs without a class for its own
	namespaces  []*regexp.Regexp
}

func (f *facts) gatherRegistration(o object) {
	spec := lookup(o.node, "spec")
	if group, _ := groupVersion(o.ref.APIVersion); group != spireGroup || spec == nil {
		return
	}
	var selectors []string
	for _, template := range items(lookup(spec, "workloadSelectorTemplates")) {
		selectors = append(selectors, text(template))
	}
	f.registrations = append(f.registrations, registration{
		ref:        o.ref,
		class:      text(lookup(spec, "className")),
		label:      o.label(classLabel),
		template:   text(lookup(spec, "spiffeIDTemplate")),
		selectors:  selectors,
		fallback:   text(lookup(spec, "fallback")) == "true",
		pods:       selectorIn(lookup(spec, "podSelector")),
		namespaces: selectorIn(lookup(spec, "namespaceSelector")),
	})
}

// selectorIn reads a label selector as the API has it. An empty one, and none, select everything; one that is wrong selects
// nothing.
func selectorIn(node *yaml.Node) labels.Selector {
	spec := metav1.LabelSelector{MatchLabels: stringMap(lookup(node, "matchLabels"))}
	for _, expression := range items(lookup(node, "matchExpressions")) {
		requirement := metav1.LabelSelectorRequirement{Key: text(lookup(expression, "key")),
			Operator: metav1.LabelSelectorOperator(text(lookup(expression, "operator")))}
		for _, value := range items(lookup(expression, "values")) {
			requirement.Values = append(requirement.Values, text(value))
		}
		spec.MatchExpressions = append(spec.MatchExpressions, requirement)
	}
	selector, err := metav1.LabelSelectorAsSelector(&spec)
	if err != nil {
		return labels.Nothing()
	}
	return selector
}

func (f *facts) gatherRegistrar(o object) {
	data := lookup(o.node, "data")
	for _, name := range yamledit.Keys(data) {
		value := text(yamledit.Lookup(data, name))
		if !strings.Contains(value, "ControllerManagerConfig") {
			continue
		}
		doc, err := yamledit.Parse([]byte(value))
		if err != nil || text(lookup(doc.Root(), "kind")) != "ControllerManagerConfig" {
			continue
		}
		f.registrar = &registrar{class: text(lookup(doc.Root(), "className")),
			filters:     text(lookup(doc.Root(), "filterByClassName")) == "true",
			trustDomain: text(lookup(doc.Root(), "trustDomain")), classless: text(lookup(doc.Root(), "watchClassless")) == "true"}
		for _, pattern := range items(lookup(doc.Root(), "ignoreNamespaces")) {
			if compiled, err := regexp.Compile("^(?:" + text(pattern) + ")$"); err == nil {
				f.registrar.namespaces = append(f.registrar.namespaces, compiled)
			}
		}
	}
}

// unregistered are the namespaces that SPIRE's charts have the controller manager ignore.
var unregistered = regexp.MustCompile(`^(kube-system|kube-public|local-path-storage|spire-system|openshift-.*|ibm-.*)$`)

func (f *facts) ignoresNamespace(name string) bool {
	if f.registrar == nil {
		return unregistered.MatchString(name)
	}
	return slices.ContainsFunc(f.registrar.namespaces, func(r *regexp.Regexp) bool { return r.MatchString(name) })
}

// watches says whether the controller manager in the streams reads a ClusterSPIFFEID.
func (f *facts) watches(g registration) bool {
	r := f.registrar
	return r == nil || (g.class == r.class || g.class == "" && r.classless) && (!r.filters || g.label == r.class)
}

// classLabel repeats a ClusterSPIFFEID's class for those that filter by it.
const classLabel = spireGroup + "/class-name"

// namespaceName is the label that every namespace bears with its name.
const namespaceName = "kubernetes.io/metadata.name"

// selects says whether a registration is for a pod, and whether that is sure: what labels a namespace bears is not known,
// but for its name.
func (g registration) selects(namespace string, pod map[string]string) (selects, sure bool) {
	if !g.pods.Matches(labels.Set(pod)) {
		return false, true
	}
	requirements, _ := g.namespaces.Requirements()
	for _, requirement := range requirements {
		if requirement.Key() != namespaceName || namespace == "" {
			return true, false
		}
	}
	return g.namespaces.Matches(labels.Set{namespaceName: namespace}), true
}

// findAccount: the identity is the service account's.
func (r *prospect) findAccount() {
	if !r.workload.MetadataOnly && r.serviceAccount() == "default" && r.decided.Role != "" {
		r.find(DefaultServiceAccount, r.spec(), join(r.specField(), "serviceAccountName"))
	}
}

// findRegistration asks whether SPIRE registers the pod. ClusterSPIFFEIDs may be in the cluster already; but where the
// streams hold some, they are taken for all that there are.
func (r *prospect) findRegistration() {
	if r.decided.Role == "" || r.because(VerdictRefused) != "" || r.because(VerdictIstiodCA) != "" {
		return
	}
	if r.facts.ignoresNamespace(r.ref.Namespace) {
		r.find(RegistrationIgnored, lookup(r.node, "metadata", "namespace"), "metadata.namespace", r.ref.Namespace)
		return
	}
	if len(r.facts.registrations) == 0 {
		return
	}
	identity := r.t.spec.IdentityLabel.Key
	var one, others []string
	added := r.t.clusterSPIFFEID(*r.facts) != nil && r.t.spec.Mode == Enroll
	if added {
		one = append(one, r.t.spec.ClusterSPIFFEID.Name)
	}
	pod := r.finalLabels()
	for _, g := range r.facts.registrations {
		selects, sure := g.selects(r.ref.Namespace, pod)
		switch {
		case !selects || !r.facts.watches(g):
		case sure && !g.fallback:
			if len(one) == 0 {
				r.selectorTemplates = g.selectors
			}
			one = append(one, g.ref.Name)
		default:
			others = append(others, g.ref.Name)
		}
	}
	switch {
	case len(one) > 1:
		r.findLabel(ClusterSPIFFEIDOverlap, identity, one...)
	case len(one)+len(others) == 0:
		r.findLabel(NoClusterSPIFFEID, identity)
	}
}

// acceptedTemplate is the form of SPIFFE ID by which Istio knows a service account.
var acceptedTemplate = regexp.MustCompile(`^spiffe://(\{\{-?\s*\.TrustDomain\s*-?\}\}|[a-z0-9._-]+)` +
	`/ns/(\{\{-?\s*\.PodMeta\.Namespace\s*-?\}\}|[^/{}]+)/sa/(\{\{-?\s*\.PodSpec\.ServiceAccountName\s*-?\}\}|[^/{}]+)$`)

// inspectClusterSPIFFEID looks at one that concerns the mesh: it selects by the managed-identity label, or it selects a pod
// that enrollment gives that label.
func (i *inspection) inspectClusterSPIFFEID() {
	n := slices.IndexFunc(i.facts.registrations, func(g registration) bool { return g.ref == i.ref })
	if n < 0 {
		return
	}
	g := i.facts.registrations[n]
	metadata := lookup(i.node, "metadata", "name")
	twice := slices.ContainsFunc(i.facts.told, func(o told) bool { return o.ref == i.ref && o.node != i.node })
	if twice {
		i.find(ClusterSPIFFEIDTwice, metadata, "metadata.name")
	}
	if !i.concernsMesh(g) {
		return
	}
	if !acceptedTemplate.MatchString(strings.TrimSpace(g.template)) {
		i.find(SPIFFEIDShape, lookup(i.node, "spec", "spiffeIDTemplate"), "spec.spiffeIDTemplate")
	}
	switch class := lookup(i.node, "spec", "className"); {
	case g.class == "" && (i.facts.registrar == nil || !i.facts.registrar.classless):
		i.find(ClassNameMissing, metadata, "spec.className")
	case g.class != "" && i.facts.registrar != nil && g.class != i.facts.registrar.class:
		i.find(ClassNameDiffers, class, "spec.className", i.facts.registrar.class)
	case !i.facts.watches(g):
		i.find(ClassLabelDiffers, metadata, key("metadata.labels", classLabel), i.facts.registrar.class)
	}
}

func (i *inspection) concernsMesh(g registration) bool {
	identity := i.t.spec.IdentityLabel
	if requirements, _ := g.pods.Requirements(); slices.ContainsFunc(requirements, func(r labels.Requirement) bool { return r.Key() == identity.Key }) {
		return true
	}
	return slices.ContainsFunc(i.pods.pods, func(p *Pod) bool {
		selects, sure := g.selects(p.Resource.Namespace, p.labels.set())
		return selects && sure && p.Reason.IsEnrolled() && !g.fallback
	})
}
