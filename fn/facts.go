package fn

import (
	"bytes"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit"
)

// facts are what objects in the streams say about pods in other documents. They are gathered before anything is
// decided, so that the order of documents does not matter.
type facts struct {
	namespaces          map[string]namespace
	peerAuthentications []peerAuthentication
	taken               map[taken]bool // by these PeerAuthentications
	clusterSPIFFEIDs    []clusterSPIFFEID
	registrations       []registration               // what these ClusterSPIFFEIDs register
	registrar           *registrar                   // SPIRE's controller manager, where it is in the streams
	injections          []injection                  // what istiod's injectors do
	revisions           map[string]string            // of istiod, by their names and by the tags that stand for them
	meshes              map[string]mesh              // istiod's settings, by revision
	sockets             map[string]bool              // names under which SPIRE's agent has its socket
	links               [][2]string                  // what scripts link to, and the links
	drivers             []string                     // SPIFFE's CSI drivers
	workloads           map[string]map[string]string // what selects their pods, by namespace/name; only for Unenroll
	told                []told
}

// told is an object that tells something, and that something may be wrong with.
type told struct {
	object
	document *document
}

// namespace is what a Namespace says about its pods.
type namespace struct {
	unheard     bool   // a label keeps the webhooks away, unless it is istio-injection: enabled
	injection   string // label istio-injection
	revision    string // label istio.io/rev
	ambient     bool
	podSecurity string // the level that is enforced
}

func newFacts() facts {
	return facts{namespaces: map[string]namespace{}, taken: map[taken]bool{}, revisions: map[string]string{}, meshes: map[string]mesh{}, sockets: map[string]bool{},
		workloads: map[string]map[string]string{}}
}

// tellers are the kinds that say something about pods in other documents, each with words of which a document of the kind
// holds one if it does.
var tellers = map[string][]string{
	"Namespace":                    {""},
	peerAuthenticationKind:         {""},
	clusterSPIFFEIDKind:            {""},
	"ConfigMap":                    {"istio", "ControllerManagerConfig", agentConfigKey},
	"CSIDriver":                    {"spiffe"},
	"DaemonSet":                    {"ln -s"},
	"MutatingWebhookConfiguration": {revisionKey},
	"Gateway":                      {"istio"},
	"DestinationRule":              {"DISABLE"},
}

// mayTell says whether a document of a kind may hold facts.
func mayTell(kind string, document []byte) bool {
	for _, word := range tellers[kind] {
		if bytes.Contains(document, []byte(word)) {
			return true
		}
	}
	return false
}

// mayHoldFacts says whether a document may hold an object that tells something, be it in a list.
func mayHoldFacts(document []byte) bool {
	for kind := range tellers {
		if bytes.Contains(document, []byte(kind)) && mayTell(kind, document) {
			return true
		}
	}
	return false
}

// gather notes what one object says. The document is where findings about the object go.
func (f *facts) gather(o object, d *document) {
	switch o.ref.Kind {
	case "Namespace":
		f.gatherNamespace(o)
	case peerAuthenticationKind:
		f.gatherPeerAuthentication(o)
	case clusterSPIFFEIDKind:
		f.gatherClusterSPIFFEID(o)
		f.gatherRegistration(o)
	case "ConfigMap":
		f.gatherMesh(o)
		f.gatherInjection(o)
		f.gatherRegistrar(o)
		f.gatherAgent(o)
	case "DaemonSet":
		f.gatherLinks(o)
	case "CSIDriver":
		f.gatherDriver(o)
	case "MutatingWebhookConfiguration":
		f.gatherRevision(o)
	}
	if len(tellers[o.ref.Kind]) > 0 {
		f.told = append(f.told, told{o, d})
	}
}

func (f *facts) gatherNamespace(o object) {
	if o.ref.APIVersion != "v1" {
		return
	}
	labels := lookup(o.node, "metadata", "labels")
	f.namespaces[o.ref.Name] = namespace{
		unheard:     lookup(labels, injectionKey) != nil || lookup(labels, revisionKey) != nil && o.label(revisionKey) == "",
		injection:   o.label(injectionKey),
		revision:    o.label(revisionKey),
		ambient:     o.label(dataplaneKey) == "ambient",
		podSecurity: o.label("pod-security.kubernetes.io/enforce"),
	}
}

// turnsOff says whether no webhook of Istio's calls the injector for the namespace's pods: it bears the label
// istio-injection with any value but enabled, or istio.io/rev without one.
func (n namespace) turnsOff() bool { return n.unheard && n.injection != "enabled" }

// turnsOn says whether the namespace has its pods injected that do not say a word.
func (n namespace) turnsOn() bool {
	return n.injection == "enabled" || !n.unheard && n.revision != ""
}

// gatherRevision: a webhook configuration of istiod's stands for a revision, or for a tag that points to one.
func (f *facts) gatherRevision(o object) {
	revision := o.label(revisionKey)
	if revision == "" {
		return
	}
	f.revisions[revision] = revision
	if tag := o.label("istio.io/tag"); tag != "" {
		f.revisions[tag] = revision
	}
}

// lookup follows keys from mapping to mapping.
func lookup(node *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		node = yamledit.Lookup(node, key)
	}
	return node
}

// items are a sequence's items.
func items(sequence *yaml.Node) []*yaml.Node {
	if sequence == nil || sequence.Kind != yaml.SequenceNode {
		return nil
	}
	resolved := make([]*yaml.Node, len(sequence.Content))
	for i, item := range sequence.Content {
		resolved[i] = yamledit.Resolve(item)
	}
	return resolved
}
