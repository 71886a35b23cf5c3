package identity

import (
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
	SocketWritable = &analysis.Definition{Reason: "SocketWritable", Severity: outcome.Error, Effect: outcome.Refused, Admitted: true,
		Message: "the SPIFFE CSI driver mounts only read-only volumes, so the pod never starts",
		Remedy:  "set csi.readOnly: true"}
	SocketDriver = &analysis.Definition{Reason: "SocketDriver", Severity: outcome.Error, Effect: outcome.Refused, Admitted: true,
		Message: "the volume workload-socket uses another CSI driver than the configured one, so the pod never starts unless the cluster has that driver",
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

// socket is the volume workload-socket that the pod has after the templates are applied.
type socket struct {
	sources   map[string]bool // csi, emptyDir, hostPath, ...
	csi       mesh.Template
	uncertain bool // an unknown template may add the volume
}

// socketOf merges the volume as the injector does: by name, and key by key.
func socketOf(p *analysis.FinalPod) (s socket) {
	s.sources, s.csi = podSocket(p)
	names, _ := p.FinalTemplates()
	injector := p.Injector()
	for _, name := range names {
		t, known := templateOf(p, name, injector)
		s.uncertain = s.uncertain || !known
		if t.ClearsEmptyDir {
			delete(s.sources, "emptyDir")
		}
		if t.EmptyDir {
			s.sources["emptyDir"] = true
		}
		if t.CSI {
			s.sources["csi"], s.csi = true, t
		}
		if name == keys.SidecarTemplate || name == p.Config().Templates.Sidecar[0] {
			s.addUserVolume(userVolume(p))
		}
	}
	return s
}

// addUserVolume merges the volume that the annotation adds to the template for sidecars.
func (s *socket) addUserVolume(volume *yaml.Node) {
	for _, source := range manifest.VolumeSources(volume) {
		s.sources[source] = true
	}
	if csi := yamledit.Lookup(volume, "csi"); csi != nil {
		s.csi = newSource(csi)
	}
}

func findSocket(p *analysis.FinalPod) {
	s := socketOf(p)
	volume := p.Volume(keys.SocketVolume)
	field := p.VolumeField(keys.SocketVolume)
	switch {
	case len(s.sources) > 1 && volume == nil && userVolume(p) != nil:
		p.ReportAnnotation(SocketClash, keys.UserVolume)
	case len(s.sources) > 1:
		p.Report(SocketClash, volume, field)
	case s.sources["csi"] && !s.csi.ReadOnly:
		p.Report(SocketWritable, volume, field)
	case s.sources["csi"] && s.csi.Driver != p.Config().WorkloadSocket.CSI.Driver && !slices.Contains(p.Facts.Drivers, s.csi.Driver):
		p.Report(SocketDriver, volume, field, s.csi.Driver)
	}
	switch {
	case s.sources["csi"] || s.sources["hostPath"] || s.uncertain:
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

// userVolume returns the socket's volume in the annotation whose volumes Istio's template for sidecars adds to its own, or nil.
func userVolume(p *analysis.FinalPod) *yaml.Node {
	annotation := p.FinalAnnotation(keys.UserVolume)
	if annotation == "" || p.IsFinalGateway() {
		return nil
	}
	doc, err := yamledit.Parse([]byte(annotation)) // JSON is YAML
	if err != nil {
		return nil
	}
	return yamledit.Lookup(doc.Root(), keys.SocketVolume)
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
