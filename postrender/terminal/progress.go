package terminal

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"
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
	start, drawn := time.Now(), 0
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for {
		if done, total := position(); total > 0 {
			text := bar(what, min(done, total), total, time.Since(start), width(stream))
			length := utf8.RuneCountInString(text)
			fmt.Fprint(stream, "\r", text, strings.Repeat(" ", max(0, drawn-length)))
			drawn = length
		}
		select {
		case <-ended:
			fmt.Fprint(stream, "\r", strings.Repeat(" ", drawn), "\r")
			return
		case <-ticks.C:
		}
	}
}

// width is the number of columns that a line may have so that the terminal does not break it.
func width(stream io.Writer) int {
	columns := 80
	if file, ok := stream.(*os.File); ok {
		if found, _, err := term.GetSize(int(file.Fd())); err == nil && found > 0 {
			columns = found
		}
	}
	return columns - 1
}

// bar is the line for a position, with the time that passed and, from that, the time that is left:
//
//	enmesh  50% |██████████          | 5/10 [3s, 3s left]
func bar(what string, done, total int64, passed time.Duration, width int) string {
	times := passed.Round(time.Second).String()
	if done > 0 {
		left := time.Duration(float64(passed) * float64(total-done) / float64(done))
		times += ", " + left.Round(time.Second).String() + " left"
	}
	before := fmt.Sprintf("%s %3d%% |", what, 100*done/total)
	after := fmt.Sprintf("| %d/%d [%s]", done, total, times)
	cells := max(0, width-utf8.RuneCountInString(before)-len(after))
	full := int(int64(cells) * done / total)
	line := []rune(before + strings.Repeat("█", full) + strings.Repeat(" ", cells-full) + after)
	return string(line[:min(len(line), width)])
}
