package postrender

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"enmesh.dev/enmesh/postrender/file"
)

// checkPlaces returns an error if what is written would replace what is read, or a file that enmesh did not write.
func (j *job) checkPlaces() error {
	read := sync.OnceValue(j.readFrom) // there may be many files, and most runs write to none
	if stdout, ok := j.stdout.(*os.File); ok {
		if info, err := stdout.Stat(); err == nil && info.Mode().IsRegular() {
			if name := read().SameAs(info); name != "" {
				return fmt.Errorf("%s is read, and is the output as well: the shell has emptied it already; write to another file", name)
			}
			if stdin, ok := j.stdin.(*os.File); ok && file.IsSame(info, stdin) {
				return errors.New("the same file is stdin and stdout: the shell has emptied it already; write to another file")
			}
		}
	}
	if info, err := os.Stat(j.output); j.output != "" && err == nil {
		if name := read().SameAs(info); name != "" {
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

// readFrom are the files that are read.
func (j *job) readFrom() file.Known {
	names := slices.DeleteFunc(slices.Clone(j.files), func(file string) bool { return file == "-" })
	if j.config != "" {
		names = append(names, j.config)
	}
	return file.Stat(names)
}
