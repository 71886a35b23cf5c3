package stream

// blockScalar is a block scalar that the reader is in. Where its lines begin and where it ends is the rule of the YAML
// library's scanner.
type blockScalar struct {
	open    bool
	owner   int // column of the key or dash that it is the value of
	indent  int // of its lines; 0 as long as all were blank
	deepest int // of the blank lines above the first
}

// newBlockScalar is one that begins below its header, which is valid.
func newBlockScalar(owner int, header []byte) blockScalar {
	s := blockScalar{open: true, owner: owner}
	for _, c := range header[1:] {
		if c == ' ' {
			break
		}
		if '1' <= c && c <= '9' {
			s.indent = owner + int(c-'0')
		}
	}
	return s
}

// isBehindScalar says whether the line is content behind the block scalar that was open.
func (r *reader) isBehindScalar(isBlank bool) bool {
	s := &r.scalar
	if isBlank {
		if s.indent == 0 {
			s.deepest = max(s.deepest, r.column)
		}
		return false
	}
	first := r.first()
	if s.indent == 0 && first != '\t' && r.column > s.owner && r.column >= s.deepest {
		s.indent = r.column
	}
	switch {
	case s.indent > 0 && r.column >= s.indent:
		return false
	case first == '\t':
		r.refused = true
	}
	s.open = false
	isComment := first == '#'
	if r.column > s.owner && !isComment {
		r.doubt = true // it is an error
	}
	return !isComment
}

// isHeader says whether a value is a valid header.
func isHeader(value []byte) bool {
	at, signs, digits := 1, 0, 0
	for ; at < len(value) && isIndicator(value[at]); at++ {
		if value[at] == '+' || value[at] == '-' {
			signs++
		} else {
			digits++
		}
	}
	return signs <= 1 && digits <= 1 && isRest(value[at:])
}

func isIndicator(c byte) bool { return c == '+' || c == '-' || '1' <= c && c <= '9' }
