package fn

// Judged is a finding's severity under a configuration, which is what counts: an error fails the job.
//
//	            strict   mode Check   otherwise
//	error       error    error        warning: the caller asked for enrollment, and the cluster will say no in its own time
//	warning     error    warning      warning
//	info        info     info         info
func (f Finding) Judged(spec MeshEnrollmentSpec) Severity {
	switch {
	case f.Severity == Info:
		return Info
	case spec.Strict, f.Severity == Error && spec.Mode == Check:
		return Error
	}
	return Warning
}
