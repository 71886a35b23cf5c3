package manifest

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/yamledit"
)

// withoutPods are kinds whose objects hold no pods, though they may speak of containers: schemas, data, policies.
var withoutPods = []string{"CustomResourceDefinition", "ConfigMap", "Secret", "ClusterPolicy", "Policy", "ConstraintTemplate",
	"ValidatingAdmissionPolicy", "MutatingAdmissionPolicy", "SidecarSet", "APIService", "Namespace"}

// MayBeUnknownKind says whether a document of a kind that is not in the table may hold a pod template all the same.
func MayBeUnknownKind(kind string, document []byte) bool {
	return !slices.Contains(withoutPods, kind) && bytes.Contains(document, []byte("containers"))
}

// maxDepth limits the search for pod templates, because an alias can make a mapping contain itself.
const maxDepth = 16

// SuspectedPaths finds what looks like pod templates in an object of an unknown kind: mappings with a spec that has containers with
// images. It returns their paths, as in spec.podTemplates, each once.
func SuspectedPaths(o Object) []string {
	var paths []string
	var visit func(n *yaml.Node, path []string)
	visit = func(n *yaml.Node, path []string) {
		if n = yamledit.Resolve(n); n == nil || len(path) > maxDepth {
			return
		}
		switch n.Kind {
		case yaml.SequenceNode:
			if len(path) > 0 {
				path = append(slices.Clone(path[:len(path)-1]), path[len(path)-1]+"[]")
				for _, item := range n.Content {
					visit(item, path)
				}
			}
		case yaml.MappingNode:
			if joined := strings.Join(path, "/"); hasContainers(yamledit.Lookup(n, "spec")) && joined != "" {
				if !slices.Contains(paths, joined) {
					paths = append(paths, joined)
				}
				return
			}
			for _, key := range yamledit.Keys(n) {
				visit(yamledit.Lookup(n, key), append(slices.Clone(path), key))
			}
		}
	}
	visit(o.Node, nil)
	return paths
}

// RowFor returns the row that makes the kind of an object, with pod templates at a path, a known one.
func RowFor(o Object, path string) config.PodTemplate {
	group, version := GroupVersion(o.Ref.APIVersion)
	return config.PodTemplate{FieldSpec: types.FieldSpec{Gvk: resid.Gvk{Group: group, Version: version, Kind: o.Ref.Kind}, Path: path}}
}

func hasContainers(spec *yaml.Node) bool {
	if spec == nil || spec.Kind != yaml.MappingNode {
		return false
	}
	containers := yamledit.Items(yamledit.Lookup(spec, "containers"))
	return len(containers) > 0 && yamledit.Text(yamledit.Lookup(containers[0], "image")) != ""
}
