package enroll

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
)

// OtherBases are the injection templates of Istio that can replace the base.
var OtherBases = []string{keys.GRPCAgentTemplate, keys.GRPCSimpleTemplate}

// completeTemplates adds the wanted names (the base first) that an annotation lacks, and removes empty names, for which the
// injector refuses the pod. A complete annotation comes back unchanged.
func completeTemplates(annotation string, wanted []string) string {
	names := manifest.TemplateNames(annotation)
	has := func(name string) bool { return slices.Contains(names, name) }
	completed := annotation
	if len(names) < strings.Count(annotation, ",")+1 {
		completed = strings.Join(names, ",")
	}
	for i, name := range wanted {
		switch {
		case has(name):
		case i > 0 || completed == "":
			completed += "," + name
		case !slices.ContainsFunc(OtherBases, has):
			completed = name + "," + completed
		}
	}
	return strings.TrimPrefix(completed, ",")
}
