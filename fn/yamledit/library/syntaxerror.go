package library

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"enmesh.dev/enmesh/fn/pattern"
)

// SyntaxError is the error of a text that is not valid YAML.
type SyntaxError struct {
	// Line in the text, from 1; 0 where the parser does not report it.
	Line  int
	Cause string
}

func (e *SyntaxError) Error() string { return e.Cause }

// IsUnknownAnchor says whether an error of Read is about an alias whose anchor is not in the text.
func IsUnknownAnchor(err error) bool {
	var syntax *SyntaxError
	return errors.As(err, &syntax) && strings.HasPrefix(syntax.Cause, "unknown anchor")
}

var (
	parserError = pattern.Lazy(`^yaml: (?:line (\d+): )?(.*)`)
	// In these messages the parser counts lines from 0, and leaves the 0 out.
	countsFromZero = pattern.Lazy(`^did not find expected (<|node content|key|'-'|',')`)
)

var tabbed = pattern.Lazy(`^ *\t`)

// newSyntaxError reads the line from the parser's message, or finds it where the parser does not report it.
func newSyntaxError(text []byte, err error) *SyntaxError {
	m := parserError().FindStringSubmatch(err.Error())
	if m == nil {
		return &SyntaxError{Cause: err.Error()}
	}
	e := &SyntaxError{Cause: m[2]}
	e.Line, _ = strconv.Atoi(m[1])
	switch {
	case !utf8.Valid(text):
		e.Cause = "not valid UTF-8"
		e.Line = lineOf(text, func(r rune, size int) bool { return r == utf8.RuneError && size == 1 })
	case countsFromZero().MatchString(e.Cause):
		e.Line++
	case strings.HasPrefix(e.Cause, "found a tab"): // the parser names the line of the scalar that the tab's line seems to continue
		for lines := bytes.Split(text, []byte("\n")); e.Line > 0 && e.Line < len(lines) && !tabbed().Match(lines[e.Line-1]); {
			e.Line++
		}
	case strings.HasPrefix(e.Cause, "control characters"):
		e.Line = lineOf(text, func(r rune, _ int) bool {
			return r < ' ' && r != '\t' && r != '\n' && r != '\r' || 0x7F <= r && r < 0xA0 && r != 0x85 || r == 0xFFFE || r == 0xFFFF
		})
	}
	return e
}

// lineOf returns the line, from 1, of the first character that fits.
func lineOf(text []byte, fits func(r rune, size int) bool) int {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if fits(r, size) {
			break
		}
		at += size
	}
	return 1 + bytes.Count(text[:at], []byte("\n"))
}
