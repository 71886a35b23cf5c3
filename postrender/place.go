package postrender

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"enmesh.dev/enmesh/postrender/file"
)

// checkPlaces returns an error if what is written would replace what is read, or a file that enmesh did not write.
func (j *job) checkPlaces() error {
	read := slices.DeleteFunc(slices.Clone(j.files), func(file string) bool { return file == "-" })
	if j.config != "" {
		read = append(read, j.config)
	}
	if stdout, ok := j.stdout.(*os.File); ok {
		if info, err := stdout.Stat(); err == nil && info.Mode().IsRegular() {
			if name := file.SameAs(info, read); name != "" {
				return fmt.Errorf("%s is read, and is the output as well: the shell has emptied it already; write to another file", name)
			}
			if stdin, ok := j.stdin.(*os.File); ok && file.IsSame(info, stdin) {
				return errors.New("the same file is stdin and stdout: the shell has emptied it already; write to another file")
			}
		}
	}
	if info, err := os.Stat(j.output); j.output != "" && err == nil {
		if name := file.SameAs(info, read); name != "" {
			return fmt.Errorf("--output %s would overwrite %s, which is read; to edit files in place, use --write", j.output, name)
		}
	}
	for i, t := range j.reports {
		if err := j.checkReport(t, read); err != nil {
			return err
		}
		if t.isFile() && (t.name == j.output || slices.ContainsFunc(j.reports[:i], func(other reportTarget) bool { return other.name == t.name })) {
			return fmt.Errorf("%s: this file is written already", t.flag)
		}
	}
	return nil
}
