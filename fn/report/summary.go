package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/outcome"
)

// Summary counts the pods by verdict and by outcome: "3 pods: 2 SPIRE, 1 Bare; 2 Enrolled, 1 OptedOut".
func Summary(out *outcome.Outcome) string {
	text := pods(len(out.Pods))
	if len(out.Pods) == 0 {
		return text
	}
	var verdicts []string
	count := countByVerdict(out.Pods)
	for _, v := range outcome.Verdicts() {
		if n := count[string(v)]; n > 0 {
			verdicts = append(verdicts, fmt.Sprintf("%d %s", n, v))
		}
	}
	counts := mostFrequentFirst(countByOutcome(out.Pods))
	if verdicts != nil {
		counts = strings.Join(verdicts, ", ") + "; " + counts
	}
	return text + ": " + counts
}

// pods is a number of pods: "no pods", "1 pod", "2 pods".
func pods(n int) string {
	switch n {
	case 0:
		return "no pods"
	case 1:
		return "1 pod"
	}
	return fmt.Sprintf("%d pods", n)
}

func mostFrequentFirst(counts map[string]int) string {
	names := byFrequency(counts)
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", counts[name], name)
	}
	return strings.Join(names, ", ")
}

// Outcomes are the names of the pods' outcomes, the most frequent first.
func (r Report) Outcomes() []string { return byFrequency(r.Summary) }

func byFrequency(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
}

func countByOutcome(pods []outcome.Pod) map[string]int {
	counts := map[string]int{}
	for _, p := range pods {
		counts[string(p.Outcome)]++
	}
	return counts
}

func countByVerdict(pods []outcome.Pod) map[string]int {
	counts := map[string]int{}
	for _, p := range pods {
		if p.Verdict != "" {
			counts[string(p.Verdict)]++
		}
	}
	return counts
}

// Failure returns an error that counts what fails the job, or nil.
func Failure(out *outcome.Outcome) error {
	pods, objects, findings := out.Failures()
	if pods+objects+findings == 0 {
		return nil
	}
	return fmt.Errorf("the check failed (pods: %d, objects missing: %d, findings: %d)", pods, objects, findings)
}
