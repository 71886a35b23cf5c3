package analysis

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/yamledit"
)

// reported is a finding with its definition.
type reported struct {
	outcome.Finding
	definition *Definition
}

// newFinding returns a finding at a node of the document. The details are specific to the pod or object.
func newFinding(d *Definition, at *yaml.Node, field string, detail ...string) outcome.Finding {
	f := outcome.Finding{Reason: d.Reason, Severity: d.Severity, Message: d.Message, Field: field, Remedy: d.Remedy}
	if len(detail) > 0 {
		f.Message += ": " + strings.Join(detail, ", ")
	}
	if at != nil {
		f.Line = at.Line
	}
	return f
}

// Report adds a finding at a node of the pod's document, which may be nil.
func (p *FinalPod) Report(d *Definition, at *yaml.Node, field string, detail ...string) {
	p.findings = append(p.findings, reported{newFinding(d, at, field, detail...), d})
}

// ReportAnnotation adds a finding about one of the pod's annotations.
func (p *FinalPod) ReportAnnotation(d *Definition, name string, detail ...string) {
	p.Report(d, p.PodAnnotation(name), p.AnnotationField(name), detail...)
}

// ReportLabel adds a finding about one of the pod's labels.
func (p *FinalPod) ReportLabel(d *Definition, name string, detail ...string) {
	p.Report(d, p.PodLabel(name), p.LabelField(name), detail...)
}

// ReportSpec adds a finding about a field of the pod's spec.
func (p *FinalPod) ReportSpec(d *Definition, field string, detail ...string) {
	p.Report(d, yamledit.Lookup(p.Spec(), strings.Split(field, ".")...), fieldpath.Join(p.SpecField(), field), detail...)
}

// ReasonFor returns the reason of the first finding with this effect, or "".
func (p *FinalPod) ReasonFor(v outcome.Verdict) outcome.Reason {
	for _, f := range p.findings {
		if f.definition.Effect == v {
			return f.Reason
		}
	}
	return ""
}

// IsAdmitted says whether the API server takes the pod, as far as it was judged.
func (p *FinalPod) IsAdmitted() bool {
	return !slices.ContainsFunc(p.findings, func(f reported) bool { return f.definition.Effect == outcome.Refused && !f.definition.Admitted })
}

// Findings returns the findings that were reported so far, in order.
func (p *FinalPod) Findings() []outcome.Finding {
	findings := make([]outcome.Finding, len(p.findings))
	for i, f := range p.findings {
		findings[i] = f.Finding
	}
	return findings
}

// ReportWhere adds a finding at the place of the reported finding with this reason, or without a place.
func (p *FinalPod) ReportWhere(d *Definition, reason outcome.Reason, detail ...string) {
	f := newFinding(d, nil, "", detail...)
	for _, other := range p.findings {
		if other.Reason == reason {
			f.Field, f.Line = other.Field, other.Line
			break
		}
	}
	p.findings = append(p.findings, reported{f, d})
}
