package report

import (
	"bytes"
	"fmt"
)

// callerTable has a row for each client and what becomes of its calls, with all the pods to which that happens.
func (r Report) callerTable(b *bytes.Buffer) {
	calls := r.NamedCalls()
	if len(calls) == 0 {
		return
	}
	b.WriteString("\n## Callers\n\n| client | by | identity | call | pods |\n| --- | --- | --- | --- | --- |\n")
	for _, c := range calls {
		var pods []string
		for _, called := range c.Called {
			pods = append(pods, r.CalledText(called))
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", escape(c.Caller), escape(c.By.String()), escape(orDash(c.Identity)), c.Text, escape(few(pods, "; ")))
	}
}

// CalledText names a pod, and its port if that is known.
func (r Report) CalledText(c Called) string {
	text := r.Pods[c.Pod].Resource.String()
	if c.Port != "" {
		text += ", port " + c.Port
	}
	return text
}
