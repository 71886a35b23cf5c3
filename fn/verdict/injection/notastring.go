package injection

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var NotAString = &analysis.Definition{Reason: "NotAString", Severity: outcome.Error, Effect: outcome.Refused,
	Message: "the API server refuses the pod, because the values of labels and annotations must be strings",
	Remedy:  "quote the value"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Labels, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{NotAString}, Order: 2, Run: findNotAString})

// findNotAString looks for labels and annotations that are not strings. The API server refuses an object with one.
func findNotAString(p *analysis.FinalPod) {
	for _, section := range []string{"labels", "annotations"} {
		mapping := yamledit.Lookup(p.Metadata(), section)
		if mapping == nil || mapping.Kind != yaml.MappingNode {
			continue
		}
		for _, name := range yamledit.Keys(mapping) {
			value := yamledit.Lookup(mapping, name)
			field := p.EntryField(section, name)
			if !isString(value) && !p.Plan.Rewrites(field) {
				p.Report(NotAString, value, field)
			}
		}
	}
}

// isString says whether kubectl and Helm read a string or null. They read YAML 1.1, in which an unquoted yes is a boolean.
func isString(value *yaml.Node) bool {
	switch {
	case value.Kind != yaml.ScalarNode:
		return false
	case value.ShortTag() == "!!null":
		return true
	case value.Style == 0 && yamledit.IsOldBoolean(value.Value):
		return false
	}
	return value.ShortTag() == "!!str"
}
