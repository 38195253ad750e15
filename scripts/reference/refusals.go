package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// statuses are what internal/server answers for each kind.
var statuses = map[string]int{"Invalid": 422, "Unauthorized": 401, "Denied": 403, "NotFound": 404, "Conflict": 409, "Gone": 410,
	"Busy": 503, "TooMany": 429, "Unsupported": 415, "Internal": 500}

// refusals lists every code a domain refuses with, and the words people read for it.
func refusals() (string, error) {
	codes := map[string]*refusal{}
	err := filepath.WalkDir("internal", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		return collect(path, codes)
	})
	if err != nil {
		return "", err
	}
	zh, err := words("web/src/locales/zh-CN/errors.ts")
	if err != nil {
		return "", err
	}
	en, err := words("web/src/locales/en/errors.ts")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# Codes of refusals\n\nA refusal answers with a problem whose `code` does not change between versions; the words may. What only programs meet has no Chinese: its English is the problem's `detail`.\n\n" +
		"| Code | Status | English | 中文 |\n|---|---|---|---|\n")
	for _, name := range sortedKeys(codes) {
		said := en[name]
		if said == "" {
			said = codes[name].detail
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", name, strings.Join(codes[name].statuses, ", "), cell(said), cell(zh[name]))
	}
	return b.String(), nil
}

// refusal is what the sources say of a code.
type refusal struct {
	statuses []string
	detail   string // English, with its values still to be filled in
}

// collect notes the codes that a file's calls of errs.New name, with the status of their kind.
func collect(path string, codes map[string]*refusal) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 3 {
			return true
		}
		if f, ok := call.Fun.(*ast.SelectorExpr); !ok || (f.Sel.Name != "New" && f.Sel.Name != "ForProgram") || !named(f.X, "errs") {
			return true
		}
		kind, isKind := call.Args[0].(*ast.SelectorExpr)
		lit, isLit := call.Args[1].(*ast.BasicLit)
		if !isKind || !isLit {
			return true // a function that takes the code: its callers name it in words of their own
		}
		name, err := strconv.Unquote(lit.Value)
		if err != nil {
			return true
		}
		r := codes[name]
		if r == nil {
			r = &refusal{}
			codes[name] = r
		}
		if detail, ok := call.Args[2].(*ast.BasicLit); ok && r.detail == "" {
			r.detail, _ = strconv.Unquote(detail.Value)
		}
		if status := strconv.Itoa(statuses[kind.Sel.Name]); !slices.Contains(r.statuses, status) {
			r.statuses = append(r.statuses, status)
			slices.Sort(r.statuses)
		}
		return true
	})
	return nil
}

func named(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

var word = regexp.MustCompile(`(?m)^\s+(\w+): '((?:[^'\\]|\\.)*)',?`)

// words reads a locale's messages, which lie one to a line.
func words(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, m := range word.FindAllStringSubmatch(string(text), -1) {
		out[m[1]] = strings.NewReplacer(`\'`, "'", "{'@'}", "@", "{'|'}", "|").Replace(m[2])
	}
	return out, nil
}
