package fn

// sentence says the outcome.
func (p Pod) sentence() string {
	role := "a sidecar"
	if p.Role == Gateway {
		role = "a gateway"
	}
	switch p.Reason {
	case Enrolled:
		return "enrolled as " + role + ": " + p.SPIFFEID
	case AlreadyEnrolled:
		return "already enrolled as " + role + ": " + p.SPIFFEID
	case NotEnrolled:
		if p.Role == "" {
			return "bears no mesh settings"
		}
		return "selected and not enrolled"
	}
	return outcomes[p.Reason]
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
