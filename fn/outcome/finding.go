package outcome

import (
	"slices"

	"enmesh.dev/enmesh/fn/manifest"
)

// Severity is the severity of a finding, as in the KRM Functions Specification. A finding has the same one wherever it is shown; whether
// it fails the job is another matter, which Gate decides.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Severities lists the severities, the worst first.
func Severities() []Severity { return []Severity{Error, Warning, Info} }

// Rank is the place of a severity in that list, from 0.
func (s Severity) Rank() int { return slices.Index(Severities(), s) }

// Finding is something wrong or doubtful about one object.
type Finding struct {
	// Reason is the finding's stable name. `enmesh explain` knows it.
	Reason Reason `json:"reason"`
	// Severity is error, warning or info.
	Severity Severity `json:"severity"`
	// Message says what happens.
	Message string `json:"message"`
	// Field is a path in the object, such as spec.template.spec.hostNetwork.
	Field string `json:"field,omitempty"`
	// Line of the field in the stream, from 1; 0 if it is not known.
	Line int `json:"line,omitempty"`
	// Remedy is what to change.
	Remedy string `json:"remedy,omitempty"`
	// Accepted: the configuration, or the object itself, accepts the reason, so the finding fails nothing.
	Accepted bool `json:"accepted,omitempty"`
	// Fails: the finding fails the job.
	Fails bool `json:"fails,omitempty"`
}

// Below returns the finding with its line counted in the stream, given the number of lines above the document.
func (f Finding) Below(lines int) Finding {
	if f.Line > 0 {
		f.Line += lines
	}
	return f
}

// ObjectFinding is a finding about an object that is not a pod.
type ObjectFinding struct {
	// Resource is the object.
	Resource manifest.ResourceRef `json:"resource"`
	// Place is where the object starts.
	Place   manifest.Place `json:"place"`
	Finding `json:",inline"`
}
