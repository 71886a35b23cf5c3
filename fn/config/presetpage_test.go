package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/config"
)

// CONFIGURATION.md shows the presets as they are.
func TestPresetsPage(t *testing.T) {
	page, err := os.ReadFile("CONFIGURATION.md")
	require.NoError(t, err)
	_, rows, found := strings.Cut(string(page), "| preset | choices of |")
	require.True(t, found)
	_, rows, _ = strings.Cut(rows, "--- |\n")
	rows, _, _ = strings.Cut(rows, "\n\n")
	var want []string
	for _, p := range config.Presets() {
		row := fmt.Sprintf("| `%s` | %s |", p.Name, p.Of)
		for _, value := range []string{p.IdentityLabelKey, strings.Join(p.Sidecar, ","), strings.Join(p.Gateway, ","), p.SocketFile, p.ClassName} {
			if value != "" {
				row += " `" + value + "` |"
			} else {
				row += "  |"
			}
		}
		want = append(want, row)
	}
	require.Equal(t, strings.Join(want, "\n"), rows)
}
