package postrender

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/report"
)

// checkPlaces returns an error if what is written would replace what is read, or a file that enmesh did not write.
func (j *job) checkPlaces() error {
	read := slices.DeleteFunc(slices.Clone(j.files), func(file string) bool { return file == "-" })
	if j.config != "" {
		read = append(read, j.config)
	}
	if stdout, ok := j.stdout.(*os.File); ok {
		if info, err := stdout.Stat(); err == nil && info.Mode().IsRegular() {
			if name := sameFile(info, read); name != "" {
				return fmt.Errorf("%s is read, and is the output as well: the shell has emptied it already; write to another file", name)
			}
			if stdin, ok := j.stdin.(*os.File); ok && isSame(info, stdin) {
				return errors.New("the same file is stdin and stdout: the shell has emptied it already; write to another file")
			}
		}
	}
	return j.checkReport(read)
}

// checkReport looks at the place of the report.
func (j *job) checkReport(read []string) error {
	if j.report == "" || j.report == "-" {
		return nil
	}
	if extension := filepath.Ext(j.report); !report.HasForm(extension) {
		return fmt.Errorf("--report %s: no form of a report has the extension %s; valid ones are %s", j.report, extension, strings.Join(report.Extensions(), ", "))
	}
	info, err := os.Stat(j.report)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if name := sameFile(info, read); name != "" {
		return fmt.Errorf("--report %s would overwrite %s, which is read", j.report, name)
	}
	text, err := os.ReadFile(j.report)
	if err != nil {
		return fmt.Errorf("--report %s: %w", j.report, withoutPath(err))
	}
	if !report.IsReport(text) {
		return fmt.Errorf("--report %s would overwrite a file that is no report of enmesh; remove it, or name another file", j.report)
	}
	return nil
}

// sameFile returns the name that leads to the same file, or "".
func sameFile(info os.FileInfo, names []string) string {
	for _, name := range names {
		if other, err := os.Stat(name); err == nil && os.SameFile(info, other) {
			return name
		}
	}
	return ""
}

func isSame(info os.FileInfo, file *os.File) bool {
	other, err := file.Stat()
	return err == nil && os.SameFile(info, other)
}
