package terminal_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"enmesh.dev/enmesh/postrender/terminal"
)

// The bar is drawn on a terminal while the work goes on, and removed in the end.
func TestProgress(t *testing.T) {
	screen, shown := openTerminal(t)
	looks := make(chan bool)
	stop := terminal.Progress(screen, "enmesh", 0, func() (int64, int64) {
		looks <- true
		return 5, 10
	})
	<-looks
	<-looks // it is drawn between two looks
	go func() {
		for range looks {
		}
	}()
	stop()
	close(looks)
	require.NoError(t, screen.Close())
	drawn := shown()
	require.Contains(t, drawn, "enmesh")
	require.Contains(t, drawn, "50%")
	require.True(t, strings.HasSuffix(drawn, "\r"), "what is written next begins its line: %q", drawn)
	lines := strings.Split(strings.TrimRight(drawn, "\r"), "\r")
	require.Empty(t, strings.TrimSpace(lines[len(lines)-1]), "the line is blank in the end: %q", drawn)
	require.NotContains(t, drawn, "\n")
}

// Nobody looks at work that ends before the delay, or where there is no terminal.
func TestNoProgress(t *testing.T) {
	looked := func() (int64, int64) { panic("looked") }
	screen, _ := openTerminal(t)
	terminal.Progress(screen, "enmesh", 1<<62, looked)()
	var file bytes.Buffer
	terminal.Progress(&file, "enmesh", 0, looked)()
	require.Empty(t, file.String())
}

// openTerminal returns a terminal, and a function that returns what was written to it once it is closed.
func openTerminal(t *testing.T) (*os.File, func() string) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminal to be had")
	}
	t.Cleanup(func() { master.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	screen, err := os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { screen.Close() })
	return screen, func() string {
		var shown bytes.Buffer
		_, _ = shown.ReadFrom(master) // it ends with an error where the terminal is closed
		return shown.String()
	}
}
