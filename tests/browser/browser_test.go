// Package browser opens the HTML report in a real browser, Debian's Chromium.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

var (
	enmesh  string          // the program
	browser context.Context // nil if there is no Chromium
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	enmesh = filepath.Join(dir, "enmesh")
	build := exec.Command("go", "build", "-C", "../..", "-trimpath", "-buildvcs=false", "-ldflags", "-X enmesh.dev/enmesh/fn/version.release=0.1.0",
		"-o", enmesh, "./postrender/enmesh")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Println(string(out))
		return 1
	}
	program, err := exec.LookPath("chromium")
	if err != nil {
		return m.Run()
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.NoSandbox, // the tests may run as root, and open their own pages only
		chromedp.WSURLReadTimeout(2*time.Minute), chromedp.Flag("font-render-hinting", "none"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	var quit context.CancelFunc
	browser, quit = chromedp.NewContext(allocator)
	defer quit()
	if err := chromedp.Do(browser); err != nil {
		fmt.Println("Chromium does not start:", err)
		return 1
	}
	return m.Run()
}

// tab is a page of the browser.
type tab struct {
	context.Context
	t *testing.T

	mutex    sync.Mutex
	messages []string // of the console, exceptions, violations of the page's policy
	requests []string
}

// view is how a page is looked at.
type view struct {
	width, height int64
	dark          bool
	noScript      bool
	medium        string // print, or "" for a screen
}

// open opens a report.
func open(t *testing.T, file string, v view) *tab {
	t.Helper()
	if browser == nil {
		t.Skip("chromium is not installed; on Debian: apt-get install --no-install-recommends chromium fonts-dejavu-core")
	}
	ctx, closeTab := chromedp.NewContext(browser)
	t.Cleanup(closeTab)
	ctx, stop := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(stop)
	p := &tab{Context: ctx, t: t}
	scheme := "light"
	if v.dark {
		scheme = "dark"
	}
	if v.width == 0 {
		v.width, v.height = 1280, 900
	}
	p.do() // opens the tab
	require.NoError(t, chromedp.Listen(ctx, p.listen))
	command(p, network.Enable, network.EnableParams{})
	command(p, log.Enable, cdp.Empty{})
	command(p, runtime.Enable, cdp.Empty{})
	command(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.noScript})
	command(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: v.medium,
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	p.do(chromedp.EmulateViewport(v.width, v.height), chromedp.Navigate("file://"+file))
	return p
}

// command gives the browser a command about the page.
func command[P, R any](p *tab, c cdp.Command[P, R], params P) {
	p.t.Helper()
	_, err := chromedp.Call(p, c, params)
	require.NoError(p.t, err)
}

func (p *tab) listen(event any) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		p.messages = append(p.messages, fmt.Sprint(e.Type, e.Args))
	case *runtime.EventExceptionThrown:
		p.messages = append(p.messages, fmt.Sprint(e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *log.EventEntryAdded:
		p.messages = append(p.messages, e.Entry.Text)
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	}
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p, actions...))
}

// value is what an action gives.
func value[T any](p *tab, action chromedp.Action[T]) T {
	p.t.Helper()
	v, err := chromedp.Run(p, action)
	require.NoError(p.t, err)
	return v
}

// evaluate is what an expression gives in the page.
func evaluate[T any](p *tab, expression string) T {
	p.t.Helper()
	return value(p, chromedp.Evaluate[T](expression))
}

// requireQuiet: the page asked for nothing but itself, and nothing was logged.
func (p *tab) requireQuiet(file string) {
	p.t.Helper()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	require.Empty(p.t, p.messages)
	for _, url := range p.requests {
		require.True(p.t, url == "file://"+file || strings.HasPrefix(url, "data:"), url)
	}
}

// report runs enmesh and returns the report.
func report(t *testing.T, dir string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	cmd := exec.Command(enmesh, append([]string{"--quiet", "--report", file}, args...)...)
	cmd.Dir = dir
	_ = cmd.Run() // a check that fails writes its report as well
	require.FileExists(t, file)
	return file
}

// mesh is the report of the example.
func mesh(t *testing.T) string {
	dir, err := filepath.Abs("../../examples/mesh")
	require.NoError(t, err)
	files, err := filepath.Glob(dir + "/manifests/*.yaml")
	require.NoError(t, err)
	for i, file := range files {
		files[i], err = filepath.Rel(dir, file)
		require.NoError(t, err)
	}
	return report(t, dir, append([]string{"--config", "enmesh.yaml"}, files...)...)
}

// shop is the report of a check that fails, of pods with all verdicts.
func shop(t *testing.T) string {
	dir, err := filepath.Abs("testdata")
	require.NoError(t, err)
	return report(t, dir, "--all", "--strict", "--trust-domain", "example.org", "--peer-authentication", "STRICT", "shop.yaml")
}

// text is what can be read on the page.
func (p *tab) text() string {
	p.t.Helper()
	return evaluate[string](p, "document.body.innerText")
}

// click clicks on the first element that a CSS selector names.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(selector))
}

// wait waits until an expression is true in the page.
func (p *tab) wait(expression string) {
	p.t.Helper()
	value(p, chromedp.Poll[bool](expression))
}

// key presses a key.
func (p *tab) key(key string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(key))
}

// quote is a text as JavaScript has it.
func quote(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}
