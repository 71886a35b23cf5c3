package fn

// sentence says the outcome.
func (p Pod) sentence() string {
	role := "a sidecar"
	if p.Role == Gateway {
		role = "a gateway"
	}
	switch p.Reason {
	case Enrolled:
		return "enrolled as " + role + p.fate()
	case AlreadyEnrolled:
		return "already enrolled as " + role + p.fate()
	case NotEnrolled:
		if p.Role == "" {
			return "bears no mesh settings"
		}
		return "selected and not enrolled"
	}
	return outcomes[p.Reason]
}

// fate says what becomes of an enrolled pod.
func (p Pod) fate() string {
	switch p.Verdict {
	case VerdictSPIRE:
		return ": " + p.SPIFFEID
	case VerdictIstiodCA:
		return ", with an identity from istiod's CA [" + string(p.VerdictReason) + "]"
	case VerdictRefused:
		return ", and refused [" + string(p.VerdictReason) + "]"
	}
	return ", and without a proxy [" + string(p.VerdictReason) + "]"
}

// outcomes are the sentences that do not depend on the pod.
var outcomes = map[Reason]string{
	Unenrolled:                 "unenrolled",
	NoPodTemplate:              "has no pod template",
	LocalConfig:                "is local configuration, which never reaches the cluster",
	OptedOut:                   "opts out of the mesh",
	Excluded:                   "is excluded",
	NotSelected:                "is not selected",
	HelmHook:                   "is a Helm hook; hooks are left alone unless they bear a mark or spec.hooks is Enroll",
	HostNetwork:                known[HostNetwork].message,
	IgnoredNamespace:           known[IgnoredNamespace].message,
	NamespaceInjectionDisabled: known[NamespaceInjectionDisabled].message,
}
