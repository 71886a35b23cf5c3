package release

import (
	"debug/buildinfo"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// unrecognized are the modules whose licences, MIT, lack too many words for the detector, and the standard library.
var unrecognized = []string{"github.com/monochromegane/go-gitignore", "github.com/xlab/treeprint", "std"}

// An SBOM names the modules that a program is built from, as the program itself does, with their licences, and
// the version of Go.
func TestSBOM(t *testing.T) {
	released(t)
	for _, p := range platforms {
		unpacked := unpack(t, p.archive("enmesh"))
		for _, program := range []string{"enmesh", "enmesh-fn"} {
			t.Run(p.sbom(program), func(t *testing.T) {
				var sbom struct {
					Metadata struct {
						Timestamp string
						Component struct{ Name, Version string }
					}
					Components []struct {
						Name, Version string
						Licenses      []struct{ License struct{ ID string } }
					}
				}
				require.NoError(t, json.Unmarshal([]byte(read(t, filepath.Join(*dist, p.sbom(program)))), &sbom))
				require.Equal(t, "enmesh.dev/enmesh v"+*version, sbom.Metadata.Component.Name+" "+sbom.Metadata.Component.Version)
				require.Empty(t, sbom.Metadata.Timestamp, "it would differ between two builds")

				info, err := buildinfo.ReadFile(filepath.Join(unpacked, p.program(program)))
				require.NoError(t, err)
				expected := []string{"std " + info.GoVersion}
				for _, module := range info.Deps {
					expected = append(expected, module.Path+" "+module.Version)
				}
				var named []string
				for _, component := range sbom.Components {
					name := component.Name + " " + component.Version
					named = append(named, name)
					if !slices.Contains(unrecognized, component.Name) {
						require.NotEmpty(t, component.Licenses, "the licence of %s", name)
					}
				}
				require.ElementsMatch(t, expected, named)
			})
		}
	}
}
