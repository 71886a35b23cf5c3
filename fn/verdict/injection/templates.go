package injection

import (
	"slices"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

// nativeByDefault says where what is said of native sidecars holds (istio.io/istio, pilot/pkg/features: ENABLE_NATIVE_SIDECARS).
const nativeByDefault = "(the default from Istio 1.27 on, where every kubelet is 1.33 or later)"

var (
	TemplateNameEmpty = &analysis.Definition{Reason: "TemplateNameEmpty", Severity: outcome.Error, Effect: outcome.Refused,
		Message: "the injector refuses the pod, because it asks for a template with an empty name",
		Remedy:  "remove the extra comma from inject.istio.io/templates"}
	GatewayClassTemplate = &analysis.Definition{Reason: "GatewayClassTemplate", Severity: outcome.Error, Effect: outcome.Refused,
		Message: "istiod uses this template to create whole gateways for the Gateway API, and the injector refuses a pod that asks for it",
		Remedy:  "ask for sidecar or gateway"}
	TemplateMissing = &analysis.Definition{Reason: "TemplateMissing", Severity: outcome.Error, Effect: outcome.Refused,
		Message: "the istiod in the manifests does not have the template that the pod asks for",
		Remedy:  "add the template to istiod's configuration, or enroll istiod's manifests as well"}
	NativeSidecarMismatch = &analysis.Definition{Reason: "NativeSidecarMismatch", Severity: outcome.Error, Effect: outcome.Refused,
		Message: "the proxy is a native sidecar " + nativeByDefault + ", but the template mounts the socket into an ordinary container, which makes the pod invalid",
		Remedy:  "define only the volume in the template"}
	TemplateUnknown = &analysis.Definition{Reason: "TemplateUnknown", Severity: outcome.Info,
		Message: "the pod asks for a template that is not Istio's; istiod refuses the pod if it does not have the template",
		Remedy:  "confirm that istiod has the template"}
	NoBaseTemplate = &analysis.Definition{Reason: "NoBaseTemplate", Severity: outcome.Warning, Effect: outcome.Bare,
		Message: "none of the pod's templates adds the proxy",
		Remedy:  "put sidecar or gateway first in inject.istio.io/templates"}
	SocketNotMounted = &analysis.Definition{Reason: "SocketNotMounted", Severity: outcome.Error, Effect: outcome.IstiodCA,
		Message: "none of the pod's templates adds the proxy, and the pod's own istio-proxy does not mount SPIRE's socket",
		Remedy:  "put sidecar or gateway first in inject.istio.io/templates"}
	ProxyTwice = &analysis.Definition{Reason: "ProxyTwice", Severity: outcome.Error, Effect: outcome.Refused,
		Message: "the templates sidecar and gateway add a proxy each: with native sidecars " + nativeByDefault +
			" the pod gets two, and the API server refuses it",
		Remedy: "keep one of them in inject.istio.io/templates"}
	SidecarAlone = &analysis.Definition{Reason: "SidecarAlone", Severity: outcome.Error, Effect: outcome.Refused,
		Message: "the template sidecar makes the pod's only container a native sidecar " + nativeByDefault + ", and the API server refuses a pod without another container",
		Remedy:  "ask for the template gateway"}
	TemplateRole = &analysis.Definition{Reason: "TemplateRole", Severity: outcome.Warning,
		Message: "the template does not fit the pod: use sidecar for a pod with an application, gateway for a pod with only the proxy",
		Remedy:  "correct inject.istio.io/templates"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Templates, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{TemplateNameEmpty, GatewayClassTemplate, TemplateMissing, NativeSidecarMismatch, TemplateUnknown}, Order: 1, Run: findTemplates})

// findTemplates looks at the templates that the pod asks for. The injector refuses a pod that asks for a template it does not
// have.
func findTemplates(p *analysis.FinalPod) {
	names, asked := p.FinalTemplates()
	if !asked {
		return
	}
	injector := p.Injector()
	for _, name := range names {
		switch {
		case name == "":
			p.ReportAnnotation(TemplateNameEmpty, keys.Templates)
		case slices.Contains(keys.GatewayClassTemplates, name):
			p.ReportAnnotation(GatewayClassTemplate, keys.Templates, name)
		case injector != nil:
			if _, has := injector.Templates[name]; !has {
				p.ReportAnnotation(TemplateMissing, keys.Templates, name)
			} else if injector.Templates[name].MountsContainer && isNative(p) {
				p.ReportAnnotation(NativeSidecarMismatch, keys.Templates, name)
			}
		case !slices.Contains(keys.PodTemplates, name) && !expects(p, name):
			p.ReportAnnotation(TemplateUnknown, keys.Templates, name)
		}
	}
}

// expects says whether the check assumes that istiod has a template, because the configuration names it. If the volume is in the
// pod, istiod does not need the socket templates.
func expects(p *analysis.FinalPod, name string) bool {
	spec := p.Config()
	if spec.WorkloadSocket.Provider == config.PodSocket {
		return name == spec.Templates.Sidecar[0] || name == spec.Templates.Gateway[0]
	}
	return slices.Contains(spec.Templates.Sidecar, name) || slices.Contains(spec.Templates.Gateway, name)
}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Templates, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{NoBaseTemplate, ImageAuto, SocketNotMounted, ProxyTwice, SidecarAlone, TemplateRole}, Order: 2, Run: findBase})

// findBase looks at the template that adds the proxy, which must fit the pod. The first row that applies decides:
//
//	1  no template adds a proxy, and the pod has none              NoBaseTemplate
//	2  no template adds one, and the pod's has the image auto      ImageAuto
//	3  no template adds one, and the pod's does not mount the
//	   socket                                                      SocketNotMounted
//	4  sidecar and gateway, and the pod has a proxy too; or
//	   gateway after sidecar, which puts a second proxy beside a
//	   native sidecar                                              ProxyTwice
//	5  sidecar, and the pod has only the proxy, which becomes a
//	   native sidecar                                              SidecarAlone
//	6  sidecar and gateway; or sidecar, and the pod has only the
//	   proxy; or gateway, and the pod has an application and no
//	   proxy                                                       TemplateRole
func findBase(p *analysis.FinalPod) {
	names, asked := p.FinalTemplates()
	if !asked {
		return
	}
	spec := p.Config().Templates
	sidecar, gateway := slices.Contains(names, spec.Sidecar[0]), slices.Contains(names, spec.Gateway[0])
	based := slices.ContainsFunc(names, func(name string) bool { return bringsProxy(p, name) })
	proxy, _ := p.Proxy()
	auto := yamledit.Text(yamledit.Lookup(proxy, "image")) == "auto"
	native := isNative(p)
	switch {
	case !based && proxy == nil:
		p.ReportAnnotation(NoBaseTemplate, keys.Templates)
	case !based && auto:
		findAutoImages(p)
	case !based && !analysis.MountsSocket(proxy):
		p.ReportAnnotation(SocketNotMounted, keys.Templates)
	case p.Kind.MetadataOnly:
	case sidecar && gateway && (proxy != nil || native && slices.Index(names, spec.Sidecar[0]) < slices.Index(names, spec.Gateway[0])):
		p.ReportAnnotation(ProxyTwice, keys.Templates)
	case sidecar && native && auto && len(p.Containers()) == 1:
		p.ReportAnnotation(SidecarAlone, keys.Templates)
	case sidecar && gateway, sidecar && auto && len(p.Containers()) == 1, gateway && proxy == nil && len(p.Containers()) > 0:
		p.ReportAnnotation(TemplateRole, keys.Templates)
	}
}

// isNative says whether the template for sidecars makes the proxy a native sidecar: as the pod's annotation says or, without one, where the
// nodes allow it, which they are taken to if they are not known.
func isNative(p *analysis.FinalPod) bool {
	if annotation := p.FinalNativeSidecar(); annotation != nil {
		return yamledit.Text(annotation) != "false"
	}
	native, _ := p.Facts.NativeSidecars()
	return native
}

// bringsProxy says whether a template adds the proxy, if that is known.
func bringsProxy(p *analysis.FinalPod, name string) bool {
	spec := p.Config().Templates
	return name != keys.GRPCSimpleTemplate && !slices.Contains(spec.Sidecar[1:], name) && !slices.Contains(spec.Gateway[1:], name)
}
