// Package terminal says what a stream of the process is, and what may be written to it.
package terminal

import (
	"os"
	"runtime"

	"golang.org/x/term"
)

// Is says whether a stream is a terminal.
func Is(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// Colours decides where colours are written.
type Colours struct {
	// When is "auto", "always" or "never".
	When string
	// Getenv reads the environment.
	Getenv func(string) string
}

// On says whether text for this stream is coloured. The first row that applies decides:
//
//	1  When is "always" or "never"              as it says
//	2  NO_COLOR is set (no-color.org), or
//	   TERM is "dumb"                           no
//	3  on Windows                               no: some terminals there show the codes as text
//	4  otherwise                                if the stream is a terminal
func (c Colours) On(stream any) bool {
	switch {
	case c.When == "always", c.When == "never":
		return c.When == "always"
	case c.Getenv("NO_COLOR") != "", c.Getenv("TERM") == "dumb", runtime.GOOS == "windows":
		return false
	}
	return Is(stream)
}
