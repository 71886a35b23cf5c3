package conformance

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/verdict/injection"
)

// cluster stands in for an API server: it knows the namespaces, and which of the injectors a new pod goes to.
type cluster struct {
	istiods    []*istiod
	namespaces map[string]map[string]string // labels by name
}

// newCluster has Istio's own chart installed for each revision that a pod or a namespace names, patched by enmesh in the
// way of the enrollment; and the templates that pods ask for by themselves.
func newCluster(t *testing.T, spec config.MeshEnrollmentSpec, objects []object, pods []subject) cluster {
	t.Helper()
	c := cluster{namespaces: map[string]map[string]string{}}
	objects = append(renderedFor(t, objects), objects...) // what is rendered already holds
	revisions := map[string]bool{"": true, spec.Revision: true}
	var further []string
	for _, o := range objects {
		switch revision, ok := strings.CutPrefix(o.Metadata.Name, "istio-sidecar-injector-"); {
		case o.Kind == "Namespace":
			c.namespaces[o.Metadata.Name] = o.Metadata.Labels
			revisions[o.Metadata.Labels["istio.io/rev"]] = true
		case o.Kind == "ConfigMap" && ok:
			revisions[revision] = true
		}
	}
	for _, p := range pods {
		if p.refused != nil {
			continue
		}
		revisions[p.pod.Labels["istio.io/rev"]] = true
		for _, f := range p.said.Findings {
			if name, ok := strings.CutPrefix(f.Message, injection.TemplateUnknown.Message+": "); ok {
				further = append(further, name) // enmesh says that istiod must have it
			}
		}
	}
	for _, names := range [][]string{spec.Templates.Sidecar, spec.Templates.Gateway} {
		if len(names) > 2 {
			further = append(further, names[1:len(names)-1]...) // the last is the one that enmesh adds
		}
	}
	slices.Sort(further)
	further = slices.DeleteFunc(slices.Compact(further), func(name string) bool { return name == "" })
	delete(revisions, "default")
	for _, revision := range slices.Sorted(maps.Keys(revisions)) {
		c.istiods = append(c.istiods, installed(t, spec, objects, revision, further))
	}
	return c
}

// create has the injectors see a new pod, and says whether one acted on it. The error says why the pod is refused.
func (c cluster) create(t *testing.T, pod *corev1.Pod, namespace string) (*corev1.Pod, bool, error) {
	t.Helper()
	space := labels.Set{"kubernetes.io/metadata.name": namespace}
	maps.Copy(space, c.namespaces[namespace])
	injected := false
	for _, istiod := range c.istiods {
		for _, webhook := range istiod.webhooks {
			if !matches(t, webhook.NamespaceSelector, space) || !matches(t, webhook.ObjectSelector, pod.Labels) {
				continue
			}
			answer, err := istiod.inject(t, pod, namespace)
			if err != nil {
				return nil, false, err
			}
			if answer != nil {
				pod, injected = answer, true
			}
		}
	}
	return pod, injected, nil
}

func matches(t *testing.T, selector *metav1.LabelSelector, set labels.Set) bool {
	t.Helper()
	s, err := metav1.LabelSelectorAsSelector(selector)
	require.NoError(t, err)
	return s.Matches(set)
}
