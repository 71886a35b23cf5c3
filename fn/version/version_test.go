package version

import (
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A release build sets the version. The linker ignores a name that does not exist, so the names in the files that say how to
// build are tested.
func TestRelease(t *testing.T) {
	require.NotEmpty(t, String())
	release = "1.2.3"
	t.Cleanup(func() { release = "" })
	require.Equal(t, "1.2.3", String())

	name := runtime.FuncForPC(reflect.ValueOf(String).Pointer()).Name()
	for file, value := range map[string]string{"../../Makefile": "$(VERSION)", "../../.goreleaser.yaml": "{{ .Version }}"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, string(text), " -X "+strings.TrimSuffix(name, "String")+"release="+value)
	}
}
