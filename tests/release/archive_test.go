package release

import (
	"archive/zip"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each archive unpacks to programs for its platform and the files that go with them.
func TestArchives(t *testing.T) {
	released(t)
	for _, p := range platforms {
		for product, programs := range map[string][]string{"enmesh": {"enmesh", "enmesh-fn"}, "kubectl-enmesh": {"enmesh"}} {
			t.Run(p.archive(product), func(t *testing.T) {
				unpacked := unpack(t, p.archive(product))
				expected := []string{"LICENSE", "README.md",
					"completions/enmesh.bash", "completions/enmesh.fish", "completions/enmesh.ps1", "completions/enmesh.zsh"}
				for _, program := range programs {
					expected = append(expected, p.program(program))
				}
				require.ElementsMatch(t, expected, files(t, unpacked))
				for _, name := range []string{"LICENSE", "README.md"} {
					require.Equal(t, read(t, filepath.Join(root, name)), read(t, filepath.Join(unpacked, name)))
				}
				requireCompletions(t, filepath.Join(unpacked, "completions"))
				for _, program := range programs {
					requireProgram(t, filepath.Join(unpacked, p.program(program)), p)
				}
			})
		}
	}
}

// unpack unpacks an archive into a folder of the test.
func unpack(t *testing.T, name string) string {
	t.Helper()
	folder, file := t.TempDir(), filepath.Join(*dist, name)
	if strings.HasSuffix(name, ".tar.gz") {
		output(t, "tar", "-xzf", file, "-C", folder)
		return folder
	}
	archive, err := zip.OpenReader(file)
	require.NoError(t, err)
	defer archive.Close()
	require.NoError(t, os.CopyFS(folder, archive))
	return folder
}

// requireCompletions holds that each shell has a script for enmesh, and that bash can read its own.
func requireCompletions(t *testing.T, folder string) {
	t.Helper()
	for file, start := range map[string]string{
		"enmesh.bash": "# bash completion V2 for enmesh ",
		"enmesh.fish": "# fish completion for enmesh ",
		"enmesh.ps1":  "# powershell completion for enmesh ",
		"enmesh.zsh":  "#compdef enmesh\n",
	} {
		require.True(t, strings.HasPrefix(read(t, filepath.Join(folder, file)), start), file)
	}
	output(t, "bash", "-n", filepath.Join(folder, "enmesh.bash"))
}

// requireProgram holds that a file is a program for the platform. If that is the platform of the tests, it runs, and says
// the version that was released.
func requireProgram(t *testing.T, file string, p platform) {
	t.Helper()
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o755), info.Mode().Perm(), file)
	require.Equal(t, p, target(t, file), file)
	if p == here {
		requireVersion(t, file)
	}
}

// requireVersion holds that a program says the version that was released.
func requireVersion(t *testing.T, file string) {
	t.Helper()
	require.Equal(t, *version+"\n", strings.TrimPrefix(output(t, file, "--version"), "enmesh version "))
}

// target tells for which platform a program is, by the program's format.
func target(t *testing.T, file string) platform {
	t.Helper()
	if program, err := elf.Open(file); err == nil {
		defer program.Close()
		return platform{"linux", map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64"}[program.Machine]}
	}
	if program, err := macho.Open(file); err == nil {
		defer program.Close()
		return platform{"darwin", map[macho.Cpu]string{macho.CpuAmd64: "amd64", macho.CpuArm64: "arm64"}[program.Cpu]}
	}
	program, err := pe.Open(file)
	require.NoError(t, err, "neither ELF, Mach-O nor PE: %s", file)
	defer program.Close()
	return platform{"windows", map[uint16]string{
		pe.IMAGE_FILE_MACHINE_AMD64: "amd64", pe.IMAGE_FILE_MACHINE_ARM64: "arm64",
	}[program.Machine]}
}
