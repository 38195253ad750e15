package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/hawker-live/hawker/"

// source is one Go file.
type source struct {
	name string // from the root, with slashes
	test bool
	file *ast.File
	text string
}

// pkg is one directory with Go files.
type pkg struct {
	dir   string // from the root, with slashes: internal/shop/shopapi
	files []source
}

var fset = token.NewFileSet()

// skipped directories hold nothing of ours that a rule is about.
var skipped = []string{".git", "node_modules", "dist", "out", "bin", "testdata", "coverage", "playwright-report", "test-results"}

// root is the directory of go.mod.
var root = sync.OnceValue(func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
})

// walk calls fn for every file of the repository, by its path from the root.
func walk(t *testing.T, fn func(name string)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root()), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if slices.Contains(skipped, e.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		fn(name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// parsed holds what has been read, by the top folders: parsing takes a second.
var parsed struct {
	sync.Mutex
	by map[string][]pkg
}

// packages are the program's: cmd and internal.
func packages(t *testing.T) []pkg { return under(t, "internal", "cmd") }

// benches and scripts are beside the program; rules about the program's insides are not theirs.
func benches(t *testing.T) []pkg { return under(t, "bench", "scripts") }

// under parses every package below some folders, once.
func under(t *testing.T, tops ...string) []pkg {
	t.Helper()
	parsed.Lock()
	defer parsed.Unlock()
	key := strings.Join(tops, " ")
	if all, ok := parsed.by[key]; ok {
		return all
	}
	byDir := map[string]*pkg{}
	walk(t, func(name string) {
		top, _, _ := strings.Cut(name, "/")
		if !strings.HasSuffix(name, ".go") || !slices.Contains(tops, top) {
			return
		}
		text := read(t, name)
		file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
		if err != nil {
			t.Errorf("parse: %v", err)
			return
		}
		dir := path.Dir(name)
		if byDir[dir] == nil {
			byDir[dir] = &pkg{dir: dir}
		}
		byDir[dir].files = append(byDir[dir].files, source{name, strings.HasSuffix(name, "_test.go"), file, text})
	})
	var all []pkg
	for _, p := range byDir {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(a, b pkg) int { return strings.Compare(a.dir, b.dir) })
	if parsed.by == nil {
		parsed.by = map[string][]pkg{}
	}
	parsed.by[key] = all
	return all
}

// imports lists the imported paths of a file; ours without the module prefix.
func (s source) imports() []string {
	var out []string
	for _, i := range s.file.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		out = append(out, strings.TrimPrefix(p, module))
	}
	return out
}

func (s source) line(n ast.Node) string {
	return s.name + ":" + strconv.Itoa(fset.Position(n.Pos()).Line)
}

// parse makes a source of a text, for the tests that break a rule on purpose.
func parse(t *testing.T, name, text string) source {
	t.Helper()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return source{name, strings.HasSuffix(name, "_test.go"), file, text}
}
