package browser

import (
	"bytes"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// On paper are all pods, their findings and, of few pods, their diffs; the controls are not. Paper is light, also for those who read in dark.
func TestPaper(t *testing.T) {
	p := open(t, shop(t), view{dark: true})
	pdf := p.pdf()
	require.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")))
	pages := len(regexp.MustCompile(`/Type /Page\b`).FindAll(pdf, -1))
	require.GreaterOrEqual(t, pages, 4)
	require.LessOrEqual(t, pages, 20)

	p = open(t, shop(t), view{dark: true, medium: "print"})
	require.Equal(t, "rgb(255, 255, 255)", evaluate[string](p, "getComputedStyle(document.body).backgroundColor"))
	require.Zero(t, evaluate[int](p, "[...document.querySelectorAll('nav, input, select, button')].filter(e => e.checkVisibility()).length"))

	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed; on Debian: apt-get install --no-install-recommends poppler-utils")
	}
	read := exec.Command("pdftotext", "-raw", "-", "-")
	read.Stdin = bytes.NewReader(pdf)
	text, err := read.Output()
	require.NoError(t, err)
	words := regexp.MustCompile(`\s+`).ReplaceAllString(string(text), " ")
	for _, want := range []string{"The job failed, and nothing was written.", "mutual TLS required: STRICT", "shop/web", "Remedy: quote the value", "6 pods",
		"inject.istio.io/templates: 'sidecar,spire'", "kind: PeerAuthentication", "An order that is safe", "Assumptions"} {
		require.True(t, strings.Contains(words, want), "%q is not in %s", want, words)
	}
	require.False(t, strings.Contains(words, "Show all"))
}

// pdf prints the page.
func (p *tab) pdf() []byte {
	p.t.Helper()
	return value(p, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPrintBackground()))
}
