//go:build unix

package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"math/rand/v2"
	"regexp"
	"slices"
)

// mutant is one edit of one file: text in place of the bytes from start to end.
type mutant struct {
	source     *source
	file       *file
	start, end int
	text       string
	what       string // was done, in the imperative
}

func (m *mutant) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", m.file.name, 1+bytes.Count(m.file.text[:m.start], []byte("\n")), m.what, m.line())
}

// line is the line on which the edit starts.
func (m *mutant) line() []byte {
	from := bytes.LastIndexByte(m.file.text[:m.start], '\n') + 1
	line, _, _ := bytes.Cut(m.file.text[from:], []byte("\n"))
	return bytes.TrimSpace(line)
}

// apply returns the file's text with the edit. What was several lines stays so, for the lines behind it to keep their numbers.
func (m *mutant) apply() []byte {
	breaks := bytes.Count(m.file.text[m.start:m.end], []byte("\n")) - bytes.Count([]byte(m.text), []byte("\n"))
	return slices.Concat(m.file.text[:m.start], []byte(m.text), bytes.Repeat([]byte("\n"), max(0, breaks)), m.file.text[m.end:])
}

// compiles says whether the edit is a mutant at all.
func (m *mutant) compiles() bool { return m.source.check(m.file, m.apply(), nil) == nil }

// draw takes a random sample of n mutants out of all that the files allow.
func draw(sources []*source, only *regexp.Regexp, n int, seed uint64) []*mutant {
	var all []*mutant
	for _, s := range sources {
		for _, f := range s.files {
			if only.MatchString(f.name) && !ast.IsGenerated(f.syntax) {
				all = append(all, mutate(s, f)...)
			}
		}
	}
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var sample []*mutant
	for _, m := range all {
		if len(sample) == n {
			break
		}
		if m.compiles() {
			sample = append(sample, m)
		}
	}
	return sample
}

// mutate lists the edits of a file, compile or not. The function main only starts what is tested, and is left alone. So is
// what only orders what is shown.
func mutate(s *source, f *file) []*mutant {
	g := &site{source: s, file: f}
	ast.PreorderStack(f.syntax, nil, func(n ast.Node, stack []ast.Node) bool {
		if fn, ok := n.(*ast.FuncDecl); ok && f.syntax.Name.Name == "main" && fn.Name.Name == "main" && fn.Recv == nil {
			return false
		}
		if field, ok := n.(*ast.KeyValueExpr); ok && isOrder(field) {
			return false
		}
		g.node, g.above = n, stack
		g.statement()
		g.expression()
		return true
	})
	return g.mutants
}

// isOrder says whether a field only says in which order things are shown.
func isOrder(field *ast.KeyValueExpr) bool {
	name, ok := field.Key.(*ast.Ident)
	return ok && name.Name == "Order"
}

// site is the place in a file for which edits are sought.
type site struct {
	source  *source
	file    *file
	node    ast.Node
	above   []ast.Node // the nodes around node, the nearest last
	mutants []*mutant
}

func (s *site) parent() ast.Node {
	if len(s.above) == 0 {
		return nil
	}
	return s.above[len(s.above)-1]
}

func (s *site) offset(n ast.Node) (start, end int) {
	return s.source.fset.Position(n.Pos()).Offset, s.source.fset.Position(n.End()).Offset
}

// textOf is a node's text.
func (s *site) textOf(n ast.Node) string {
	start, end := s.offset(n)
	return string(s.file.text[start:end])
}

func (s *site) replace(n ast.Node, text, what string, arguments ...any) {
	start, end := s.offset(n)
	s.replaceBytes(start, end, text, what, arguments...)
}

func (s *site) replaceBytes(start, end int, text, what string, arguments ...any) {
	s.mutants = append(s.mutants, &mutant{s.source, s.file, start, end, text, fmt.Sprintf(what, arguments...)})
}
