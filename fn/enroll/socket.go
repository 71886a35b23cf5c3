package enroll

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// wantSocketVolume makes workload-socket a volume of the CSI driver. It replaces any other source, because together with what the
// injector's template adds, the volume would have two types, which the API server refuses.
func (w *planner) wantSocketVolume() error {
	if !w.TakesVolumes() {
		return nil
	}
	volume := w.Volume(keys.SocketVolume)
	if volume == nil {
		if w.Enroller.Spec.WorkloadSocket.Provider == config.PodSocket {
			w.wantVolume(keys.SocketVolume)
		}
		return nil
	}
	sources := manifest.VolumeSources(volume)
	others := slices.DeleteFunc(slices.Clone(sources), func(source string) bool { return source == "csi" })
	if len(sources) > 0 && len(others) == 0 {
		return nil
	}
	w.change(w.VolumeField(keys.SocketVolume))
	csi := yamledit.Entry{Key: "csi", Value: w.csi()}
	if len(others) < len(sources) {
		return w.Doc.Remove(volume, others...)
	}
	if len(sources) == 0 || slices.Contains(yamledit.Keys(volume), "csi") { // a null to fill
		if err := w.Doc.Merge(volume, yamledit.Map(csi)); err != nil {
			return err
		}
		return w.Doc.Remove(volume, others...)
	}
	if err := w.Doc.Rename(volume, others[0], csi); err != nil {
		return err
	}
	return w.Doc.Remove(volume, others[1:]...)
}

// wantVolume adds a volume of the CSI driver, unless the pod has a volume of this name, or one was added already.
func (w *planner) wantVolume(name string) {
	if w.Volume(name) != nil || manifest.Named(yamledit.List(w.volumes...), name) != nil {
		return
	}
	w.change(w.VolumeField(name))
	w.volumes = append(w.volumes, yamledit.Map(
		yamledit.Entry{Key: "name", Value: yamledit.Plain(name)},
		yamledit.Entry{Key: "csi", Value: w.csi()}))
}

// wantSocketFile makes the identity required: with a socket file of another name than Istio's default, the agent does not start
// without SPIRE. The name is a setting of the proxy, in YAML inside an annotation.
func (w *planner) wantSocketFile() error {
	file := w.Enroller.Spec.WorkloadSocket.File
	if file == "" {
		return nil
	}
	if own, field := w.SocketFile(); yamledit.Text(own) != "" {
		if yamledit.Text(own) != file {
			w.keep(keys.SocketFileEnv, own, field)
		}
		return nil
	}
	config := w.PodAnnotation(keys.ProxyConfig)
	if strings.TrimSpace(yamledit.Text(config)) == "" {
		w.wantAnnotation(keys.ProxyConfig, ProxyConfigWith(file))
		return nil
	}
	annotations, inner, err := embeddedProxyConfig(w.PodTemplate)
	if err != nil {
		return err
	}
	field := w.AnnotationField(keys.ProxyConfig)
	root := inner.Root()
	if root == nil || root.Kind != yaml.MappingNode {
		return &FieldError{field, &yamledit.Refusal{Line: config.Line, Cause: "this is not a mapping"}}
	}
	switch existing := yamledit.Text(yamledit.Lookup(root, "proxyMetadata", keys.SocketFileEnv)); existing {
	case file:
		return nil
	case "":
	default:
		w.keep(keys.SocketFileEnv, config, field)
		return nil
	}
	w.change(field)
	err = inner.Merge(root, yamledit.Map(yamledit.Entry{Key: "proxyMetadata", Value: yamledit.Map(
		yamledit.Entry{Key: keys.SocketFileEnv, Value: yamledit.Plain(file)})}))
	if err == nil {
		err = w.Doc.SetEmbedded(annotations, keys.ProxyConfig, inner)
	}
	if err != nil {
		return &FieldError{field, err}
	}
	return nil
}

// ProxyConfigWith returns a proxy configuration that only names the socket file.
func ProxyConfigWith(file string) string {
	return "proxyMetadata:\n  " + keys.SocketFileEnv + ": " + file + "\n"
}

// embeddedProxyConfig returns the pod's annotations, and the document in the annotation proxy.istio.io/config. The error is a
// *FieldError.
func embeddedProxyConfig(p manifest.PodTemplate) (annotations *yaml.Node, inner *yamledit.Document, err error) {
	annotations = yamledit.Lookup(p.Metadata(), "annotations")
	if inner, err = p.Doc.Embed(annotations, keys.ProxyConfig); err != nil {
		return nil, nil, &FieldError{p.AnnotationField(keys.ProxyConfig), err}
	}
	return annotations, inner, nil
}
