package analysis

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/istiod"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Directories in which Istio's agent looks for an identity. /var/run is a link to /run.
const (
	SocketDirectory     = "/run/secrets/workload-spiffe-uds"
	CredentialDirectory = "/run/secrets/workload-spiffe-credentials"
)

// MountsSocket says whether a container mounts the volume workload-socket where Istio's agent looks for it.
func MountsSocket(container *yaml.Node) bool {
	return slices.ContainsFunc(yamledit.Items(yamledit.Lookup(container, "volumeMounts")), func(mount *yaml.Node) bool {
		return MountDirectory(mount) == SocketDirectory && yamledit.Text(yamledit.Lookup(mount, "name")) == keys.SocketVolume
	})
}

// MountDirectory returns the directory of a mount, in the spelling of these constants.
func MountDirectory(mount *yaml.Node) string {
	path := yamledit.Text(yamledit.Lookup(mount, "mountPath"))
	return strings.TrimPrefix(strings.TrimSuffix(path, "/"), "/var")
}

// SocketVolume is the volume workload-socket.
type SocketVolume struct {
	// Sources are the types of the volume: csi, emptyDir, hostPath, ...
	Sources map[string]bool
	// CSI has the settings of the type csi.
	CSI istiod.Template
	// Uncertain: an unknown template may add the volume.
	Uncertain bool
}

// SocketVolume returns the volume that the pod has after the templates are applied. It is merged as the injector does: by name, and key by
// key.
func (p *FinalPod) SocketVolume() *SocketVolume {
	switch {
	case p.socket != nil:
	case p.IsMade:
		p.socket = p.OwnSocketVolume()
	default:
		p.socket = p.injectedSocket()
	}
	return p.socket
}

func (p *FinalPod) injectedSocket() *SocketVolume {
	s := p.OwnSocketVolume()
	names, _ := p.FinalTemplates()
	injector := p.Injector()
	for _, name := range names {
		t, known := p.templateOf(name, injector)
		s.Uncertain = s.Uncertain || !known
		if t.ClearsEmptyDir {
			delete(s.Sources, "emptyDir")
		}
		if t.EmptyDir {
			s.Sources["emptyDir"] = true
		}
		if t.CSI {
			s.Sources["csi"], s.CSI = true, t
		}
		if name == keys.SidecarTemplate || name == p.Config().Templates.Sidecar[0] {
			s.add(p.UserSocketVolume())
		}
	}
	return s
}

// add merges a volume.
func (s *SocketVolume) add(volume *yaml.Node) {
	for _, source := range manifest.VolumeSources(volume) {
		s.Sources[source] = true
	}
	if csi := yamledit.Lookup(volume, "csi"); csi != nil {
		s.CSI = newSource(csi)
	}
}

// OwnSocketVolume returns the volume that the pod has before injection.
func (p *FinalPod) OwnSocketVolume() *SocketVolume {
	s := &SocketVolume{Sources: map[string]bool{}}
	volume := p.Volume(keys.SocketVolume)
	switch rewritten, csi := p.Plan.Rewrites(p.VolumeField(keys.SocketVolume)), yamledit.Lookup(volume, "csi"); {
	case rewritten && csi == nil:
		s.Sources["csi"], s.CSI = true, p.configuredSource()
	case rewritten:
		s.Sources["csi"], s.CSI = true, newSource(csi)
	default:
		s.add(volume)
	}
	return s
}

// UserSocketVolume returns the volume in the annotation whose volumes Istio's template for sidecars adds to its own, or nil.
func (p *FinalPod) UserSocketVolume() *yaml.Node {
	annotation := p.FinalAnnotation(keys.UserVolume)
	if annotation == "" || p.IsFinalGateway() {
		return nil
	}
	root, err := parseRoot(annotation) // JSON is YAML
	if err != nil {
		return nil
	}
	return yamledit.Lookup(root, keys.SocketVolume)
}

func newSource(csi *yaml.Node) (t istiod.Template) {
	t.ReadCSI(csi)
	return t
}

// configuredSource is the volume's source in the configuration.
func (p *FinalPod) configuredSource() istiod.Template {
	return istiod.Template{CSI: true, Driver: p.Config().WorkloadSocket.CSI.Driver, ReadOnly: true}
}

// templateOf returns what a template does, if that is known: from the injector in the streams or, without one, from the templates
// of Istio's chart and of this configuration.
func (p *FinalPod) templateOf(name string, injector *mesh.Injector) (t istiod.Template, known bool) {
	if injector != nil {
		t, known = injector.Templates[name]
		return t, known
	}
	templates := p.Config().Templates
	switch isGateways := slices.Contains(templates.Gateway[1:], name); {
	case isGateways || slices.Contains(templates.Sidecar[1:], name):
		t = p.configuredSource()
		t.ClearsEmptyDir = isGateways
		return t, true
	}
	return istiod.ChartTemplate(name)
}
