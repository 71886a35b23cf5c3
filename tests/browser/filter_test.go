package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// The filters show the pods that they are about, and how many.
func TestFilters(t *testing.T) {
	file := shop(t)
	p := open(t, file, view{})
	all := []string{"web", "check", "node-exporter", "broken", "own-proxy", "<script>alert('name')</script>"}
	require.Equal(t, all, p.shown())
	require.Equal(t, "6 pods", p.count())
	for _, c := range []struct {
		name   string
		choose func()
		want   []string
		count  string
	}{
		{"text", func() { p.write("BROKEN") }, []string{"broken"}, "1 of 6 pods"},
		{"two words in any order", func() { p.write("exporter monitoring") }, []string{"node-exporter"}, "1 of 6 pods"},
		{"an identity", func() { p.write("spiffe://example.org/ns/shop/sa/") }, []string{"web", "check"}, "2 of 6 pods"},
		{"a reason", func() { p.write("HostNetwork") }, []string{"node-exporter"}, "1 of 6 pods"},
		{"nothing", func() { p.write("nothing has this") }, []string{}, "0 of 6 pods"},
		{"verdict", func() { p.choose("verdict", "Bare") }, []string{"node-exporter", "<script>alert('name')</script>"}, "2 of 6 pods"},
		{"namespace", func() { p.choose("namespace", "shop") }, []string{"web", "check", "broken"}, "3 of 6 pods"},
		{"a hostile namespace", func() { p.choose("namespace", `"><img src=x onerror=alert(1)>`) }, []string{"<script>alert('name')</script>"}, "1 of 6 pods"},
		{"error", func() { p.choose("severity", "error") }, []string{"broken"}, "1 of 6 pods"},
		{"info", func() { p.choose("severity", "info") }, []string{"broken", "own-proxy"}, "2 of 6 pods"},
		{"no finding", func() { p.choose("severity", "none") }, []string{"check", "<script>alert('name')</script>"}, "2 of 6 pods"},
		{"fails the job", func() { p.choose("severity", "fails") }, []string{"web", "node-exporter", "broken"}, "3 of 6 pods"},
		{"several", func() { p.choose("verdict", "SPIRE"); p.choose("namespace", "shop"); p.write("check") }, []string{"check"}, "1 of 6 pods"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.choose()
			require.Equal(t, c.want, p.shown())
			require.Equal(t, c.count, p.count())
			p.click("#clear")
			require.Equal(t, all, p.shown())
			require.Equal(t, "6 pods", p.count())
		})
	}
	p.click("a[data-value=Refused]")
	require.Equal(t, []string{"broken"}, p.shown(), "a tile of the first screen filters by its verdict")
	p.click("#unfold")
	require.Equal(t, 1, evaluate[int](p, "document.querySelectorAll('table.pods details[open]').length"), "only what is shown unfolds")
	p.requireQuiet(file)
}

// A pod without a namespace has a choice of its own.
func TestNoNamespace(t *testing.T) {
	p := open(t, mesh(t), view{})
	p.choose("namespace", "-")
	require.Equal(t, []string{"myapi", "myclient"}, p.shown())
	require.Equal(t, "2 of 3 pods", p.count())
}

// A link to a pod, to its diff or to a finding shows it, also where it was folded or filtered out.
func TestAnchors(t *testing.T) {
	file := shop(t)
	p := open(t, file+"#pod-Deployment-shop-broken", view{})
	require.True(t, evaluate[bool](p, "document.querySelector('#pod-Deployment-shop-broken details').open"))
	p.wait("document.getElementById('pod-Deployment-shop-broken').getBoundingClientRect().top < innerHeight")
	require.False(t, evaluate[bool](p, "document.querySelector('#pod-Deployment-shop-web details').open"))

	p = open(t, file, view{})
	p.choose("verdict", "Bare")
	p.click("#changes a[href='#diff-1']")
	p.wait("document.getElementById('diff-1').checkVisibility()")
	require.Equal(t, "6 pods", p.count())
	p.click("#pods a[href='#finding-NotAString']")
	p.wait("document.getElementById('finding-NotAString').getBoundingClientRect().top >= 0")
	p.requireQuiet(file)
}

// shown are the names of the pods that can be seen.
func (p *tab) shown() []string {
	p.t.Helper()
	return evaluate[[]string](p, `[...document.querySelectorAll("table.pods > tbody")].filter(e => e.checkVisibility())
		.map(e => e.querySelector("th").lastChild.textContent).map(n => n.slice(n.startsWith('"') ? n.indexOf(">/") + 2 : n.indexOf("/") + 1))`)
}

func (p *tab) count() string {
	p.t.Helper()
	return evaluate[string](p, "document.getElementById('shown').textContent")
}

func (p *tab) write(text string) {
	p.t.Helper()
	p.do(chromedp.SendKeys("#filter-text", text))
}

func (p *tab) choose(filter, value string) {
	p.t.Helper()
	require.True(p.t, evaluate[bool](p, "(() => { const s = document.getElementById('filter-"+filter+"'); s.value = "+quote(value)+
		"; s.dispatchEvent(new Event('change', {bubbles: true})); return s.selectedIndex > 0 })()"))
}
