package main

import (
	"io"
	"os"
	"runtime/debug"

	"enmesh.dev/enmesh/fn"
)

// readAll reads a file into a buffer of its size, and a pipe in pieces that are joined once: a buffer that grows would
// hold the input several times over.
func readAll(r io.Reader) ([]byte, error) {
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
		debug.FreeOSMemory() // or the collector takes the pieces for what is in use, and lets as much again pile up
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

// boundMemory lets the garbage collector rest while little is in use, and has it work where the input is large: what is in
// use then is the input and what is known of its pods, and all else is garbage soon. Streams of tiny workloads have much to
// be known for their size: then it works sooner.
func boundMemory(streams []fn.Stream) {
	size := 0
	for _, s := range streams {
		size += len(s.Bytes)
	}
	switch {
	case size < 8<<20:
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(int64(12*size + 24<<20))
	default:
		debug.SetGCPercent(50)
	}
}
