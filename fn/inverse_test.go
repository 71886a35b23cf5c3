package fn_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/internal/oracle"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/yamledit"
)

// requireInverse: unenrolling undoes enrolling. An input may bear mesh settings of its own, so what is undone is compared
// with the input undone; an empty map or list and none are the same.
func requireInverse(t *testing.T, e config.MeshEnrollment, text []byte, gained *outcome.Outcome, enrolled []byte) {
	t.Helper()
	for _, o := range gained.Objects {
		if slices.Contains(o.Changes, "data.mesh: trustDomain") {
			return // nobody knows the trust domain that was there
		}
	}
	for _, p := range gained.Pods {
		if p.Role == outcome.Gateway && len(p.Changes) > 2 {
			return // unenrolled, a gateway keeps what makes it run
		}
	}
	for _, edit := range gained.Edits[0].List {
		if edit.End > edit.Start && strings.Trim(edit.Text, `'"`) == "true" {
			return // nobody knows the value that was there, and had no effect
		}
	}
	result, own, err := transform(e, config.Unenroll, text)
	if err != nil {
		return
	}
	for _, p := range result.Pods {
		if p.Outcome == outcome.Unenrolled {
			return // settings of its own may have been completed or overruled
		}
	}
	lost, back, err := transform(e, config.Unenroll, enrolled)
	require.NoError(t, err, "inverse")
	for _, p := range lost.Pods {
		if len(p.Findings) > 0 {
			return // a label that the selector asks for stays
		}
	}
	count := func(o *outcome.Outcome, reason outcome.Reason) (n int) {
		for _, object := range o.Objects {
			if object.Outcome == reason && object.Resource.Kind == keys.PeerAuthentication {
				n++
			}
		}
		return n
	}
	if count(lost, outcome.Removed) > count(gained, outcome.Added) {
		return // nobody knows who wrote a PeerAuthentication such as enrollment adds
	}
	if bytes.Equal(own, back) {
		return
	}
	if _, err := decode(own); err != nil {
		return // not to be compared by meaning
	}
	if hidesMerged(text) {
		return // filled and emptied again, the key is gone, and what it hid is there
	}
	if !bytes.ContainsRune(text, '*') && !quotes(gained.Edits[0]) { // an alias may have become a map that merges it
		require.NotEqual(t, dump(t, own), dump(t, back), "inverse: only bytes differ")
	}
	e.Default()
	undone := func(document any) any { return pruned(undone(normal(document), e.Spec)) }
	requireSame(t, dump(t, own, undone), dump(t, back, undone), "inverse")
}

// quotes says whether a scalar gained quotes, or other ones, which it keeps.
func quotes(e outcome.Edits) bool {
	return slices.ContainsFunc(e.List, func(edit yamledit.Edit) bool {
		return edit.End > edit.Start && strings.ContainsAny(edit.Text[:min(1, len(edit.Text))], `'"`) && edit.Text[0] != e.Stream.Bytes[edit.Start]
	})
}

// hidesMerged says whether a mapping has a key that is null beside a merge key.
func hidesMerged(text []byte) bool {
	hides := false
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		merges, null := false, false
		for i, child := range n.Content {
			merges = merges || n.Kind == yaml.MappingNode && child.ShortTag() == "!!merge"
			null = null || n.Kind == yaml.MappingNode && i%2 == 1 && yamledit.IsNull(child)
			visit(child)
		}
		hides = hides || merges && null
	}
	for span := range stream.Split(text) {
		doc, err := yamledit.Parse(text[span.Start+stream.Body(text[span.Start:span.End]) : span.End])
		if err == nil && doc.Root() != nil {
			visit(doc.Root())
		}
	}
	return hides
}

// undone leaves out what enrollment may have completed, for nobody knows what was there: the trust domain among the values of istiod's
// chart, a volume workload-socket of
// another source than the driver, the base among templates that build on it, and names of templates and revisions that
// are empty.
func undone(value any, spec config.MeshEnrollmentSpec) any {
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			if names := oracle.Text(child); names != "" && key == "inject.istio.io/templates" {
				child = withoutBase(names, spec.Templates.Sidecar[0])
			}
			if child == "" && (key == "istio.io/rev" || key == "inject.istio.io/templates") {
				child = nil
			}
			if settings, ok := child.(map[string]any); ok && key == "meshConfig" {
				delete(settings, "trustDomain")
			}
			if volumes, ok := child.([]any); ok && key == "volumes" {
				child = slices.DeleteFunc(volumes, func(volume any) bool {
					v, _ := volume.(map[string]any)
					csi, _ := v["csi"].(map[string]any)
					return v["name"] == "workload-socket" && csi["driver"] != spec.WorkloadSocket.CSI.Driver
				})
			}
			v[key] = undone(child, spec)
		}
	case []any:
		for i := range v {
			v[i] = undone(v[i], spec)
		}
	}
	return value
}

// withoutBase leaves the first template of sidecars out where others are asked for, and names that are empty.
func withoutBase(names, base string) any {
	others := slices.DeleteFunc(strings.Split(names, ","), func(name string) bool { return name == base })
	if len(others) == 0 {
		return base
	}
	others = slices.DeleteFunc(others, func(name string) bool { return name == "" })
	if len(others) == 0 {
		return nil
	}
	return strings.Join(others, ",")
}
