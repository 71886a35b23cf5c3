package release

import (
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// Krew's manifest names an archive for each platform, with its checksum, and a program in it.
func TestKrew(t *testing.T) {
	released(t)
	var manifest struct {
		Metadata struct{ Name string }
		Spec     struct {
			Version   string
			Platforms []struct {
				URI, SHA256, Bin string
				Selector         struct{ MatchLabels struct{ OS, Arch string } }
			}
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, filepath.Join(*dist, "krew/enmesh.yaml"))), &manifest))
	require.Equal(t, "enmesh", manifest.Metadata.Name, "it is installed as kubectl enmesh")
	require.Equal(t, "v"+*version, manifest.Spec.Version)
	sums := checksums(t, *dist)
	var named []platform
	for _, entry := range manifest.Spec.Platforms {
		p := platform{entry.Selector.MatchLabels.OS, entry.Selector.MatchLabels.Arch}
		named = append(named, p)
		require.Equal(t, p.archive("kubectl-enmesh"), path.Base(entry.URI))
		require.Equal(t, "v"+*version, path.Base(path.Dir(entry.URI)), "the tag of the release")
		require.Equal(t, sums[path.Base(entry.URI)], entry.SHA256)
		require.Contains(t, files(t, unpack(t, path.Base(entry.URI))), entry.Bin)
	}
	require.ElementsMatch(t, platforms, named)
}

var (
	caskArchive = regexp.MustCompile(`url "([^"]+)"\s+sha256 "([^"]+)"`)
	caskFile    = regexp.MustCompile(`(?m)^  (?:binary|[a-z]+_completion) "([^"]+)"`)
)

// Homebrew's cask names the archives for macOS and Linux, with their checksums, and files in them.
func TestCask(t *testing.T) {
	released(t)
	cask := read(t, filepath.Join(*dist, "homebrew/Casks/enmesh.rb"))
	require.Contains(t, cask, "\n  version \""+*version+"\"\n")
	sums := checksums(t, *dist)
	var named []string
	for _, match := range caskArchive.FindAllStringSubmatch(cask, -1) {
		url := strings.ReplaceAll(match[1], "#{version}", *version)
		named = append(named, path.Base(url))
		require.Equal(t, "v"+*version, path.Base(path.Dir(url)), "the tag of the release")
		require.Equal(t, sums[path.Base(url)], match[2], url)
	}
	var expected []string
	for _, p := range platforms {
		if p.os != "windows" {
			expected = append(expected, p.archive("enmesh"))
		}
	}
	require.ElementsMatch(t, expected, named)
	var installed []string
	for _, match := range caskFile.FindAllStringSubmatch(cask, -1) {
		installed = append(installed, match[1])
	}
	require.ElementsMatch(t, []string{"enmesh", "enmesh-fn", "completions/enmesh.bash", "completions/enmesh.fish", "completions/enmesh.zsh"}, installed)
	require.Subset(t, files(t, unpack(t, named[0])), installed)
}
