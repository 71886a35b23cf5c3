// Package page shows a report as one HTML page for people. It is complete in itself: it loads nothing, and needs no script to be read.
//
// In: a [report.Report]. Out: by [HTML], the page. The same report gives the same bytes.
//
// The page has the sections of the Markdown, and more: all that the report says of each pod, and the diff of each object that changes. Names,
// messages and manifests are not trusted: they reach the page by text and attribute only, which escape them. A policy in the page allows
// its own style and script, and nothing else.
//
// Start reading at HTML. Each section has a file of its own.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"

	g "maragu.dev/gomponents"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// Start is how each page starts, and no other file does.
const Start = "<!doctype html>\n<!-- " + config.APIVersion + " " + report.Kind + " -->\n"

//go:embed style.css
var style string

// script filters the pods, and opens what a link points at.
//
//go:embed script.js
var script string

// page is a report with what its sections share.
type page struct {
	report.Report
	anchors anchors
	pods    []string // the anchor of each pod
	found   []report.Found
	reasons map[outcome.Reason]string // the anchor of the first findings with the reason
	changes changes
	brief   bool // there are too many pods to show all of each
}

// maxDetailed is how many pods a page shows in every detail. Beyond, a browser would get slow.
const maxDetailed = 2000

// HTML returns the page.
func HTML(r report.Report) ([]byte, error) {
	p := page{Report: r, anchors: anchors{}, found: r.Found(), reasons: map[outcome.Reason]string{}, brief: len(r.Pods) > maxDetailed}
	for i := range r.Pods {
		p.pods = append(p.pods, p.anchors.unique("pod", podName(&r.Pods[i])))
	}
	for _, f := range p.found {
		if p.reasons[f.Reason] == "" {
			p.reasons[f.Reason] = p.anchors.unique("finding", string(f.Reason))
		}
	}
	p.changes = p.changesByObject()
	var b bytes.Buffer
	b.WriteString(Start)
	err := p.html().Render(&b)
	b.WriteByte('\n')
	return b.Bytes(), err
}

func (p *page) html() g.Node {
	sections := p.sections()
	size := "many"
	if len(p.Pods) <= 20 {
		size = "few" // on paper, all of each pod is shown
	}
	return el("html", attr("lang", "en"),
		el("head",
			el("meta", attr("charset", "utf-8")),
			el("title", text("Mesh report: "+p.headline())),
			el("meta", attr("name", "viewport"), attr("content", "width=device-width, initial-scale=1")),
			el("meta", attr("name", "color-scheme"), attr("content", "light dark")),
			el("meta", attr("http-equiv", "Content-Security-Policy"), attr("content", "default-src 'none'; style-src "+hash(style)+
				"; script-src "+hash(script)+"; img-src data:; base-uri 'none'; form-action 'none'")),
			el("link", attr("rel", "icon"), href("data:,")), // else a browser asks the server for one
			el("style", g.Raw(style)),
		),
		el("body", class(size),
			symbols(),
			el("a", class("skip"), href("#content"), word("Skip to the content")),
			p.header(),
			navigation(sections),
			el("main", id("content"), g.Map(sections, section.node)),
			el("script", g.Raw(script)),
		),
	)
}

// hash is how a Content-Security-Policy names a style or a script.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// section is one part of the page, with a heading.
type section struct {
	id, title string
	content   []g.Node
}

// sections lists those that have something to show.
func (p *page) sections() []section {
	all := []section{
		{"reach", "Who reaches whom", p.reach()},
		{"pods", "Pods", p.podTable()},
		{"findings", "Findings", p.findings()},
		{"order", "An order that is safe", p.order()},
		{"objects", "Other objects", p.objects()},
		{"changes", "Changes", p.changeList()},
		{"assumptions", "Assumptions", p.assumptions()},
	}
	var shown []section
	for _, s := range all {
		if len(s.content) > 0 {
			shown = append(shown, s)
		}
	}
	return shown
}

func (s section) node() g.Node {
	return el("section", id(s.id), attr("aria-labelledby", s.id+"-title"), el("h2", id(s.id+"-title"), word(s.title)), g.Group(s.content))
}

func navigation(sections []section) g.Node {
	return el("nav", attr("aria-label", "Sections"), el("ul", g.Map(sections, func(s section) g.Node {
		return el("li", el("a", href("#"+s.id), word(s.title)))
	})))
}
