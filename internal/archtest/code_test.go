package archtest

import (
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	walledRule = `Rule: a domain imports no net/http, huma, database driver, object store client or broker, and reads
no environment. Reason: what a domain decides must not depend on how it was asked or where it runs;
that is the work of its door, of infra and of app.`
	timeRule = `Rule: time comes from the injected clock.Clock; only internal/infra/clock reads the machine's.
Reason: holds, sales and ticks are decided by time, and tests and simulators must hold and move it.`
	wayOutRule = `Rule: requests go out through internal/infra/httpclient. Reason: it is the one place that keeps a
given address from reaching our own network and bounds the answer.`
	docRule = `Rule: every package has a doc.go of at most 40 lines beginning with "Package name", or
with a command's name in bench and scripts.
Reason: it is the first page a stranger opens: nouns, invariants, bounds.`
	sizeRule = `Rule: a Go file has at most 500 lines. Reason: near 500 there is a second noun to split off.`
	nameRule = `Rule: no package is called util, common, helper, manager, base, misc, shared, lib or types.
Reason: such a name says nothing, so everything ends up there.`
	initRule = `Rule: no func init. Reason: work at import time has no Deps, no error and no order.`
)

var walledOff = []string{"net/http", "github.com/danielgtaylor/huma", "github.com/jackc/pgx", "modernc.org/sqlite",
	"github.com/nats-io", "github.com/minio", "github.com/coder/websocket", "github.com/prometheus", "github.com/caddyserver"}

// calls lists the package-level names a file uses, "time.Now", with where.
func (s source) calls(fn func(name string, n ast.Node)) {
	names := map[string]string{} // local name to import path's last element
	for _, i := range s.file.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		local := path.Base(p)
		if i.Name != nil {
			local = i.Name.Name
		}
		names[local] = p
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && names[x.Name] != "" {
				fn(names[x.Name]+"."+sel.Sel.Name, n)
			}
		}
		return true
	})
}

// misuses lists what a file of a directory does against the rules about time, the way out and the
// environment.
func misuses(dir string, s source) (clock, out, env []string) {
	at := locate(dir)
	s.calls(func(name string, n ast.Node) {
		switch name {
		case "time.Now", "time.Since", "time.Until":
			if dir != "internal/infra/clock" {
				clock = append(clock, s.line(n)+" calls "+name)
			}
		case "net/http.DefaultClient", "net/http.DefaultTransport", "net/http.Get", "net/http.Post", "net/http.PostForm",
			"net/http.Head", "net/http.Client", "net/http.Transport":
			if dir != "internal/infra/httpclient" {
				out = append(out, s.line(n)+" uses "+name)
			}
		case "os.Getenv", "os.LookupEnv", "os.Environ":
			if at.floor == floorDomains {
				env = append(env, s.line(n)+" calls "+name)
			}
		}
	})
	return clock, out, env
}

func TestCode_DomainsAreWalledOff(t *testing.T) {
	var broken []string
	for _, p := range packages(t) {
		for _, s := range p.files {
			if s.test || forTests(p.dir) || locate(p.dir).floor != floorDomains {
				continue
			}
			for _, i := range s.imports() {
				if within(i, walledOff) && (i != "net/http" || !within(p.dir, originDirs)) {
					broken = append(broken, s.name+" imports "+i)
				}
			}
			_, _, env := misuses(p.dir, s)
			broken = append(broken, env...)
		}
	}
	report(t, walledRule, broken)
}

func TestCode_TimeComesFromTheClock(t *testing.T) {
	var broken []string
	for _, p := range packages(t) {
		for _, s := range p.files {
			if !s.test && !forTests(p.dir) {
				clock, _, _ := misuses(p.dir, s)
				broken = append(broken, clock...)
			}
		}
	}
	report(t, timeRule, broken)
}

// pointerOnly: naming *http.Client as a Dep is how the one client arrives.
func pointerOnly(s source) map[ast.Node]bool {
	ok := map[ast.Node]bool{}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if star, is := n.(*ast.StarExpr); is {
			ok[star.X] = true
		}
		return true
	})
	return ok
}

func TestCode_OneWayOut(t *testing.T) {
	var broken []string
	for _, p := range packages(t) {
		for _, s := range p.files {
			if !s.test && !forTests(p.dir) {
				broken = append(broken, wayOut(p.dir, s)...)
			}
		}
	}
	report(t, wayOutRule, broken)
}

func wayOut(dir string, s source) []string {
	_, out, _ := misuses(dir, s)
	if len(out) == 0 {
		return nil
	}
	var broken []string
	named := pointerOnly(s)
	s.calls(func(name string, n ast.Node) {
		if slices.ContainsFunc(out, func(o string) bool { return o == s.line(n)+" uses "+name }) && !named[n] {
			broken = append(broken, s.line(n)+" uses "+name)
		}
	})
	return broken
}

func TestCode_EveryPackageExplainsItself(t *testing.T) {
	var broken []string
	for _, p := range append(slices.Clone(packages(t)), benches(t)...) {
		if !strings.HasPrefix(p.dir, "cmd/") { // what a command does stands in its help
			broken = append(broken, undocumented(p)...)
		}
	}
	report(t, docRule, broken)
}

func undocumented(p pkg) []string {
	i := slices.IndexFunc(p.files, func(s source) bool { return path.Base(s.name) == "doc.go" })
	if i < 0 {
		return []string{p.dir + " has no doc.go"}
	}
	doc := p.files[i]
	var broken []string
	begin := "package " + doc.file.Name.Name + " "
	if doc.file.Name.Name == "main" {
		begin = path.Base(p.dir) + " " // go doc shows the command's own name
	}
	said := strings.TrimPrefix(doc.file.Doc.Text(), "Command ")
	if said == "" || !strings.EqualFold(said[:min(len(begin), len(said))], begin) {
		broken = append(broken, doc.name+" does not begin with "+strconv.Quote(begin))
	}
	if n := strings.Count(doc.text, "\n"); n > 40 {
		broken = append(broken, doc.name+" has "+strconv.Itoa(n)+" lines")
	}
	return broken
}

func TestCode_FilesStaySmall(t *testing.T) {
	var broken []string
	for _, p := range packages(t) {
		for _, s := range p.files {
			if n := strings.Count(s.text, "\n"); n > 500 && !ast.IsGenerated(s.file) {
				broken = append(broken, s.name+" has "+strconv.Itoa(n)+" lines")
			}
		}
	}
	report(t, sizeRule, broken)
}

func TestCode_PackageNamesSaySomething(t *testing.T) {
	empty := []string{"util", "utils", "common", "helper", "helpers", "manager", "base", "misc", "shared", "lib", "types"}
	var broken []string
	for _, p := range packages(t) {
		if name := p.files[0].file.Name.Name; slices.Contains(empty, name) || slices.Contains(empty, path.Base(p.dir)) {
			broken = append(broken, p.dir)
		}
	}
	report(t, nameRule, broken)
}

func TestCode_NoInit(t *testing.T) {
	var broken []string
	for _, p := range packages(t) {
		for _, s := range p.files {
			for _, d := range s.file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
					broken = append(broken, s.line(f))
				}
			}
		}
	}
	report(t, initRule, broken)
}

func TestMisuses_SeesThroughNames(t *testing.T) {
	s := parse(t, "internal/shop/x.go", `// Package wrong is not shop's.
package shop
import ("time"; h "net/http"; "os")
type d struct{ c *h.Client }
var a, b, c = time.Now(), os.Getenv("A"), &h.Client{}
func f() { _, _ = h.Get(""); _ = time.Since(a) }
`)
	clock, _, env := misuses("internal/shop", s)
	if len(clock) != 2 || len(env) != 1 {
		t.Errorf("clock %v, environment %v", clock, env)
	}
	if out := wayOut("internal/shop", s); len(out) != 2 {
		t.Errorf("way out: %v, want the literal and the Get, not the field", out)
	}
	if clock, _, _ := misuses("internal/infra/clock", s); len(clock) != 0 {
		t.Errorf("the clock may read time: %v", clock)
	}
	if got := undocumented(pkg{"internal/shop", []source{s}}); len(got) != 1 {
		t.Errorf("a package without doc.go: %v", got)
	}
	s.name = "internal/shop/doc.go"
	s.text = strings.Repeat("\n", 41)
	if got := undocumented(pkg{"internal/shop", []source{s}}); len(got) != 2 {
		t.Errorf("a wrong and long doc.go: %v", got)
	}
}
