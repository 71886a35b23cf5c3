package postrender

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/term"

	"enmesh.dev/enmesh/fn/report"
)

// devStdout and devStderr are the streams of the process. If one is redirected to a file, the report must not replace that file.
const (
	devStdout = "/dev/stdout"
	devStderr = "/dev/stderr"
)

// reportFile is the destination of the report.
type reportFile struct {
	name           string // - is stderr, because the manifests go to stdout
	stdout, stderr io.Writer
	colours        bool // may be written to a terminal
}

// write writes the report. It replaces a file completely, or not at all.
func (f reportFile) write(r report.Report) error {
	switch f.name {
	case "-", devStderr:
		return f.print(f.stderr, r)
	case devStdout:
		return f.print(f.stdout, r)
	}
	info, err := os.Stat(f.name)
	switch {
	case err != nil:
		return f.replace(f.name, 0o644, r)
	case !info.Mode().IsRegular(): // a pipe, or a terminal
		return f.printToDevice(r)
	}
	target, err := filepath.EvalSymlinks(f.name) // keep the link, replace its target
	if err != nil {
		return err
	}
	return f.replace(target, info.Mode().Perm(), r)
}

// replace writes a temporary file beside the target, and renames it.
func (f reportFile) replace(target string, mode os.FileMode, r report.Report) error {
	text, err := r.Encode(filepath.Ext(f.name), false)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(text)
	if err := errors.Join(err, temporary.Chmod(mode), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), target)
}

// printToDevice prints to a pipe or a terminal.
func (f reportFile) printToDevice(r report.Report) error {
	to, err := os.OpenFile(f.name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.print(to, r), to.Close())
}

func (f reportFile) print(to io.Writer, r report.Report) error {
	text, err := r.Encode(filepath.Ext(f.name), f.colours && isTerminal(to))
	if err == nil {
		_, err = to.Write(text)
	}
	return err
}

// wantsColours says whether the environment allows colours on a terminal (no-color.org). On Windows it does not, because some
// terminals there show the codes as text.
func wantsColours(getenv func(string) string) bool {
	return getenv("NO_COLOR") == "" && getenv("TERM") != "dumb" && runtime.GOOS != "windows"
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
