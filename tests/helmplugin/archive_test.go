package helmplugin

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"io"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// platformCommand is what Helm runs on one platform.
type platformCommand struct {
	OS, Arch, Command string
}

var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

// One archive holds the binaries of all platforms, and each platform's command names the binary that is made for it.
func TestArchive(t *testing.T) {
	p := newPackages(t)
	for _, c := range []struct{ plugin, dir, binaries string }{
		{"enmesh", "enmesh/", "enmesh"},
		{"enmesh-cli", "enmesh-cli/", "enmesh"},
		{"enmesh-helm3", "", "enmesh-helm3"},
	} {
		t.Run(c.plugin, func(t *testing.T) {
			files := unpack(t, p.archive(c.plugin, released))
			var plugin struct {
				Version         string
				PlatformCommand []platformCommand
				RuntimeConfig   struct{ PlatformCommand []platformCommand }
			}
			require.NoError(t, yaml.Unmarshal(files[c.dir+"plugin.yaml"], &plugin))
			require.Equal(t, released, plugin.Version)
			require.Contains(t, string(files[c.dir+"LICENSE"]), "Apache License")

			binaries := unpack(t, p.archive(c.binaries, released))
			dir := strings.TrimSuffix(c.dir, "/")
			var got []string
			for _, command := range append(plugin.PlatformCommand, plugin.RuntimeConfig.PlatformCommand...) {
				file := strings.ReplaceAll(strings.Replace(command.Command, "${HELM_PLUGIN_DIR}", dir, 1), `\`, "/")
				platform := command.OS + "/" + command.Arch
				require.Equal(t, platform, platformOf(t, binaries[strings.TrimPrefix(path.Clean(file), "/")]), command.Command)
				got = append(got, platform)
			}
			require.Equal(t, platforms, got)
		})
	}
}

// unpack returns the files of an archive.
func unpack(t *testing.T, archive string) map[string][]byte {
	t.Helper()
	file, err := os.Open(archive)
	require.NoError(t, err)
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	require.NoError(t, err)
	files := map[string][]byte{}
	for reader := tar.NewReader(unzipped); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		require.NoError(t, err)
		if header.Typeflag == tar.TypeReg {
			files[header.Name], err = io.ReadAll(reader)
			require.NoError(t, err)
		}
	}
}

// platformOf reads from a binary the platform for which it is made.
func platformOf(t *testing.T, binary []byte) string {
	t.Helper()
	reader := bytes.NewReader(binary)
	if file, err := elf.NewFile(reader); err == nil {
		return "linux/" + map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64"}[file.Machine]
	}
	if file, err := macho.NewFile(reader); err == nil {
		return "darwin/" + map[macho.Cpu]string{macho.CpuAmd64: "amd64", macho.CpuArm64: "arm64"}[file.Cpu]
	}
	if file, err := pe.NewFile(reader); err == nil {
		return "windows/" + map[uint16]string{pe.IMAGE_FILE_MACHINE_AMD64: "amd64", pe.IMAGE_FILE_MACHINE_ARM64: "arm64"}[file.Machine]
	}
	return "no binary"
}
