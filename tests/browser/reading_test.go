package browser

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The page renders without a message in the console and without any request, whatever the names and manifests hold, and shows no dialog.
func TestRenders(t *testing.T) {
	for name, file := range map[string]string{"mesh": mesh(t), "shop": shop(t)} {
		for _, v := range []view{{}, {dark: true}, {width: 400, height: 800}, {noScript: true}} {
			p := open(t, file, v)
			require.Contains(t, evaluate[string](p, "document.title"), "Mesh report", name)
			require.Equal(t, 1, evaluate[int](p, "document.scripts.length"))
			require.Zero(t, evaluate[int](p, "document.images.length"))
			p.requireQuiet(file)
		}
	}
}

// Nothing is wider than the screen, but what can be scrolled by itself.
func TestFitsTheScreen(t *testing.T) {
	for _, file := range []string{mesh(t), shop(t)} {
		for _, width := range []int64{400, 700, 1280} {
			p := open(t, file, view{width: width, height: 900})
			evaluate[int](p, "for (const d of document.querySelectorAll('details')) d.open = true; 0")
			require.LessOrEqual(t, evaluate[int64](p, "document.documentElement.scrollWidth"), width)
		}
	}
}

// Each text stands out from what is behind it as WCAG asks of level AA, in light and in dark, and the two differ.
func TestContrast(t *testing.T) {
	script, err := os.ReadFile("testdata/contrast.js")
	require.NoError(t, err)
	for _, file := range []string{mesh(t), shop(t)} {
		grounds := map[string]bool{}
		for _, dark := range []bool{false, true} {
			p := open(t, file, view{dark: dark})
			evaluate[int](p, "for (const d of document.querySelectorAll('details')) d.open = true; 0")
			require.Empty(t, evaluate[[]string](p, string(script)), "dark: %v", dark)
			grounds[evaluate[string](p, "getComputedStyle(document.body).backgroundColor")] = true
		}
		require.Len(t, grounds, 2)
	}
}

// Without a script, every pod can be read and there are no controls that do nothing.
func TestWithoutScript(t *testing.T) {
	file := shop(t)
	p := open(t, file, view{noScript: true})
	require.Equal(t, 6, evaluate[int](p, "document.querySelectorAll('table.pods > tbody').length"))
	require.Equal(t, 6, evaluate[int](p, "[...document.querySelectorAll('table.pods > tbody')].filter(e => e.checkVisibility()).length"))
	require.Zero(t, evaluate[int](p, "[...document.querySelectorAll('input, select, button')].filter(e => e.checkVisibility()).length"))
	for _, text := range []string{"Deployment shop/web", "spiffe://example.org/ns/shop/sa/web", "quote the value", "fails the job"} {
		require.Contains(t, p.text(), text)
	}
	require.False(t, strings.Contains(p.text(), "+        inject.istio.io/templates: 'sidecar,spire'"), "the diff is folded")
	p.click("tbody[id=pod-Deployment-shop-web] summary")
	require.Contains(t, p.text(), "+        inject.istio.io/templates: 'sidecar,spire'")
}

// A keyboard reaches the links, the filters and what unfolds.
func TestKeyboard(t *testing.T) {
	p := open(t, shop(t), view{})
	p.key("\t")
	require.Equal(t, "#content", evaluate[string](p, "document.activeElement.getAttribute('href')"))
	evaluate[int](p, "document.querySelector('#pod-Deployment-shop-web summary').focus(); 0")
	p.key("\r")
	require.True(t, evaluate[bool](p, "document.querySelector('#pod-Deployment-shop-web details').open"))
}
