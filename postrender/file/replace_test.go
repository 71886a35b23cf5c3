package file_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/postrender/file"
)

// All files get their new content. If one cannot be written, or cannot be put in its place, all have the old one, and nothing is left.
func TestReplace(t *testing.T) {
	for _, c := range []struct {
		name string
		last func(target string) io.WriterTo
		err  string
	}{
		{"all", func(string) io.WriterTo { return strings.NewReader("new") }, ""},
		{"content fails", func(string) io.WriterTo { return writer(func() error { return errors.New("bad content") }) }, "c: bad content"},
		{"the place is taken", func(target string) io.WriterTo { return writer(func() error { return os.Mkdir(target, 0o755) }) }, "c: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			a, b, last := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "c")
			require.NoError(t, os.WriteFile(a, []byte("old"), 0o600))
			err := file.Replace(file.Replacement{Name: a, Content: strings.NewReader("new"), Old: strings.NewReader("old")},
				file.Replacement{Name: b, Content: strings.NewReader("new")},
				file.Replacement{Name: last, Content: c.last(last)})
			entries, _ := filepath.Glob(filepath.Join(dir, ".*"))
			require.Empty(t, entries, "temporary files")
			text, readErr := os.ReadFile(a)
			require.NoError(t, readErr)
			if c.err == "" {
				require.NoError(t, err)
				require.Equal(t, "new", string(text))
				require.FileExists(t, b)
				return
			}
			require.ErrorContains(t, err, c.err)
			require.Equal(t, "old", string(text))
			require.NoFileExists(t, b)
		})
	}
}

type writer func() error

func (w writer) WriteTo(io.Writer) (int64, error) { return 0, w() }
