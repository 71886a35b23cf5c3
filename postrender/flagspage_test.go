package postrender

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write FLAGS.md")

// FLAGS.md is the help of the command as a page. `make docs` writes it.
func TestFlagsPage(t *testing.T) {
	if *update {
		require.NoError(t, os.WriteFile("FLAGS.md", []byte(flagsPage()), 0o644))
	}
	require.Equal(t, flagsPage(), string(text(t, "FLAGS.md")), "stale: run `make docs`")
}

func flagsPage() string {
	cmd := newCommand(nil, nil, nil, os.Getenv)
	var b strings.Builder
	fmt.Fprintf(&b, "# The command enmesh\n\n    %s\n\n%s\n\n## Flags\n\n| flag | meaning | default |\n| --- | --- | --- |\n", cmd.Use, cmd.Long)
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		value, usage := pflag.UnquoteUsage(f)
		fallback := ""
		if f.DefValue != "false" && f.DefValue != "[]" && f.DefValue != "" {
			fallback = "`" + f.DefValue + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.TrimSpace(name+" "+value), strings.ReplaceAll(usage, "|", "\\|"), fallback)
	})
	b.WriteString("\n## Commands\n\n| command | meaning |\n| --- | --- |\n")
	cmd.InitDefaultCompletionCmd()
	for _, c := range cmd.Commands() {
		fmt.Fprintf(&b, "| `enmesh %s` | %s |\n", strings.ReplaceAll(c.Use, "|", "\\|"), c.Short)
	}
	fmt.Fprintf(&b, "\n## Examples\n\n%s\n\nThis page is generated from the code by `make docs`.\n", strings.ReplaceAll("    "+strings.ReplaceAll(strings.TrimPrefix(cmd.Example, "  "), "\n  ", "\n    "), "    \n", "\n"))
	return b.String()
}
