package page

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report/diff"
)

// change is what changes in one object.
type change struct {
	anchor string
	title  string
	pod    int // an index in the report's pods, or -1
	part   diff.Part
}

// changes are all changes, by stream, and those of each pod.
type changes struct {
	files []changedFile
	ofPod map[int]*change
	count int
}

type changedFile struct {
	name    string
	changes []*change
}

// start is where an object starts in a stream.
type start struct {
	line  int
	title string
	pods  []int // those in it
}

// changesByObject finds what changes in each object.
func (p *page) changesByObject() changes {
	all := changes{ofPod: map[int]*change{}}
	starts := p.starts()
	for _, e := range p.Edits() {
		if len(e.List) == 0 {
			continue
		}
		file := changedFile{name: e.Stream.Name}
		objects := starts[e.Stream.Name]
		var at []int
		for _, o := range objects {
			at = append(at, o.line)
		}
		for part := range diff.Parts(e, at) {
			c := &change{title: "above the first object", pod: -1, part: part}
			var pods []int
			if part.Object >= 0 {
				c.title, pods = objects[part.Object].title, objects[part.Object].pods
			}
			all.count++
			c.anchor = "diff-" + strconv.Itoa(all.count)
			if len(pods) > 0 {
				c.pod = pods[0]
			}
			for _, i := range pods {
				all.ofPod[i] = c
			}
			file.changes = append(file.changes, c)
		}
		all.files = append(all.files, file)
	}
	return all
}

// starts are the objects that may change, by stream, in order and each line once.
func (p *page) starts() map[string][]start {
	all := map[string][]start{}
	for i := range p.Pods {
		pod := &p.Pods[i]
		all[pod.Place.Stream] = append(all[pod.Place.Stream], start{pod.Place.Line, pod.Resource.String(), []int{i}})
	}
	for _, o := range p.Objects {
		if o.Outcome == outcome.Patched || o.Outcome == outcome.Removed {
			all[o.Place.Stream] = append(all[o.Place.Stream], start{o.Place.Line, o.Resource.String(), nil})
		}
	}
	for stream, list := range all {
		slices.SortStableFunc(list, func(a, b start) int { return cmp.Compare(a.line, b.line) })
		var merged []start
		for _, s := range list {
			if n := len(merged); n > 0 && merged[n-1].line == s.line {
				merged[n-1].pods = append(merged[n-1].pods, s.pods...)
				if s.title != merged[n-1].title {
					merged[n-1].title += ", " + s.title
				}
				continue
			}
			merged = append(merged, s)
		}
		all[stream] = merged
	}
	return all
}

// maxUnfolded is how many changes the list shows without being unfolded.
const maxUnfolded = 20

// changeList lists the objects that change. The diff of a pod is with the pod.
func (p *page) changeList() []g.Node {
	if p.out() && len(p.changes.files) == 0 {
		return []g.Node{el("p", word("No manifest changes."))}
	}
	added, removed := 0, 0
	for _, f := range p.changes.files {
		for _, c := range f.changes {
			added, removed = added+c.part.Count(diff.Added), removed+c.part.Count(diff.Removed)
		}
	}
	nodes := []g.Node{el("p", word("Lines of the manifests that enmesh adds and removes, by object:"), lineCounts(added, removed))}
	for _, f := range p.changes.files {
		nodes = append(nodes, el("details", class("file"), g.If(p.changes.count <= maxUnfolded, flag("open")),
			el("summary", code(f.name), el("span", class("count"), word(count(len(f.changes), "object", "objects")))),
			el("ul", class("changes"), g.Map(f.changes, func(c *change) g.Node { return later(func() g.Node { return p.listed(c) }) }))))
	}
	return nodes
}

func (p *page) listed(c *change) g.Node {
	switch {
	case c.pod < 0:
		return el("li", el("details", el("summary", text(c.title), word(" "), c.counts()), c.node()))
	case p.brief:
		return el("li", p.podLink(c.pod), word(" "), c.counts())
	}
	return el("li", el("a", href("#"+c.anchor), text(c.title)), word(" "), c.counts())
}

// out says whether the job got as far as to an outcome.
func (p *page) out() bool { return p.Edits() != nil }

// podChange is the diff of a pod's object. Of several pods in one object, the first has it.
func (p *page) podChange(i int) g.Node {
	c := p.changes.ofPod[i]
	switch {
	case c == nil || p.brief:
		return nil
	case c.pod != i:
		return g.Group{el("h4", word("Diff")), el("p", word("It is with "), p.podLink(c.pod), word("."))}
	}
	return g.Group{el("h4", word("Diff "), c.counts()), c.node()}
}

func (c *change) counts() g.Node {
	return lineCounts(c.part.Count(diff.Added), c.part.Count(diff.Removed))
}

// lineCounts says how many lines are added and removed.
func lineCounts(added, removed int) g.Node {
	return el("span", class("count"), g.If(added > 0, el("span", class("added"), wordf("+%d", added))), g.If(removed > 0, el("span", class("removed"), g.Textf(" −%d", removed))))
}

// node is the diff. The first character of a line says what becomes of it, as in a unified diff.
func (c *change) node() g.Node {
	var runs []g.Node
	for _, hunk := range c.part.Hunks {
		runs = append(runs, el("span", class("hunk"), wordf("line %d\n", hunk.Line)))
		for lines := hunk.Lines; len(lines) > 0; {
			n := slices.IndexFunc(lines, func(line diff.Line) bool { return line.Mark != lines[0].Mark })
			if n < 0 {
				n = len(lines)
			}
			runs = append(runs, run(lines[:n]))
			lines = lines[n:]
		}
	}
	return el("pre", id(c.anchor), attr("tabindex", "0"), g.Group(runs))
}

// run shows lines with the same mark.
func run(lines []diff.Line) g.Node {
	var b strings.Builder
	for _, line := range lines {
		content, ended := bytes.CutSuffix(line.Text, []byte("\n"))
		b.WriteByte(byte(line.Mark))
		b.WriteString(cleanLine(string(content)))
		b.WriteByte('\n')
		if !ended {
			b.WriteString("\\ No newline at end of file\n")
		}
	}
	switch lines[0].Mark {
	case diff.Added:
		return el("ins", word(b.String()))
	case diff.Removed:
		return el("del", word(b.String()))
	}
	return word(b.String())
}
