// Package pattern compiles regular expressions when they are first used. A package has them as variables, and most runs use few of
// them; to compile them all takes longer than to transform a small stream.
package pattern

import (
	"regexp"
	"sync"
)

// Lazy returns a function that returns the compiled regular expression. It panics if the expression is invalid.
func Lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
