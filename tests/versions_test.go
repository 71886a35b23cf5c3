package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/modfile"
)

// programs that the tests run, and the modules that pin them.
var pinned = []struct{ name, tool, module string }{
	{"Helm 3", "helm3", "helm.sh/helm/v3"},
	{"Helm 4", "helm4", "helm.sh/helm/v4"},
	{"kustomize", "kustomize", "sigs.k8s.io/kustomize/kustomize/v5"},
	{"Kyverno", "kyverno", "github.com/kyverno/kyverno"},
	{"Kubernetes", "kubernetes", "k8s.io/kubernetes"},
	{"Istio", "istio", "istio.io/istio"},
	{"SPIRE", "spire", "github.com/spiffe/spire"},
}

var versionTable = regexp.MustCompile("(?s)(<!-- versions -->\n).*(<!-- end of versions -->)")

// The README says which versions the tests run against, as the go.mods pin them. `make docs` writes them.
func TestVersions(t *testing.T) {
	var names, versions []string
	for _, p := range pinned {
		names, versions = append(names, p.name), append(versions, pinnedVersion(t, p.tool, p.module))
	}
	table := "| " + strings.Join(names, " | ") + " |\n|" + strings.Repeat(" --- |", len(names)) + "\n| " + strings.Join(versions, " | ") + " |\n"
	file := filepath.Join(root, "README.md")
	readme := read(t, file)
	want := versionTable.ReplaceAllString(readme, "${1}"+table+"${2}")
	if *update && want != readme {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		readme = want
	}
	require.Contains(t, readme, "<!-- versions -->")
	require.Equal(t, want, readme, "stale: run `make docs`")
}

// pinnedVersion is the version of a module that a tool is built from. Istio's module has none, so it is the release of its API.
func pinnedVersion(t *testing.T, tool, module string) string {
	name := filepath.Join(root, "tests/tools", tool, "go.mod")
	file, err := modfile.ParseLax(name, []byte(read(t, name)), nil)
	require.NoError(t, err)
	versions := map[string]string{}
	for _, r := range file.Require {
		versions[r.Mod.Path] = strings.TrimPrefix(r.Mod.Version, "v")
	}
	version := versions[module]
	require.NotEmpty(t, version, module)
	if commit, ok := strings.CutPrefix(version, "0.0.0-"); ok {
		date, hash, _ := strings.Cut(commit, "-")
		release := strings.Join(strings.Split(versions["istio.io/api"], ".")[:2], ".")
		return release + " (commit " + hash[:8] + " of " + date[:4] + "-" + date[4:6] + "-" + date[6:8] + ")"
	}
	return version
}
