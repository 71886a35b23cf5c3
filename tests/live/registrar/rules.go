package registrar

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/spire-api-sdk/proto/spire/api/types"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// clusterSPIFFEID is spire.spiffe.io/v1alpha1 ClusterSPIFFEID, as far as it is followed here.
type clusterSPIFFEID struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		ClassName                 string                `json:"className"`
		Fallback                  bool                  `json:"fallback"`
		FederatesWith             []string              `json:"federatesWith"`
		Hint                      string                `json:"hint"`
		NamespaceSelector         *metav1.LabelSelector `json:"namespaceSelector"`
		PodSelector               *metav1.LabelSelector `json:"podSelector"`
		SPIFFEIDTemplate          string                `json:"spiffeIDTemplate"`
		WorkloadSelectorTemplates []string              `json:"workloadSelectorTemplates"`
	} `json:"spec"`
}

// rules are a ClusterSPIFFEID, compiled.
type rules struct {
	hint             string
	federatesWith    []string
	pods, namespaces labels.Selector
	spiffeID         *template.Template
	selectors        []*template.Template
}

func (id *clusterSPIFFEID) parse() (*rules, error) {
	r := &rules{hint: id.Spec.Hint, federatesWith: id.Spec.FederatesWith}
	var err error
	if r.pods, err = selector(id.Spec.PodSelector); err != nil {
		return nil, err
	}
	if r.namespaces, err = selector(id.Spec.NamespaceSelector); err != nil {
		return nil, err
	}
	if r.spiffeID, err = template.New("spiffeIDTemplate").Parse(id.Spec.SPIFFEIDTemplate); err != nil {
		return nil, err
	}
	for _, text := range id.Spec.WorkloadSelectorTemplates {
		t, err := template.New("workloadSelectorTemplates").Parse(text)
		if err != nil {
			return nil, err
		}
		r.selectors = append(r.selectors, t)
	}
	return r, nil
}

// selector compiles a label selector. One that is not given selects everything.
func selector(s *metav1.LabelSelector) (labels.Selector, error) {
	if s == nil {
		return labels.Everything(), nil
	}
	return metav1.LabelSelectorAsSelector(s)
}

// data is what the templates can use.
type data struct {
	TrustDomain, ClusterName, ClusterDomain string
	PodMeta                                 *metav1.ObjectMeta
	PodSpec                                 *corev1.PodSpec
	NodeMeta                                *metav1.ObjectMeta
	NodeSpec                                *corev1.NodeSpec
}

// render makes the entry of a pod. It fails for a pod that is on no node yet, and where a template does not give what SPIRE takes.
func (r *rules) render(config Config, pod *corev1.Pod, node *corev1.Node) (*types.Entry, error) {
	if node == nil {
		return nil, errors.New("the pod is on no node")
	}
	d := data{config.TrustDomain, config.ClusterName, config.ClusterDomain, &pod.ObjectMeta, &pod.Spec, &node.ObjectMeta, &node.Spec}
	text, err := execute(r.spiffeID, d)
	if err != nil {
		return nil, err
	}
	id, err := spiffeid.FromString(text)
	if err != nil {
		return nil, err
	}
	if id.TrustDomain().Name() != config.TrustDomain {
		return nil, fmt.Errorf("%s is of another trust domain", id)
	}
	entry := &types.Entry{Hint: r.hint, FederatesWith: r.federatesWith, SpiffeId: &types.SPIFFEID{TrustDomain: config.TrustDomain, Path: id.Path()},
		ParentId:  &types.SPIFFEID{TrustDomain: config.TrustDomain, Path: fmt.Sprintf("/spire/agent/k8s_psat/%s/%s", config.ClusterName, node.UID)},
		Selectors: []*types.Selector{{Type: "k8s", Value: "pod-uid:" + string(pod.UID)}}}
	for _, t := range r.selectors {
		text, err := execute(t, d)
		if err != nil {
			return nil, err
		}
		kind, value, ok := strings.Cut(text, ":")
		if !ok || kind == "" || value == "" {
			return nil, fmt.Errorf("%q is no selector", text)
		}
		entry.Selectors = append(entry.Selectors, &types.Selector{Type: kind, Value: value})
	}
	return entry, nil
}

func execute(t *template.Template, d data) (string, error) {
	var b strings.Builder
	err := t.Execute(&b, d)
	return b.String(), err
}

// key tells entries apart: by SPIFFE ID, parent and selectors.
func key(e *types.Entry) string {
	parts := []string{e.SpiffeId.Path, e.ParentId.Path}
	for _, s := range e.Selectors {
		parts = append(parts, s.Type+":"+s.Value)
	}
	slices.Sort(parts[2:])
	return strings.Join(parts, "\n")
}
