package version

import (
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A release build sets the version. The linker ignores a name that does not exist, so the name in the Makefile is tested.
func TestRelease(t *testing.T) {
	require.NotEmpty(t, String())
	release = "1.2.3"
	t.Cleanup(func() { release = "" })
	require.Equal(t, "1.2.3", String())

	name := runtime.FuncForPC(reflect.ValueOf(String).Pointer()).Name()
	makefile, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	require.Contains(t, string(makefile), " -X "+strings.TrimSuffix(name, "String")+"release=$(VERSION)")
}
