package main

import (
	"bytes"
	"fmt"

	"enmesh.dev/enmesh/fn"
)

// entries writes the registration entries that SPIRE will have, in the form of `spire-server entry show`. What only the
// cluster knows stands in angle brackets.
func (r report) entries() []byte {
	var b bytes.Buffer
	for _, p := range r.Pods {
		if !p.Reason.IsEnrolled() || p.SPIFFEID == "" {
			continue
		}
		for _, line := range [][2]string{
			{"Entry ID", "<SPIRE's>"},
			{"SPIFFE ID", p.SPIFFEID},
			{"Parent ID", "<the agent of the pod's node>"},
			{"Revision", "0"},
			{"X509-SVID TTL", "default"},
			{"JWT-SVID TTL", "default"},
			{"Selector", selector(p)},
		} {
			fmt.Fprintf(&b, "%-17s: %s\n", line[0], line[1])
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// selector is what SPIRE's controller manager registers a pod by.
func selector(p fn.Pod) string { return "k8s:pod-uid:<of a pod of " + p.Resource.String() + ">" }
