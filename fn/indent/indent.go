// Package indent measures how far a line is indented. More than half of what charts render is indentation, so this counts.
package indent

import "encoding/binary"

const eightSpaces = 0x2020202020202020

// Of returns how many spaces a line begins with.
func Of(line []byte) int {
	at := 0
	for at+8 <= len(line) && binary.LittleEndian.Uint64(line[at:]) == eightSpaces {
		at += 8
	}
	for at < len(line) && line[at] == ' ' {
		at++
	}
	return at
}
