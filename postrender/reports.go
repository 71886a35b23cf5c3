package postrender

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/report/form"
	"enmesh.dev/enmesh/postrender/file"
)

// devStdout and devStderr are the streams of the process. If one is redirected to a file, the report must not replace that file.
const (
	devStdout = "/dev/stdout"
	devStderr = "/dev/stderr"
)

// reportTarget is one report to write: its form, and the file or stream that it goes to.
type reportTarget struct {
	flag string // as it was given
	form *form.Form
	name string // of the file; "" is the stream that has room for it
}

// parseReport reads a value of --report. The first row that applies decides:
//
//	     value                            form              goes to
//	1    -                                table             stderr
//	2    the name of a form: github       that form         stdout, if nothing else is written there; otherwise stderr
//	3    FORM=FILE: junit=mesh.xml        that form         the file
//	4    FILE: mesh.json                  by its extension  the file
func parseReport(value string) (reportTarget, error) {
	t := reportTarget{flag: "--report " + value, name: value}
	if value == "-" {
		t.form = form.Table()
		return t, nil
	}
	if t.form = form.Named(value); t.form != nil {
		t.name = ""
		return t, nil
	}
	if name, to, found := strings.Cut(value, "="); found && !strings.ContainsAny(name, "./\\") {
		t.form, t.name = form.Named(name), to
		switch {
		case t.form == nil:
			return t, fmt.Errorf("%s: unknown form %q%s; valid ones are %s", t.flag, name, config.Suggestion(name, form.Names()), strings.Join(form.Names(), ", "))
		case to == "":
			return t, fmt.Errorf("%s names no file", t.flag)
		}
		return t, nil
	}
	if t.form = form.OfFile(value); t.form == nil {
		return t, fmt.Errorf("%s: no form of a report has this extension; valid ones are %s; or name the form, as in --report json=%s",
			t.flag, strings.Join(form.Extensions(), ", "), value)
	}
	return t, nil
}

// isFile says whether the report replaces a file: not a stream, a pipe or a terminal.
func (t reportTarget) isFile() bool {
	switch t.name {
	case "", "-", devStdout, devStderr:
		return false
	}
	info, err := os.Stat(t.name)
	return err != nil || info.Mode().IsRegular()
}

// checkReport returns an error if the report would replace what is read, or a file that enmesh did not write.
func (j *job) checkReport(t reportTarget, read func() file.Known) error {
	if t.name == devStdout && j.writesToStdout() {
		return errors.New("--report " + devStdout + " would mix the report with the manifests; name a file, or - for stderr")
	}
	if !t.isFile() {
		return nil
	}
	info, err := os.Stat(t.name)
	if err != nil {
		return nil
	}
	if name := read().SameAs(info); name != "" {
		return fmt.Errorf("%s would overwrite %s, which is read", t.flag, name)
	}
	text, err := os.ReadFile(t.name)
	if err != nil {
		return fmt.Errorf("%s: %w", t.flag, file.Cause(err))
	}
	if !form.IsReport(text) {
		return fmt.Errorf("%s would overwrite a file that is no report of enmesh; remove it, or name another file", t.flag)
	}
	return nil
}

// writeReport writes one report. It replaces a file completely, or not at all.
func (j *job) writeReport(t reportTarget, r report.Report) error {
	isFile := t.isFile() // which has no colours
	encode := func(to io.Writer) error {
		text, err := t.form.Encode(r, !isFile && j.colours.On(to))
		if err == nil {
			_, err = to.Write(text)
		}
		return err
	}
	switch {
	case t.name == devStdout, t.name == "" && !j.writesToStdout():
		return encode(j.stdout)
	case t.name == "", t.name == "-", t.name == devStderr:
		return encode(j.stderr)
	}
	return file.Write(t.name, writerTo(encode))
}

// writeReports writes the reports. It returns the failure of the job, joined with that of the first report that cannot be written.
func (j *job) writeReports(r report.Report, failure error) error {
	for _, t := range j.reports {
		err := j.writeReport(t, r)
		switch {
		case err == nil:
		case failure == nil:
			return fmt.Errorf("cannot write the report: %s: %w", t.flag, file.Cause(err))
		default:
			return fmt.Errorf("%w; the report cannot be written either: %w", failure, file.Cause(err))
		}
	}
	return failure
}
