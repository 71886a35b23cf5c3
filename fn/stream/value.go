package stream

import "bytes"

// value says what the value of a line leaves open.
type value byte

const (
	doubtful    value = iota
	closed            // nothing
	blockHeader       // a block scalar
	openQuote         // a quoted scalar
)

// lookAtValue finds where the value of a line starts, after dashes and a key, and what it leaves open. It also returns the column of
// the key or dash that the value belongs to, or -1.
func lookAtValue(line []byte, at int) (v value, start, owner int) {
	owner = -1
	for isDash(line[at:]) {
		owner, at = at, skip(line, at+1)
	}
	if end := keyEnd(line, at); end > at {
		owner, at = at, skip(line, end+1)
	}
	return leavesOpen(line[at:]), at, owner
}

// isKey says whether a value belongs to a key, by the owner that lookAtValue found.
func isKey(line []byte, owner int) bool { return owner >= 0 && !isDash(line[owner:]) }

// keyEnd returns the offset of the colon after the key at an offset, or 0 if there is no key. A key has only plain characters, or is
// in quotes.
func keyEnd(line []byte, at int) int {
	end := at
	if at < len(line) && isQuote(line[at]) {
		end = quotedEnd(line, at)
	} else {
		for end < len(line) && (isWord(line[end]) || line[end] == '_' || line[end] == ':' && end+1 < len(line) && isWord(line[end+1])) {
			end++
		}
	}
	if end > at && end < len(line) && line[end] == ':' && (end+1 == len(line) || line[end+1] == ' ') {
		return end
	}
	return 0
}

// leavesOpen says what is open after a value that starts where a token does, in block context.
func leavesOpen(v []byte) value {
	if len(v) == 0 || v[0] == '#' {
		return closed
	}
	end := 0
	switch c := v[0]; {
	case isQuote(c):
		end = quotedEnd(v, 0)
	case c == '[' || c == '{':
		end = flowEnd(v)
	case (c == '|' || c == '>') && isHeader(v):
		return blockHeader
	case isPlain(v):
		return closed
	}
	switch {
	case end > 0 && isRest(v[end:]):
		return closed
	case end == 0 && isQuote(v[0]):
		return openQuote
	}
	return doubtful
}

// isPlain says whether the value is a plain scalar, with at most a comment after it. Quotes and brackets in it are text.
func isPlain(v []byte) bool {
	switch c := v[0]; {
	case isLetter(c), '0' <= c && c <= '9', c >= 0x80, bytes.IndexByte([]byte(`_./$()+;<=\^~`), c) >= 0:
	case c == '-' && len(v) > 1 && v[1] != ' ' && v[1] != '\t':
	default:
		return false
	}
	for i, c := range v {
		switch {
		case c == '#' && isSpace(v[i-1]):
			return true
		case c == ':' && (i+1 == len(v) || isSpace(v[i+1])):
			return false
		}
	}
	return true
}

// quotedEnd returns the end of the quoted scalar that starts at an offset, or 0 if it does not end on the line.
func quotedEnd(line []byte, at int) int { return closingQuote(line, at+1, line[at]) }

// closingQuote returns the end of the quoted scalar that is open at an offset, or 0 if it does not end on the line.
func closingQuote(line []byte, from int, quote byte) int {
	for i := from; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quote == '"':
			i++
		case c == quote && quote == '\'' && i+1 < len(line) && line[i+1] == quote:
			i++
		case c == quote:
			return i + 1
		}
	}
	return 0
}

// flowEnd returns the end of the flow collection at the start of the value, or 0 if it does not certainly end on this line. It gives
// up at comments, tags, anchors, and a quote or bracket where no token starts.
func flowEnd(v []byte) int {
	depth := 0
	token, quoted := true, false // a token may begin here; the one before was in quotes
	for i := 0; i < len(v); i++ {
		switch c := v[i]; c {
		case '[', '{':
			if !token {
				return 0
			}
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
			token, quoted = false, false
		case ',':
			token, quoted = true, false
		case ' ':
		case ':':
			token, quoted = quoted || i+1 < len(v) && v[i+1] == ' ', false
		case '"', '\'':
			end := quotedEnd(v, i)
			if !token || end == 0 {
				return 0
			}
			i = end - 1
			token, quoted = false, true
		case '#', '!', '&', '*', '?', '|', '>', '%', '@', '`', '\t':
			return 0
		default:
			token, quoted = false, false
		}
	}
	return 0
}

// isRest says whether the text after a value is blank or a comment.
func isRest(rest []byte) bool {
	at := skip(rest, 0)
	return at == len(rest) || at > 0 && rest[at] == '#'
}

// skip returns the offset of the next byte that is not a space.
func skip(line []byte, at int) int {
	for at < len(line) && line[at] == ' ' {
		at++
	}
	return at
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }
