package page_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/report/page"
	"enmesh.dev/enmesh/fn/stream"
)

func render(t *testing.T, r report.Report) string {
	t.Helper()
	text, err := page.HTML(r)
	require.NoError(t, err)
	return string(text)
}

// elements of a page, by tag.
func elements(t *testing.T, text string) map[string][]*html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(text))
	require.NoError(t, err)
	all := map[string][]*html.Node{}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			all[n.Data] = append(all[n.Data], n)
		}
	}
	return all
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for n := range n.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

// The same report gives the same bytes, and only a report starts as one.
func TestSameBytes(t *testing.T) {
	r := crowd(t, 30)
	first := render(t, r)
	require.True(t, strings.HasPrefix(first, page.Start))
	for range 5 {
		require.Equal(t, first, render(t, r))
	}
}

const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;` + "\x00\x1b[31m\u202e\xff"

// hostileReport has the same text in the place of every name and message.
func hostileReport() report.Report {
	ref := manifest.ResourceRef{APIVersion: hostile, Kind: hostile, Namespace: hostile, Name: hostile}
	place := manifest.Place{Stream: hostile, Source: hostile, Line: 2}
	finding := func(s outcome.Severity) outcome.Finding {
		return outcome.Finding{Reason: hostile, Severity: s, Message: hostile, Field: hostile, Line: 3, Remedy: hostile, Accepted: true}
	}
	mesh := outcome.Pod{Resource: ref, Place: place, Template: hostile, Outcome: outcome.Enrolled, Message: hostile, Role: outcome.Sidecar, SPIFFEID: hostile,
		Entries: []outcome.Entry{{SPIFFEID: hostile + "2", Selectors: []string{hostile}, Hint: hostile}}, MutualTLS: hostile, MutualTLSPorts: map[string]string{hostile: hostile},
		BypassedPorts: []string{hostile}, Changes: []string{hostile}, Verdict: outcome.SPIRE, VerdictReason: hostile,
		ReachedBy:   []outcome.Caller{{Caller: hostile, By: ref, Identity: hostile, Port: hostile, Mode: hostile, Refused: true}, {Caller: hostile, By: ref}},
		Assumptions: []outcome.Assumption{{Name: hostile, Message: hostile}}, Findings: []outcome.Finding{finding(outcome.Error), finding(outcome.Warning)}, Fails: true}
	strict := mesh
	strict.MutualTLS, strict.MutualTLSPorts, strict.BypassedPorts = "STRICT", nil, nil
	text := []byte("a\n" + hostile + "\nb\n")
	return report.New(&outcome.Outcome{
		Edits: []outcome.Edits{{Stream: stream.Stream{Name: hostile, Bytes: text}, List: []outcome.Edit{{Start: 0, End: 1, Text: hostile}, {Start: 2, End: len(text), Text: hostile}}}},
		Pods:  []outcome.Pod{mesh, strict}, Objects: []outcome.Object{{Resource: ref, Place: place, Outcome: outcome.Patched, Message: hostile, Fails: true}},
		Findings: []outcome.ObjectFinding{{Resource: ref, Place: place, Finding: finding(outcome.Info)}}, Input: []outcome.Finding{finding(outcome.Error)},
	}, errors.New(hostile))
}

// Nothing in names, messages or manifests becomes an element, an attribute or an id with spaces; control characters are spelled out.
func TestEscapes(t *testing.T) {
	page := render(t, hostileReport())
	all := elements(t, page)
	require.Len(t, all["script"], 1)
	require.Empty(t, all["img"])
	for tag, nodes := range all {
		for _, n := range nodes {
			for _, a := range n.Attr {
				require.False(t, strings.HasPrefix(a.Key, "on") || strings.ContainsAny(a.Key, `<>"'=`), "%s %s", tag, a.Key)
				if a.Key == "id" || a.Key == "class" {
					require.NotContains(t, a.Val, "<", "%s %s", tag, a.Key)
				}
			}
		}
	}
	for _, c := range []string{"\x1b", "\u202e", "\x00"} {
		require.False(t, strings.Contains(page, c), "%q", c)
	}
	require.True(t, utf8.ValidString(page))
	require.Contains(t, text(all["h1"][0].Parent), `"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\x00\x1b[31m\u202e`)
}

// The page's policy allows its style and its script, and there is nothing else to allow.
func TestPolicy(t *testing.T) {
	all := elements(t, render(t, crowd(t, 3)))
	var policy string
	for _, meta := range all["meta"] {
		if attribute(meta, "http-equiv") == "Content-Security-Policy" {
			policy = attribute(meta, "content")
		}
	}
	require.True(t, strings.HasPrefix(policy, "default-src 'none'; "), policy)
	for _, tag := range []string{"style", "script"} {
		require.Len(t, all[tag], 1)
		sum := sha256.Sum256([]byte(all[tag][0].FirstChild.Data))
		require.Contains(t, policy, fmt.Sprintf("%s-src 'sha256-%s'", tag, base64.StdEncoding.EncodeToString(sum[:])))
	}
	for _, tag := range []string{"iframe", "object", "embed", "form", "base"} {
		require.Empty(t, all[tag])
	}
	for tag, nodes := range all {
		for _, n := range nodes {
			require.Empty(t, attribute(n, "style"), tag)
			require.Empty(t, attribute(n, "src"), tag)
			if to := attribute(n, "href"); to != "" && to != "data:," {
				require.True(t, strings.HasPrefix(to, "#"), "%s links to %s", tag, to)
			}
		}
	}
}

// Ids are unique, each link points at one, headings do not skip a level, and the headings of tables say what they head.
func TestStructure(t *testing.T) {
	reports := map[string]report.Report{"crowd": crowd(t, 40), "hostile": hostileReport(), "nothing": report.New(nil, nil), "failed": report.New(nil, errors.New("it failed")),
		"empty": report.New(&outcome.Outcome{}, nil)}
	for name, r := range reports {
		all := elements(t, render(t, r))
		ids := map[string]bool{}
		for _, n := range slices.Concat(slices.Collect(maps.Values(all))...) {
			if id := attribute(n, "id"); id != "" {
				require.False(t, ids[id], "%s: two elements with the id %s", name, id)
				ids[id] = true
				require.NotContains(t, id, " ")
			}
		}
		for _, link := range slices.Concat(all["a"], all["use"]) {
			require.True(t, ids[strings.TrimPrefix(attribute(link, "href"), "#")], "%s: nothing has the id %s", name, attribute(link, "href"))
		}
		require.Equal(t, "en", attribute(all["html"][0], "lang"))
		require.NotEmpty(t, text(all["title"][0]))
		require.Len(t, all["h1"], 1)
		require.Len(t, all["main"], 1)
		for _, th := range all["th"] {
			require.Contains(t, []string{"col", "row"}, attribute(th, "scope"))
		}
		require.Empty(t, all["h5"])
	}
}

// The result says what failed, what lacks an identity, and that all is well, in this order.
func TestHeadline(t *testing.T) {
	pod := func(v outcome.Verdict, o outcome.Reason) outcome.Pod {
		return outcome.Pod{Resource: manifest.ResourceRef{Kind: "Pod", Name: "web"}, Outcome: o, Verdict: v}
	}
	for _, c := range []struct {
		pods  []outcome.Pod
		err   error
		state string
		want  string
	}{
		{nil, errors.New("no such file"), "bad", "The job failed, and nothing was written."},
		{nil, nil, "ok", "No pods."},
		{[]outcome.Pod{pod(outcome.SPIRE, outcome.Enrolled)}, nil, "ok", "The pod is in the mesh, with an identity from SPIRE."},
		{[]outcome.Pod{pod(outcome.SPIRE, outcome.Enrolled), pod(outcome.SPIRE, outcome.Enrolled)}, nil, "ok", "All 2 pods are in the mesh, with an identity from SPIRE."},
		{[]outcome.Pod{pod(outcome.SPIRE, outcome.Enrolled), pod(outcome.Bare, outcome.NotSelected)}, nil, "ok", "1 of 2 pods are in the mesh, with an identity from SPIRE."},
		{[]outcome.Pod{pod(outcome.SPIRE, outcome.Enrolled), pod(outcome.Refused, outcome.Enrolled)}, nil, "note", "1 of 2 pods are in the mesh, with an identity from SPIRE."},
		{[]outcome.Pod{pod(outcome.Bare, outcome.NotSelected)}, nil, "ok", "The pod gets no identity from SPIRE."},
		{[]outcome.Pod{pod(outcome.Bare, outcome.HostNetwork), pod(outcome.Bare, outcome.OptedOut)}, nil, "note", "None of the 2 pods gets an identity from SPIRE."},
		{[]outcome.Pod{pod("", outcome.Unenrolled), pod("", outcome.Unenrolled)}, nil, "ok", "2 pods."},
		{[]outcome.Pod{pod(outcome.SPIRE, outcome.Enrolled)}, errors.New("the check failed"), "bad", "The job failed, and nothing was written."},
	} {
		page := render(t, report.New(&outcome.Outcome{Pods: c.pods}, c.err))
		h1 := elements(t, page)["h1"][0]
		require.Equal(t, c.want, text(h1))
		require.Equal(t, "result "+c.state, attribute(h1, "class"))
		if c.err != nil {
			require.Contains(t, page, ">"+c.err.Error()+"<")
		}
	}
}

// What fails the job is named first, once for all the objects that it is about.
func TestWhatFails(t *testing.T) {
	transformer, err := fn.New(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, Mode: config.Check}})
	require.NoError(t, err)
	out, err := transformer.Transform(stream.Stream{Name: "pods.yaml", Bytes: []byte(
		"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: b\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: c\n  annotations:\n    enmesh.dev/enroll: \"false\"\n")})
	require.NoError(t, err)
	failure := report.Failure(out)
	require.Error(t, failure)
	shown := text(elements(t, render(t, report.New(out, failure)))["header"][0])
	_, failing, found := strings.Cut(shown, "What fails the job")
	require.True(t, found)
	failing, _, _ = strings.Cut(failing, "Pods by verdict")
	require.Equal(t, 1, strings.Count(failing, "selected and not enrolled"))
	require.Contains(t, failing, "Pod a")
	require.Contains(t, failing, "Pod b")
	require.NotContains(t, failing, "Pod c")
}

// A page of many pods says what it leaves out, and still has each of them.
func TestMany(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a report of 2,001 pods")
	}
	r := crowd(t, 2001)
	page := render(t, r)
	require.Contains(t, page, "There are more than 2000 pods, so the page leaves out")
	require.Equal(t, 2001, strings.Count(page, "\n<tbody "))
	require.NotContains(t, page, "<pre")
	require.Less(t, len(page), 4<<20)
	few := render(t, crowd(t, 20))
	require.NotContains(t, few, "so the page leaves out")
	require.Equal(t, 20, strings.Count(few, "<pre"))
}

// 300 pods make a page of about a megabyte.
func TestSize(t *testing.T) {
	page := render(t, crowd(t, 300))
	require.Less(t, len(page), 1<<20)
	require.Equal(t, 1, bytes.Count([]byte(page), []byte("</html>")))
}
