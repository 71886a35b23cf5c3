package stream

import (
	"bytes"
	"regexp"
	"strings"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/pattern"
)

var (
	// Helm 3 writes a comment with the template above each document.
	helm3Source = []byte(keys.HelmSource)
	// Helm 4 gives each document an annotation.
	helm4Source = pattern.Lazy(`(?m)^\s+['"]?` + regexp.QuoteMeta(keys.HelmFile) + `['"]?:\s*['"]?([^'"\s]+)`)
)

// Source returns the chart template that a document was rendered from, if Helm names it.
func Source(document []byte) string {
	if source := CommentedSource(document); source != "" {
		return source
	}
	if !holdsHelm4Key(document) {
		return ""
	}
	if m := helm4Source().FindSubmatch(document); m != nil {
		return string(m[1])
	}
	return ""
}

// holdsHelm4Key looks for the key by its slash, which is rarer than its first character.
func holdsHelm4Key(document []byte) bool {
	domain, name, _ := strings.Cut(keys.HelmFile, "/")
	for at := 0; ; at++ {
		next := bytes.IndexByte(document[at:], '/')
		if next < 0 {
			return false
		}
		at += next
		if bytes.HasPrefix(document[at+1:], []byte(name)) && bytes.HasSuffix(document[:at], []byte(domain)) {
			return true
		}
	}
}

// CommentedSource returns the chart template in Helm 3's comment above a document.
func CommentedSource(document []byte) string {
	for rest := document; len(rest) > 0; {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		line = trim(line)
		if source, ok := bytes.CutPrefix(line, helm3Source); ok {
			return string(source)
		}
		if len(line) > 0 && line[0] != '#' && !bytes.HasPrefix(line, []byte("---")) {
			break
		}
	}
	return ""
}
