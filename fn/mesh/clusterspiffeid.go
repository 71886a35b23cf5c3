package mesh

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// ClusterSPIFFEID is an object by which SPIRE's controller manager registers pods.
type ClusterSPIFFEID struct {
	Object     manifest.Object
	Name       string
	Hint       string // of the entries
	Class      string
	ClassLabel string // which repeats the class
	Template   string // of the SPIFFE IDs
	// SelectorTemplates are templates of additional selectors in the registration entries.
	SelectorTemplates []string
	Fallback          bool // it applies to pods that no other ClusterSPIFFEID selects
	HasSpec           bool // without a spec, it registers nothing
	Pods, Namespaces  labels.Selector
	InCluster         bool // already, and not in the streams

	matchLabels map[string]string // of the pods; nil if it selects all pods
}

func (f *Facts) gatherClusterSPIFFEID(o manifest.Object) {
	if o.Ref.Group() != keys.SPIREGroup {
		return
	}
	spec := yamledit.Lookup(o.Node, "spec")
	text := func(key string) string { return yamledit.Text(yamledit.Lookup(spec, key)) }
	var selectors []string
	for _, template := range yamledit.Items(yamledit.Lookup(spec, "workloadSelectorTemplates")) {
		selectors = append(selectors, yamledit.Text(template))
	}
	f.ClusterSPIFFEIDs = append(f.ClusterSPIFFEIDs, ClusterSPIFFEID{
		Object:            o,
		Name:              o.Ref.Name,
		Hint:              text("hint"),
		Class:             text("className"),
		ClassLabel:        o.Label(keys.ClassName),
		Template:          text("spiffeIDTemplate"),
		SelectorTemplates: selectors,
		Fallback:          text("fallback") == "true",
		HasSpec:           spec != nil,
		Pods:              manifest.LabelSelector(yamledit.Lookup(spec, "podSelector")),
		Namespaces:        manifest.LabelSelector(yamledit.Lookup(spec, "namespaceSelector")),
		matchLabels:       manifest.StringMap(yamledit.Lookup(spec, "podSelector", "matchLabels")),
	})
}

// HasClusterSPIFFEID says whether a ClusterSPIFFEID in the streams has this name, or one there or in the cluster selects pods by this
// label. One in the cluster that has the name is the one that enrollment added before.
func (f *Facts) HasClusterSPIFFEID(name, labelKey, labelValue string) bool {
	return slices.ContainsFunc(f.ClusterSPIFFEIDs, func(c ClusterSPIFFEID) bool {
		if c.Name == name {
			return !c.InCluster
		}
		return c.matchLabels[labelKey] == labelValue
	})
}

// SelectsBy returns the first of these labels by which a ClusterSPIFFEID in the streams selects pods, as key=value, or "".
func (f *Facts) SelectsBy(keys []string) string {
	for _, c := range f.ClusterSPIFFEIDs {
		for _, key := range keys {
			if value, ok := c.matchLabels[key]; ok && c.HasSpec && f.Watches(c) {
				return key + "=" + value
			}
		}
	}
	return ""
}

// HasRegistrations says whether a ClusterSPIFFEID in the streams registers pods.
func (f *Facts) HasRegistrations() bool {
	return slices.ContainsFunc(f.ClusterSPIFFEIDs, func(c ClusterSPIFFEID) bool { return c.HasSpec })
}

// Watches says whether the controller manager in the streams handles a ClusterSPIFFEID.
func (f *Facts) Watches(c ClusterSPIFFEID) bool {
	r := f.ControllerManager
	return r == nil || (c.Class == r.Class || c.Class == "" && r.WatchesClassless) && (!r.FiltersByLabel || c.ClassLabel == r.Class)
}

// Selects says whether the ClusterSPIFFEID selects a pod, and whether that is certain. It is not if the answer depends on a
// label of the namespace other than its name.
func (c ClusterSPIFFEID) Selects(namespace string, pod map[string]string) (selects, certain bool) {
	if !c.HasSpec || !c.Pods.Matches(labels.Set(pod)) {
		return false, true
	}
	requirements, _ := c.Namespaces.Requirements()
	for _, requirement := range requirements {
		if requirement.Key() != keys.NamespaceName || namespace == "" {
			return true, false
		}
	}
	return c.Namespaces.Matches(labels.Set{keys.NamespaceName: namespace}), true
}
