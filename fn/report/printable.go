package report

import (
	"strconv"
	"strings"
	"unicode"
)

// Printable makes text safe for a terminal: it spells out control characters, with which a name in a manifest could move the cursor or
// change colours.
func Printable(text string) string {
	if strings.IndexFunc(text, isControl) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if isControl(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isControl says whether a character does something other than to be seen: control characters, and those that turn the direction of text.
func isControl(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}
