package analysis

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/gatewayapi"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Namespace returns the settings of the pod's namespace.
func (p *FinalPod) Namespace() mesh.Namespace { return p.Facts.Namespace(p.Ref.Namespace) }

// Revision returns the revision, or the tag, of the istiod that injects the pod, or makes it. The namespace's revision overrides the pod's.
func (p *FinalPod) Revision() string {
	namespace := p.Namespace()
	switch {
	case p.IsMade:
		return p.Facts.GatewayRevision(gatewayapi.Gateway{Object: p.Object})
	case namespace.Injection == "enabled":
		return mesh.DefaultRevision
	case namespace.Revision != "":
		return namespace.Revision
	case p.FinalLabel(keys.Revision) != "":
		return p.FinalLabel(keys.Revision)
	}
	return mesh.DefaultRevision
}

// Settings returns the settings of the pod's istiod, if they are in the streams.
func (p *FinalPod) Settings() mesh.Settings {
	return p.Facts.Settings(p.Facts.ResolveTag(p.Revision()))
}

// Injector returns the injector of the pod's revision, or nil if it is not in the streams.
func (p *FinalPod) Injector() *mesh.Injector {
	return p.Facts.Injector(p.Facts.ResolveTag(p.Revision()))
}

// ProxyConfig returns the content of the annotation proxy.istio.io/config, or nil if there is none.
func (p *FinalPod) ProxyConfig() (*yaml.Node, error) {
	if p.proxyConfig == nil {
		p.proxyConfig = &proxyConfig{}
		if config := p.FinalAnnotation(keys.ProxyConfig); config != "" {
			p.proxyConfig.root, p.proxyConfig.err = parseRoot(config)
		}
	}
	return p.proxyConfig.root, p.proxyConfig.err
}

// proxyConfig is the parsed annotation, which several analyzers read.
type proxyConfig struct {
	root *yaml.Node
	err  error
}

func parseRoot(text string) (*yaml.Node, error) {
	doc, err := yamledit.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	return doc.Root(), nil
}

// FinalNativeSidecar returns the annotation that makes the proxy of the pod in the output a native sidecar, or nil.
func (p *FinalPod) FinalNativeSidecar() *yaml.Node {
	if value, added := p.Plan.Annotation(keys.NativeSidecar); added {
		return yamledit.String(value)
	}
	return p.PodAnnotation(keys.NativeSidecar)
}

// FinalSocketFile returns the name of the socket that the proxy looks for, if the pod or the configuration sets one. The pod's own
// istio-proxy overrides the others.
func (p *FinalPod) FinalSocketFile() string {
	if own, _ := p.SocketFile(); yamledit.Text(own) != "" {
		return yamledit.Text(own)
	}
	config, _ := p.ProxyConfig()
	if file := yamledit.Text(yamledit.Lookup(config, "proxyMetadata", keys.SocketFileEnv)); file != "" {
		return file
	}
	if p.Plan != nil && p.Config().WorkloadSocket.File != "" && (!p.IsMade || p.Plan.Rewrites(p.SpecField())) {
		return p.Config().WorkloadSocket.File
	}
	return p.Settings().SocketFile
}
