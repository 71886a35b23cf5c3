package main

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"enmesh.dev/enmesh/fn"
)

// What stands on stderr. One line each, led by the program's name, for it often stands among other programs' output; no
// colour and no progress. A line says what was decided about a pod that someone asked about: what was not selected is
// only counted. Findings of severity info are in the report alone.

func printResults(w io.Writer, outcome *fn.Outcome, spec fn.MeshEnrollmentSpec, quiet bool) {
	for _, p := range outcome.Pods {
		if p.Reason == fn.NotEnrolled && p.Role != "" {
			fmt.Fprintf(w, "enmesh: error: %s: it lacks %s\n", about(p, p.Message), strings.Join(p.Changes, ", "))
		} else if !quiet && isTold(p) {
			fmt.Fprintf(w, "enmesh: %s\n", about(p, p.Message))
		}
		for _, f := range p.Findings {
			if severity := f.Judged(spec); severity == fn.Error || severity == fn.Warning && !quiet {
				fmt.Fprintf(w, "enmesh: %s: %s [%s]; %s\n", severity, about(p, told(f)), f.Reason, f.Remedy)
			}
		}
	}
	for _, o := range outcome.Objects {
		if o.Reason == fn.Missing {
			fmt.Fprintf(w, "enmesh: error: %s: %s: %s\n", where(o.Place), o.Resource, o.Message)
		} else if !quiet {
			fmt.Fprintf(w, "enmesh: %s: %s: %s\n", where(o.Place), o.Resource, o.Message)
		}
	}
	for _, f := range outcome.Findings {
		if severity := f.Judged(spec); severity == fn.Error || severity == fn.Warning && !quiet {
			fmt.Fprintf(w, "enmesh: %s: %s: %s: %s [%s]; %s\n", severity, where(f.Place), f.Resource, told(f.Finding), f.Reason, f.Remedy)
		}
	}
	if quiet {
		return
	}
	fmt.Fprintf(w, "enmesh: %s\n", summary(outcome))
	if outcome.Selected() == 0 && len(outcome.Pods) > 0 && spec.Mode != fn.Unenroll && !spec.All {
		fmt.Fprintln(w, "enmesh: no pod was selected: use --all, --selector LABELS, or mark pods with the annotation enmesh.dev/enroll: \"true\"")
	}
}

// isTold says whether a pod has a line of its own. A pod that Istio cannot inject has its finding's.
func isTold(p fn.Pod) bool {
	switch p.Reason {
	case fn.NotSelected, fn.NoPodTemplate, fn.LocalConfig, fn.NotEnrolled,
		fn.HostNetwork, fn.IgnoredNamespace, fn.NamespaceInjectionDisabled:
		return false
	}
	return true
}

func about(p fn.Pod, message string) string {
	return where(p.Place) + ": " + p.Resource.String() + ": " + message
}

// where is the template or file, which tells more than a line of a stream that nobody sees.
func where(p fn.Place) string {
	if p.Source != "" {
		return p.Source
	}
	return p.String()
}

// told is a finding's sentence, led by the field that it is about.
func told(f fn.Finding) string {
	if f.Field == "" {
		return f.Message
	}
	return f.Field + ": " + f.Message
}

// failure is the error of an outcome that the caller does not accept. What it counts has its lines above.
func failure(outcome *fn.Outcome, spec fn.MeshEnrollmentSpec) error {
	lacking, missing, findings := 0, 0, 0
	judge := func(f fn.Finding) {
		if f.Judged(spec) == fn.Error {
			findings++
		}
	}
	for _, p := range outcome.Pods {
		if p.Reason == fn.NotEnrolled && p.Role != "" {
			lacking++
		}
		for _, f := range p.Findings {
			judge(f)
		}
	}
	for _, o := range outcome.Objects {
		if o.Reason == fn.Missing {
			missing++
		}
	}
	for _, f := range outcome.Findings {
		judge(f.Finding)
	}
	if lacking+missing+findings == 0 {
		return nil
	}
	return fmt.Errorf("the check failed (pods not enrolled: %d, objects missing: %d, findings: %d)", lacking, missing, findings)
}

// summary counts the pods by outcome, the most first.
func summary(outcome *fn.Outcome) string {
	counts := count(outcome.Pods)
	if len(counts) == 0 {
		return "no pods"
	}
	reasons := make([]string, 0, len(counts))
	for reason := range counts {
		reasons = append(reasons, reason)
	}
	sort.Slice(reasons, func(i, j int) bool {
		a, b := reasons[i], reasons[j]
		return counts[a] > counts[b] || counts[a] == counts[b] && a < b
	})
	for i, reason := range reasons {
		reasons[i] = fmt.Sprintf("%d %s", counts[reason], reason)
	}
	return strings.Join(reasons, ", ")
}

func count(pods []fn.Pod) map[string]int {
	counts := map[string]int{}
	for _, p := range pods {
		counts[string(p.Reason)]++
	}
	return counts
}
