package browser

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Writes pictures of given reports to a folder, to be looked at: LOOK=folder go test -run TestLook ./... It tests nothing, and is not a
// part of the tests.
func TestLook(t *testing.T) {
	folder := os.Getenv("LOOK")
	if folder == "" {
		t.Skip("LOOK names no folder for pictures")
	}
	for _, file := range filepath.SplitList(os.Getenv("REPORTS")) {
		name := filepath.Base(file)
		for _, v := range []struct {
			suffix string
			view
			script string
			full   bool
		}{
			{"-light", view{width: 1280, height: 1500}, "", false},
			{"-dark", view{width: 1280, height: 1500, dark: true}, "", false},
			{"-narrow", view{width: 400, height: 2200}, "", false},
			{"-pods", view{width: 1280, height: 1500}, "document.getElementById('pods').scrollIntoView(); document.querySelectorAll('table.pods details')[0].open = true; document.querySelectorAll('table.pods > tbody:has(.found) details, table.pods details')[0].open = true", false},
			{"-pods-dark", view{width: 1280, height: 1500, dark: true}, "document.getElementById('pods').scrollIntoView(); document.querySelectorAll('table.pods > tbody:has(.found) details, table.pods details')[0].open = true", false},
			{"-pods-narrow", view{width: 400, height: 1800}, "document.getElementById('pods').scrollIntoView(); document.querySelectorAll('table.pods > tbody:has(.found) details, table.pods details')[0].open = true", false},
			{"-findings", view{width: 1280, height: 1500}, "document.getElementById('findings')?.scrollIntoView()", false},
			{"-rest", view{width: 1280, height: 1500, dark: true}, "document.getElementById('changes').scrollIntoView(); for (const d of document.querySelectorAll('#changes details')) d.open = true", false},
		} {
			p := open(t, file, v.view)
			if v.script != "" {
				evaluate[any](p, v.script+"; 0")
			}
			require.NoError(t, os.WriteFile(filepath.Join(folder, name+v.suffix+".png"), value(p, chromedp.CaptureScreenshot()), 0o644))
		}
		p := open(t, file, view{})
		require.NoError(t, os.WriteFile(filepath.Join(folder, name+".pdf"), p.pdf(), 0o644))
	}
}
