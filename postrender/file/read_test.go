package file

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Files are read at the same time, and come out in order. So does the first error.
func TestRead(t *testing.T) {
	folder := t.TempDir()
	var names []string
	for i := range 1000 {
		names = append(names, filepath.Join(folder, fmt.Sprint(i)))
		require.NoError(t, os.WriteFile(names[i], []byte(names[i]), 0o644))
	}
	streams, err := Read(names)
	require.NoError(t, err)
	require.Len(t, streams, len(names))
	for i, s := range streams {
		require.Equal(t, names[i], s.Name)
		require.Equal(t, names[i], string(s.Bytes))
	}

	require.NoError(t, os.Remove(names[500]))
	names[700] = folder
	_, err = Read(names)
	require.EqualError(t, err, "cannot read "+names[500]+": no such file or directory")
	_, err = Read(names[501:])
	require.EqualError(t, err, "cannot read "+folder+": is a directory")
}
