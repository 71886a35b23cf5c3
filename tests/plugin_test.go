package tests

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// All of Helm's plugins have the version of the Makefile, and so have the commands that install them. Artifact Hub reads it from git.
func TestPluginVersion(t *testing.T) {
	version := regexp.MustCompile(`(?m)^VERSION +\?= (.*)$`).FindStringSubmatch(read(t, root, "Makefile"))[1]
	plugins, err := filepath.Glob(filepath.Join(root, "postrender/helm/*/plugin.yaml"))
	require.NoError(t, err)
	require.Len(t, plugins, 3)
	for _, plugin := range plugins {
		require.Contains(t, read(t, plugin), "\nversion: "+version+"\n", plugin)
	}
	for _, readme := range []string{"examples/helm3", "examples/helm4", "postrender/helm"} {
		for _, named := range regexp.MustCompile(`\d+\.\d+\.\d+`).FindAllString(read(t, root, readme, "README.md"), -1) {
			require.Equal(t, version, named, readme)
		}
	}
}

// Artifact Hub takes a folder for a plugin if its plugin.yaml has a name, a version and a description: Helm 3's form. It shows the README
// and the license of that folder.
func TestArtifactHub(t *testing.T) {
	var listed []string
	require.NoError(t, filepath.WalkDir(copyRepository(t), func(path string, _ fs.DirEntry, err error) error {
		require.NoError(t, err)
		if filepath.Base(path) != "plugin.yaml" {
			return nil
		}
		var plugin struct{ Name, Version, Description string }
		require.NoError(t, yaml.Unmarshal([]byte(read(t, path)), &plugin), path)
		if plugin.Name != "" && plugin.Version != "" && plugin.Description != "" {
			listed = append(listed, filepath.Base(filepath.Dir(path)))
		}
		return nil
	}))
	require.Equal(t, []string{"enmesh-helm3"}, listed)
	require.Contains(t, read(t, root, "postrender/helm/enmesh-helm3/README.md"), "# enmesh")
	require.Equal(t, read(t, root, "LICENSE"), read(t, root, "postrender/helm/enmesh-helm3/LICENSE"))
}
