package live

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/tests/live/plane"
)

// testRegistration compares the entries that enmesh predicts with those that SPIRE has, for ClusterSPIFFEIDs with all that decides: class,
// selectors of pods and namespaces, fallback, templates of identities and selectors, hint.
func testRegistration(t *testing.T, p *plane.Plane) {
	p.CreateNamespace(t, "registration", nil)
	text, err := os.ReadFile("testdata/registration.yaml")
	require.NoError(t, err)
	p.Client.ApplyAll(t, string(text), "")
	t.Cleanup(func() {
		for _, name := range []string{"selectors", "second", "fallback", "other-class", "elsewhere", "federated"} {
			_ = p.Client.Delete("/apis/spire.spiffe.io/v1alpha1/clusterspiffeids/" + name)
		}
	})
	var objects []map[string]any
	for _, o := range plane.Objects(t, string(text)) {
		if o["kind"] == "Pod" {
			objects = append(objects, o)
		}
	}
	said := judge(t, objects, facts(t, p))
	for _, pod := range pods(t, p, "registration") {
		requireEntries(t, p, pod, said[pod.Name])
	}
	for _, pod := range pods(t, p, "registration") {
		if pod.Name == "federated" { // by now it has been tried, with the others
			require.Empty(t, entriesOf(p.EntryShow(t), string(pod.UID)))
		}
	}
	require.Len(t, said["one"].Entries, 1)
	require.Len(t, said["two"].Entries, 2)
	require.Empty(t, said["none"].Entries)
	require.Empty(t, said["federated"].Entries)
}

// requireEntries waits until SPIRE has the entries that enmesh predicted for a pod.
func requireEntries(t *testing.T, p *plane.Plane, pod corev1.Pod, said outcome.Pod) {
	t.Helper()
	var want []string
	for _, e := range said.Entries {
		want = append(want, entryText(e, string(pod.UID)))
	}
	slices.Sort(want)
	plane.Await(t, "SPIRE has the entries of "+pod.Name, 20*time.Second, func() error {
		if got := entriesOf(p.EntryShow(t), string(pod.UID)); !slices.Equal(got, want) {
			return fmt.Errorf("enmesh says %q, SPIRE has %q", want, got)
		}
		return nil
	})
}

// entryText is what tells an entry from others.
func entryText(e outcome.Entry, uid string) string {
	lines := []string{"SPIFFE ID: " + e.SPIFFEID}
	for _, selector := range e.Selectors {
		lines = append(lines, "Selector: "+strings.Replace(selector, "<UID>", uid, 1))
	}
	if e.Hint != "" {
		lines = append(lines, "Hint: "+e.Hint)
	}
	slices.Sort(lines)
	return strings.Join(lines, "; ")
}

// entriesOf finds the entries of a pod in what `spire-server entry show` prints.
func entriesOf(shown, uid string) []string {
	var found []string
	for entry := range strings.SplitSeq(shown, "\n\n") {
		if !strings.Contains(entry, "pod-uid:"+uid) {
			continue
		}
		var lines []string
		for line := range strings.SplitSeq(entry, "\n") {
			name, value, _ := strings.Cut(line, ":")
			if name = strings.TrimSpace(name); name == "SPIFFE ID" || name == "Selector" || name == "Hint" {
				lines = append(lines, name+": "+strings.TrimSpace(value))
			}
		}
		slices.Sort(lines)
		found = append(found, strings.Join(lines, "; "))
	}
	slices.Sort(found)
	return found
}
