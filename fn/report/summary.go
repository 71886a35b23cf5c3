package report

import (
	"fmt"
	"sort"
	"strings"

	"enmesh.dev/enmesh/fn/outcome"
)

// Summary counts the pods by outcome, the most frequent one first: "2 Enrolled, 1 OptedOut".
func Summary(out *outcome.Outcome) string {
	counts := countByReason(out.Pods)
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

func countByReason(pods []outcome.Pod) map[string]int {
	counts := map[string]int{}
	for _, p := range pods {
		counts[string(p.Reason)]++
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
