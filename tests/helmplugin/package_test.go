package helmplugin

import (
	"crypto"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/stretchr/testify/require"
)

// released is the version of the Makefile, for all platforms. next is a later one, for this platform only: it is installed faster.
const (
	released = "0.1.0"
	next     = "0.2.0"
)

// keys are files: the publisher's key, the passphrase that locks it, and its public half.
type keys struct{ private, passphrase, public string }

// packages are what `make plugin-package` made: the archives of both versions, and the keys that signed them.
type packages struct {
	dir string
	keys
}

var built struct {
	sync.Once
	packages
}

// newPackages returns a copy of the packages, so that the folder in which they were built is gone when they are installed.
func newPackages(t *testing.T) packages {
	t.Helper()
	helm := tool(t, "helm4")
	built.Do(func() {
		dir, err := os.MkdirTemp("", "helmplugin")
		require.NoError(t, err)
		temporary = dir
		p := packages{filepath.Join(dir, "archives"), newKeys(t, dir, "enmesh")}
		for version, platforms := range map[string]string{released: "", next: runtime.GOOS + "-" + runtime.GOARCH} {
			build := filepath.Join(dir, "build")
			args := []string{"-C", "../..", "plugin-package", "HELM=" + helm, "PLUGINS=" + build, "KEY=enmesh", "KEYRING=" + p.private, "PASSPHRASE_FILE=" + p.passphrase}
			if version != released { // the Makefile's own values otherwise
				args = append(args, "VERSION="+version, "PLATFORMS="+platforms)
			}
			text, err := exec.Command("make", args...).CombinedOutput()
			require.NoError(t, err, string(text))
			copyArchives(t, build, p.dir)
			require.NoError(t, os.RemoveAll(build))
		}
		built.packages = p
	})
	if built.dir == "" {
		t.Fatal("the packages are not built: see the first test that failed")
	}
	to := t.TempDir()
	copyArchives(t, built.dir, to)
	return packages{to, built.keys}
}

// temporary is removed after the tests.
var temporary string

func TestMain(m *testing.M) {
	status := m.Run()
	os.RemoveAll(temporary)
	os.Exit(status)
}

func (p packages) archive(plugin, version string) string {
	return filepath.Join(p.dir, plugin+"-"+version+".tgz")
}

// newKeys makes a throw-away key. It is locked, as a publisher's is.
func newKeys(t *testing.T, dir, name string) keys {
	t.Helper()
	entity, err := openpgp.NewEntity(name, "", name+"@example.org", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, DefaultHash: crypto.SHA256})
	require.NoError(t, err)
	write := func(name string, serialize func(io.Writer) error) string {
		file, err := os.Create(filepath.Join(dir, name))
		require.NoError(t, err)
		require.NoError(t, serialize(file))
		require.NoError(t, file.Close())
		return file.Name()
	}
	public := write(name+".gpg", entity.Serialize)
	require.NoError(t, entity.EncryptPrivateKeys([]byte("a passphrase"), nil))
	return keys{
		private:    write(name+"-private.gpg", func(w io.Writer) error { return entity.SerializePrivateWithoutSigning(w, nil) }),
		passphrase: write("passphrase", func(w io.Writer) error { _, err := io.WriteString(w, "a passphrase\n"); return err }),
		public:     public,
	}
}

// copyArchives copies the archives and their signatures.
func copyArchives(t *testing.T, from, to string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(from, "*.tgz*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	require.NoError(t, os.MkdirAll(to, 0o755))
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(to, filepath.Base(file)), text, 0o644))
	}
}
