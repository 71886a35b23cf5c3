package report

import (
	"fmt"
	"slices"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
)

// Clients are the pods with one verdict, as clients of others.
type Clients struct {
	Verdict outcome.Verdict
	Title   string
}

// clientVerdicts are the groups of clients. A pod that is refused, or whose proxy never becomes ready, calls nobody.
var clientVerdicts = []outcome.Verdict{outcome.SPIRE, outcome.IstiodCA, outcome.Bare}

// Clients lists the groups of clients that there are. There are always clients outside the mesh.
func (r Report) Clients() []Clients {
	var all []Clients
	for _, v := range clientVerdicts {
		n := r.Verdicts[string(v)]
		title := fmt.Sprintf("clients %s: %d", verdictTexts[v], n)
		if v == outcome.Bare {
			title += " here, and all others"
		} else if n == 0 {
			continue
		}
		all = append(all, Clients{v, title})
	}
	return all
}

// Servers are pods with one verdict that treat their clients in the same way.
type Servers struct {
	// ID is a word that no other servers of the report have.
	ID      string
	Title   string
	Verdict outcome.Verdict
	// Pods are indexes in the report's.
	Pods  []int
	group serverGroup
}

// Servers lists the groups of servers that there are.
func (r Report) Servers() []Servers {
	var all []Servers
	for _, group := range serverGroups {
		for _, v := range outcome.Verdicts() {
			var pods []int
			for i := range r.Pods {
				if p := &r.Pods[i]; p.Verdict == v && group.matches(p) {
					pods = append(pods, i)
				}
			}
			if len(pods) > 0 {
				all = append(all, Servers{group.id + "_" + string(v), group.title, v, pods, group})
			}
		}
	}
	return all
}

// Call is what becomes of the calls of some clients.
type Call struct {
	// How the clients are served, or why not.
	How string
	// MutualTLS: the clients are served over mutual TLS.
	MutualTLS bool
	// Refused: the clients are refused.
	Refused bool
	// Conditional: the clients are served if the issuers of both identities trust each other.
	Conditional bool
}

// CallFrom is what becomes of the calls from the pods with a verdict. It is false if there are none, or if nothing can be said. Pods with
// identities from two issuers accept each other only if the mesh trusts both.
func (s Servers) CallFrom(from outcome.Verdict) (Call, bool) {
	c := Call{How: s.group.fromMesh}
	if from == outcome.Bare {
		c = Call{How: s.group.fromOutside, Refused: s.group.refusesOutside}
	}
	c.MutualTLS = c.How == overMutualTLS
	if c.MutualTLS && from != s.Verdict {
		c.How, c.Conditional = c.How+", if the issuers trust each other", true
	}
	return c, c.How != ""
}

// Callers are clients of one kind that manifests name, and what becomes of their calls to some servers.
type Callers struct {
	Kind    string
	Refused bool
	// Pods are indexes in the report's.
	Pods []int
}

// Callers lists the kinds of clients that manifests say call the servers: first those that are refused.
func (r Report) Callers(s Servers) []Callers {
	var all []Callers
	for _, kind := range r.callerKinds() {
		for _, refused := range []bool{true, false} {
			var pods []int
			for _, i := range s.Pods {
				if slices.ContainsFunc(r.Pods[i].ReachedBy, func(c outcome.Caller) bool { return c.Caller == kind && c.Refused == refused }) {
					pods = append(pods, i)
				}
			}
			if pods != nil {
				all = append(all, Callers{kind, refused, pods})
			}
		}
	}
	return all
}

// Call is what becomes of the clients' calls.
func (c Callers) Call() Call {
	switch {
	case c.Refused:
		return Call{How: "refused", Refused: true}
	case c.Kind == outcome.MeshGateway:
		return Call{How: overMutualTLS, MutualTLS: true}
	}
	return Call{How: overPlainText}
}

// callerKinds are the kinds of clients that reach pods, in alphabetical order.
func (r Report) callerKinds() []string {
	var kinds []string
	for i := range r.Pods {
		for _, c := range r.Pods[i].ReachedBy {
			if !slices.Contains(kinds, c.Caller) {
				kinds = append(kinds, c.Caller)
			}
		}
	}
	slices.Sort(kinds)
	return kinds
}

// NamedCall is a client that manifests name, and what becomes of its calls to some pods.
type NamedCall struct {
	Caller   string
	By       manifest.ResourceRef
	Identity string
	// Text says what becomes of the call, and why.
	Text    string
	Refused bool
	Called  []Called
}

// Called is a port of a pod that is called.
type Called struct {
	// Pod is an index in the report's.
	Pod  int
	Port string // "" if it is not known
}

// NamedCalls lists the clients that manifests name, and what becomes of their calls, each once with all the pods to which it happens.
func (r Report) NamedCalls() []NamedCall {
	type key struct{ caller, by, identity, text string }
	at := map[key]int{}
	var all []NamedCall
	for i := range r.Pods {
		for _, c := range r.Pods[i].ReachedBy {
			k := key{c.Caller, c.By.String(), c.Identity, CallText(c)}
			n, found := at[k]
			if !found {
				n, at[k] = len(all), len(all)
				all = append(all, NamedCall{c.Caller, c.By, c.Identity, k.text, c.Refused, nil})
			}
			all[n].Called = append(all[n].Called, Called{i, c.Port})
		}
	}
	return all
}

// CallText says what becomes of a call, and why:
//
//	client                 refused                                   served
//	gateway of the mesh    by the pod's AuthorizationPolicies        over mutual TLS
//	any other              for the mode: it has no certificate       in plain text
func CallText(c outcome.Caller) string {
	switch {
	case c.Refused && c.Caller == outcome.MeshGateway:
		return "refused: AuthorizationPolicy"
	case c.Refused:
		return "refused: " + c.Mode
	case c.Caller == outcome.MeshGateway:
		return overMutualTLS
	default:
		return overPlainText
	}
}
