package fn_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/internal/oracle"
	"enmesh.dev/enmesh/fn/yamledit"
)

// The laws hold for every input that can be transformed at all; every case, every chart of the corpus and every fuzzed
// text goes through them.

// transform runs one mode of an enrollment over a text.
func transform(e fn.MeshEnrollment, mode fn.Mode, text []byte) (*fn.Outcome, []byte, error) {
	e.Spec.Mode = mode
	t, err := fn.New(e)
	if err != nil {
		return nil, nil, err
	}
	outcome, err := t.Transform(fn.Stream{Name: "in.yaml", Bytes: text})
	if err != nil {
		return nil, nil, err
	}
	var out bytes.Buffer
	_, err = outcome.Edits[0].WriteTo(&out)
	return outcome, out.Bytes(), err
}

func requireLaws(t *testing.T, e fn.MeshEnrollment, text []byte) {
	t.Helper()
	outcome, enrolled, err := transform(e, fn.Enroll, text)
	if err != nil {
		requirePlace(t, err)
		return
	}
	requireNoOp(t, e, text)
	requireLocality(t, outcome.Edits[0])
	requireIdempotence(t, e, enrolled)
	requireInverse(t, e, text, outcome, enrolled)
	requireMeaning(t, e, text, enrolled)
	requireParity(t, e, text, outcome)
}

// requirePlace: an error names the stream and the line, and speaks of the text, not of a mistake in enmesh.
func requirePlace(t *testing.T, err error) {
	t.Helper()
	var at *fn.StreamError
	require.ErrorAs(t, err, &at)
	require.Equal(t, "in.yaml", at.Place.Stream)
	require.NotRegexp(t, "please report|overlap", err.Error())
}

// requireNoOp: a configuration that selects nothing gives the input's bytes, in every mode.
func requireNoOp(t *testing.T, e fn.MeshEnrollment, text []byte) {
	t.Helper()
	e.Spec.All, e.Spec.Targets = false, []types.Selector{{LabelSelector: "no=such,pod=here"}}
	for _, mode := range []fn.Mode{fn.Enroll, fn.Check, fn.Unenroll} {
		_, out, err := transform(e, mode, text)
		require.NoError(t, err)
		require.Equal(t, string(text), string(out), "no-op")
	}
}

// requireLocality: without the inserted text the input is back. What is replaced is a scalar, a null, an alias or a
// volume's source, within a few lines.
func requireLocality(t *testing.T, e fn.Edits) {
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
func requireIdempotence(t *testing.T, e fn.MeshEnrollment, enrolled []byte) {
	t.Helper()
	_, again, err := transform(e, fn.Enroll, enrolled)
	require.NoError(t, err)
	require.Equal(t, string(enrolled), string(again), "idempotence")
	outcome, _, err := transform(e, fn.Check, enrolled)
	require.NoError(t, err)
	for _, p := range outcome.Pods {
		require.NotEqual(t, fn.NotEnrolled, p.Reason, "idempotence: %s", p.Resource)
	}
}

// requireInverse: unenrolling undoes enrolling. An input may bear mesh settings of its own, so what is undone is compared
// with the input undone; an empty map or list and none are the same.
func requireInverse(t *testing.T, e fn.MeshEnrollment, text []byte, gained *fn.Outcome, enrolled []byte) {
	t.Helper()
	for _, o := range gained.Objects {
		if slices.Contains(o.Changes, "data.mesh: trustDomain") {
			return // nobody knows the trust domain that was there
		}
	}
	for _, p := range gained.Pods {
		if p.Role == fn.Gateway && len(p.Changes) > 2 {
			return // unenrolled, a gateway keeps what makes it run
		}
	}
	for _, edit := range gained.Edits[0].List {
		if edit.End > edit.Start && strings.Trim(edit.Text, `'"`) == "true" {
			return // nobody knows the value that was there, and had no effect
		}
	}
	outcome, own, err := transform(e, fn.Unenroll, text)
	if err != nil {
		return
	}
	for _, p := range outcome.Pods {
		if p.Reason == fn.Unenrolled {
			return // settings of its own may have been completed or overruled
		}
	}
	_, back, err := transform(e, fn.Unenroll, enrolled)
	require.NoError(t, err, "inverse")
	if bytes.Equal(own, back) {
		return
	}
	if _, err := decode(own); err != nil {
		return // not to be compared by meaning
	}
	if hidesMerged(text) {
		return // filled and emptied again, the key is gone, and what it hid is there
	}
	if !bytes.ContainsRune(text, '*') && !quotes(gained.Edits[0]) { // an alias may have become a map that merges it
		require.NotEqual(t, dump(t, own), dump(t, back), "inverse: only bytes differ")
	}
	e.Default()
	undone := func(document any) any { return pruned(undone(normal(document), e.Spec)) }
	requireSame(t, dump(t, own, undone), dump(t, back, undone), "inverse")
}

// quotes says whether a scalar gained quotes, which it keeps.
func quotes(e fn.Edits) bool {
	return slices.ContainsFunc(e.List, func(edit yamledit.Edit) bool {
		return edit.End > edit.Start && strings.ContainsAny(edit.Text[:min(1, len(edit.Text))], `'"`) &&
			!bytes.ContainsAny(e.Stream.Bytes[edit.Start:edit.Start+1], `'"`)
	})
}

// hidesMerged says whether a mapping has a key that is null beside a merge key.
func hidesMerged(text []byte) bool {
	hides := false
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		merges, null := false, false
		for i, child := range n.Content {
			merges = merges || n.Kind == yaml.MappingNode && child.ShortTag() == "!!merge"
			null = null || n.Kind == yaml.MappingNode && i%2 == 1 && yamledit.IsNull(child)
			visit(child)
		}
		hides = hides || merges && null
	}
	for span := range yamledit.Split(text) {
		doc, err := yamledit.Parse(text[span.Start+yamledit.Body(text[span.Start:span.End]) : span.End])
		if err == nil && doc.Root() != nil {
			visit(doc.Root())
		}
	}
	return hides
}

// undone leaves out what enrollment may have completed, for nobody knows what was there: a volume workload-socket of
// another source than the driver, the base among templates that build on it, and names of templates and revisions that
// are empty.
func undone(value any, spec fn.MeshEnrollmentSpec) any {
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			if names := oracle.Text(child); names != "" && key == "inject.istio.io/templates" {
				child = withoutBase(names, spec.Templates.Sidecar[0])
			}
			if child == "" && (key == "istio.io/rev" || key == "inject.istio.io/templates") {
				child = nil
			}
			if volumes, ok := child.([]any); ok && key == "volumes" {
				child = slices.DeleteFunc(volumes, func(volume any) bool {
					v, _ := volume.(map[string]any)
					csi, _ := v["csi"].(map[string]any)
					return v["name"] == "workload-socket" && csi["driver"] != spec.WorkloadSocket.CSI.Driver
				})
			}
			v[key] = undone(child, spec)
		}
	case []any:
		for i := range v {
			v[i] = undone(v[i], spec)
		}
	}
	return value
}

// withoutBase leaves the first template of sidecars out where others are asked for, and names that are empty.
func withoutBase(names, base string) any {
	others := slices.DeleteFunc(strings.Split(names, ","), func(name string) bool { return name == base })
	if len(others) == 0 {
		return base
	}
	others = slices.DeleteFunc(others, func(name string) bool { return name == "" })
	if len(others) == 0 {
		return nil
	}
	return strings.Join(others, ",")
}

// requireMeaning: the output decodes to what the oracle makes of the decoded input.
func requireMeaning(t *testing.T, e fn.MeshEnrollment, text, enrolled []byte) {
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
	return o["kind"] == "PeerAuthentication" || o["kind"] == "ClusterSPIFFEID"
}

// requireParity: as an item of a list, an object is edited as it is alone.
func requireParity(t *testing.T, e fn.MeshEnrollment, text []byte, alone *fn.Outcome) {
	t.Helper()
	if bytes.ContainsAny(text, "\r\uFEFF%") || bytes.HasPrefix(text, []byte("---")) || bytes.Contains(text, []byte("\n---")) ||
		bytes.Contains(text, []byte("\n...")) || len(alone.Pods) == 0 || !bytes.Contains(text, []byte("apiVersion")) {
		return
	}
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n-\n" + indented(string(text))
	if _, err := decode([]byte(list)); err != nil {
		return
	}
	outcome, _, err := transform(e, fn.Enroll, []byte(list))
	require.NoError(t, err)
	require.Len(t, outcome.Pods, len(alone.Pods))
	for i, p := range outcome.Pods {
		require.Equal(t, alone.Pods[i].Reason, p.Reason, "parity")
		require.Equal(t, alone.Pods[i].Changes, p.Changes, "parity")
	}
}

func indented(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			lines[i] = "  " + line
		}
	}
	return strings.Join(lines, "")
}

// decode reads the documents of a stream. Numbers are spelled as they stand there.
func decode(text []byte) ([]any, error) {
	var documents []any
	for span := range yamledit.Split(text) {
		document := text[span.Start:span.End]
		decoder := yaml.NewDecoder(bytes.NewReader(document[yamledit.Body(document):]))
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			documents = append(documents, nil)
			continue
		}
		if err != nil {
			return nil, err
		}
		spell(&node)
		var value any
		if err := node.Decode(&value); err != nil {
			return nil, err
		}
		if hasOddKeys(value) {
			return nil, errors.New("a key is no string")
		}
		documents = append(documents, value)
	}
	return documents, nil
}

// spell keeps how a value is spelled that would decode to something else than text: enrollment takes it for text.
func spell(n *yaml.Node) {
	switch tag := n.ShortTag(); {
	case n.Kind != yaml.ScalarNode:
	case tag == "!!int", tag == "!!float", tag == "!!timestamp", tag == "!!bool" && n.Value != "true" && n.Value != "false":
		n.Tag, n.Value = "!!str", oracle.Spelled+tag+" "+n.Value
	}
	for i, child := range n.Content {
		if n.Kind != yaml.MappingNode || i%2 == 1 {
			spell(child)
		}
	}
}

// hasOddKeys finds maps that cannot be JSON, and so no object.
func hasOddKeys(value any) bool {
	switch v := value.(type) {
	case map[any]any:
		return true
	case map[string]any:
		for _, child := range v {
			if hasOddKeys(child) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasOddKeys)
	}
	return false
}

// dump decodes a stream, changes each document, and writes it in one canonical form.
func dump(t *testing.T, text []byte, change ...func(any) any) string {
	t.Helper()
	documents, err := decode(text)
	require.NoError(t, err)
	var b strings.Builder
	for _, document := range documents {
		for _, f := range change {
			document = f(document)
		}
		b.WriteString("---\n" + marshal(t, document))
	}
	return b.String()
}

func marshal(t *testing.T, value any) string {
	t.Helper()
	text, err := yaml.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

// requireSame shows the first line that differs, for the texts are long.
func requireSame(t *testing.T, want, got, law string) {
	t.Helper()
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		require.Equal(t, w[i], g[i], "%s: below %q", law, w[max(0, i-3):i])
	}
	require.Len(t, g, len(w), law)
}

// normal reads the annotations that hold text with a meaning of its own.
func normal(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			text, isText := child.(string)
			switch {
			case isText && key == "inject.istio.io/templates":
				names := strings.Split(text, ",")
				for i := range names {
					names[i] = strings.TrimSpace(names[i])
				}
				v[key] = strings.Join(names, ",")
			case isText && (key == "proxy.istio.io/config" || key == "config" || key == "mesh"):
				var config any
				if yaml.Unmarshal([]byte(text), &config) == nil {
					v[key] = config
				}
			default:
				v[key] = normal(child)
			}
		}
	case []any:
		for i := range v {
			v[i] = normal(v[i])
		}
	}
	return value
}

// pruned leaves out what is empty.
func pruned(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			if child = pruned(child); child == nil {
				delete(v, key)
			} else {
				v[key] = child
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = pruned(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	}
	return value
}
