package fn

import "slices"

// What the pod's namespace, and the revision of istiod that serves it, make of the pod.

// findAmbient: in the ambient mesh a pod without a proxy of its own gets an identity nonetheless, and not SPIRE's.
func (r *prospect) findAmbient() {
	if r.bare != "" && r.isAmbient() {
		r.find(AmbientNamespace, lookup(r.node, "metadata", "namespace"), "")
	}
}

// revision is the one of istiod that injects the pod: what the namespace says goes before what the pod says.
func (r *prospect) revision() string {
	namespace := r.facts.namespaces[r.ref.Namespace]
	switch {
	case namespace.injection == "enabled":
		return "default"
	case namespace.revision != "":
		return namespace.revision
	case r.finalLabel(revisionKey) != "":
		return r.finalLabel(revisionKey)
	}
	return "default"
}

// installed is that revision by its own name, where the pod's is a tag.
func (r *prospect) installed() string {
	revision := r.revision()
	if tagged := r.facts.revisions[revision]; tagged != "" {
		return tagged
	}
	return revision
}

// mesh is what the settings of the pod's istiod say, where they are in the streams.
func (r *prospect) mesh() mesh { return r.facts.meshes[r.installed()] }

// injection is what the injector of the pod's revision does, or nil where that is not in the streams.
func (r *prospect) injection() *injection {
	revision := r.installed()
	i := slices.IndexFunc(r.facts.injections, func(i injection) bool { return i.revision == revision })
	if i < 0 {
		return nil
	}
	return &r.facts.injections[i]
}

// findRevision: with an istiod in the streams, it is known which revisions there are.
func (r *prospect) findRevision() {
	revision, pod := r.revision(), r.finalLabel(revisionKey)
	if pod != "" && pod != revision {
		r.findLabel(RevisionIgnored, revisionKey, "the namespace's is "+revision)
	}
	if len(r.facts.injections) > 0 && r.facts.revisions[revision] == "" && r.injection() == nil {
		reason := UnknownRevision
		if revision == "default" {
			reason = NoDefaultRevision
		}
		r.findLabel(reason, revisionKey, revision)
	}
	if r.needsInit() && slices.Contains([]string{"baseline", "restricted"}, r.facts.namespaces[r.ref.Namespace].podSecurity) {
		r.find(PodSecurity, lookup(r.node, "metadata", "namespace"), "metadata.namespace")
	}
}

// needsInit says whether the injector adds istio-init, which redirects the pod's traffic. It does not where Istio's CNI
// plugin does that work, nor for a gateway.
func (r *prospect) needsInit() bool {
	injection := r.injection()
	return !r.isGatewayOut() && (injection == nil || !injection.cni)
}
