package fn

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/yamledit"
	"go.yaml.in/yaml/v3"
)

// prospect is a pod as it comes out: as it came in, with what enrollment adds to it.
type prospect struct {
	pod
	t        *Transformer
	facts    *facts
	decided  *Pod
	added    *enrollment // nil where nothing is added
	bare     Reason      // why nothing injects it, or ""
	findings []Finding
	// selectorTemplates are those of the ClusterSPIFFEID that registers it.
	selectorTemplates []string
}

// detectors find what is wrong or doubtful, each about one subject. The first list is for every pod, the second for those
// that are injected: what is wrong with mesh settings does no harm where nobody reads them.
var (
	detectors = []func(*prospect){
		(*prospect).findMarks, (*prospect).findNotAString, (*prospect).findAutoImage, (*prospect).findAmbient, (*prospect).findStatus,
	}
	injectedDetectors = []func(*prospect){
		(*prospect).findRevision, (*prospect).findAnnotations, (*prospect).findTemplates, (*prospect).findSocket,
		(*prospect).findCredentials, (*prospect).findProxy, (*prospect).findTraffic, (*prospect).findOrigin, (*prospect).findHost, (*prospect).findJob,
		(*prospect).findAccount, (*prospect).findRegistration,
	}
)

func (r *prospect) inspect() {
	for _, detect := range detectors {
		detect(r)
	}
	if r.bare != "" {
		return
	}
	for _, detect := range injectedDetectors {
		detect(r)
	}
}

// find notes a finding at a node of the input, with what is particular about it.
func (r *prospect) find(reason Reason, at *yaml.Node, field string, detail ...string) {
	r.findings = append(r.findings, finding(reason, at, field, detail...))
}

func (r *prospect) findAnnotation(reason Reason, name string, detail ...string) {
	r.find(reason, r.podAnnotation(name), key(join(r.metadataField(), "annotations"), name), detail...)
}

func (r *prospect) findLabel(reason Reason, name string, detail ...string) {
	r.find(reason, r.podLabel(name), key(join(r.metadataField(), "labels"), name), detail...)
}

func (r *prospect) findSpec(reason Reason, field string, detail ...string) {
	r.find(reason, lookup(r.spec(), strings.Split(field, ".")...), join(r.specField(), field), detail...)
}

func (r *prospect) finalLabel(name string) string {
	if r.added != nil {
		if value, ok := entry(r.added.labels, name); ok {
			return value
		}
	}
	return text(r.podLabel(name))
}

func (r *prospect) finalAnnotation(name string) string {
	if r.added != nil {
		if value, ok := entry(r.added.annotations, name); ok {
			return value
		}
	}
	return text(r.podAnnotation(name))
}

func (r *prospect) finalLabels() map[string]string {
	labels := map[string]string{}
	for name, value := range stringMap(lookup(r.metadata(), "labels")) {
		labels[name] = value
	}
	if r.added != nil {
		for _, e := range r.added.labels {
			labels[e.Key] = e.Value.Value
		}
	}
	return labels
}

func entry(entries []yamledit.Entry, name string) (string, bool) {
	for _, e := range entries {
		if e.Key == name {
			return e.Value.Value, true
		}
	}
	return "", false
}

// rewrites says whether enrollment adds or changes a field.
func (r *prospect) rewrites(field string) bool {
	return r.added != nil && slices.Contains(r.added.changes, field)
}

func (r *prospect) isOnHostNetwork() bool { return text(lookup(r.spec(), "hostNetwork")) == "true" }

// isGatewayOut says whether the pod is a gateway as it comes out.
func (r *prospect) isGatewayOut() bool {
	return r.decided.Role == Gateway || r.isGateway() || matchAny(r.t.gateways, r.pod)
}

// eachContainer calls visit for the pod's containers and init containers, with their paths.
func (r *prospect) eachContainer(visit func(container *yaml.Node, field string)) {
	for _, list := range []string{"initContainers", "containers"} {
		for i, container := range items(lookup(r.spec(), list)) {
			visit(container, index(join(r.specField(), list), i))
		}
	}
}

// finalNames are the templates that the injector applies, as the annotation or istiod's default has them, empty names
// included. The second value says whether the annotation has them.
func (r *prospect) finalNames() ([]string, bool) {
	if annotation := r.finalAnnotation(templatesKey); annotation != "" || r.podAnnotation(templatesKey) != nil {
		names := strings.Split(annotation, ",")
		for i := range names {
			names[i] = strings.TrimSpace(names[i])
		}
		return names, true
	}
	if injection := r.injection(); injection != nil && len(injection.defaults) > 0 {
		return injection.defaults, false
	}
	return []string{"sidecar"}, false
}
