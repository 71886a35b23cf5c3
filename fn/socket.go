package fn

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/yamledit"
	"go.yaml.in/yaml/v3"
)

// wantSocketVolume has the volume workload-socket come from the CSI driver. Any other source is rewritten: what the
// injector's template adds to it would make a volume of two types, which the API server refuses.
func (e *enrollment) wantSocketVolume() error {
	if e.workload.MetadataOnly {
		return nil
	}
	volume := e.volume(socketVolume)
	if volume == nil {
		if e.t.spec.WorkloadSocket.Provider == PodSocket {
			e.wantVolume(socketVolume)
		}
		return nil
	}
	sources := sourcesOf(volume)
	others := slices.DeleteFunc(slices.Clone(sources), func(source string) bool { return source == "csi" })
	if len(sources) > 0 && len(others) == 0 {
		return nil
	}
	e.changed(key(join(e.specField(), "volumes"), socketVolume))
	csi := yamledit.Entry{Key: "csi", Value: e.t.csi}
	if len(others) < len(sources) {
		return e.doc.Remove(volume, others...)
	}
	if len(sources) == 0 || slices.Contains(yamledit.Keys(volume), "csi") { // a null to fill
		if err := e.doc.Merge(volume, yamledit.Map(csi)); err != nil {
			return err
		}
		return e.doc.Remove(volume, others...)
	}
	if err := e.doc.Rename(volume, others[0], csi); err != nil {
		return err
	}
	return e.doc.Remove(volume, others[1:]...)
}

// sourcesOf are a volume's keys but its name. A null is no source: templates write one to clear it.
func sourcesOf(volume *yaml.Node) []string {
	var sources []string
	for i := 0; i+1 < len(volume.Content); i += 2 {
		if name := volume.Content[i].Value; name != "name" && !yamledit.IsNull(volume.Content[i+1]) {
			sources = append(sources, name)
		}
	}
	return sources
}

// wantVolume adds a volume of the CSI driver, unless the pod has one of that name or gains it already.
func (e *enrollment) wantVolume(name string) {
	if e.volume(name) != nil || named(yamledit.List(e.volumes...), name) != nil {
		return
	}
	e.changed(key(join(e.specField(), "volumes"), name))
	e.volumes = append(e.volumes, yamledit.Map(
		yamledit.Entry{Key: "name", Value: yamledit.Plain(name)},
		yamledit.Entry{Key: "csi", Value: e.t.csi}))
}

// wantSocketFile makes the identity required: with a socket file of another name than Istio's own, the agent does not
// start without SPIRE. The name is a setting of the proxy, in YAML inside an annotation.
func (e *enrollment) wantSocketFile() error {
	file := e.t.spec.WorkloadSocket.File
	if file == "" {
		return nil
	}
	if own := e.ownSocketFile(); text(own) != "" {
		if text(own) != file {
			e.find(SocketFileDiffers, own, key(join(e.proxyField(), "env"), socketFileEnv))
		}
		return nil
	}
	config := e.podAnnotation(proxyConfigKey)
	if strings.TrimSpace(text(config)) == "" {
		e.wantAnnotation(proxyConfigKey, "proxyMetadata:\n  "+socketFileEnv+": "+file+"\n")
		return nil
	}
	annotations := yamledit.Lookup(e.metadata(), "annotations")
	field := key(join(e.metadataField(), "annotations"), proxyConfigKey)
	inner, err := e.doc.Embed(annotations, proxyConfigKey)
	if err != nil {
		return &fieldError{field, err}
	}
	root := inner.Root()
	if root == nil || root.Kind != yaml.MappingNode {
		return &fieldError{field, &yamledit.Refusal{Line: config.Line, Cause: "this is not a mapping"}}
	}
	switch existing := text(yamledit.Lookup(yamledit.Lookup(root, "proxyMetadata"), socketFileEnv)); existing {
	case file:
		return nil
	case "":
	default:
		e.find(SocketFileDiffers, config, field)
		return nil
	}
	e.changed(field)
	err = inner.Merge(root, yamledit.Map(yamledit.Entry{Key: "proxyMetadata", Value: yamledit.Map(
		yamledit.Entry{Key: socketFileEnv, Value: yamledit.Plain(file)})}))
	if err == nil {
		err = e.doc.SetEmbedded(annotations, proxyConfigKey, inner)
	}
	if err != nil {
		return &fieldError{field, err}
	}
	return nil
}

// ownSocketFile is the socket's file that the pod's own istio-proxy sets, or nil.
func (p pod) ownSocketFile() *yaml.Node {
	return lookup(named(lookup(p.proxy(), "env"), socketFileEnv), "value")
}
