package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/term"
)

// devStdout and devStderr are written as the streams that they are: where one is redirected to a file, the file must stay.
const (
	devStdout = "/dev/stdout"
	devStderr = "/dev/stderr"
)

// writeReport puts the whole report in the place of the file, or leaves the file as it was. The file - is stderr, for stdout
// has the manifests.
func (j *job) writeReport(r report) error {
	file := j.report
	switch file {
	case "-", devStderr:
		return j.print(j.stderr, r)
	case devStdout:
		return j.print(j.stdout, r)
	}
	mode := os.FileMode(0o644)
	if info, err := os.Stat(file); err == nil {
		if !info.Mode().IsRegular() { // a pipe, or a terminal
			return j.printToFile(r)
		}
		mode = info.Mode().Perm()
		if file, err = filepath.EvalSymlinks(file); err != nil { // the link stays
			return err
		}
	}
	text, err := r.format(filepath.Ext(j.report), false)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(text)
	if err := errors.Join(err, temporary.Chmod(mode), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}

func (j *job) printToFile(r report) error {
	to, err := os.OpenFile(j.report, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(j.print(to, r), to.Close())
}

func (j *job) print(to io.Writer, r report) error {
	text, err := r.format(filepath.Ext(j.report), j.colours && isTerminal(to))
	if err == nil {
		_, err = to.Write(text)
	}
	return err
}

// wantsColours says whether a terminal may be written to in colour (no-color.org). Windows has terminals that show the
// codes as text.
func wantsColours(getenv func(string) string) bool {
	return getenv("NO_COLOR") == "" && getenv("TERM") != "dumb" && runtime.GOOS != "windows"
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
