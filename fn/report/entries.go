package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/outcome"
)

// Entries is the form to compare with SPIRE: the registration entries that SPIRE will have, as `spire-server entry show` prints them
// and in its order. What only the cluster knows is in angle brackets. SPIRE has an entry for each pod; this has one for each workload,
// and says of how many pods.
func (r Report) Entries() ([]byte, error) {
	type listed struct {
		outcome.Entry
		pods string
	}
	var all []listed
	for _, p := range r.Pods {
		for _, e := range p.Entries {
			all = append(all, listed{e, eachPodOf(p)})
		}
	}
	slices.SortStableFunc(all, func(a, b listed) int {
		return cmp.Or(strings.Compare(a.SPIFFEID, b.SPIFFEID), strings.Compare(a.pods, b.pods))
	})
	var b bytes.Buffer
	for _, e := range all {
		lines := [][2]string{
			{"Entry ID", "<SPIRE's>"},
			{"SPIFFE ID", e.SPIFFEID},
			{"Parent ID", "<the agent of the pod's node>"},
			{"Revision", "0"},
			{"X509-SVID TTL", "default"},
			{"JWT-SVID TTL", "default"},
		}
		for _, selector := range e.Selectors {
			lines = append(lines, [2]string{"Selector", strings.Replace(selector, "<UID>", "<of "+e.pods+">", 1)})
		}
		if e.Hint != "" {
			lines = append(lines, [2]string{"Hint", e.Hint})
		}
		for _, line := range lines {
			fmt.Fprintf(&b, "%-17s: %s\n", line[0], line[1])
		}
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

// eachPodOf says which pods have the entries, and how many they are if the manifest says so.
func eachPodOf(p outcome.Pod) string {
	switch {
	case p.Resource.Kind == "Pod":
		return "the " + p.Resource.String()
	case p.Replicas == nil:
		return "each pod of the " + p.Resource.String()
	case *p.Replicas == 1:
		return "the pod of the " + p.Resource.String()
	}
	return fmt.Sprintf("each of the %d pods of the %s", *p.Replicas, p.Resource)
}
