package schema

import (
	"slices"

	"github.com/invopop/jsonschema"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/verdict"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

// Report returns the schema of a report in the form json or yaml.
func Report() ([]byte, error) {
	s, err := reflected(&report.Report{}, false)
	if err != nil {
		return nil, err
	}
	s.Title = report.Kind
	constant(s, "apiVersion", config.APIVersion)
	constant(s, "kind", report.Kind)

	ofObjects := []outcome.Reason{outcome.Added, outcome.Missing, outcome.Patched, outcome.Removed}
	var ofPods, ofFindings []outcome.Reason
	for _, reason := range verdict.Reasons() {
		if explanation, _ := verdict.Explain(reason); explanation.Severity != "" {
			ofFindings = append(ofFindings, reason)
		}
		if reason.Meaning() != "" && !slices.Contains(ofObjects, reason) || reason.StaysOutside() {
			ofPods = append(ofPods, reason)
		}
	}
	defineReasons(s, "PodOutcome", "PodOutcome is what enmesh did with a pod.", ofPods)
	defineReasons(s, "FindingReason", "FindingReason is the name of a finding.", ofFindings)
	pod := s.Definitions["Pod"]
	property(pod, "outcome").Ref, property(pod, "outcome").Type = "#/$defs/PodOutcome", ""
	property(pod, "verdictReason").AnyOf = []*jsonschema.Schema{{Ref: "#/$defs/PodOutcome"}, {Ref: "#/$defs/FindingReason"}}
	property(s.Definitions["Object"], "outcome").Enum = anyOf(ofObjects)
	for _, name := range []string{"Finding", "ObjectFinding"} {
		reason := property(s.Definitions[name], "reason")
		reason.Ref, reason.Type = "#/$defs/FindingReason", ""
	}
	property(s.Definitions["Preset"], "name").Enum = anyOf(config.PresetNames())
	property(s.Definitions["Assumption"], "name").Enum = anyOf(analysis.AssumptionNames())
	property(s.Definitions["Caller"], "caller").Enum = []any{mesh.APIServer, mesh.Kubelet, mesh.Scraper, mesh.Outside, outcome.MeshGateway}
	property(s, "summary").PropertyNames = &jsonschema.Schema{Ref: "#/$defs/PodOutcome"}
	property(s, "verdicts").PropertyNames = &jsonschema.Schema{Enum: anyOf(outcome.Verdicts())}
	return encode(s)
}

func defineReasons(s *jsonschema.Schema, name, description string, reasons []outcome.Reason) {
	s.Definitions[name] = &jsonschema.Schema{Type: "string", Description: description, Enum: anyOf(reasons)}
}
