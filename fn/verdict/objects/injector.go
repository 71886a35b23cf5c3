package objects

import (
	"maps"
	"slices"

	"enmesh.dev/enmesh/fn/installer"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/verdict/identity"
)

var (
	TemplateMountsContainer = &analysis.Definition{Reason: "TemplateMountsContainer", Severity: outcome.Warning,
		Message: "the template mounts the socket under containers, which makes an invalid pod if the proxy is a native sidecar",
		Remedy:  "define only the volume in the template"}
	TemplateLabelsIgnored = &analysis.Definition{Reason: "TemplateLabelsIgnored", Severity: outcome.Warning,
		Message: "Istio ignores labels at the top level of a template",
		Remedy:  "put them under metadata"}
	TemplateWithoutSocket = &analysis.Definition{Reason: "TemplateWithoutSocket", Severity: outcome.Warning,
		Message: "the template has no workload-socket volume with the CSI driver, so identities come from istiod's CA",
		Remedy:  "add the volume to the template"}
	TemplateEmptyDir = &analysis.Definition{Reason: "TemplateEmptyDir", Severity: outcome.Info,
		Message: "the template makes workload-socket an emptyDir, which clashes with a template that makes it a CSI volume",
		Remedy:  "write emptyDir: null in one of them"}
)

var _ = analysis.RegisterObjectAnalyzer(analysis.ObjectAnalyzer{Subject: analysis.Istiod, Kinds: istiodKinds,
	Findings: []*analysis.Definition{TemplateMountsContainer, TemplateLabelsIgnored, TemplateWithoutSocket, identity.SocketWritable, TemplateEmptyDir}, Run: findInjector})

// istiodKinds are the kinds of objects that hold istiod's configuration.
var istiodKinds = append([]string{"ConfigMap"}, installer.Kinds...)

// findInjector looks at the templates of istiod's injector in the output.
func findInjector(o *analysis.Object) {
	n := slices.IndexFunc(o.Facts.Injectors, func(i mesh.Injector) bool { return i.Object.Node == o.Node })
	if n < 0 {
		return
	}
	injector := o.Facts.Injectors[n]
	templates := injector.Templates
	names := o.Config().Templates
	for _, name := range slices.Sorted(maps.Keys(templates)) {
		t := templates[name]
		expected := slices.Contains(names.Sidecar[1:], name) || slices.Contains(names.Gateway[1:], name)
		report := func(d *analysis.Definition) { o.ReportLine(d, t.Line, injector.TemplateField(name)) }
		if t.MountsContainer && (expected || t.CSI) {
			report(TemplateMountsContainer)
		}
		if t.TopLevelLabels && (expected || t.CSI) {
			report(TemplateLabelsIgnored)
		}
		switch {
		case expected && !t.CSI:
			report(TemplateWithoutSocket)
		case expected && !t.ReadOnly:
			report(identity.SocketWritable)
		case t.EmptyDir:
			report(TemplateEmptyDir)
		}
	}
}
