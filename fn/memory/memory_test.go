package memory

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// Files and pipes are read to their end, also at sizes where a buffer is just full.
func TestReadAll(t *testing.T) {
	for _, size := range []int{0, 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 3 * 64 << 10, 3*64<<10 + 1, 5 << 20} {
		want := bytes.Repeat([]byte("0123456789\n"), size/11+1)[:size]
		got, err := ReadAll(bytes.NewReader(want))
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), size)
		got, err = ReadAll(iotest.OneByteReader(bytes.NewReader(want[:min(size, 1<<17)])))
		require.NoError(t, err)
		require.Len(t, got, min(size, 1<<17))

		name := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(name, want, 0o644))
		file, err := os.Open(name)
		require.NoError(t, err)
		got, err = ReadAll(file)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), size)
		require.LessOrEqual(t, cap(got), size+size/8+8192, "a buffer of the file's size")
		require.NoError(t, file.Close())

		got, err = ReadFile(name)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), size)
		require.LessOrEqual(t, cap(got), size+size/8+8192, "a buffer of the file's size")
	}
}

// What is not a file is read as a file is, and an error says the same.
func TestReadFile(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{folder, filepath.Join(folder, "absent")} {
		_, want := os.ReadFile(name)
		_, err := ReadFile(name)
		require.Error(t, err)
		require.EqualError(t, err, want.Error())
	}
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	defer reader.Close()
	if name := fmt.Sprint("/dev/fd/", reader.Fd()); exists(name) {
		go func() {
			_, _ = writer.WriteString("kind: Pod\n")
			writer.Close()
		}()
		text, err := ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, "kind: Pod\n", string(text))
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// Some files are longer than they say: those in /proc say that they are empty.
func TestReadAllOfProc(t *testing.T) {
	const name = "/proc/sys/kernel/ostype"
	file, err := os.Open(name)
	if err != nil {
		t.Skip("no /proc to be had")
	}
	defer file.Close()
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	got, err := ReadAll(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
	got, err = ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

// The limit for a small input does not stay for a large one, which would be collected without end.
func TestBound(t *testing.T) {
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
	defer debug.SetGCPercent(percent)
	defer debug.SetMemoryLimit(limit)
	Bound(1000)
	require.Less(t, debug.SetMemoryLimit(-1), int64(100<<20))
	Bound(1 << 30)
	require.Greater(t, debug.SetMemoryLimit(-1), int64(1<<40))
}
