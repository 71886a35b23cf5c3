package fn

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/yamledit"
	"go.yaml.in/yaml/v3"
)

// finding describes a reason at a node of the document. A detail is what is particular about this one.
func finding(reason Reason, at *yaml.Node, field string, detail ...string) Finding {
	k := known[reason]
	f := Finding{Reason: reason, Severity: k.severity, Message: k.message, Field: field, Remedy: k.remedy}
	if len(detail) > 0 {
		f.Message += ": " + strings.Join(detail, ", ")
	}
	if at != nil {
		f.Line = at.Line
	}
	return f
}

func (e *enrollment) find(reason Reason, at *yaml.Node, field string) {
	e.findings = append(e.findings, finding(reason, at, field))
}

// obstacle is the finding that goes with an outcome which keeps a selected pod out of the mesh.
func (t *Transformer) obstacle(p pod, reason Reason) Finding {
	switch reason {
	case HostNetwork:
		return finding(reason, yamledit.Lookup(p.spec(), "hostNetwork"), join(p.specField(), "hostNetwork"))
	default:
		at := yamledit.Lookup(yamledit.Lookup(p.node, "metadata"), "namespace")
		if at == nil {
			return finding(reason, p.node, "")
		}
		return finding(reason, at, "metadata.namespace")
	}
}

// inspectObjects finds what is wrong with the objects that tell about pods. Every pod is judged by now.
func (t *Transformer) inspectObjects(facts facts, documents []document) {
	if len(facts.told) == 0 && t.spec.ClusterSPIFFEID == nil && t.spec.PeerAuthentication == "" || t.spec.Mode == Unenroll {
		return
	}
	pods := newSociety(documents, facts)
	defer pods.leave()
	pods.findMutualTLS()
	t.inspectAdded(facts, documents)
	for _, o := range facts.told {
		i := &inspection{told: o, t: t, facts: facts, pods: pods}
		switch o.ref.Kind {
		case peerAuthenticationKind:
			i.inspectPeerAuthentication()
		case clusterSPIFFEIDKind:
			i.inspectClusterSPIFFEID()
		case "ConfigMap":
			i.inspectInjector()
			i.inspectMesh()
			i.inspectAgent()
		case "CSIDriver":
			i.inspectDriver()
		case "Gateway":
			i.inspectGateway()
		case "DestinationRule":
			i.inspectDestinationRule()
		}
	}
}

// inspectAdded: the ClusterSPIFFEID that enrollment adds has the class that the configuration says, or none.
func (t *Transformer) inspectAdded(facts facts, documents []document) {
	if t.spec.ClusterSPIFFEID == nil || t.spec.ClusterSPIFFEID.ClassName != "" || facts.registrar != nil && facts.registrar.classless {
		return
	}
	added := t.clusterSPIFFEID(facts)
	for n := len(documents) - 1; n >= 0 && added != nil; n-- {
		for _, p := range slices.Backward(documents[n].pods) {
			if p.Reason.IsEnrolled() {
				documents[n].findings = append(documents[n].findings, ObjectFinding{Resource: added.ref, Place: p.Place,
					Finding: finding(ClassNameMissing, nil, "spec.className", "set spec.clusterSPIFFEID.className")})
				return
			}
		}
	}
}

// inspection looks at one object that tells about pods.
type inspection struct {
	told
	t     *Transformer
	facts facts
	pods  *society
}

func (i *inspection) find(reason Reason, at *yaml.Node, field string, detail ...string) {
	i.document.findings = append(i.document.findings, ObjectFinding{
		Resource: i.ref, Place: i.place(), Finding: finding(reason, at, field, detail...)})
}
