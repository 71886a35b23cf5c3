package fn

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/verdict"
)

// Transformer applies one MeshEnrollment to streams. It holds no state between calls and is safe for concurrent use.
type Transformer struct {
	enroller *enroll.Enroller
	given    config.MeshEnrollmentSpec // without defaults
	kinds    manifest.Kinds
	progress *Progress
}

// New compiles an enrollment. It applies the defaults, and fails if the value of a field is invalid. The error is a *config.Error
// that names each such field by its path.
func New(enrollment config.MeshEnrollment) (*Transformer, error) {
	given := enrollment.Spec
	enrollment.Default()
	if err := enrollment.Validate(); err != nil {
		return nil, err
	}
	if err := checkAccepted(enrollment.Spec.Accept); err != nil {
		return nil, err
	}
	enroller, err := enroll.New(enrollment.Spec)
	if err != nil {
		return nil, err
	}
	return &Transformer{enroller: enroller, given: given, kinds: manifest.NewKinds(enrollment.Spec.PodTemplates)}, nil
}

// checkAccepted returns a *config.Error for reasons that do not exist.
func checkAccepted(reasons []string) error {
	var problems []string
	for i, reason := range reasons {
		if _, ok := verdict.Explain(outcome.Reason(reason)); !ok {
			problems = append(problems, fmt.Sprintf("%s: unknown reason %q%s", fieldpath.Index("spec.accept", i), reason, verdict.Suggest(reason)))
		}
	}
	if problems != nil {
		return &config.Error{Problems: problems}
	}
	return nil
}

// Transform decides about every pod in the streams. They belong together: an object in one stream can affect a pod in another. It
// computes everything, or fails. The error is a *outcome.StreamError that names the first place that cannot be read, or cannot
// be edited safely.
func (t *Transformer) Transform(streams ...stream.Stream) (*outcome.Outcome, error) {
	return t.TransformIn(nil, streams...)
}

// TransformIn is Transform for a cluster of which more is known: the cluster's streams have manifests of what is in it already. They are
// read for their facts only. An object in the streams wins over one of the same name in the cluster.
func (t *Transformer) TransformIn(cluster []stream.Stream, streams ...stream.Stream) (*outcome.Outcome, error) {
	cutLists := !t.enroller.RemovesObjects(streams) // removing the last item of a list changes the list itself
	out, err := t.transform(cluster, streams, cutLists)
	if errors.Is(err, errNotByItem) {
		return t.transform(cluster, streams, false)
	}
	return out, err
}

// transform runs the steps that the package comment describes. Each step is a function of what the steps before it returned.
func (t *Transformer) transform(cluster, streams []stream.Stream, cutLists bool) (out *outcome.Outcome, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, &outcome.StreamError{Place: manifest.Place{Stream: streams[0].Name}, Cause: internalError(r)}
		}
	}()
	what := matters{cluster: len(cluster) > 0, callers: t.callersMatter(cluster, streams), overlays: namesOverlay(streams)}
	documents, err := stream.Documents(streams, cutLists, t.interestIn(what))
	if err != nil {
		return nil, encodingError(err)
	}
	sources, err := t.read(documents, streams, what)
	if err != nil {
		return nil, err
	}
	facts, policies := t.gather(sources, what)
	if err := gatherCluster(cluster, facts); err != nil {
		return nil, err
	}
	decisions := t.decide(sources, facts, planned{policies, t.enroller.PlanOverlays(facts)})
	found := t.inspect(streams, decisions, facts)
	return t.assemble(streams, decisions, found, facts)
}

// callersMatter says whether it matters who calls the pods: whether mutual TLS may be required of someone, or an identity.
func (t *Transformer) callersMatter(cluster, streams []stream.Stream) bool {
	if t.enroller.Spec.Mode == config.Unenroll {
		return false
	}
	return t.enroller.Spec.PeerAuthentication != "" || slices.ContainsFunc(slices.Concat(streams, cluster), namesPolicy)
}

// namesPolicy says whether a stream has the name of a kind of policy. It looks for what the two have in common, because it reads all of
// the stream.
func namesPolicy(s stream.Stream) bool {
	for at := 0; ; at++ {
		next := bytes.Index(s.Bytes[at:], []byte("Auth"))
		if next < 0 {
			return false
		}
		at += next
		if text := s.Bytes[max(0, at-len("Peer")):]; bytes.HasPrefix(text, []byte(keys.PeerAuthentication)) ||
			bytes.HasPrefix(s.Bytes[at:], []byte(keys.AuthorizationPolicy)) {
			return true
		}
	}
}

// planned is what enrollment does to objects, as far as it is known before the documents are decided about.
type planned struct {
	policies enroll.PlannedPolicies
	overlays enroll.PlannedOverlays
}

// namesOverlay says whether a Gateway in the streams may name a ConfigMap.
func namesOverlay(streams []stream.Stream) bool {
	return slices.ContainsFunc(streams, func(s stream.Stream) bool { return stream.NewText(s.Bytes).Contains(mesh.OverlayReference) })
}

// matters says what else the streams are read for.
type matters struct {
	cluster  bool // which service accounts they bring, for others are in the cluster
	callers  bool // who calls the pods
	overlays bool // the ConfigMaps that Gateways name
}

// interestIn is interest, for streams that are read for more.
func (t *Transformer) interestIn(what matters) stream.InterestFunc {
	if what == (matters{}) {
		return t.interest
	}
	return func(apiVersion, kind string, document stream.Text) stream.Interest {
		interest := t.interest(apiVersion, kind, document)
		if kind == "ServiceAccount" && what.cluster || kind == "ConfigMap" && what.overlays || what.callers && mesh.MayCall(kind, document) {
			interest |= stream.Facts
		}
		return interest
	}
}

// interest says what a document may hold. Documents of an unknown or a doubtful kind may hold anything.
func (t *Transformer) interest(apiVersion, kind string, document stream.Text) stream.Interest {
	if kind == "" || manifest.IsList(kind) {
		return stream.PodsAndFacts
	}
	interest := stream.Nothing
	switch {
	case t.kinds.Find(apiVersion, kind) != nil || apiVersion == "" && t.kinds[kind] != nil:
		interest |= stream.Pods
	case manifest.MayBeUnknownKind(apiVersion, kind, document):
		interest |= stream.UnknownPods
	}
	if mesh.MayHold(kind, document) {
		interest |= stream.Facts
	}
	return interest
}
