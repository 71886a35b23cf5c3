//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// source is a package of the product: its files, and what the type checker knows of them.
type source struct {
	path     string // the import path
	fset     *token.FileSet
	files    []*file
	info     *types.Info
	importer types.Importer
}

type file struct {
	name   string // relative to the working directory, with slashes
	full   string
	text   []byte
	syntax *ast.File
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath, Dir, Name, Export string
	GoFiles, Deps                 []string
	DepOnly                       bool
}

// load reads the packages that the patterns name. Those that no command links serve the tests, and are left out.
func load(ctx context.Context, patterns []string) ([]*source, error) {
	linked, err := goList(ctx, append([]string{"-deps"}, product...))
	if err != nil {
		return nil, err
	}
	all, err := goList(ctx, append([]string{"-deps", "-export"}, patterns...))
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range all {
		exports[p.ImportPath] = p.Export
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	commands := map[string]bool{}
	for _, p := range linked {
		if p.Name != "main" {
			continue
		}
		commands[p.ImportPath] = true
		for _, dependency := range p.Deps {
			commands[dependency] = true
		}
	}
	var sources []*source
	for _, p := range all {
		if p.DepOnly || !commands[p.ImportPath] {
			continue
		}
		s := &source{path: p.ImportPath, fset: fset, importer: imports}
		if err := s.read(p); err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	return sources, nil
}

func (s *source) read(p listed) error {
	working, err := os.Getwd()
	if err != nil {
		return err
	}
	for _, name := range p.GoFiles {
		f := &file{full: filepath.Join(p.Dir, name)}
		relative, err := filepath.Rel(working, f.full)
		if err != nil {
			return err
		}
		f.name = filepath.ToSlash(relative)
		if f.text, err = os.ReadFile(f.full); err != nil {
			return err
		}
		s.files = append(s.files, f)
	}
	return s.parse()
}

// parse gives the files their syntax, and finds the types in it.
func (s *source) parse() error {
	for _, f := range s.files {
		var err error
		if f.syntax, err = parser.ParseFile(s.fset, f.name, f.text, parser.ParseComments); err != nil {
			return err
		}
	}
	s.info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{},
		Defs:  map[*ast.Ident]types.Object{},
		Uses:  map[*ast.Ident]types.Object{},
	}
	return s.check(nil, nil, s.info)
}

// check runs the type checker, with another text in place of one of the files. It finds all that the compiler would
// refuse, in a fraction of the time.
func (s *source) check(instead *file, text []byte, info *types.Info) error {
	var files []*ast.File
	for _, f := range s.files {
		syntax := f.syntax
		if f == instead {
			var err error
			if syntax, err = parser.ParseFile(s.fset, f.name, text, parser.SkipObjectResolution); err != nil {
				return err
			}
		}
		files = append(files, syntax)
	}
	conf := types.Config{Importer: s.importer}
	_, err := conf.Check(s.path, s.fset, files, info)
	return err
}

func goList(ctx context.Context, arguments []string) ([]listed, error) {
	output, err := command(ctx, append([]string{"list", "-json=ImportPath,Dir,Name,Export,GoFiles,Deps,DepOnly"}, arguments...)...).Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil, fmt.Errorf("go list: %s", bytes.TrimSpace(exit.Stderr))
	} else if err != nil {
		return nil, err
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var p listed
		if err := decoder.Decode(&p); err == io.EOF {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
}

// plainPath is an import path without the test that a package was compiled for: "a/b [a/b.test]".
func plainPath(path string) string {
	path, _, _ = strings.Cut(path, " ")
	return path
}
