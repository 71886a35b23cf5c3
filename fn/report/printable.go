package report

import (
	"strconv"
	"strings"
	"unicode"
)

// Printable makes text safe for a terminal: it spells out control characters, with which a name in a manifest could move the cursor or
// change colours.
func Printable(text string) string {
	if isPlain(text) || strings.IndexFunc(text, isControl) < 0 {
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

// isPlain says whether a text is nothing but visible ASCII and spaces, as most are.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// isControl says whether a character does something other than to be seen: control characters, and those that turn the direction of text.
func isControl(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}
