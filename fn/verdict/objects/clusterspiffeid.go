package objects

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/pattern"
	"enmesh.dev/enmesh/fn/policy"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var (
	ClusterSPIFFEIDTwice = &analysis.Definition{Reason: "ClusterSPIFFEIDTwice", Severity: outcome.Warning,
		Message: "another ClusterSPIFFEID has the same name, and the later one replaces the earlier",
		Remedy:  "rename it"}
	SPIFFEIDShape = &analysis.Definition{Reason: "SPIFFEIDShape", Severity: outcome.Error,
		Message: "Istio accepts only identities of the form spiffe://<trust domain>/ns/<namespace>/sa/<service account>",
		Remedy:  "correct spiffeIDTemplate"}
	ClassNameMissing = &analysis.Definition{Reason: "ClassNameMissing", Severity: outcome.Warning,
		Message: "the controller manager of SPIRE's chart ignores a ClusterSPIFFEID without a class name",
		Remedy:  "set className to namespace-release of SPIRE's chart, or enable watchClassless there"}
	ClassNameDiffers = &analysis.Definition{Reason: "ClassNameDiffers", Severity: outcome.Warning,
		Message: "the controller manager in the manifests has another class, and ignores this object",
		Remedy:  "set className to its class"}
	ClassLabelDiffers = &analysis.Definition{Reason: "ClassLabelDiffers", Severity: outcome.Warning,
		Message: "the controller manager in the manifests filters by the class label, and ignores this object",
		Remedy:  "set the label spire.spiffe.io/class-name to its class"}
)

var _ = analysis.RegisterObjectAnalyzer(analysis.ObjectAnalyzer{Subject: analysis.Registration, Kinds: []string{keys.ClusterSPIFFEID},
	Findings: []*analysis.Definition{ClusterSPIFFEIDTwice, SPIFFEIDShape, ClassNameMissing, ClassNameDiffers, ClassLabelDiffers}, Run: findClusterSPIFFEID})

// acceptedTemplate matches templates of SPIFFE IDs in the form that Istio accepts.
var acceptedTemplate = pattern.Lazy(`^spiffe://(\{\{-?\s*\.TrustDomain\s*-?\}\}|[a-z0-9._-]+)` +
	`/ns/(\{\{-?\s*\.PodMeta\.Namespace\s*-?\}\}|[^/{}]+)/sa/(\{\{-?\s*\.PodSpec\.ServiceAccountName\s*-?\}\}|[^/{}]+)$`)

// findClusterSPIFFEID looks at ClusterSPIFFEIDs for the mesh: those that select by the managed-identity label, or that select an
// enrolled pod. The one that enrollment adds has the configured class, or none.
func findClusterSPIFFEID(o *analysis.Object) {
	if o.IsAdded {
		manager := o.Facts.ControllerManager
		switch class := o.Config().ClusterSPIFFEID.ClassName; {
		case class == "" && !o.Facts.WatchesClassless():
			o.Report(ClassNameMissing, nil, "spec.className", "set spec.clusterSPIFFEID.className")
		case class != "" && manager != nil && class != manager.Class:
			o.Report(ClassNameDiffers, nil, "spec.className", manager.Class)
		}
		return
	}
	c, ok := registrationOf(o)
	if !ok {
		return
	}
	metadata := yamledit.Lookup(o.Node, "metadata", "name")
	twice := slices.ContainsFunc(o.Facts.Objects, func(s mesh.Object) bool { return s.Ref == o.Ref && s.Node != o.Node })
	if twice {
		o.Report(ClusterSPIFFEIDTwice, metadata, "metadata.name")
	}
	if !concernsMesh(o, c) {
		return
	}
	if !acceptedTemplate().MatchString(strings.TrimSpace(c.Template)) {
		o.Report(SPIFFEIDShape, yamledit.Lookup(o.Node, "spec", "spiffeIDTemplate"), "spec.spiffeIDTemplate")
	}
	manager := o.Facts.ControllerManager
	switch class := yamledit.Lookup(o.Node, "spec", "className"); {
	case c.Class == "" && !o.Facts.WatchesClassless():
		o.Report(ClassNameMissing, metadata, "spec.className")
	case c.Class != "" && manager != nil && c.Class != manager.Class:
		o.Report(ClassNameDiffers, class, "spec.className", manager.Class)
	case !o.Facts.Watches(c):
		o.Report(ClassLabelDiffers, metadata, fieldpath.Key("metadata.labels", keys.ClassName), manager.Class)
	}
}

func concernsMesh(o *analysis.Object, c mesh.ClusterSPIFFEID) bool {
	identity := o.Config().IdentityLabel.Key
	if c.SelectsBy(identity) {
		return true
	}
	return slices.ContainsFunc(o.Pods.Pods, func(p *policy.Pod) bool {
		selects, certain := c.Selects(p.Resource.Namespace, p.Labels.Set())
		return selects && certain && p.Outcome.IsEnrolled() && !c.Fallback
	})
}

// registrationOf returns what the facts have of a ClusterSPIFFEID. One without a spec has nothing to look at.
func registrationOf(o *analysis.Object) (mesh.ClusterSPIFFEID, bool) {
	n := slices.IndexFunc(o.Facts.ClusterSPIFFEIDs, func(c mesh.ClusterSPIFFEID) bool { return c.Object.Node == o.Node && c.HasSpec })
	if n < 0 {
		return mesh.ClusterSPIFFEID{}, false
	}
	return o.Facts.ClusterSPIFFEIDs[n], true
}
