package fn

import "sync/atomic"

// Progress says how far a call of a [Transformer] is. It may be read while the call runs. A nil Progress counts nothing.
type Progress struct{ done, total atomic.Int64 }

// Documents returns how many documents are decided about, and of how many. The total is 0 until the documents are found.
func (p *Progress) Documents() (done, total int64) { return p.done.Load(), p.total.Load() }

func (p *Progress) start(total int) {
	if p != nil {
		p.done.Store(0)
		p.total.Store(int64(total))
	}
}

func (p *Progress) add() {
	if p != nil {
		p.done.Add(1)
	}
}

// WithProgress returns a transformer that does the same, and says how far it is.
func (t *Transformer) WithProgress(p *Progress) *Transformer {
	with := *t
	with.progress = p
	return &with
}
