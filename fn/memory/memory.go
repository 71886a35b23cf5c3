// Package memory keeps a program small that reads its whole input: it reads it without copies, and sets how often the garbage
// collector runs.
package memory

import (
	"io"
	"math"
	"os"
	"runtime/debug"
)

// ReadAll reads a file into a buffer of its size. It reads a pipe in pieces and joins them once, because a growing buffer would
// hold the input several times.
func ReadAll(r io.Reader) ([]byte, error) {
	if file, ok := r.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			text := make([]byte, 0, info.Size()+1)
			return appendAll(text, r)
		}
	}
	var pieces [][]byte
	size, total := 64<<10, 0
	for {
		piece := make([]byte, size)
		n, err := io.ReadFull(r, piece)
		pieces, total = append(pieces, piece[:n]), total+n
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return nil, err
		}
		size = min(2*size, 16<<20)
	}
	if len(pieces) == 1 {
		return pieces[0], nil
	}
	text := make([]byte, 0, total)
	for _, piece := range pieces {
		text = append(text, piece...)
	}
	if pieces = nil; total > 8<<20 {
		debug.FreeOSMemory() // otherwise the collector counts the pieces as memory in use, and lets as much garbage accumulate
	}
	return text, nil
}

func appendAll(text []byte, r io.Reader) ([]byte, error) {
	for {
		if len(text) == cap(text) {
			text = append(text, 0)[:len(text)]
		}
		n, err := r.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if err == io.EOF {
			return text, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// Hold keeps the garbage collector from running while the input is read, for nothing of it is garbage. Bound ends that.
func Hold() { debug.SetGCPercent(-1) }

// Bound sets how often the garbage collector runs, by the size of the input in bytes.
//
//   - Small input: only where the program would take more than 3 times the input and 40 MB, as for a stream of many tiny workloads.
//   - Large input: often. Only the input and what is known about its pods stay in use.
func Bound(size int) {
	switch {
	case size < 12<<20:
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(int64(3*size + 31<<20))
	default:
		debug.SetGCPercent(50)
		debug.SetMemoryLimit(math.MaxInt64) // a small input may have set it
	}
}
