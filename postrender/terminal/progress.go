package terminal

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Progress shows a bar on a terminal while something that takes longer than a delay is done. Call the function that it returns when
// that is done, whether or not the bar was shown: it removes the bar. It shows nothing where the stream is not a terminal.
//
// The position function says how much is done, and of how much; it is called from another goroutine.
func Progress(stream io.Writer, what string, delay time.Duration, position func() (done, total int64)) (stop func()) {
	if !Is(stream) {
		return func() {}
	}
	ended, removed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(removed)
		select {
		case <-ended:
			return
		case <-time.After(delay):
		}
		show(stream, what, position, ended)
	}()
	return func() {
		close(ended)
		<-removed
	}
}

// interval is the time between two looks at the position.
const interval = 100 * time.Millisecond

// show draws the bar until the channel is closed, and removes it.
func show(stream io.Writer, what string, position func() (done, total int64), ended <-chan struct{}) {
	bar := progressbar.NewOptions64(-1, progressbar.OptionSetWriter(stream), progressbar.OptionSetDescription(what),
		progressbar.OptionClearOnFinish(), progressbar.OptionFullWidth(), progressbar.OptionShowCount())
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for {
		if done, total := position(); total > 0 {
			if total != bar.GetMax64() {
				bar.ChangeMax64(total)
			}
			_ = bar.Set64(min(done, total-1)) // a full bar would end its line
		}
		select {
		case <-ended:
			_ = bar.Finish()
			_ = bar.Clear()
			return
		case <-ticks.C:
		}
	}
}
