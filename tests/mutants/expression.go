//go:build unix

package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// others are the operators that may stand in another's place: the opposite, and the one that is off by one.
var others = map[token.Token][]token.Token{
	token.LAND: {token.LOR},
	token.LOR:  {token.LAND},
	token.EQL:  {token.NEQ},
	token.NEQ:  {token.EQL},
	token.LSS:  {token.LEQ, token.GEQ},
	token.LEQ:  {token.LSS, token.GTR},
	token.GTR:  {token.GEQ, token.LEQ},
	token.GEQ:  {token.GTR, token.LSS},
}

// sums are operators of numbers. A + of strings has no opposite.
var sums = map[token.Token][]token.Token{
	token.ADD: {token.SUB},
	token.SUB: {token.ADD},
}

// expression lists the edits of expressions: another operator, a number or an index that is off by one, another key.
func (s *site) expression() {
	switch n := s.node.(type) {
	case *ast.BinaryExpr:
		s.operator(n)
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			s.replace(n, s.textOf(n.X), "drop the !")
		}
	case *ast.Ident:
		s.boolean(n)
	case *ast.IndexExpr:
		if isSequence(s.source.info.TypeOf(n.X)) {
			s.offByOne(n.Index)
		}
	case *ast.SliceExpr:
		s.offByOne(n.Low)
		s.offByOne(n.High)
	case *ast.BasicLit:
		s.literal(n)
	}
}

func (s *site) operator(n *ast.BinaryExpr) {
	operators := others[n.Op]
	if isNumber(s.source.info.TypeOf(n)) {
		operators = append(operators, sums[n.Op]...)
	}
	start := s.source.fset.Position(n.OpPos).Offset
	for _, other := range operators {
		s.replaceBytes(start, start+len(n.Op.String()), other.String(), "%s instead of %s", other, n.Op)
	}
}

func (s *site) boolean(n *ast.Ident) {
	if isBoolLiteral(n) && s.source.info.Uses[n] == types.Universe.Lookup(n.Name) {
		other := map[string]string{"true": "false", "false": "true"}[n.Name]
		s.replace(n, other, "%s instead of %s", other, n.Name)
	}
}

// offByOne moves an index. An index that is a number is moved as a number.
func (s *site) offByOne(index ast.Expr) {
	if _, literal := index.(*ast.BasicLit); index == nil || literal {
		return
	}
	for _, step := range []string{"+1", "-1"} {
		s.replace(index, "("+s.textOf(index)+")"+step, "index %s", step)
	}
}

func (s *site) literal(n *ast.BasicLit) {
	if s.isMessage(n) {
		return
	}
	switch n.Kind {
	case token.INT:
		if !s.isCapacity() {
			s.replace(n, "("+n.Value+"+1)", "%s+1 instead of %s", n.Value, n.Value)
			s.replace(n, "("+n.Value+"-1)", "%s-1 instead of %s", n.Value, n.Value)
		}
	case token.CHAR:
		if n.Value != `'\x00'` {
			s.replace(n, `'\x00'`, `'\x00' instead of %s`, n.Value)
		}
	case token.STRING:
		if len(n.Value) > len(`""`) && !strings.ContainsAny(n.Value, " \n") {
			end := len(n.Value) - 1
			other := n.Value[:end] + "_" + n.Value[end:]
			s.replace(n, other, "%s instead of %s", other, n.Value)
		}
	}
}

// isMessage says whether a literal is no key: an import, a struct's tag, a part of what a reader is told, a pattern that
// would not even compile.
func (s *site) isMessage(n *ast.BasicLit) bool {
	switch parent := s.parent().(type) {
	case *ast.ImportSpec:
		return true
	case *ast.Field:
		return parent.Tag == n
	}
	return slices.ContainsFunc(s.above, func(above ast.Node) bool {
		call, ok := above.(*ast.CallExpr)
		if !ok {
			return false
		}
		if name, ok := call.Fun.(*ast.Ident); ok {
			return name.Name == "panic"
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		name, ok := selector.X.(*ast.Ident)
		return ok && slices.Contains([]string{"fmt", "errors", "log", "regexp"}, name.Name)
	})
}

// isCapacity says whether a number is room that is taken in advance, which no test can see.
func (s *site) isCapacity() bool {
	call, ok := s.parent().(*ast.CallExpr)
	if !ok || len(call.Args) != 3 || call.Args[2] != s.node {
		return false
	}
	name, ok := call.Fun.(*ast.Ident)
	return ok && name.Name == "make"
}

func isNumber(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsNumeric != 0
}

// isSequence says whether an index counts, and is no key of a map or argument of a type.
func isSequence(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Slice, *types.Array:
		return true
	case *types.Pointer:
		return isSequence(t.Elem())
	case *types.Basic:
		return t.Info()&types.IsString != 0
	}
	return false
}
