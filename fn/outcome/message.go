package outcome

// Sentence describes the outcome of the pod. For a pod that Istio cannot inject, it is the message of the finding.
func (p Pod) Sentence() string {
	role := "a sidecar"
	if p.Role == Gateway {
		role = "a gateway"
	}
	switch p.Outcome {
	case Enrolled:
		return "enrolled as " + role + p.consequence()
	case AlreadyEnrolled:
		return "already enrolled as " + role + p.consequence()
	case NotEnrolled:
		if p.Role == "" {
			return "has no mesh settings"
		}
		return "selected and not enrolled"
	}
	if p.Outcome.StaysOutside() {
		for _, f := range p.Findings {
			if f.Reason == p.Outcome {
				return f.Message
			}
		}
	}
	return sentences[p.Outcome]
}

// consequence says what happens to an enrolled pod in the cluster.
func (p Pod) consequence() string {
	switch p.Verdict {
	case SPIRE:
		return ": " + p.SPIFFEID
	case IstiodCA:
		return ", but with an identity from istiod's CA [" + string(p.VerdictReason) + "]"
	case Unregistered:
		return ", but without an identity [" + string(p.VerdictReason) + "]"
	case Refused:
		return ", but refused [" + string(p.VerdictReason) + "]"
	}
	return ", but without a proxy [" + string(p.VerdictReason) + "]"
}

// sentences are the ones that do not depend on the pod.
var sentences = map[Reason]string{
	Unenrolled:    "unenrolled",
	NoPodTemplate: "has no pod template",
	LocalConfig:   "is local configuration and never reaches the cluster",
	OptedOut:      "opts out of the mesh",
	Excluded:      "is excluded",
	NotSelected:   "is not selected",
	MeshComponent: "is a part of the mesh itself, and stays out unless a target names it",
	HelmHook:      "is a Helm hook; hooks are skipped unless they are marked for enrollment or spec.hooks is Enroll",
}
