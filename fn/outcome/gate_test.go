package outcome

import (
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/config"
)

// What fails the job, row by row.
func TestGate(t *testing.T) {
	enroll, check := config.MeshEnrollmentSpec{Mode: config.Enroll}, config.MeshEnrollmentSpec{Mode: config.Check}
	strict, strictCheck := config.MeshEnrollmentSpec{Mode: config.Enroll, Strict: true}, config.MeshEnrollmentSpec{Mode: config.Check, Strict: true}
	specs := []config.MeshEnrollmentSpec{enroll, check, strict, strictCheck}
	for _, c := range []struct {
		name  string
		pod   Pod
		fails [4]bool // in the order of specs
	}{
		{"not selected", Pod{Outcome: NotSelected, Verdict: Bare, VerdictReason: NotSelected}, [4]bool{}},
		{"opted out", Pod{Outcome: OptedOut, Verdict: Bare, VerdictReason: OptedOut}, [4]bool{}},
		{"lacks settings", Pod{Outcome: NotEnrolled, Role: Sidecar, Verdict: SPIRE}, [4]bool{1: true, 3: true}},
		{"lacks settings, accepted", Pod{Outcome: NotEnrolled, Role: Sidecar, Verdict: IstiodCA, VerdictAccepted: true}, [4]bool{1: true, 3: true}},
		{"SPIRE", Pod{Outcome: AlreadyEnrolled, Role: Sidecar, Verdict: SPIRE}, [4]bool{}},
		{"host network", Pod{Outcome: HostNetwork, Verdict: Bare, VerdictReason: HostNetwork}, [4]bool{1: true, 3: true}},
		{"host network, accepted", Pod{Outcome: HostNetwork, Verdict: Bare, VerdictReason: HostNetwork, VerdictAccepted: true}, [4]bool{}},
		{"istiod's CA", Pod{Outcome: AlreadyEnrolled, Role: Sidecar, Verdict: IstiodCA}, [4]bool{1: true, 3: true}},
		{"unregistered", Pod{Outcome: AlreadyEnrolled, Role: Sidecar, Verdict: Unregistered}, [4]bool{1: true, 3: true}},
		{"refused", Pod{Outcome: AlreadyEnrolled, Role: Sidecar, Verdict: Refused}, [4]bool{1: true, 3: true}},
	} {
		for i := range specs {
			o := Outcome{Pods: []Pod{c.pod}}
			o.Gate(&specs[i])
			require.Equal(t, c.fails[i], o.Pods[0].Fails, "%s: %v", c.name, specs[i])
		}
	}
	for _, c := range []struct {
		finding Finding
		fails   [4]bool
	}{
		{Finding{Severity: Error}, [4]bool{1: true, 2: true, 3: true}},
		{Finding{Severity: Warning}, [4]bool{2: true, 3: true}},
		{Finding{Severity: Info}, [4]bool{}},
		{Finding{Severity: Error, Accepted: true}, [4]bool{}},
		{Finding{Severity: Warning, Accepted: true}, [4]bool{}},
	} {
		for i := range specs {
			o := Outcome{Pods: []Pod{{Outcome: NotSelected, Findings: []Finding{c.finding}}}, Findings: []ObjectFinding{{Finding: c.finding}}, Input: []Finding{c.finding},
				Objects: []Object{{Outcome: Missing}, {Outcome: Added}}}
			o.Gate(&specs[i])
			want := 0
			if c.fails[i] {
				want = 3
			}
			pods, objects, findings := o.Failures()
			require.Equal(t, []int{0, 1, want}, []int{pods, objects, findings}, "%v: %v", c.finding, specs[i])
		}
	}
}
