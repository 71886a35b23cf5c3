package ci

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"enmesh.dev/enmesh/fn/report"
)

// location is where an entry is, in terms of files that a user has.
type location struct {
	// file is relative to the current folder, or absolute outside of it, with slashes. It is empty for what is about the input as a whole.
	file string
	// line in the file, from 1; 0 if it is not known.
	line int
	// note is what else is known about the place.
	note string
}

// locate finds the location of a result. The line of a rendered stream is no line of the chart template that it comes from, so it only is
// a note there. The first row that applies decides:
//
//	   the input is       the template is   file           line         note
//	1  not one place      -                 none           -            -
//	2  a file             not known         the file       of the file  -
//	3  a file             known             the file       of the file  the template
//	4  stdin, a command   known             the template   not known    the line of the stream
//	5  stdin, a command   not known         the stream     of it        -
func locate(r report.Result) location {
	at := r.Place
	switch {
	case at.Stream == "":
		return location{}
	case !isStream(at.Stream) && at.Source == "":
		return location{file: fileName(at.Stream), line: r.Line}
	case !isStream(at.Stream):
		return location{file: fileName(at.Stream), line: r.Line, note: "rendered from " + at.Source}
	case at.Source != "" && r.Line > 0:
		return location{file: at.Source, note: fmt.Sprintf("line %d of %s", r.Line, at.Stream)}
	case at.Source != "":
		return location{file: at.Source}
	}
	return location{file: at.Stream, line: r.Line}
}

// isStream says whether an input is no file: its name is in angle brackets.
func isStream(name string) bool { return strings.HasPrefix(name, "<") && strings.HasSuffix(name, ">") }

// fileName returns the name of a file relative to the current folder, if the file is in it.
func fileName(name string) string {
	name = filepath.Clean(name)
	if filepath.IsAbs(name) {
		if folder, err := os.Getwd(); err == nil {
			if relative, err := filepath.Rel(folder, name); err == nil && filepath.IsLocal(relative) {
				name = relative
			}
		}
	}
	return filepath.ToSlash(name)
}

// input is the location of what is about the input as a whole: its first file or stream. It has no line.
func input(r report.Report) location {
	edits := r.Edits()
	switch {
	case len(edits) == 0:
		return location{}
	case isStream(edits[0].Stream.Name):
		return location{file: edits[0].Stream.Name}
	}
	return location{file: fileName(edits[0].Stream.Name)}
}

// uri returns the name of a file as a URI, with what has to be escaped in one.
func uri(file string) string { return newURI(file, filepath.IsAbs(filepath.FromSlash(file))) }

func newURI(file string, absolute bool) string {
	u := url.URL{Path: file}
	if absolute {
		u.Scheme = "file"
		u.Path = "/" + strings.TrimPrefix(file, "/") // a drive of Windows has no slash in front of it
	}
	return u.String()
}
