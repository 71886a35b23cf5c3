package fn

import "bytes"

// facts are what objects in the streams say about pods in other documents. They are gathered before anything is
// decided, so that the order of documents does not matter.
type facts struct {
	injectionDisabled   map[string]bool // by namespace
	peerAuthentications []peerAuthentication
	clusterSPIFFEIDs    []clusterSPIFFEID
	injectors           []injector
	meshTrustDomain     string
	workloads           map[string]map[string]string // what selects their pods, by namespace/name; only for Unenroll
}

func newFacts() facts {
	return facts{injectionDisabled: map[string]bool{}, workloads: map[string]map[string]string{}}
}

// tellers are the kinds that say something about pods in other documents. Of ConfigMaps only istiod's do.
var tellers = map[string]bool{"Namespace": true, "PeerAuthentication": true, "ClusterSPIFFEID": true, "ConfigMap": true}

// mayTell says whether a document of a kind may hold facts.
func mayTell(kind string, document []byte) bool {
	return tellers[kind] && (kind != "ConfigMap" || bytes.Contains(document, []byte("istio")))
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

// gather notes what one object says.
func (f *facts) gather(o object) {
	switch o.ref.Kind {
	case "Namespace":
		f.gatherNamespace(o)
	case peerAuthenticationKind:
		f.gatherPeerAuthentication(o)
	case clusterSPIFFEIDKind:
		f.gatherClusterSPIFFEID(o)
	case "ConfigMap":
		f.gatherIstiod(o)
	}
}

// gatherNamespace: in a namespace that bears the label istio-injection with any value but enabled, no webhook of Istio's
// calls the injector.
func (f *facts) gatherNamespace(o object) {
	if injection := o.label(injectionKey); o.ref.APIVersion == "v1" && injection != "" && injection != "enabled" {
		f.injectionDisabled[o.ref.Name] = true
	}
}
