package fn

import (
	"bytes"
	"regexp"
)

var (
	// Helm 3 heads each document with a comment that names its template.
	helm3Source = []byte("# Source: ")
	// Helm 4 gives each document an annotation.
	helm4Source = regexp.MustCompile(`(?m)^\s+['"]?` + regexp.QuoteMeta(helmFileKey) + `['"]?:\s*['"]?([^'"\s]+)`)
)

// sourceOf returns the chart template that a document was rendered from, where Helm says so.
func sourceOf(document []byte) string {
	if source := commentedSource(document); source != "" {
		return source
	}
	if !bytes.Contains(document, []byte(helmFileKey)) {
		return ""
	}
	if m := helm4Source.FindSubmatch(document); m != nil {
		return string(m[1])
	}
	return ""
}

// commentedSource returns what Helm 3's comment names.
func commentedSource(document []byte) string {
	for rest := document; len(rest) > 0; {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		line = bytes.TrimSpace(line)
		if source, ok := bytes.CutPrefix(line, helm3Source); ok {
			return string(source)
		}
		if len(line) > 0 && line[0] != '#' && !bytes.HasPrefix(line, []byte("---")) {
			break
		}
	}
	return ""
}
