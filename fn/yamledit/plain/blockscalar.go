package plain

import "go.yaml.in/yaml/v3"

// blockScalar reads the scalar whose header begins at a column, in a mapping or list that begins at another one, and moves
// to the line below it. It joins lines as the library's scanner does.
func (r *reader) blockScalar(at, column int) *yaml.Node {
	n := r.node(yaml.ScalarNode, "!!str", at)
	n.Style = yaml.LiteralStyle
	if r.line[at] == '>' {
		n.Style = yaml.FoldedStyle
	}
	chomp := byte(0)
	if at++; at < len(r.line) && (r.line[at] == '+' || r.line[at] == '-') {
		chomp = r.line[at]
		at++
	}
	if !isBlankOrComment(r.line[at:]) { // an indentation indicator, for example
		return nil
	}
	s := scalarLines{reader: r, folded: n.Style == yaml.FoldedStyle, value: r.memory.scratch[:0]}
	for r.step() && s.read(column) {
	}
	switch chomp {
	case 0:
		s.value = append(s.value, s.lineBreak...)
	case '+':
		s.value = append(append(s.value, s.lineBreak...), s.blank...)
	}
	n.Value = string(s.value)
	r.memory.scratch = s.value
	if !r.done && !r.isContent() {
		r.next()
	}
	return n
}

// scalarLines joins the lines of a block scalar.
type scalarLines struct {
	reader *reader
	folded bool

	indent   int // of its lines; 0 as long as all were blank
	deepest  int // of the blank lines above the first
	indented bool
	value    []byte
	// lineBreak is that of the last line, and blank are those of the blank lines below it. They are not in the value yet.
	lineBreak, blank []byte
}

// read takes the reader's line, or says that it does not belong to the scalar.
func (s *scalarLines) read(column int) bool {
	r := s.reader
	isBlank := r.indent == len(r.line)
	switch {
	case isBlank && (s.indent == 0 || len(r.line) <= s.indent):
		if s.indent == 0 {
			s.deepest = max(s.deepest, r.indent)
		}
		s.blank = append(s.blank, r.lineBreak()...)
		return true
	case !isBlank && r.line[r.indent] == '\t' && (s.indent == 0 || r.indent < s.indent):
		r.refuse()
		return false
	case r.indent <= column, r.indent < s.indent:
		return false
	case s.indent == 0 && s.deepest > r.indent:
		r.refuse()
		return false
	case s.indent == 0:
		s.indent = r.indent
	}
	s.join(r.line[s.indent:], r.lineBreak())
	return true
}

// join adds a line. Between lines that are not indented further, a folded scalar has a space for a single line break.
func (s *scalarLines) join(line, lineBreak []byte) {
	indented := line[0] == ' ' || line[0] == '\t'
	switch {
	case !s.folded || s.indented || indented:
		s.value = append(s.value, s.lineBreak...)
	case len(s.lineBreak) > 0 && len(s.blank) == 0:
		s.value = append(s.value, ' ')
	}
	s.value = append(append(s.value, s.blank...), line...)
	s.lineBreak, s.blank, s.indented = lineBreak, s.blank[:0], indented
}

// lineBreak is what ends the line: nothing, where that is the text's end.
func (r *reader) lineBreak() []byte { return r.text[r.at+len(r.line) : r.end] }
