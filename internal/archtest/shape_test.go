package archtest

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	lengthRule = `Rule: a function has at most 80 lines (a test 150), a Vue component at most 200, a file of TypeScript at most
250; lists of words and generated files are as long as they are. Reason: what does not fit on a screen is
not read as a whole. Ways out: a step gets a name, a component a part, a module a second noun.`
	unfinishedRule = `Rule: no mark that something is left to do (the usual four capital words). Reason: what is unfinished is not
shipped, and what is shipped needs no apology; work ahead lives in the tracker.`
	limitRule = `Rule: the size of a queue and the bound of a reader are named constants, or given from outside. Reason: a
number alone says neither what it protects nor why it is enough.`
	wordsRule = `Rule: every message under errors in web/src/locales belongs to a code that the server sends or the web app
names. Reason: words for a code nobody sends are translated, reviewed and never read.`
)

const (
	maxFunc      = 80
	maxTestFunc  = 150
	maxComponent = 200
	maxModule    = 250
)

// longFuncs lists functions beyond the limit.
func longFuncs(s source) (broken []string) {
	limit := maxFunc
	if s.test {
		limit = maxTestFunc
	}
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if n := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line + 1; n > limit {
			broken = append(broken, s.line(f)+" "+f.Name.Name+" has "+strconv.Itoa(n)+" lines")
		}
	}
	return broken
}

// longWeb says whether a file of the web app is too long, "" when not.
func longWeb(name, text string) string {
	limit := 0
	switch {
	case !strings.HasPrefix(name, "web/src/"), strings.HasPrefix(name, "web/src/locales/"), strings.HasSuffix(name, ".d.ts"):
		return ""
	case strings.HasSuffix(name, ".vue"):
		limit = maxComponent
	case strings.HasSuffix(name, ".ts"):
		limit = maxModule
	}
	if n := strings.Count(text, "\n"); limit > 0 && n > limit {
		return name + " has " + strconv.Itoa(n) + " lines"
	}
	return ""
}

func TestShape_PiecesFitOnAScreen(t *testing.T) {
	var broken []string
	for _, p := range append(slices.Clone(packages(t)), under(t, "bench")...) {
		for _, s := range p.files {
			broken = append(broken, longFuncs(s)...)
		}
	}
	walk(t, func(name string) {
		if ext := path.Ext(name); ext == ".vue" || ext == ".ts" {
			if why := longWeb(name, read(t, name)); why != "" {
				broken = append(broken, why)
			}
		}
	})
	report(t, lengthRule, broken)
}

// marks are put together here, so that the rule does not find itself.
var marks = []string{"TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"}

var unfinished = regexp.MustCompile(`\b(` + strings.Join(marks, "|") + `)\b`)

var ownText = []string{".go", ".ts", ".vue", ".mjs", ".js", ".sh", ".sql", ".md", ".css", ".html", ".yml", ".yaml"}

func TestShape_NothingIsLeftToDo(t *testing.T) {
	var broken []string
	walk(t, func(name string) {
		if !slices.Contains(ownText, path.Ext(name)) && path.Base(name) != "Makefile" {
			return
		}
		text := read(t, name)
		if !slices.ContainsFunc(marks, func(m string) bool { return strings.Contains(text, m) }) {
			return // a plain look through a file is a hundred times faster than the expression
		}
		for i, line := range strings.Split(text, "\n") {
			if unfinished.MatchString(line) {
				broken = append(broken, name+":"+strconv.Itoa(i+1))
			}
		}
	})
	report(t, unfinishedRule, broken)
}

// smallQueue holds one answer, error or signal for each who may send: those are rendezvous, no queues.
const smallQueue = 4

// bareLimits lists queues and bounded readers whose size is a bare number.
func bareLimits(s source) (broken []string) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		size := ast.Expr(nil)
		switch f := call.Fun.(type) {
		case *ast.Ident:
			if f.Name == "make" && len(call.Args) == 2 {
				if _, ok := call.Args[0].(*ast.ChanType); ok {
					size = call.Args[1]
				}
			}
		case *ast.SelectorExpr:
			if slices.Contains([]string{"LimitReader", "MaxBytesReader", "CopyN"}, f.Sel.Name) {
				size = call.Args[len(call.Args)-1]
			}
		}
		if n := number(size); n > smallQueue {
			broken = append(broken, s.line(call)+" is bounded by the bare number "+strconv.Itoa(n))
		}
		return true
	})
	return broken
}

// number is what a literal, or a sum, product or shift of literals, says; 0 when a name is in it.
func number(e ast.Expr) int {
	switch e := e.(type) {
	case *ast.BasicLit:
		n, _ := strconv.ParseInt(e.Value, 0, 64)
		return int(n)
	case *ast.BinaryExpr:
		a, b := number(e.X), number(e.Y)
		if a == 0 || b == 0 {
			return 0
		}
		if e.Op == token.SHL {
			return a << b
		}
		return a * b
	}
	return 0
}

func TestShape_LimitsHaveNames(t *testing.T) {
	var broken []string
	for _, p := range packages(t) {
		for _, s := range p.files {
			if !s.test && !forTests(p.dir) {
				broken = append(broken, bareLimits(s)...)
			}
		}
	}
	report(t, limitRule, broken)
}

var messageKey = regexp.MustCompile(`(?m)^\s+(\w+):`)

func TestShape_EveryErrorMessageIsSent(t *testing.T) {
	said := map[string]bool{}
	for _, p := range packages(t) {
		for _, s := range p.files {
			if s.test {
				continue
			}
			ast.Inspect(s.file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if text, err := strconv.Unquote(lit.Value); err == nil {
						said[text] = true
					}
				}
				return true
			})
		}
	}
	named := regexp.MustCompile(`['"\x60](?:errors\.)?(\w+)['"\x60]`)
	walk(t, func(name string) {
		if strings.HasPrefix(name, "web/src/") && !strings.HasPrefix(name, "web/src/locales/") && (strings.HasSuffix(name, ".ts") || strings.HasSuffix(name, ".vue")) {
			for _, m := range named.FindAllStringSubmatch(read(t, name), -1) {
				said[m[1]] = true
			}
		}
	})
	var broken []string
	const list = "web/src/locales/en/errors.ts"
	for _, m := range messageKey.FindAllStringSubmatch(read(t, list), -1) {
		if !said[m[1]] {
			broken = append(broken, list+" has words for "+m[1])
		}
	}
	report(t, wordsRule, broken)
}

func TestShapeChecks_SeeWhatBreaksThem(t *testing.T) {
	long := parse(t, "internal/x/x.go", "package x\nfunc long() {\n"+strings.Repeat("\t_ = 1\n", maxFunc)+"}\nfunc short() {}\n")
	if got := longFuncs(long); len(got) != 1 {
		t.Errorf("long functions: %v", got)
	}
	for name, c := range map[string]struct {
		lines int
		ok    bool
	}{
		"web/src/a/A.vue": {maxComponent + 1, false}, "web/src/a/B.vue": {maxComponent, true}, "web/src/a/c.ts": {maxModule + 1, false},
		"web/src/locales/en/x.ts": {2000, true}, "web/src/api/schema.d.ts": {9000, true}, "e2e/x.ts": {2000, true},
	} {
		if why := longWeb(name, strings.Repeat("\n", c.lines)); (why == "") != c.ok {
			t.Errorf("%s with %d lines: %q", name, c.lines, why)
		}
	}
	if !unfinished.MatchString("// TO"+"DO: more") || unfinished.MatchString("toDo() and TODOS") {
		t.Error("the marks are not told from words")
	}
	limits := parse(t, "internal/x/y.go", "package x\nconst limit = 64\nvar a = make(chan int, 64)\nvar b = make(chan int, limit)\nvar c = make(chan int, 1)\nvar d = io.LimitReader(r, 1<<20)\nvar e = io.LimitReader(r, limit+1)\n")
	if got := bareLimits(limits); len(got) != 2 {
		t.Errorf("bare limits: %v", got)
	}
}
