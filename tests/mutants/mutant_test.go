//go:build unix

package main

import (
	"bytes"
	"go/token"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// sourceOf is a package of one file.
func sourceOf(t *testing.T, text string) *source {
	s := &source{path: "p", fset: token.NewFileSet(), files: []*file{{name: "p.go", text: []byte("package p\n\n" + text)}}}
	require.NoError(t, s.parse())
	return s
}

// Each edit that compiles, as the line that it leaves behind.
func TestMutate(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"comparison": {"func f(a, b int) bool { return a < b }", []string{
			"return false: func f(a, b int) bool { return false }",
			"return true: func f(a, b int) bool { return true }",
			"<= instead of <: func f(a, b int) bool { return a <= b }",
			">= instead of <: func f(a, b int) bool { return a >= b }"}},
		"logic": {"var a, b bool\nvar c = a && !b", []string{
			"|| instead of &&: var c = a || !b",
			"drop the !: var c = a && b"}},
		"branch": {"var a bool\nvar c chan int\nfunc f() {\n\tif a {\n\t\tclose(c)\n\t}\n}", []string{
			"never take the branch: if false && (a) {",
			"always take the branch: if true || (a) {",
			"negate the condition: if !(a) {",
			"delete the call: "}},
		"case of a value": {"var c chan int\nfunc f(s string) {\n\tswitch s {\n\tcase \"a\", \"b\":\n\t\tclose(c)\n\t}\n}", []string{
			"drop the case: ",
			"drop \"a\" from the case: case \"b\":",
			"drop \"b\" from the case: case \"a\":",
			"\"a_\" instead of \"a\": case \"a_\", \"b\":",
			"\"b_\" instead of \"b\": case \"a\", \"b_\":",
			"delete the call: "}},
		"case of a condition": {"func f(a bool) (n int) {\n\tswitch {\n\tcase a:\n\t\tn++\n\t}\n\treturn\n}", []string{
			"never take the case: case false && (a):",
			"negate the condition: case !(a):",
			"delete the statement: "}},
		"assignment": {"var list []string\nfunc f(a string) {\n\tlist = append(list, a)\n}", []string{
			"delete the assignment: _ = append(list, a)"}},
		"number": {"func f(list []int, i int) int { return list[i] + 1 }", []string{
			"return 0: func f(list []int, i int) int { return 0 }",
			"- instead of +: func f(list []int, i int) int { return list[i] - 1 }",
			"index +1: func f(list []int, i int) int { return list[(i)+1] + 1 }",
			"index -1: func f(list []int, i int) int { return list[(i)-1] + 1 }",
			"1+1 instead of 1: func f(list []int, i int) int { return list[i] + (1+1) }",
			"1-1 instead of 1: func f(list []int, i int) int { return list[i] + (1-1) }"}},
		"loop": {"func f(list []bool) {\n\tfor _, b := range list {\n\t\tif !b {\n\t\t\tbreak\n\t\t}\n\t}\n}", []string{
			"never take the branch: if false && (!b) {",
			"always take the branch: if true || (!b) {",
			"drop the !: if b {",
			"continue instead of break: continue"}},
		"results": {"type p struct{}\nvar e error\nfunc f(q p) (p, error) { return q, e }", []string{
			"return *new(p): func f(q p) (p, error) { return *new(p), e }",
			"return nil: func f(q p) (p, error) { return q, nil }"}},
		"key of a map":    {"var m = map[string]int{}\nvar n = m[\"a\"]", []string{"\"a_\" instead of \"a\": var n = m[\"a_\"]"}},
		"unused variable": {"func f() {\n\ta := f\n\t_ = a\n}", nil},
		"order": {"type t struct{ Order, n int }\nvar a = t{Order: 1, n: 2}", []string{
			"2+1 instead of 2: var a = t{Order: 1, n: (2+1)}",
			"2-1 instead of 2: var a = t{Order: 1, n: (2-1)}"}},
		"words of a reader": {"var s = \"two words\"\ntype t struct {\n\ta int `json:\"a\"`\n}\nfunc f() { panic(\"word\") }", []string{
			"delete the call: func f() {  }"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := sourceOf(t, c.text)
			var got []string
			for _, m := range mutate(s, s.files[0]) {
				if !m.compiles() {
					continue
				}
				after := m.apply()
				require.Equal(t, bytes.Count(m.file.text, []byte("\n")), bytes.Count(after, []byte("\n")), "lines")
				changed := &mutant{file: &file{text: after}, start: m.start}
				got = append(got, m.what+": "+string(changed.line()))
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestMutantString(t *testing.T) {
	s := sourceOf(t, "var a = 1\nvar b = a == 2\n")
	require.Contains(t, draw([]*source{s}, regexp.MustCompile(""), 100, 1), &mutant{s, s.files[0], 31, 33, "!=", "!= instead of =="})
	require.Equal(t, "p.go:4: != instead of ==: var b = a == 2", (&mutant{s, s.files[0], 31, 33, "!=", "!= instead of =="}).String())
}

// The seed chooses the sample, and main is left alone.
func TestDraw(t *testing.T) {
	s := sourceOf(t, "var a, b, c, d, e = 1, 2, 3, 4, 5")
	sources, all := []*source{s}, regexp.MustCompile("")
	require.Equal(t, draw(sources, all, 4, 7), draw(sources, all, 4, 7))
	require.NotEqual(t, draw(sources, all, 4, 7), draw(sources, all, 4, 8))
	require.Len(t, draw(sources, all, 100, 7), 10)
	require.Empty(t, draw(sources, regexp.MustCompile("other"), 4, 7))

	main := &source{path: "main", fset: token.NewFileSet(), files: []*file{{name: "main.go", text: []byte("package main\nfunc main() { f(1) }\nfunc f(int) {}")}}}
	require.NoError(t, main.parse())
	require.Empty(t, draw([]*source{main}, all, 4, 7))
}
