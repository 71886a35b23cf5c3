package report

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"enmesh.dev/enmesh/fn/outcome"
)

// Table is the form for people: a line for each pod, then the other objects, then the findings about them.
func (r Report) Table(colours bool) ([]byte, error) {
	var b bytes.Buffer
	if r.Error != "" {
		fmt.Fprintln(&b, "error:", Printable(r.Error))
	}
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "POD OF\tOUTCOME\t%s\tROLE\tIDENTITY\tMUTUAL TLS\tFINDINGS\tPLACE\n", coloured("VERDICT", "", colours))
	for _, p := range r.Pods {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			Printable(p.Resource.String()), p.Outcome, coloured(orDash(string(p.Verdict)), p.Verdict, colours), orDash(string(p.Role)),
			orDash(Printable(p.SPIFFEID)), orDash(Printable(MutualTLSModes(p))), orDash(strings.Join(findingReasons(p), ",")), Printable(p.Place.String()))
	}
	err := table.Flush()
	for _, o := range r.Objects {
		fmt.Fprintf(&b, "%s\n", Printable(o.Resource.String()+": "+o.Message))
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s [%s]\n", Printable(f.Resource.String()+": "+withField(f.Field, f.Message)), f.Reason)
	}
	if r.Preset != nil {
		fmt.Fprintln(&b, Printable(r.Preset.Sentence()))
	}
	for _, line := range r.Assumed() {
		fmt.Fprintln(&b, Printable(line))
	}
	for _, f := range r.Input {
		fmt.Fprintf(&b, "%s [%s]\n", Printable(withField(f.Field, f.Message)), f.Reason)
	}
	return b.Bytes(), err
}

// Assumed has a line for each assumption of the verdicts.
func (r Report) Assumed() []string {
	var lines []string
	all, count := outcome.Assumed(r.Pods)
	for _, a := range all {
		lines = append(lines, fmt.Sprintf("assumes that %s (%s)", a.Message, pods(count[a])))
	}
	return lines
}

// colourCodes are ECMA-48 codes by verdict. All have the same length, because tabwriter counts them as text.
var colourCodes = map[outcome.Verdict]string{
	"":                   "39", // the terminal's own colour
	outcome.SPIRE:        "32",
	outcome.IstiodCA:     "33",
	outcome.Unregistered: "31",
	outcome.Refused:      "31",
	outcome.Bare:         "31",
}

// coloured returns the text in the colour of the verdict.
func coloured(text string, v outcome.Verdict, colours bool) string {
	if !colours {
		return text
	}
	return "\x1b[" + colourCodes[v] + "m" + text + "\x1b[0m"
}

// findingReasons are the reasons of a pod's findings, in order.
func findingReasons(p outcome.Pod) []string {
	var reasons []string
	for _, f := range p.Findings {
		reasons = append(reasons, string(f.Reason))
	}
	return reasons
}

// MutualTLSModes are the mode of a pod and the modes of its ports: "STRICT,8080=DISABLE,9090=bypassed".
func MutualTLSModes(p outcome.Pod) string {
	modes := PortModes(p)
	if p.MutualTLS != "" {
		modes = slices.Insert(modes, 0, p.MutualTLS)
	}
	return strings.Join(modes, ",")
}

// PortModes are the modes of the ports that have their own: "8080=DISABLE", "9090=bypassed".
func PortModes(p outcome.Pod) []string {
	var modes []string
	for _, port := range slices.Sorted(maps.Keys(p.MutualTLSPorts)) {
		modes = append(modes, port+"="+p.MutualTLSPorts[port])
	}
	for _, port := range p.BypassedPorts {
		modes = append(modes, port+"=bypassed")
	}
	return modes
}

// orDash returns a dash for an empty cell, so that the columns stay apart.
func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
