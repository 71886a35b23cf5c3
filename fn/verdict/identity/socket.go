package identity

import (
	"encoding/json"
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Findings about the workload socket: the volume that the pod has after the templates are applied.
var (
	SocketClash = &analysis.Definition{Reason: "SocketClash", Severity: outcome.Error, Effect: outcome.Refused,
		Message: "the volume workload-socket gets two types, which the API server refuses",
		Remedy:  "use only the CSI driver; in istiod's template write emptyDir: null beside csi"}
	SocketWritable = &analysis.Definition{Reason: "SocketWritable", Severity: outcome.Error, Effect: outcome.Refused,
		Message: "the SPIFFE CSI driver mounts only read-only volumes, so the pod never starts",
		Remedy:  "set csi.readOnly: true"}
	SocketDriver = &analysis.Definition{Reason: "SocketDriver", Severity: outcome.Warning,
		Message: "the volume workload-socket uses another CSI driver than the configured one",
		Remedy:  "name the driver in spec.workloadSocket.csi, or correct the volume"}
	NoSPIRETemplate = &analysis.Definition{Reason: "NoSPIRETemplate", Severity: outcome.Error, Effect: outcome.IstiodCA,
		Message: "none of the pod's templates mounts SPIRE's socket, so the identity comes from istiod's CA",
		Remedy:  "define the volume workload-socket with the CSI driver in istiod's template"}
	IstiodIdentity = &analysis.Definition{Reason: "IstiodIdentity", Severity: outcome.Info, Effect: outcome.IstiodCA,
		Message: "the pod is injected without being enrolled, so its identity comes from istiod's CA",
		Remedy:  "enroll the pod"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Socket, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{SocketClash, SocketWritable, SocketDriver, NoSPIRETemplate, IstiodIdentity}, Order: 1, Run: findSocket})

// findSocket merges the volume as the injector does: by name, and key by key.
func findSocket(p *analysis.FinalPod) {
	sources, csi := podSocket(p)
	names, _ := p.FinalTemplates()
	findUserVolume(p, sources)
	injector := p.Injector()
	uncertain := false // an unknown template may add the volume
	for _, name := range names {
		t, known := templateOf(p, name, injector)
		uncertain = uncertain || !known
		if t.ClearsEmptyDir {
			delete(sources, "emptyDir")
		}
		if t.EmptyDir {
			sources["emptyDir"] = true
		}
		if t.CSI {
			sources["csi"], csi = true, t
		}
	}
	volume := p.Volume(keys.SocketVolume)
	field := p.VolumeField(keys.SocketVolume)
	switch {
	case len(sources) > 1:
		p.Report(SocketClash, volume, field)
	case sources["csi"] && !csi.ReadOnly:
		p.Report(SocketWritable, volume, field)
	case sources["csi"] && csi.Driver != p.Config().WorkloadSocket.CSI.Driver:
		p.Report(SocketDriver, volume, field, csi.Driver)
	}
	switch {
	case sources["csi"] || sources["hostPath"] || uncertain:
	case !p.IsSelected() || p.Decided.Reason == outcome.NotEnrolled:
		p.ReportAnnotation(IstiodIdentity, keys.Templates)
	default:
		p.ReportAnnotation(NoSPIRETemplate, keys.Templates)
	}
}

// podSocket returns the volume of the pod before injection: its sources, and the settings of its csi.
func podSocket(p *analysis.FinalPod) (map[string]bool, mesh.Template) {
	volume := p.Volume(keys.SocketVolume)
	ours := mesh.Template{CSI: true, Driver: p.Config().WorkloadSocket.CSI.Driver, ReadOnly: true}
	switch csi := yamledit.Lookup(volume, "csi"); {
	case p.Plan.Rewrites(p.VolumeField(keys.SocketVolume)) && csi == nil:
		return map[string]bool{"csi": true}, ours
	case p.Plan.Rewrites(p.VolumeField(keys.SocketVolume)):
		return map[string]bool{"csi": true}, newSource(csi)
	case volume == nil:
		return map[string]bool{}, mesh.Template{}
	default:
		sources := map[string]bool{}
		for _, source := range manifest.VolumeSources(volume) {
			sources[source] = true
		}
		return sources, newSource(csi)
	}
}

// findUserVolume looks for the socket among the volumes of an annotation, which Istio's template for sidecars adds. The template
// has a volume of that name already, and two volumes of one name make the pod invalid, unless the pod itself has one, into which
// both are merged.
func findUserVolume(p *analysis.FinalPod, sources map[string]bool) {
	var volumes map[string]map[string]any
	if p.IsFinalGateway() || json.Unmarshal([]byte(p.FinalAnnotation(keys.UserVolume)), &volumes) != nil || volumes[keys.SocketVolume] == nil {
		return
	}
	if len(sources) == 0 {
		p.ReportAnnotation(SocketClash, keys.UserVolume)
	}
	for source := range volumes[keys.SocketVolume] {
		sources[source] = true
	}
}

func newSource(csi *yaml.Node) (t mesh.Template) {
	t.ReadCSI(csi)
	return t
}

// templateOf returns what a template does, if that is known: from the injector in the streams or, without one, from the templates
// of Istio's chart and of this configuration.
func templateOf(p *analysis.FinalPod, name string, injector *mesh.Injector) (t mesh.Template, known bool) {
	if injector != nil {
		t, known = injector.Templates[name]
		return t, known
	}
	spec := p.Config()
	switch {
	case slices.Contains(spec.Templates.Sidecar[1:], name), slices.Contains(spec.Templates.Gateway[1:], name):
		clears := slices.Contains(spec.Templates.Gateway[1:], name)
		return mesh.Template{CSI: true, ClearsEmptyDir: clears, Driver: spec.WorkloadSocket.CSI.Driver, ReadOnly: true}, true
	case name == keys.GRPCSimpleTemplate:
		return mesh.Template{}, true
	case slices.Contains(keys.PodTemplates, name):
		return mesh.Template{ClearsEmptyDir: true}, true
	}
	return mesh.Template{}, false
}
