// Package form has the forms of a report: their names, the endings of their files, and how to write them.
//
// Start reading at forms, the table. The forms themselves are in package report and in the packages beside this one.
package form

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/report/ci"
	"enmesh.dev/enmesh/fn/report/page"
)

// Form is one form of a report.
type Form struct {
	// Name is what --report calls it.
	Name string
	// Extensions of the files that have it, such as .json. A form without any is chosen by its name.
	Extensions []string
	// Encode writes a report. Colours are for a terminal, and only the table has them.
	Encode func(r report.Report, colours bool) ([]byte, error)
	starts []string // with one of these
}

// forms of a report. This is a list and not a map, so that the linker leaves out the forms from a program that writes no report.
var forms = []Form{
	{"table", []string{".txt", ".table"}, report.Report.Table, []string{"POD OF ", "error: "}},
	{"json", []string{".json"}, plain(report.Report.JSON), []string{"{\n  \"apiVersion\": \"" + config.APIVersion + "\",\n  \"kind\": \"" + report.Kind + "\""}},
	{"yaml", []string{".yaml", ".yml"}, plain(report.Report.YAML), []string{yamlStart + "error: ", yamlStart + "findings:\n", yamlStart + "input:\n",
		yamlStart + "kind: " + report.Kind + "\n"}}, // the fields are in alphabetical order, and some only if there is something in them
	{"markdown", []string{".md", ".markdown"}, plain(report.Report.Markdown), []string{"# Mesh report\n"}},
	{"html", []string{".html", ".htm"}, plain(page.HTML), []string{page.Start}},
	{"entries", []string{".entries"}, plain(report.Report.Entries), []string{"Entry ID         : "}},
	{"sarif", []string{".sarif"}, plain(ci.SARIF), []string{ci.SARIFStart}},
	{"junit", []string{".xml"}, plain(ci.JUnit), []string{ci.JUnitStart}},
	{"gitlab", nil, plain(ci.GitLab), []string{ci.GitLabStart}}, // its file is .json, which another form has
	{"github", nil, plain(ci.GitHub), ci.GitHubStarts},          // it is no file, but goes to the job's log
}

const yamlStart = "apiVersion: " + config.APIVersion + "\n"

// plain is a form without colours.
func plain(encode func(report.Report) ([]byte, error)) func(report.Report, bool) ([]byte, error) {
	return func(r report.Report, _ bool) ([]byte, error) { return encode(r) }
}

// Table is the form for people, and that of a file whose name has no extension.
func Table() *Form { return &forms[0] }

// Named returns the form with this name, or nil.
func Named(name string) *Form { return find(func(f Form) bool { return f.Name == name }) }

// OfFile returns the form for the extension of a file's name, or nil. Upper and lower case are the same.
func OfFile(name string) *Form {
	extension := strings.ToLower(filepath.Ext(name))
	if extension == "" {
		return Table()
	}
	return find(func(f Form) bool { return slices.Contains(f.Extensions, extension) })
}

func find(matches func(Form) bool) *Form {
	if i := slices.IndexFunc(forms, matches); i >= 0 {
		return &forms[i]
	}
	return nil
}

// Names lists the names of the forms.
func Names() (names []string) {
	for _, f := range forms {
		names = append(names, f.Name)
	}
	return names
}

// Extensions lists the extensions of the forms.
func Extensions() (all []string) {
	for _, f := range forms {
		all = append(all, f.Extensions...)
	}
	return all
}

// IsReport says whether a text is a report, or has nothing to lose: it is empty, or an empty list, which is a report in some of the forms.
func IsReport(text []byte) bool {
	return len(text) == 0 || string(text) == "[]\n" || slices.ContainsFunc(forms, func(f Form) bool {
		return slices.ContainsFunc(f.starts, func(start string) bool { return bytes.HasPrefix(text, []byte(start)) })
	})
}
