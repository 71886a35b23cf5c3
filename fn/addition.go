package fn

import (
	"bytes"
	"maps"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit"
)

// addition is an object that enrollment adds to the streams.
type addition struct {
	ref  ResourceRef
	make func(ResourceRef) *yaml.Node // when it is wanted: a stream may hold a million
	// policy is set where the object is a PeerAuthentication.
	policy *peerAuthentication
	mark   [2]string // the annotation that ties it to a file, if there is one
	kind   string    // of the workload that it belongs to

	source string // the chart template or file that it belongs to
	object int    // its index among the document's decisions
}

func (a *addition) node() *yaml.Node {
	node := a.make(a.ref)
	if a.mark[0] != "" {
		metadata := yamledit.Lookup(node, "metadata")
		metadata.Content = append(metadata.Content, yamledit.Plain("annotations"),
			yamledit.Map(yamledit.Entry{Key: a.mark[0], Value: yamledit.String(a.mark[1])}))
	}
	return node
}

// Object is what was done to an object that is no pod, or to one that enmesh made.
type Object struct {
	Resource ResourceRef `json:"resource"`
	Place    Place       `json:"place"`
	// Reason is Added, Patched, Removed, or Missing in the mode Check.
	Reason  Reason   `json:"reason"`
	Message string   `json:"message"`
	Changes []string `json:"changes,omitempty"`
}

const (
	// Added: the object was made.
	Added Reason = "Added"
	// Patched: the object gained settings.
	Patched Reason = "Patched"
	// Removed: the object, or its settings, went.
	Removed Reason = "Removed"
	// Missing: the object, or its settings, would be added.
	Missing Reason = "Missing"
)

// markBeside gives an added object the annotation that ties it to a file. Helm 4 would name one without after its position in
// the stream, which changes from render to render; kpt takes two objects at one place in one file for an error. kustomize's
// books must not be copied: it takes them for its own object's.
func (a *addition) markBeside(beside object) {
	switch {
	case beside.annotation(helmFileKey) != "":
		a.mark = [2]string{helmFileKey, beside.annotation(helmFileKey)}
	case beside.annotation(kustomizeIDKey) == "" && beside.orchestrated("path") != "":
		a.mark = [2]string{"internal.config.kubernetes.io/path", besideFile(beside.orchestrated("path"), a.ref)}
	}
}

// markAs is markBeside for an object that belongs to a whole chart: it gets a file of its own in the folder of one of the chart's.
func (a *addition) markAs(source string, stream []byte) {
	if source == "" {
		return
	}
	a.source = besideFile(source, a.ref)
	if bytes.Contains(stream, []byte(helmFileKey)) {
		a.mark, a.source = [2]string{helmFileKey, a.source}, ""
	}
}

// reasonToAdd is what is said of an object that is to be added.
func (t *Transformer) reasonToAdd() Reason {
	if t.spec.Mode == Check {
		return Missing
	}
	return Added
}

// takeName makes the object's name its own among those that are taken: workloads of two kinds may share one.
func (a *addition) takeName(taken map[ResourceRef]bool) {
	if taken[a.ref] {
		a.ref.Name += "-" + strings.ToLower(a.kind)
	}
	taken[a.ref] = true
}

// isOurs says whether an object is one that enrollment with this configuration adds.
func (t *Transformer) isOurs(o object, facts facts) bool {
	spec := yamledit.Lookup(o.node, "spec")
	switch group, _ := groupVersion(o.ref.APIVersion); {
	case group == istioSecurityGroup && o.ref.Kind == peerAuthenticationKind && t.spec.PeerAuthentication != "":
		selector, expected := facts.workloads[o.ref.Namespace+"/"+o.ref.Name]
		return expected && len(spec.Content) == 4 && text(yamledit.Lookup(yamledit.Lookup(spec, "mtls"), "mode")) == t.spec.PeerAuthentication &&
			maps.Equal(selector, stringMap(yamledit.Lookup(yamledit.Lookup(spec, "selector"), "matchLabels")))
	case group == spireGroup && o.ref.Kind == clusterSPIFFEIDKind && t.spec.ClusterSPIFFEID != nil:
		return o.ref.Name == t.spec.ClusterSPIFFEID.Name && text(yamledit.Lookup(spec, "spiffeIDTemplate")) == t.spec.ClusterSPIFFEID.SPIFFEIDTemplate
	}
	return false
}

// knowsWorkloads says whether workloads are facts: what was added for one is known by it.
func (t *Transformer) knowsWorkloads() bool {
	return t.spec.Mode == Unenroll && t.spec.PeerAuthentication != ""
}

// gatherWorkload notes what the PeerAuthentication of a workload would be called and select.
func (t *Transformer) gatherWorkload(o object, facts *facts) {
	w, ok := t.workloads.find(o.ref.APIVersion, o.ref.Kind)
	if !ok {
		return
	}
	if p, ok := newPod(o, w); ok && t.keeps(p) == "" {
		name := o.ref.Namespace + "/" + o.ref.Name
		if facts.workloads[name] != nil {
			name += "-" + strings.ToLower(o.ref.Kind)
		}
		facts.workloads[name] = p.podSelector(t.spec.IdentityLabel.Key)
	}
}

// sentence says what was done.
func (o Object) sentence() string {
	switch o.Reason {
	case Added:
		return "added"
	case Removed:
		if len(o.Changes) == 0 {
			return "removed"
		}
		return "rid of " + strings.Join(o.Changes, ", ")
	case Missing:
		if len(o.Changes) == 0 {
			return "is missing"
		}
		return "lacks " + strings.Join(o.Changes, ", ")
	}
	return "patched: " + strings.Join(o.Changes, ", ")
}

const kustomizeIDKey = "kustomize.config.k8s.io/id"

// asDocument is the text that adds the object behind the document that ends at the offset. Under Helm 3 it has a comment
// of its own that names its template, or `helm template --show-only` would lose it.
func (a *addition) asDocument(stream []byte, end int) string {
	eol := "\n"
	if i := bytes.IndexByte(stream, '\n'); i > 0 && stream[i-1] == '\r' {
		eol = "\r\n"
	}
	text := "---" + eol
	if a.source != "" {
		text += string(helm3Source) + a.source + eol
	}
	text += yamledit.Render(a.node(), eol)
	if end == len(stream) && end > 0 && stream[end-1] != '\n' {
		return eol + strings.TrimSuffix(text, eol)
	}
	return text
}
