package fn

import (
	"maps"
	"slices"
)

// Explanation is what is always true of a reason.
type Explanation struct {
	Reason Reason
	// Severity is empty for an outcome that is no finding.
	Severity Severity
	// Verdict is the one that the finding makes for, or empty.
	Verdict Verdict
	Meaning string
	// Remedy is empty where nothing is wrong.
	Remedy string
}

// Reasons lists every outcome and finding that there is, in alphabetical order.
func Reasons() []Reason {
	all := maps.Clone(meanings)
	for reason, k := range known {
		all[reason] = k.message
	}
	return slices.Sorted(maps.Keys(all))
}

// Explain says what a reason means. It returns false where there is no such reason.
func Explain(reason Reason) (Explanation, bool) {
	if k, ok := known[reason]; ok {
		return Explanation{Reason: reason, Severity: k.severity, Verdict: k.verdict, Meaning: k.message, Remedy: k.remedy}, true
	}
	meaning, ok := meanings[reason]
	return Explanation{Reason: reason, Meaning: meaning}, ok
}

// meanings are those of the outcomes.
var meanings = map[Reason]string{
	Enrolled:        "the pod gained mesh settings",
	AlreadyEnrolled: "the pod had all the mesh settings",
	NotEnrolled:     "the pod lacks mesh settings, and the mode is to check; or it has none to take away",
	Unenrolled:      "the pod lost its mesh settings",
	NotSelected:     "nothing asks for the pod to be in the mesh",
	OptedOut:        "the pod, or its workload, asks to stay out of the mesh",
	Excluded:        "the configuration excludes the pod",
	LocalConfig:     "the object is local configuration, and never reaches the cluster",
	HelmHook:        "the object is a Helm hook without a mark, and hooks are skipped",
	NoPodTemplate:   "the object is of a kind that holds pods, and holds none",

	HostNetwork:                known[HostNetwork].message,
	IgnoredNamespace:           known[IgnoredNamespace].message,
	NamespaceInjectionDisabled: known[NamespaceInjectionDisabled].message,

	Added:   "the object was made",
	Patched: "the object gained settings",
	Removed: "the object went, or its settings",
	Missing: "the object, or its settings, would be added, and the mode is to check",
}
