package stream

// blockScalar is a block scalar that the reader is in. Its indentation and its end follow the rules of the YAML library's scanner.
type blockScalar struct {
	open    bool
	owner   int // column of the key or dash whose value it is
	indent  int // of its lines; 0 as long as all lines are blank
	deepest int // column of the blank lines above the first line
}

// newBlockScalar returns a block scalar that starts below a valid header.
func newBlockScalar(owner int, header []byte) blockScalar {
	s := blockScalar{open: true, owner: owner}
	for _, c := range header {
		if c == ' ' {
			break
		}
		if '1' <= c && c <= '9' {
			s.indent = owner + int(c-'0')
		}
	}
	return s
}

// isAfterScalar says whether the line is content after the block scalar that was open.
func (r *reader) isAfterScalar(isBlank bool) bool {
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
