package page

import (
	g "maragu.dev/gomponents"

	"enmesh.dev/enmesh/fn/outcome"
)

// concern is something to look at first, with all the objects that it is about.
type concern struct {
	about g.Node
	names []g.Node
}

// concerns are in the order in which they come first.
type concerns struct {
	list []concern
	at   map[string]int
}

func (c *concerns) add(key string, about func() g.Node, name g.Node) {
	n, found := c.at[key]
	if !found {
		n, c.at[key] = len(c.list), len(c.list)
		c.list = append(c.list, concern{about: about()})
	}
	if name != nil {
		c.list[n].names = append(c.list[n].names, name)
	}
}

// attention lists what fails the job or, if nothing does, which selected pods get no identity from SPIRE.
func (p *page) attention() g.Node {
	title, shown := "What fails the job", p.failing()
	if len(shown.list) == 0 {
		title, shown = "Selected, and without an identity from SPIRE", p.outsiders()
	}
	if len(shown.list) == 0 {
		return nil
	}
	return el("div", class("attention"), el("h2", word(title)), el("ul", g.Map(shown.list, func(c concern) g.Node {
		return el("li", c.about, g.If(c.names != nil, firstOf(3, "", c.names)))
	})))
}

// failing are the decisions and findings that fail the job, by what they say.
func (p *page) failing() concerns {
	all := concerns{at: map[string]int{}}
	index := map[*outcome.Pod]int{}
	for i := range p.Pods {
		index[&p.Pods[i]] = i
	}
	for r := range p.Results() {
		if !r.Fails {
			continue
		}
		key, about := r.Message, func() g.Node { return text(r.Message) }
		if r.IsFinding {
			key, about = string(r.Reason)+" "+key, func() g.Node {
				return g.Group{severityMark(r.Severity), word(" "), p.reasonLink(r.Reason), text(": " + r.Message)}
			}
		}
		var name g.Node
		if r.Pod != nil {
			name = p.podLink(index[r.Pod])
		} else if r.Resource.Kind != "" {
			name = text(r.Resource.String())
		}
		all.add(key, about, name)
	}
	return all
}

// outsiders are the selected pods without an identity from SPIRE, by verdict and reason.
func (p *page) outsiders() concerns {
	all := concerns{at: map[string]int{}}
	for _, i := range p.outside() {
		pod := &p.Pods[i]
		all.add(string(pod.Verdict)+" "+string(pod.VerdictReason), func() g.Node {
			return g.Group{verdictMark(pod.Verdict), word(" because of "), p.reasonLink(pod.VerdictReason)}
		}, p.podLink(i))
	}
	return all
}
