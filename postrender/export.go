package postrender

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/pflag"

	"enmesh.dev/enmesh/fn/export"
)

// writeExport writes the enrollment in another form. It reads no manifests.
func (j *job) writeExport(given *pflag.FlagSet) error {
	enrollment, origin, err := j.enrollment(given, os.ReadFile)
	if err != nil {
		return err
	}
	if err := j.exportConflict(); err != nil {
		return err
	}
	if err := j.checkPlaces(); err != nil {
		return err
	}
	text, err := export.Export(j.export, enrollment)
	if err != nil {
		return j.withOrigin(err, origin)
	}
	err = j.writeOut(func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
	if err != nil {
		return &jobError{err}
	}
	return nil
}

// exportConflict returns an error for what cannot be used together with --export.
func (j *job) exportConflict() error {
	switch {
	case len(j.named) > 0 || j.renderer != nil:
		return errors.New("--export reads no manifests, and cannot be used together with files or a command after --")
	case j.write || j.diff || len(j.reportValues) > 0:
		return errors.New("--export cannot be used together with --write, --diff or --report")
	}
	return nil
}
