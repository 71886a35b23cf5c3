package yamledit

import "bytes"

// Span is a document's place in a stream: the bytes from Start up to End.
type Span struct{ Start, End int }

// Split cuts a stream into its documents; together they are the whole stream. A document begins with its `---` line,
// or with what stands before the first one, and takes in the comments and the `...` line that follow it. Directives
// belong to the document below them. `---apiVersion: v1`, which Helm's own splitter accepts, begins a document too.
func Split(stream []byte) []Span {
	var spans []Span
	start := 0      // of the document
	prelude := true // so far it holds nothing but directives, comments and blank lines
	ended := false  // a `...` line ended it
	cut := func(at int) {
		if at > start {
			spans = append(spans, Span{start, at})
		}
		start, prelude, ended = at, true, false
	}
	for at := 0; at < len(stream); {
		switch line := stream[at:]; {
		case line[0] == '-' && bytes.HasPrefix(line, []byte("---")) && (len(line) == 3 || isSpace(line[3]) || isGlued(line)):
			if at > start && !(prelude && hasDirective(stream[start:at])) {
				cut(at)
			}
			prelude = false
		case line[0] == '.' && bytes.HasPrefix(line, []byte("...")) && (len(line) == 3 || isSpace(line[3])):
			ended, prelude = true, false
		case line[0] == '#' || isSpace(line[0]):
		case line[0] == '%':
			if ended {
				cut(at)
			}
		default:
			if ended {
				cut(at)
			}
			prelude = false
		}
		next := nextBoundary(stream, at, prelude || ended)
		if next < 0 {
			break
		}
		at = next
	}
	cut(len(stream))
	return spans
}

// nextBoundary returns the start of the next line that Split must look at, or -1.
func nextBoundary(stream []byte, at int, every bool) int {
	for {
		i := bytes.IndexByte(stream[at:], '\n')
		if i < 0 || at+i+1 >= len(stream) {
			return -1
		}
		at += i + 1
		if c := stream[at]; every || c == '-' || c == '.' {
			return at
		}
	}
}

func hasDirective(text []byte) bool {
	return text[0] == '%' || bytes.Contains(text, []byte("\n%"))
}

// isGlued says whether a separator has the document's first key on its line, without a space.
func isGlued(line []byte) bool {
	for _, key := range []string{"apiVersion:", "kind:", "metadata:", "{"} {
		if bytes.HasPrefix(line[3:], []byte(key)) {
			return true
		}
	}
	return false
}

// Body returns the offset in a document where Parse must begin: behind a separator that is glued to the first key.
func Body(document []byte) int {
	if len(document) > 3 && document[0] == '-' && !isSpace(document[3]) && isGlued(document) {
		return 3
	}
	return 0
}
