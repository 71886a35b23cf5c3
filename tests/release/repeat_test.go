package release

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var compile = flag.Bool("compile", false, "let the second build compile everything anew, for the platform of the tests (minutes)")

// A second build, of a copy in another folder, has the same checksums.
//
// The copy is a shallow clone without tags, made by a user with another umask and in another time zone. It shares Go's build
// cache, so it links, packs and describes everything anew. What it does not compile anew, the flag -compile does. It also
// signs, with a cosign that only notes what it was given: this must be the checksums as they are in the end.
func TestRepeat(t *testing.T) {
	released(t)
	need(t, "git", "make")
	clone := filepath.Join(t.TempDir(), "clone")
	cloneTree(t, clone)
	require.NoError(t, os.Mkdir(filepath.Join(clone, "bin"), 0o700))
	release := []string{"make", "-C", clone, "VERSION=" + *version, "SNAPSHOT="}
	for _, tool := range []string{"goreleaser", "cyclonedx-gomod"} {
		built, err := filepath.Abs(filepath.Join(root, "bin", tool))
		require.NoError(t, err)
		require.NoError(t, os.Symlink(built, filepath.Join(clone, "bin", tool)))
		release = append(release, "--old-file="+tool)
	}
	cmd := exec.Command("sh", append([]string{"-c", `umask 077; exec "$@"`, "sh"}, append(release, "release")...)...)
	cmd.Env = append(os.Environ(), "TZ=Asia/Kolkata", "PATH="+cosign(t)+":"+os.Getenv("PATH"))
	written, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", written)
	for _, name := range []string{"checksums.txt", "krew/enmesh.yaml", "homebrew/Casks/enmesh.rb"} {
		require.Equal(t, read(t, filepath.Join(*dist, name)), read(t, filepath.Join(clone, "dist", name)), name)
	}

	dist := filepath.Join(clone, "dist")
	require.Equal(t, read(t, filepath.Join(dist, "checksums.txt")), read(t, filepath.Join(dist, "checksums.txt.sigstore.json")))
	if !*compile {
		return
	}
	again := exec.Command("make", "-C", clone, "VERSION="+*version, "build")
	again.Env = append(os.Environ(), "GOCACHE="+t.TempDir())
	written, err = again.CombinedOutput()
	require.NoError(t, err, "%s", written)
	unpacked := unpack(t, here.archive("enmesh"))
	for _, program := range []string{"enmesh", "enmesh-fn"} {
		require.Equal(t, digest(t, filepath.Join(unpacked, program)), digest(t, filepath.Join(clone, "bin", program)), program)
	}
}

// cosign makes a folder with a program cosign, whose signatures are copies of what was signed.
func cosign(t *testing.T) string {
	t.Helper()
	const script = `#!/bin/sh -e
test "$1 $2" = "sign-blob --yes"
cp "$4" "${3#--bundle=}"
`
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "cosign"), []byte(script), 0o755))
	return folder
}

// cloneTree makes a shallow clone of the repository, with the changes that are not committed.
func cloneTree(t *testing.T, clone string) {
	t.Helper()
	folder, err := filepath.Abs(root)
	require.NoError(t, err)
	output(t, "git", "clone", "--quiet", "--depth=1", "--no-tags", "file://"+folder, clone)
	changed := output(t, "git", "-C", folder, "diff", "--name-only", "--no-renames", "-z", "HEAD")
	untracked := output(t, "git", "-C", folder, "ls-files", "--others", "--exclude-standard", "-z")
	for _, name := range strings.FieldsFunc(changed+untracked, func(r rune) bool { return r == 0 }) {
		from, to := filepath.Join(folder, name), filepath.Join(clone, name)
		info, err := os.Stat(from)
		if os.IsNotExist(err) {
			require.NoError(t, os.Remove(to))
			continue
		}
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, os.WriteFile(to, []byte(read(t, from)), info.Mode()))
	}
}
