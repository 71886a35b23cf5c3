package mesh

import (
	"cmp"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// scaled is a workload whose number of pods an autoscaler changes.
type scaled struct{ namespace, kind, name string }

// gatherAutoscaler notes the target of a HorizontalPodAutoscaler, or of KEDA's ScaledObject, whose target is a Deployment if it names no
// kind.
func (f *Facts) gatherAutoscaler(o manifest.Object) {
	target := yamledit.Lookup(o.Node, "spec", "scaleTargetRef")
	f.scaled[scaled{o.Ref.Namespace, cmp.Or(yamledit.Text(yamledit.Lookup(target, "kind")), "Deployment"), yamledit.Text(yamledit.Lookup(target, "name"))}] = true
}

// IsScaled says whether an autoscaler in the streams changes the number of the workload's pods.
func (f *Facts) IsScaled(workload manifest.ResourceRef) bool {
	return f.scaled[scaled{workload.Namespace, workload.Kind, workload.Name}]
}
