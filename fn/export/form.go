package export

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/yamledit"
)

// forms is the table of forms, in the order of the documentation. A form is made when it is asked for: the names are read at each start.
var forms = []struct {
	name string
	make func() form
}{
	{"mutating-admission-policy", mutatingAdmissionPolicy},
	{"validating-admission-policy", validatingAdmissionPolicy},
	{"kyverno", kyverno},
	{"kustomize", kustomize},
	{"flux", flux},
}

// form is a form of an enrollment.
type form struct {
	// header is the comment at the top: what the text is, how to use it, and what it does not see.
	header string
	// expresses lists the fields of the spec that the form expresses, and those that say nothing about a pod.
	expresses []string
	// cannot returns the problem of a spec in each of the other fields; the key is the field.
	cannot map[string]func(*config.MeshEnrollmentSpec) []problem
	// text returns what follows the header.
	text func(*config.MeshEnrollmentSpec) (string, error)
}

// problem is what a form cannot express.
type problem struct{ field, why string }

// Forms returns the names of the forms.
func Forms() []string {
	var names []string
	for _, f := range forms {
		names = append(names, f.name)
	}
	return names
}

// Export returns the enrollment in a form: YAML documents under a comment. The error is a *config.Error that names the invalid fields, and
// those that the form cannot express.
func Export(name string, enrollment config.MeshEnrollment) (string, error) {
	at := slices.Index(Forms(), name)
	if at < 0 {
		return "", fmt.Errorf("no form is called %q; the forms are %s", name, strings.Join(Forms(), ", "))
	}
	enrollment.Default()
	if err := enrollment.Validate(); err != nil {
		return "", err
	}
	return forms[at].make().write(name, &enrollment.Spec)
}

func (f form) write(name string, spec *config.MeshEnrollmentSpec) (string, error) {
	var problems []string
	for _, field := range fields() {
		if cannot := f.cannot[field]; cannot != nil {
			for _, p := range cannot(spec) {
				problems = append(problems, fmt.Sprintf("spec.%s: the form %s cannot express this: %s", p.field, name, p.why))
			}
		}
	}
	if problems != nil {
		return "", &config.Error{Problems: problems}
	}
	text, err := f.text(spec)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for line := range strings.Lines(f.header) {
		b.WriteString(strings.TrimRight("# "+line, " \n") + "\n")
	}
	return b.String() + text, nil
}

// render writes documents.
func render(documents ...*yaml.Node) string {
	texts := make([]string, len(documents))
	for i, document := range documents {
		texts[i] = yamledit.Render(document, "\n")
	}
	return strings.Join(texts, "---\n")
}

// when returns the problem of a field that is set.
func when(field, why string, isSet func(*config.MeshEnrollmentSpec) bool) func(*config.MeshEnrollmentSpec) []problem {
	return func(spec *config.MeshEnrollmentSpec) []problem {
		if isSet(spec) {
			return []problem{{field, why}}
		}
		return nil
	}
}

// each returns the problems of a list of selectors.
func each(field string, selectors []config.Selector, check func(config.Selector) []problem) (problems []problem) {
	for i, selector := range selectors {
		for _, p := range check(selector) {
			problems = append(problems, problem{fieldpath.Index(field, i) + "." + p.field, p.why})
		}
	}
	return problems
}
