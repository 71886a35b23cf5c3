package outcome

// Verdict is what happens to a pod in the cluster.
type Verdict string

const (
	// SPIRE: the pod is in the mesh, as a sidecar or a gateway, with an identity from SPIRE.
	SPIRE Verdict = "SPIRE"
	// IstiodCA: the pod is in the mesh, with an identity from istiod's CA instead of SPIRE.
	IstiodCA Verdict = "IstiodCA"
	// Unregistered: the pod is injected, but SPIRE issues it no identity, so its proxy never becomes ready.
	Unregistered Verdict = "Unregistered"
	// Refused: the API server or the injector refuses the pod, or it never starts.
	Refused Verdict = "Refused"
	// Bare: the pod runs without a proxy, outside the mesh.
	Bare Verdict = "Bare"
)

// Verdicts lists the verdicts, from the one that is wanted to the one that is furthest from it.
func Verdicts() []Verdict { return []Verdict{SPIRE, IstiodCA, Unregistered, Refused, Bare} }

var verdictMeanings = map[Verdict]string{
	SPIRE:        "the pod is in the mesh, with an identity from SPIRE",
	IstiodCA:     "the pod is in the mesh, with an identity from istiod's CA",
	Unregistered: "the pod is injected, but SPIRE issues it no identity, so its proxy never becomes ready",
	Refused:      "the API server or the injector refuses the pod, or it never starts",
	Bare:         "the pod runs without a proxy, outside the mesh",
}

// Meaning returns what a verdict means, or "" if it is none.
func (v Verdict) Meaning() string { return verdictMeanings[v] }

// InMesh says whether a pod with this verdict uses mutual TLS.
func (v Verdict) InMesh() bool { return v == SPIRE || v == IstiodCA }
