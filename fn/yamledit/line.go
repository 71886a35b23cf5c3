package yamledit

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

const byteOrderMark = "\uFEFF"

// lines finds the byte offsets of lines as the parser counts them.
type lines struct {
	text   []byte
	starts []int
	plain  bool // only LF breaks lines
}

// start returns the offset of a line's first byte, or -1 where there is no such line. Lines count from 1.
func (l *lines) start(line int) int {
	if l.starts == nil {
		l.starts = l.find()
	}
	if line < 1 || line > len(l.starts) {
		return -1
	}
	return l.starts[line-1]
}

func (l *lines) find() []int {
	if !l.plain {
		return lineStarts(l.text)
	}
	starts := append(make([]int, 0, 2+len(l.text)/24), 0)
	for at := bytes.IndexByte(l.text, '\n'); at >= 0; at = bytes.IndexByte(l.text[starts[len(starts)-1]:], '\n') {
		starts = append(starts, starts[len(starts)-1]+at+1)
	}
	return starts
}

// lineStarts returns where lines start for YAML 1.1 and the parser, which also break them at a lone CR, NEL, LS and PS.
func lineStarts(text []byte) []int {
	first := 0
	if bytes.HasPrefix(text, []byte(byteOrderMark)) {
		first = len(byteOrderMark)
	}
	starts := append(make([]int, 0, 1+len(text)/32), first)
	for i := first; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			starts = append(starts, i+1)
		case c == '\r':
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			starts = append(starts, i+1)
		case c == 0xC2 && bytes.HasPrefix(text[i:], []byte("\u0085")):
			i++
			starts = append(starts, i+1)
		case c == 0xE2 && (bytes.HasPrefix(text[i:], []byte("\u2028")) || bytes.HasPrefix(text[i:], []byte("\u2029"))):
			i += 2
			starts = append(starts, i+1)
		}
	}
	return starts
}

// lineEnd returns the offset of the line break that ends the line, or of the end of the text. Only LF, CRLF and CR
// count, because additions use no others.
func (d *Document) lineEnd(at int) int {
	if i := bytes.IndexAny(d.text[at:], "\r\n"); i >= 0 {
		return at + i
	}
	return len(d.text)
}

// nextLine returns the offset of the line after the one that ends at the offset.
func (d *Document) nextLine(end int) int {
	switch {
	case end >= len(d.text):
		return len(d.text)
	case d.text[end] == '\r' && end+1 < len(d.text) && d.text[end+1] == '\n':
		return end + 2
	}
	return end + 1
}

// lineStart returns the offset of the first byte of the line.
func (d *Document) lineStart(at int) int {
	start := bytes.LastIndexAny(d.text[:at], "\r\n") + 1
	if start == 0 && bytes.HasPrefix(d.text, []byte(byteOrderMark)) && at >= len(byteOrderMark) {
		return len(byteOrderMark)
	}
	return start
}

// beforeBreak returns the offset of the line break that ends at the offset.
func (d *Document) beforeBreak(at int) int {
	if at >= 2 && d.text[at-1] == '\n' && d.text[at-2] == '\r' {
		return at - 2
	}
	return at - 1
}

// eol is the line break of the line at the offset, or of the line before it.
func (d *Document) eol(at int) string {
	end := d.lineEnd(at)
	if end == len(d.text) {
		end = d.lineStart(at) - 1
		if end > 0 && d.text[end] == '\n' && d.text[end-1] == '\r' {
			end--
		}
	}
	switch {
	case end < 0 || end >= len(d.text) || d.text[end] == '\n':
		return "\n"
	case end+1 < len(d.text) && d.text[end+1] == '\n':
		return "\r\n"
	case d.text[end] == '\r':
		return "\r"
	}
	return "\n"
}

// startsLine says whether nothing but white space stands before the offset on its line.
func (d *Document) startsLine(at int) bool {
	return strings.TrimLeft(string(d.text[d.lineStart(at):at]), " \t") == ""
}

// aboveComments returns the start of the line at the offset, or of the comment lines directly above it.
func (d *Document) aboveComments(at int) int {
	start := d.lineStart(at)
	for start > 0 {
		above := d.lineStart(d.beforeBreak(start))
		if above >= start || !strings.HasPrefix(strings.TrimLeft(string(d.text[above:start]), " "), "#") {
			break
		}
		start = above
	}
	return start
}

// tail returns the end of the line at the offset, or of the comment lines directly below it that are indented deeper than
// indent.
func (d *Document) tail(at, indent int) int {
	end := d.lineEnd(at)
	for next := d.nextLine(end); next < len(d.text); next = d.nextLine(end) {
		line := d.text[next:d.lineEnd(next)]
		if n := indentation(line); n <= indent || n == len(line) || line[n] != '#' {
			break
		}
		end = d.lineEnd(next)
	}
	return end
}

// indentation counts the leading spaces.
func indentation(line []byte) int {
	n := 0
	for n < len(line) && line[n] == ' ' {
		n++
	}
	return n
}

// holdsRareBreak says whether a text holds a line break that the parser knows, and lineEnd does not.
func holdsRareBreak(text []byte) bool {
	return bytes.ContainsAny(text, "\u0085\u2028\u2029")
}

// belowRareBreak refuses an addition after a node that such a line break precedes on its line: it would not come out on a line
// of its own.
func (d *Document) belowRareBreak(n *yaml.Node) error {
	at, err := d.start(n)
	if err == nil && holdsRareBreak(d.text[d.lineStart(at):at]) {
		return d.refuse(n, "the line has a line break (NEL, LS or PS) that other programs take for a character")
	}
	return err
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// spaceSize is the length of the white space or line break that a string starts with, as YAML 1.1 counts them.
func spaceSize(s string) int {
	switch {
	case s == "":
		return 0
	case isSpace(s[0]):
		return 1
	case strings.HasPrefix(s, "\u0085"):
		return 2
	case strings.HasPrefix(s, "\u2028"), strings.HasPrefix(s, "\u2029"):
		return 3
	}
	return 0
}
