package fn_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/internal/oracle"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// The laws hold for every input that can be transformed at all; every case, every chart of the corpus and every fuzzed
// text goes through them.

// transform runs one mode of an enrollment over a text.
func transform(e config.MeshEnrollment, mode config.Mode, text []byte) (*outcome.Outcome, []byte, error) {
	return transformIn("", e, mode, text)
}

// transformIn is transform beside a cluster, if there is one.
func transformIn(cluster string, e config.MeshEnrollment, mode config.Mode, text []byte) (*outcome.Outcome, []byte, error) {
	e.Spec.Mode = mode
	t, err := fn.New(e)
	if err != nil {
		return nil, nil, err
	}
	var beside []stream.Stream
	if cluster != "" {
		beside = []stream.Stream{{Name: "cluster.yaml", Bytes: []byte(cluster)}}
	}
	result, err := t.TransformIn(beside, stream.Stream{Name: "in.yaml", Bytes: text})
	if err != nil {
		return nil, nil, err
	}
	var out bytes.Buffer
	_, err = result.Edits[0].WriteTo(&out)
	return result, out.Bytes(), err
}

func requireLaws(t *testing.T, e config.MeshEnrollment, text []byte) {
	t.Helper()
	result, enrolled, err := transform(e, config.Enroll, text)
	if err != nil {
		requirePlace(t, err)
		return
	}
	requireNoOp(t, e, text)
	requireLocality(t, result.Edits[0])
	requireIdempotence(t, e, enrolled)
	requireInverse(t, e, text, result, enrolled)
	requireMeaning(t, e, text, enrolled)
	requireParity(t, e, text, result)
	requireByItem(t, e, text)
	requireOneSource(t, e, text)
	requireNamed(t, config.Enroll, e, text)
	requireNamed(t, config.Unenroll, e, enrolled)
	requireMonotone(t, e, enrolled)
}

// requirePlace: an error names the stream and the line, and is about the text, not about a bug in enmesh.
func requirePlace(t *testing.T, err error) {
	t.Helper()
	var at *outcome.StreamError
	require.ErrorAs(t, err, &at)
	require.Equal(t, "in.yaml", at.Place.Stream)
	require.NotRegexp(t, "please report|overlap", err.Error())
}

// requireNoOp: a configuration that selects nothing gives the input's bytes, in every mode.
func requireNoOp(t *testing.T, e config.MeshEnrollment, text []byte) {
	t.Helper()
	e.Spec.All, e.Spec.Targets = false, []config.Selector{{LabelSelector: "no=such,pod=here"}}
	for _, mode := range []config.Mode{config.Enroll, config.Check, config.Unenroll} {
		_, out, err := transform(e, mode, text)
		require.NoError(t, err)
		require.Equal(t, string(text), string(out), "no-op")
	}
}

// requireLocality: without the inserted text the input is back. What is replaced is a scalar, a null, an alias or a
// volume's source, within a few lines.
func requireLocality(t *testing.T, e outcome.Edits) {
	t.Helper()
	back := make([]byte, 0, len(e.Stream.Bytes))
	at := 0
	for _, edit := range e.List {
		back = append(back, e.Stream.Bytes[at:edit.End]...)
		at = edit.End
		require.LessOrEqual(t, bytes.Count(e.Stream.Bytes[edit.Start:edit.End], []byte("\n")), 16, "locality")
	}
	require.Equal(t, string(e.Stream.Bytes), string(append(back, e.Stream.Bytes[at:]...)), "locality")
}

// requireIdempotence: enrolling what is enrolled changes nothing, and it passes the check.
func requireIdempotence(t *testing.T, e config.MeshEnrollment, enrolled []byte) {
	t.Helper()
	_, again, err := transform(e, config.Enroll, enrolled)
	require.NoError(t, err)
	require.Equal(t, string(enrolled), string(again), "idempotence")
	result, _, err := transform(e, config.Check, enrolled)
	require.NoError(t, err)
	for _, p := range result.Pods {
		require.NotEqual(t, outcome.NotEnrolled, p.Outcome, "idempotence: %s", p.Resource)
	}
}

// requireMeaning: the output decodes to what the oracle makes of the decoded input.
func requireMeaning(t *testing.T, e config.MeshEnrollment, text, enrolled []byte) {
	t.Helper()
	want, err := decode(text)
	if err != nil {
		return // a decoder is stricter than the parser, and cannot follow aliases into other documents
	}
	got, err := decode(enrolled)
	require.NoError(t, err, "meaning")
	e.Default()
	disabled := map[string]bool{}
	for _, document := range want {
		maps.Copy(disabled, oracle.Disabled(document))
	}
	for _, document := range want {
		oracle.Enroll(document, e.Spec, disabled)
	}
	oracle.EnrollGateways(want, e.Spec)
	want, got = withoutAdded(want), withoutAdded(got)
	require.Len(t, got, len(want), "meaning")
	for i := range want {
		got[i] = overlook(want[i], got[i])
		requireSame(t, marshal(t, normal(want[i])), marshal(t, normal(got[i])), "meaning")
	}
}

// overlook leaves out of what came out the text inside of text that the oracle could not read.
func overlook(want, got any) any {
	switch w := want.(type) {
	case string:
		if w == oracle.Unreadable {
			return w
		}
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			for key, child := range w {
				if _, has := g[key]; has {
					g[key] = overlook(child, g[key])
				}
			}
		}
	case []any:
		if g, ok := got.([]any); ok {
			for i := range min(len(w), len(g)) {
				g[i] = overlook(w[i], g[i])
			}
		}
	}
	return got
}

// withoutAdded leaves out what enrollment adds, also in lists.
func withoutAdded(documents []any) []any {
	for _, document := range documents {
		if list, ok := document.(map[string]any); ok {
			if items, ok := list["items"].([]any); ok {
				list["items"] = withoutAdded(items)
			}
		}
	}
	return slices.DeleteFunc(documents, isAdded)
}

// isAdded says whether a document is of a kind that enrollment adds; the cases show what is in these.
func isAdded(document any) bool {
	o, _ := document.(map[string]any)
	metadata, _ := o["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	return o["kind"] == "PeerAuthentication" || o["kind"] == "ClusterSPIFFEID" || o["kind"] == "ConfigMap" && strings.HasSuffix(name, "-workload-socket")
}

// requireParity: as an item of a list, an object is edited as it is alone.
func requireParity(t *testing.T, e config.MeshEnrollment, text []byte, alone *outcome.Outcome) {
	t.Helper()
	if bytes.ContainsAny(text, "\r\uFEFF%") || bytes.HasPrefix(text, []byte("---")) || bytes.Contains(text, []byte("\n---")) ||
		bytes.Contains(text, []byte("\n...")) || len(alone.Pods) == 0 || !bytes.Contains(text, []byte("apiVersion")) {
		return
	}
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n-\n" + indented(string(text))
	if _, err := decode([]byte(list)); err != nil {
		return
	}
	result, _, err := transform(e, config.Enroll, []byte(list))
	require.NoError(t, err)
	require.Len(t, result.Pods, len(alone.Pods))
	for i, p := range result.Pods {
		require.Equal(t, alone.Pods[i].Outcome, p.Outcome, "parity")
		require.Equal(t, alone.Pods[i].Changes, p.Changes, "parity")
	}
}
