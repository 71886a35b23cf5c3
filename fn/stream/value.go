package stream

import "bytes"

// value is what a line's value leaves open.
type value byte

const (
	doubtful    value = iota
	closed            // nothing
	blockHeader       // a block scalar
)

// lookAtValue finds where in a line of content the value begins, behind dashes and a key, and what it leaves open. It also
// returns the column of the key or dash that the value belongs to, or -1.
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

// keyEnd returns where the colon stands behind the key that begins at an offset, or 0 where none does. A key is one that
// has no characters but plain ones, or is in quotes.
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

// leavesOpen says what is open behind a value that begins where a token does, in block context.
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
	if end > 0 && isRest(v[end:]) {
		return closed
	}
	return doubtful
}

// isPlain says whether the value is a plain scalar, and nothing but a comment follows. Quotes and brackets in it are text.
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

// quotedEnd returns where the quoted scalar ends that begins at an offset, or 0 where it does not end on the line.
func quotedEnd(line []byte, at int) int {
	quote := line[at]
	for i := at + 1; i < len(line); i++ {
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

// flowEnd returns where the flow collection ends that the value begins with, or 0 where it does not on this line, or may
// not. It stops at all that is not plain to see: comments, tags, anchors, a quote or bracket where no token begins.
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

// isRest says whether what follows a value is blank, or a comment.
func isRest(rest []byte) bool {
	at := skip(rest, 0)
	return at == len(rest) || at > 0 && rest[at] == '#'
}

// skip passes spaces.
func skip(line []byte, at int) int {
	for at < len(line) && line[at] == ' ' {
		at++
	}
	return at
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }
