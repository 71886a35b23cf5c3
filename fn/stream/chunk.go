package stream

import "bytes"

// chunks cuts a stream into about n parts of similar size, each of which can be Split on its own.
func chunks(stream []byte, n int) []Span {
	var found []Span
	start := 0
	for i := 1; i < n; i++ {
		at := max(start, len(stream)/n*i)
		for at < len(stream) {
			next := bytes.Index(stream[at+1:], []byte("---\n"))
			if next < 0 {
				at = len(stream)
				break
			}
			at += next + 1
			if stream[at-1] != '\n' {
				continue
			}
			above := trim(stream[bytes.LastIndexByte(stream[:at-1], '\n')+1 : at-1])
			if len(above) > 0 && above[0] != '%' && above[0] != '#' { // it is content, so the cut does not separate a directive from its document
				break
			}
		}
		if at < len(stream) {
			found = append(found, Span{start, at})
			start = at
		}
	}
	return append(found, Span{start, len(stream)})
}
