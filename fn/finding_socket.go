package fn

import (
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The workload socket: what volume the pod has once the templates are applied, and whether the proxy finds it.

// findSocket merges the volume as the injector does: by name, and key by key.
func (r *prospect) findSocket() {
	sources, csi := r.podSocket()
	names, _ := r.finalNames()
	r.findUserVolume(sources)
	injection := r.injection()
	vague := false // a template that nobody knows may bring the volume along
	for _, name := range names {
		t, known := r.templateOf(name, injection)
		vague = vague || !known
		if t.clears {
			delete(sources, "emptyDir")
		}
		if t.emptyDir {
			sources["emptyDir"] = true
		}
		if t.csi {
			sources["csi"], csi = true, t
		}
	}
	volume := r.volume(socketVolume)
	field := key(join(r.specField(), "volumes"), socketVolume)
	switch {
	case len(sources) > 1:
		r.find(SocketClash, volume, field)
	case sources["csi"] && !csi.readOnly:
		r.find(SocketWritable, volume, field)
	case sources["csi"] && csi.driver != r.t.spec.WorkloadSocket.CSI.Driver:
		r.find(SocketDriver, volume, field, csi.driver)
	}
	switch {
	case sources["csi"] || sources["hostPath"] || vague:
	case r.decided.Role == "" || r.decided.Reason == NotEnrolled:
		r.findAnnotation(IstiodIdentity, templatesKey)
	default:
		r.findAnnotation(NoSPIRETemplate, templatesKey)
	}
}

// findFallback is for pods that are to get their identity from SPIRE, and may not.
func (r *prospect) findFallback() {
	if file := r.socketFile(); (file == "" || file == defaultSocketFile) && r.decided.Reason.IsEnrolled() {
		r.find(IstiodFallback, nil, "")
	}
}

// podSocket is the volume that the pod brings along: its sources, and what its csi says.
func (r *prospect) podSocket() (map[string]bool, template) {
	volume := r.volume(socketVolume)
	ours := template{csi: true, driver: r.t.spec.WorkloadSocket.CSI.Driver, readOnly: true}
	switch csi := lookup(volume, "csi"); {
	case r.rewrites(key(join(r.specField(), "volumes"), socketVolume)) && csi == nil:
		return map[string]bool{"csi": true}, ours
	case r.rewrites(key(join(r.specField(), "volumes"), socketVolume)):
		return map[string]bool{"csi": true}, newSource(csi)
	case volume == nil:
		return map[string]bool{}, template{}
	default:
		sources := map[string]bool{}
		for _, source := range sourcesOf(volume) {
			sources[source] = true
		}
		return sources, newSource(csi)
	}
}

// findUserVolume looks for the socket among the volumes that an annotation has Istio's template for sidecars add. The
// template has a volume of that name already, and two make an invalid pod, unless the pod's own takes both in.
func (r *prospect) findUserVolume(sources map[string]bool) {
	var volumes map[string]map[string]any
	if r.isGatewayOut() || json.Unmarshal([]byte(r.finalAnnotation(userVolumeKey)), &volumes) != nil || volumes[socketVolume] == nil {
		return
	}
	if len(sources) == 0 {
		r.findAnnotation(SocketClash, userVolumeKey)
	}
	for source := range volumes[socketVolume] {
		sources[source] = true
	}
}

func newSource(csi *yaml.Node) template {
	return template{csi: csi != nil, driver: text(lookup(csi, "driver")), readOnly: text(lookup(csi, "readOnly")) == "true"}
}

// templateOf is what a template of the name does, as far as it is known: from the injector in the streams, or else from what
// Istio's chart and this configuration make of the name.
func (r *prospect) templateOf(name string, injection *injection) (t template, known bool) {
	if injection != nil {
		t, known = injection.templates[name]
		return t, known
	}
	spec := r.t.spec
	switch {
	case slices.Contains(spec.Templates.Sidecar[1:], name), slices.Contains(spec.Templates.Gateway[1:], name):
		clears := slices.Contains(spec.Templates.Gateway[1:], name)
		return template{csi: true, clears: clears, driver: spec.WorkloadSocket.CSI.Driver, readOnly: true}, true
	case name == grpcSimpleTemplate:
		return template{}, true
	case slices.Contains(podTemplates, name):
		return template{clears: true}, true
	}
	return template{}, false
}

// socketFile is the name of the socket that the proxy looks for, where the pod or the configuration says one. What the
// pod's own istio-proxy sets is applied last.
func (r *prospect) socketFile() string {
	if file := text(r.ownSocketFile()); file != "" {
		return file
	}
	config, _ := r.proxyConfig()
	if file := text(lookup(config, "proxyMetadata", socketFileEnv)); file != "" {
		return file
	}
	if r.added != nil && r.t.spec.WorkloadSocket.File != "" {
		return r.t.spec.WorkloadSocket.File
	}
	return r.mesh().socketFile
}

// Directories that Istio's agent looks into. /var/run is a link to /run.
const (
	socketDirectory     = "/run/secrets/workload-spiffe-uds"
	credentialDirectory = "/run/secrets/workload-spiffe-credentials"
)

// mountsSocket says whether a container mounts the volume workload-socket where Istio's agent looks for it.
func (r *prospect) mountsSocket(container *yaml.Node) bool {
	return slices.ContainsFunc(items(lookup(container, "volumeMounts")), func(mount *yaml.Node) bool {
		return mountDirectory(mount) == socketDirectory && text(lookup(mount, "name")) == socketVolume
	})
}

// mountDirectory is where a mount is, in one spelling.
func mountDirectory(mount *yaml.Node) string {
	return strings.TrimPrefix(strings.TrimSuffix(text(lookup(mount, "mountPath")), "/"), "/var")
}

// findCredentials looks at what the pod's own istio-proxy mounts where the agent looks for an identity.
func (r *prospect) findCredentials() {
	r.eachContainer(func(container *yaml.Node, field string) {
		if text(lookup(container, "name")) != proxyContainer {
			return
		}
		for i, mount := range items(lookup(container, "volumeMounts")) {
			at := index(join(field, "volumeMounts"), i)
			switch directory := mountDirectory(mount); {
			case directory == socketDirectory && text(lookup(mount, "name")) != socketVolume:
				r.find(SocketMountOverridden, mount, at)
			case directory == credentialDirectory && r.holdsFiles(text(lookup(mount, "name"))):
				r.find(CredentialFiles, mount, at)
			}
		}
	})
	if volume := r.volume("workload-certs"); volume != nil && r.holdsFiles("workload-certs") {
		r.find(CredentialFiles, volume, key(join(r.specField(), "volumes"), "workload-certs"))
	}
}

// holdsFiles says whether a volume comes with files in it.
func (r *prospect) holdsFiles(name string) bool {
	return slices.ContainsFunc(sourcesOf(orEmpty(r.volume(name))), func(source string) bool { return source != "emptyDir" })
}

func orEmpty(n *yaml.Node) *yaml.Node {
	if n == nil {
		return &yaml.Node{Kind: yaml.MappingNode}
	}
	return n
}
