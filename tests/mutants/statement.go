//go:build unix

package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// statement lists the edits of statements: a branch that is never or always taken, a case that is dropped, an assignment
// or a call that is not made, a loop that ends early, a result that is lost.
func (s *site) statement() {
	switch n := s.node.(type) {
	case *ast.IfStmt:
		s.replace(n.Cond, "false && ("+s.textOf(n.Cond)+")", "never take the branch")
		s.replace(n.Cond, "true || ("+s.textOf(n.Cond)+")", "always take the branch")
		s.negate(n.Cond)
	case *ast.ForStmt:
		if n.Cond != nil {
			s.negate(n.Cond)
		}
	case *ast.CaseClause:
		s.clause(n)
	case *ast.ExprStmt:
		if s.inBlock() {
			s.replace(n, "", "delete the call")
		}
	case *ast.IncDecStmt:
		if s.inBlock() {
			s.replace(n, "", "delete the statement")
		}
	case *ast.AssignStmt:
		s.assignment(n)
	case *ast.BranchStmt:
		other := map[token.Token]token.Token{token.BREAK: token.CONTINUE, token.CONTINUE: token.BREAK}[n.Tok]
		if other != token.ILLEGAL {
			start, _ := s.offset(n)
			s.replaceBytes(start, start+len(n.Tok.String()), other.String(), "%s instead of %s", other, n.Tok)
		}
	case *ast.ReturnStmt:
		s.results(n)
	}
}

// inBlock says whether the statement stands by itself, and not in the head of an if or a for.
func (s *site) inBlock() bool {
	switch s.parent().(type) {
	case *ast.BlockStmt, *ast.CaseClause:
		return true
	}
	return false
}

// negate turns a condition around. For comparisons and for !x the edits of the expression do the same.
func (s *site) negate(cond ast.Expr) {
	switch cond := cond.(type) {
	case *ast.BinaryExpr:
		if others[cond.Op] != nil && cond.Op != token.LAND && cond.Op != token.LOR {
			return
		}
	case *ast.UnaryExpr:
		return
	}
	s.replace(cond, "!("+s.textOf(cond)+")", "negate the condition")
}

// clause is a case. In a switch without a tag it is a condition, which can be made false and keep what it mentions in use.
func (s *site) clause(n *ast.CaseClause) {
	enclosing, _ := s.above[len(s.above)-2].(*ast.SwitchStmt)
	if enclosing != nil && enclosing.Tag == nil && len(n.List) > 0 {
		for _, cond := range n.List {
			s.replace(cond, "false && ("+s.textOf(cond)+")", "never take the case")
			s.negate(cond)
		}
		return
	}
	s.replace(n, "", "drop the case")
	if len(n.List) < 2 {
		return
	}
	for i, value := range n.List {
		rest := slices.Delete(slices.Clone(n.List), i, i+1)
		texts := make([]string, len(rest))
		for i, e := range rest {
			texts[i] = s.textOf(e)
		}
		start, _ := s.offset(n.List[0])
		_, end := s.offset(n.List[len(n.List)-1])
		s.replaceBytes(start, end, strings.Join(texts, ", "), "drop %s from the case", s.textOf(value))
	}
}

// assignment has the right side computed and thrown away, for what it mentions to stay in use.
func (s *site) assignment(n *ast.AssignStmt) {
	if n.Tok == token.DEFINE || !s.inBlock() {
		return
	}
	blank := true
	for _, left := range n.Lhs {
		name, ok := left.(*ast.Ident)
		blank = blank && ok && name.Name == "_"
	}
	if blank {
		return
	}
	start, _ := s.offset(n)
	right, _ := s.offset(n.Rhs[0])
	s.replaceBytes(start, right, strings.Repeat("_, ", len(n.Lhs)-1)+"_ = ", "delete the assignment")
}

// results are what a function returns: each in turn is lost.
func (s *site) results(n *ast.ReturnStmt) {
	declared := s.resultTypes()
	if len(declared) != len(n.Results) {
		return // one call returns them all, or they have names
	}
	for i, result := range n.Results {
		for _, zero := range s.zeroes(declared[i]) {
			if s.textOf(result) != zero && !isBoolLiteral(result) {
				s.replace(result, zero, "return %s", zero)
			}
		}
	}
}

// resultTypes are the types of the results of the nearest function around.
func (s *site) resultTypes() []ast.Expr {
	for _, n := range slices.Backward(s.above) {
		var fn *ast.FuncType
		switch n := n.(type) {
		case *ast.FuncDecl:
			fn = n.Type
		case *ast.FuncLit:
			fn = n.Type
		default:
			continue
		}
		if fn.Results == nil {
			return nil
		}
		var declared []ast.Expr
		for _, field := range fn.Results.List {
			for range max(1, len(field.Names)) {
				declared = append(declared, field.Type)
			}
		}
		return declared
	}
	return nil
}

// zeroes are the zero value of a type; for a boolean, both values.
func (s *site) zeroes(declared ast.Expr) []string {
	switch t := s.source.info.TypeOf(declared).Underlying().(type) {
	case *types.Basic:
		switch {
		case t.Info()&types.IsBoolean != 0:
			return []string{"false", "true"}
		case t.Info()&types.IsString != 0:
			return []string{`""`}
		}
		return []string{"0"}
	case *types.Struct, *types.Array:
		return []string{"*new(" + s.textOf(declared) + ")"}
	case *types.Interface:
		if _, generic := s.source.info.TypeOf(declared).(*types.TypeParam); generic {
			return []string{"*new(" + s.textOf(declared) + ")"}
		}
	}
	return []string{"nil"}
}

// isBoolLiteral says whether the edit of the expression itself does the same.
func isBoolLiteral(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && (name.Name == "true" || name.Name == "false")
}
