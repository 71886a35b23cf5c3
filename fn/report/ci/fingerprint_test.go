package ci

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

func pod(name string, line int, findings ...outcome.Finding) outcome.Pod {
	return outcome.Pod{Resource: manifest.ResourceRef{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "demo", Name: name},
		Place: manifest.Place{Stream: "pods.yaml", Line: line}, Outcome: outcome.Enrolled, Findings: findings}
}

func warning(reason outcome.Reason, field string, line int) outcome.Finding {
	return outcome.Finding{Reason: reason, Severity: outcome.Warning, Field: field, Line: line, Message: "it is wrong"}
}

func printsOf(pods ...outcome.Pod) (prints []string) {
	for _, e := range entries(report.New(&outcome.Outcome{Pods: pods}, nil)) {
		prints = append(prints, e.fingerprint)
	}
	return prints
}

// A fingerprint stays the same when lines move, when files do, and when other findings come and go.
func TestFingerprintsAreStable(t *testing.T) {
	before := printsOf(pod("web", 1, warning("A", "spec.a", 5)))
	require.Equal(t, before, printsOf(pod("web", 10, warning("A", "spec.a", 15))))
	moved := pod("web", 1, warning("A", "spec.a", 5))
	moved.Place = manifest.Place{Stream: "/srv/other/pods.yaml", Source: "app/templates/web.yaml", Line: 7}
	moved.Findings[0].Message = "it is wrong, in other words"
	moved.Resource.APIVersion = "apps/v2"
	require.Equal(t, before, printsOf(moved))
	require.Equal(t, before[0], printsOf(pod("api", 1, warning("A", "spec.a", 5)), pod("web", 30, warning("B", "spec.a", 5), warning("A", "spec.a", 5)))[2])
	require.Equal(t, []string{"afb9387819248c81b35636159cbfcbcd"}, before, "a new version of enmesh would show everything as new")
}

// What differs in the rule, the object, the template or the field differs in the fingerprint, and so do those that are equal.
func TestFingerprintsDiffer(t *testing.T) {
	second := pod("web", 1, warning("A", "spec.a", 5))
	second.Template = "spec.second"
	other := pod("web", 1, warning("A", "spec.a", 5))
	other.Resource.Namespace = "other"
	kind := pod("web", 1, warning("A", "spec.a", 5))
	kind.Resource.Kind = "StatefulSet"
	group := pod("web", 1, warning("A", "spec.a", 5))
	group.Resource.APIVersion = "example.org/v1"
	prints := printsOf(pod("web", 1, warning("A", "spec.a", 5), warning("A", "spec.b", 5), warning("B", "spec.a", 5), warning("A", "spec.a", 5)),
		pod("api", 1, warning("A", "spec.a", 5)), second, other, kind, group)
	require.Len(t, prints, 9)
	seen := map[string]bool{}
	for _, print := range prints {
		require.False(t, seen[print], prints)
		seen[print] = true
	}
}

// What has no object is told apart by its file.
func TestFingerprintsOfFiles(t *testing.T) {
	of := func(file string) string {
		return entries(report.New(nil, &outcome.StreamError{Place: manifest.Place{Stream: file, Line: 1}, Cause: errors.New("broken")}))[0].fingerprint
	}
	require.NotEqual(t, of("a.yaml"), of("b.yaml"))
	require.Equal(t, of("a.yaml"), of("./a.yaml"))
}
