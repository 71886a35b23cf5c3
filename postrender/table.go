package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"enmesh.dev/enmesh/fn"
)

// table writes the report for people: a line a pod, then the other objects and what was found about them.
func (r report) table(colours bool) ([]byte, error) {
	var b bytes.Buffer
	if r.Error != "" {
		fmt.Fprintln(&b, "error:", r.Error)
	}
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "POD OF\tOUTCOME\t%s\tROLE\tIDENTITY\tMUTUAL TLS\tFINDINGS\tPLACE\n", paint("VERDICT", "", colours))
	for _, p := range r.Pods {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.Resource, p.Reason, paint(dash(string(p.Verdict)), p.Verdict, colours),
			dash(string(p.Role)), dash(p.SPIFFEID), dash(mutualTLS(p)), dash(strings.Join(reasons(p), ",")), p.Place)
	}
	err := table.Flush()
	for _, o := range r.Objects {
		fmt.Fprintf(&b, "%s: %s\n", o.Resource, o.Message)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s: %s [%s]\n", f.Resource, told(f.Finding), f.Reason)
	}
	return b.Bytes(), err
}

// colour codes by verdict (ECMA-48). All are as long as one another: the columns are laid out with them.
var colour = map[fn.Verdict]string{
	"":                 "39", // the terminal's own
	fn.VerdictSPIRE:    "32",
	fn.VerdictIstiodCA: "33",
	fn.VerdictRefused:  "31",
	fn.VerdictBare:     "31",
}

func paint(text string, v fn.Verdict, colours bool) string {
	if !colours {
		return text
	}
	return "\x1b[" + colour[v] + "m" + text + "\x1b[0m"
}

// reasons are those of a pod's findings, in order.
func reasons(p fn.Pod) []string {
	var reasons []string
	for _, f := range p.Findings {
		reasons = append(reasons, string(f.Reason))
	}
	return reasons
}

// mutualTLS is what a pod asks of its clients, by mode and by port.
func mutualTLS(p fn.Pod) string {
	ports := portModes(p)
	if p.MutualTLS != "" {
		ports = slices.Insert(ports, 0, p.MutualTLS)
	}
	return strings.Join(ports, ",")
}

func portModes(p fn.Pod) []string {
	var modes []string
	for _, port := range slices.Sorted(maps.Keys(p.MutualTLSPorts)) {
		modes = append(modes, port+"="+p.MutualTLSPorts[port])
	}
	return modes
}

// dash stands for what is empty, so that columns can be told apart.
func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
