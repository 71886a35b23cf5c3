package fn_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// linked are the modules of others that the programs link. A Helm post-renderer starts for each release, and a KRM function for each
// build, so one more costs every user time and space: measure both (see CONTRIBUTING.md) before you add it here.
var linked = []string{
	"github.com/spf13/cobra", // the command line
	"github.com/spf13/pflag",
	"go.yaml.in/yaml/v2", // sigs.k8s.io/yaml
	"go.yaml.in/yaml/v3",
	"golang.org/x/sys",
	"golang.org/x/term",
	"k8s.io/apimachinery",     // label selectors, and the rules for names
	"github.com/go-logr/logr", // label selectors
	"k8s.io/klog/v2",
	"k8s.io/utils",
	"maragu.dev/gomponents", // the HTML report
	"sigs.k8s.io/json",      // strict decoding
	"sigs.k8s.io/yaml",      // YAML as Kubernetes reads and writes it
}

// heavy are packages that a filter of text does not need, and what brought them in once.
var heavy = []string{
	"net/http", "crypto/tls", // a progress bar
	"go/ast", "encoding/gob", "encoding/asn1",
	"k8s.io/apimachinery/pkg/apis", "k8s.io/apimachinery/pkg/runtime", // the types of objects
	"k8s.io/apimachinery/pkg/api/resource", // quantities
	"k8s.io/apimachinery/pkg/util/version",
}

func TestDependencies(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{with .Module}}{{.Path}}{{end}}", "./postrender/enmesh", "./krm/enmesh-fn")
	list.Dir = ".."
	list.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64")
	out, err := list.Output()
	require.NoError(t, err)
	modules := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		path, module, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, prefix := range heavy {
			require.False(t, path == prefix || strings.HasPrefix(path, prefix+"/"), "the programs link %s", path)
		}
		if module != "" && module != "enmesh.dev/enmesh" {
			require.True(t, slices.Contains(linked, module), "the programs link %s, by %s", module, path)
			modules[module] = true
		}
	}
	require.Len(t, modules, len(linked), "a module is not linked any more")
}
