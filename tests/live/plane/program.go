package plane

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// program is a program that runs until the test ends.
type program struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}
}

// Tool returns the path of a program that the Makefile builds in bin. It skips the test if the program is missing.
func Tool(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../../bin", name))
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("there is no bin/%s: make test-live builds it", name)
	}
	return path
}

// start starts a program in a folder of its own. The program ends with the test. If the test fails, the last lines of the program
// are shown.
func (p *Plane) start(t *testing.T, name string, env []string, args ...string) *program {
	t.Helper()
	path := name
	if !filepath.IsAbs(name) {
		path = Tool(t, name)
	}
	name = filepath.Base(name)
	log, err := os.Create(filepath.Join(p.Dir, name+".log"))
	require.NoError(t, err)
	defer log.Close()
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.Dir, log, log
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = endsWithParent()
	require.NoError(t, cmd.Start())
	running := &program{name, log.Name(), cmd, make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(running.done)
	}()
	t.Cleanup(func() {
		running.stop()
		if t.Failed() {
			t.Logf("the last lines of %s:\n%s", name, running.lastLines(15))
		}
	})
	return running
}

// stop asks the program to end, and makes it.
func (r *program) stop() {
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-r.done:
	case <-time.After(5 * time.Second):
		_ = r.cmd.Process.Kill()
		<-r.done
	}
}

// lastLines returns the end of the program's log.
func (r *program) lastLines(count int) string {
	text, err := os.ReadFile(r.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}

// await waits until a condition holds, and fails the test if it does not within a minute or if the program has ended.
func (r *program) await(t *testing.T, what string, condition func() error) {
	t.Helper()
	Await(t, what, time.Minute, func() error {
		select {
		case <-r.done:
			t.Fatalf("%s has ended:\n%s", r.name, r.lastLines(15))
		default:
		}
		return condition()
	})
}

// Await waits until a condition holds, and fails the test if it does not in time.
func Await(t *testing.T, what string, limit time.Duration, condition func() error) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		err := condition()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			require.NoError(t, err, "%s: not within %v", what, limit)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// freePorts returns ports of the loopback device on which nobody listens.
func freePorts(t *testing.T, count int) []int {
	t.Helper()
	var ports []int
	for range count {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func local(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// write writes a file in the plane's folder, and returns its path.
func (p *Plane) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(p.Dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
