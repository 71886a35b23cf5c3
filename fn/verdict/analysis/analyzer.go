package analysis

import (
	"cmp"
	"slices"
	"sync"

	"enmesh.dev/enmesh/fn/outcome"
)

// Definition defines a finding: what is the same for all pods and objects that have it.
type Definition struct {
	Reason   outcome.Reason
	Severity outcome.Severity
	// Effect is the verdict on a pod with the finding, or "" if the finding has no effect on the verdict.
	Effect outcome.Verdict
	// Admitted says of a finding with the effect Refused that the API server takes the pod, which then never starts.
	Admitted bool
	// Message says what is wrong, and Remedy what to change.
	Message, Remedy string
}

// Subject is what a group of findings is about. The analyzers of a stage run in the order of their subjects; what they
// report comes out in that order, and of several findings with one effect the first is the reason for the verdict.
type Subject int

const (
	Kept Subject = iota
	Outside
	Labels
	Revision
	ProxySettings
	Templates
	Socket
	Traffic
	Node
	Jobs
	Cluster
	Identity
	MutualTLS
	Policies
	Callers
	Registration
	Istiod
	SPIRE
	Federation
	Gateways
	Selection
)

// subjects are the titles.
var subjects = [...]string{
	Kept:          "Settings that the pod keeps",
	Outside:       "Outside the mesh",
	Labels:        "Labels and annotations",
	Revision:      "Namespace and revision",
	ProxySettings: "Settings of the proxy",
	Templates:     "Injection templates",
	Socket:        "The workload socket",
	Traffic:       "Traffic around the proxy",
	Node:          "Kind and node",
	Jobs:          "Jobs",
	Cluster:       "What is in the cluster",
	Identity:      "Identity and registration",
	MutualTLS:     "Required mutual TLS",
	Policies:      "PeerAuthentications and DestinationRules",
	Callers:       "Who would be cut off",
	Registration:  "ClusterSPIFFEIDs",
	Istiod:        "istiod",
	SPIRE:         "SPIRE's agent and driver",
	Federation:    "Federation with other trust domains",
	Gateways:      "Gateways",
	Selection:     "The input and the selection",
}

func (s Subject) String() string { return subjects[s] }

// Subjects lists all subjects, in order.
func Subjects() []Subject {
	all := make([]Subject, len(subjects))
	for i := range all {
		all[i] = Subject(i)
	}
	return all
}

// Stage says which pods an analyzer looks at, and when.
type Stage int

const (
	// EveryPod: it looks at all pods that reach the cluster.
	EveryPod Stage = iota
	// InjectedPods: it looks at injected pods only, because its findings do not matter without injection.
	InjectedPods
	// ProxiedPods: it looks at injected pods, and at those that bring a proxy of their own.
	ProxiedPods
	// JudgedPods: it needs the verdict, which its findings do not change.
	JudgedPods
	// UnenrolledPods: it looks at pods whose mesh settings were removed.
	UnenrolledPods
)

// PodAnalyzer looks at one pod of the output.
type PodAnalyzer struct {
	Subject  Subject
	Stage    Stage
	Findings []*Definition
	// Order among the analyzers of the stage and subject; of equal ones, the one whose first finding comes first in the
	// alphabet runs first.
	Order int
	Run   func(*FinalPod)
}

// ObjectAnalyzer looks at one object that affects pods.
type ObjectAnalyzer struct {
	Subject  Subject
	Kinds    []string // of the objects
	Findings []*Definition
	Run      func(*Object)
}

var (
	podAnalyzers    []PodAnalyzer
	objectAnalyzers []ObjectAnalyzer
)

// RegisterPodAnalyzer registers an analyzer of pods. It returns true, so that a package can register it in a declaration.
func RegisterPodAnalyzer(a PodAnalyzer) bool {
	podAnalyzers = append(podAnalyzers, a)
	return true
}

// podAnalyzersInOrder sorts them when all are registered.
var podAnalyzersInOrder = sync.OnceValue(func() []PodAnalyzer {
	return slices.SortedStableFunc(slices.Values(podAnalyzers), func(a, b PodAnalyzer) int {
		return cmp.Or(cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Order, b.Order),
			cmp.Compare(a.Findings[0].Reason, b.Findings[0].Reason))
	})
})

// RegisterObjectAnalyzer registers an analyzer of objects. It returns true, so that a package can register it in a declaration.
func RegisterObjectAnalyzer(a ObjectAnalyzer) bool {
	objectAnalyzers = append(objectAnalyzers, a)
	return true
}

// PodAnalyzers lists the registered analyzers of pods, in the order in which they run.
func PodAnalyzers() []PodAnalyzer { return podAnalyzersInOrder() }

// ObjectAnalyzers lists the registered analyzers of objects.
func ObjectAnalyzers() []ObjectAnalyzer { return objectAnalyzers }
