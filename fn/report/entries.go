package report

import (
	"bytes"
	"fmt"
	"strings"
)

// entries is the form to compare with SPIRE: the registration entries that SPIRE will have, as `spire-server entry show` prints them.
// What only the cluster knows is in angle brackets.
func (r Report) entries() ([]byte, error) {
	var b bytes.Buffer
	for _, p := range r.Pods {
		if !p.Reason.IsEnrolled() || p.SPIFFEID == "" {
			continue
		}
		lines := [][2]string{
			{"Entry ID", "<SPIRE's>"},
			{"SPIFFE ID", p.SPIFFEID},
			{"Parent ID", "<the agent of the pod's node>"},
			{"Revision", "0"},
			{"X509-SVID TTL", "default"},
			{"JWT-SVID TTL", "default"},
		}
		for _, selector := range p.Selectors {
			lines = append(lines, [2]string{"Selector", strings.Replace(selector, "<UID>", "<of a pod of "+p.Resource.String()+">", 1)})
		}
		for _, line := range lines {
			fmt.Fprintf(&b, "%-17s: %s\n", line[0], line[1])
		}
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}
