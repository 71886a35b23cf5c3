// Package file replaces files completely or not at all, and finds manifests in folders.
package file

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Replacement is the new content of a file.
type Replacement struct {
	Name    string
	Content io.WriterTo
	// Old is the content that the file has now, or nil if it does not exist. It is written back where a later file cannot be replaced.
	Old io.WriterTo

	target, temporary string // the file behind symbolic links, and the file beside it that will take its place
}

// Replace writes the new content of all the files, or of none. It keeps their modes, and symbolic links to them. A file that does not
// exist is created. The error is an *Error.
func Replace(files ...Replacement) (err error) {
	for i := range files {
		defer func() { os.Remove(files[i].temporary) }() // unless it has taken its place
		if err := files[i].prepare(); err != nil {
			return &Error{files[i].Name, err}
		}
	}
	for i := range files {
		if err := os.Rename(files[i].temporary, files[i].target); err != nil {
			err = &Error{files[i].Name, err}
			return errors.Join(append([]error{err}, restore(files[:i])...)...)
		}
	}
	return nil
}

// Error says which file cannot be written, and why.
type Error struct {
	Name  string
	cause error
}

func (e *Error) Error() string { return "cannot write " + e.Name + ": " + Cause(e.cause).Error() }

func (e *Error) Unwrap() error { return e.cause }

// Write writes the content of a file as Replace does, or writes to a pipe or a device.
func Write(name string, content io.WriterTo) error {
	info, err := os.Stat(name)
	if err != nil || info.Mode().IsRegular() {
		return Replace(Replacement{Name: name, Content: content})
	}
	device, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err == nil {
		_, err = content.WriteTo(device)
		err = errors.Join(err, device.Close())
	}
	if err != nil {
		return &Error{name, err}
	}
	return nil
}

// prepare writes the new content to a temporary file beside the target.
func (r *Replacement) prepare() error {
	mode := os.FileMode(0o644)
	r.target = r.Name
	if info, err := os.Stat(r.Name); err == nil {
		if !info.Mode().IsRegular() {
			return errors.New("it is no file")
		}
		mode = info.Mode().Perm()
		if r.target, err = filepath.EvalSymlinks(r.Name); err != nil {
			return err
		}
		writable, err := os.OpenFile(r.target, os.O_WRONLY, 0) // renaming would replace a file that is read-only
		if err := errors.Join(err, writable.Close()); err != nil {
			return err
		}
	}
	temporary, err := os.CreateTemp(filepath.Dir(r.target), "."+filepath.Base(r.target)+"-*")
	if err != nil {
		return err
	}
	r.temporary = temporary.Name()
	_, err = r.Content.WriteTo(temporary)
	return errors.Join(err, temporary.Chmod(mode), temporary.Close())
}

// restore writes the old content back to files that are replaced already.
func restore(files []Replacement) (errs []error) {
	for _, f := range files {
		if f.Old == nil {
			errs = append(errs, os.Remove(f.target))
			continue
		}
		back := Replacement{Name: f.target, Content: f.Old}
		defer func() { os.Remove(back.temporary) }()
		err := back.prepare()
		if err == nil {
			err = os.Rename(back.temporary, back.target)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s is written already, and cannot be written back: %w", f.Name, Cause(err)))
		}
	}
	return errs
}

// Cause returns the cause of a file error without the path, because the message names the file already.
func Cause(err error) error {
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
