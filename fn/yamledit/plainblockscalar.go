package yamledit

import "go.yaml.in/yaml/v3"

// blockScalar reads the scalar whose header begins at a column, in a mapping or list that stands at another one, and moves
// to the line behind it. How lines are joined is the rule of the library's own scanner.
func (p *plainReader) blockScalar(at, column int) *yaml.Node {
	n := p.node(yaml.ScalarNode, "!!str", at)
	n.Style = yaml.LiteralStyle
	if p.line[at] == '>' {
		n.Style = yaml.FoldedStyle
	}
	chomp := byte(0)
	if at++; at < len(p.line) && (p.line[at] == '+' || p.line[at] == '-') {
		chomp = p.line[at]
		at++
	}
	if !isBlankOrComment(p.line[at:]) { // an indentation that is told, among others
		return nil
	}
	s := scalarLines{reader: p, folded: n.Style == yaml.FoldedStyle}
	for p.step() && s.read(column) {
	}
	switch chomp {
	case 0:
		s.value = append(s.value, s.lineBreak...)
	case '+':
		s.value = append(append(s.value, s.lineBreak...), s.blank...)
	}
	n.Value = string(s.value)
	if !p.done && !p.isContent() {
		p.next()
	}
	return n
}

// scalarLines joins the lines of a block scalar.
type scalarLines struct {
	reader *plainReader
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
	p := s.reader
	isBlank := p.indent == len(p.line)
	switch {
	case isBlank && (s.indent == 0 || len(p.line) <= s.indent):
		if s.indent == 0 {
			s.deepest = max(s.deepest, p.indent)
		}
		s.blank = append(s.blank, p.lineBreak()...)
		return true
	case !isBlank && p.line[p.indent] == '\t' && (s.indent == 0 || p.indent < s.indent):
		p.refuse()
		return false
	case p.indent <= column, p.indent < s.indent:
		return false
	case s.indent == 0 && s.deepest > p.indent:
		p.refuse()
		return false
	case s.indent == 0:
		s.indent = p.indent
	}
	s.join(p.line[s.indent:], p.lineBreak())
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
func (p *plainReader) lineBreak() []byte { return p.text[p.at+len(p.line) : p.end] }
