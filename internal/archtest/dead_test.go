package archtest

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"
)

const deadRule = `Rule: what a package exports is used by the program (or by a bench), not only by tests. Reason: code that
nobody calls still has to be read, changed and believed. Ways out: delete it, make it unexported, move
it into a test file, or name it in forTestsOnly with the reason why it must stay exported.`

// forTestsOnly are exported for tests of several packages: a test file of one cannot hold them.
var forTestsOnly = map[string]string{
	"internal/id.NewSeeded":        "ids that repeat, for every test and simulator",
	"internal/infra/clock.Fake":    "time that stands and moves, for every test and simulator",
	"internal/infra/clock.NewFake": "the same",
	"internal/server.WithActor":    "tests of doors act as somebody without a session",

	"internal/money/ledger.NewBook":    "the ledger in memory: what the simulator and the tests hold the store against",
	"internal/money/ledger.Book":       "the same",
	"internal/money.Service":           "LedgerFaults is asserted to be nought; RetryRefund is an operator's repair",
	"internal/money/payment.Core":      "Arrived: money that came after all, which the simulator lets happen",
	"internal/media/codec.SplitAnnexB": "what an encoder writes, which the tests of two packages send",
	"internal/shop/stock.Hold":         "the move that placing an order writes as SQL; the simulator applies it",
	"internal/infra/bus.Bus":           "Redeliver is an operator's repair of a parked event",
	"internal/infra/job.Runner":        "Requeue is an operator's repair of a dead job",
}

// byTests are the methods of types named above that only tests call.
var byTests = []string{"Now", "After", "Ticker", "Advance", "C", "Stop", "Broken", "LedgerFaults", "RetryRefund", "Arrived", "Redeliver", "Requeue"}

// byInterface are methods that the standard library or a library calls through an interface of its own.
var byInterface = []string{"Error", "Unwrap", "Is", "As", "String", "GoString", "Format", "Read", "Write", "Close", "Seek", "ReadAt", "WriteTo", "ReadFrom", "ReadByte",
	"ServeHTTP", "RoundTrip", "Header", "WriteHeader", "Flush", "Hijack", "Len", "Less", "Swap", "Push", "Pop", "MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText",
	"Scan", "Value", "Enabled", "Handle", "WithAttrs", "WithGroup", "LogValue", "Schema", "Resolve", "GetStatus", "ContentType", "Open", "Stat", "Name", "Describe", "Collect",
	"Trace", "Tracef", "Debug", "Debugf", "Info", "Infof", "Warn", "Warnf", "Errorf", "Fatalf", "Noticef", "NewLogger"}

// uses is what code mentions: package-level names by their package, and any selected name.
type uses struct {
	names    map[string]bool // "internal/shop.Order"
	selected map[string]bool // ".Order"; methods are told apart by name only
}

func (u *uses) add(dir string, s source) {
	local := map[string]string{}
	for _, i := range s.file.Imports {
		to := strings.Trim(i.Path.Value, `"`)
		name := path.Base(to)
		if i.Name != nil {
			name = i.Name.Name
		}
		if ours, ok := strings.CutPrefix(to, module); ok {
			local[name] = ours
		}
	}
	for _, d := range s.file.Decls {
		own := ""
		if f, ok := d.(*ast.FuncDecl); ok {
			own = f.Name.Name
			if f.Recv != nil {
				own, f = "", &ast.FuncDecl{Name: f.Name, Type: f.Type, Body: f.Body} // a method is no use of its own type
			}
			u.walk(dir, own, f, local)
			continue
		}
		for _, spec := range d.(*ast.GenDecl).Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				u.walk(dir, spec.Name.Name, spec.Type, local)
			case *ast.ValueSpec:
				for _, v := range spec.Values {
					u.walk(dir, "", v, local)
				}
				if spec.Type != nil {
					u.walk(dir, "", spec.Type, local)
				}
			}
		}
	}
}

// walk notes what a declaration mentions; a function that calls itself and a type that holds itself are no users.
func (u *uses) walk(dir, own string, n ast.Node, local map[string]string) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			u.selected[n.Sel.Name] = true
			if x, ok := n.X.(*ast.Ident); ok && local[x.Name] != "" {
				u.names[local[x.Name]+"."+n.Sel.Name] = true
			}
		case *ast.InterfaceType:
			for _, m := range n.Methods.List {
				for _, name := range m.Names {
					u.selected[name.Name] = true
				}
			}
		case *ast.Ident:
			if n.Name != own {
				u.names[dir+"."+n.Name] = true
			}
		}
		return true
	})
}

// exported lists the exported names a file declares: "internal/shop.Order", and "Order.Method" for methods.
func exported(dir string, s source, fn func(name, method string, n ast.Node)) {
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if !d.Name.IsExported() {
				continue
			}
			if d.Recv == nil {
				fn(dir+"."+d.Name.Name, "", d)
			} else if of := receiver(d); ast.IsExported(of) {
				fn(dir+"."+of, d.Name.Name, d)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Name.IsExported() {
						fn(dir+"."+spec.Name.Name, "", spec)
					}
				case *ast.ValueSpec:
					// A constant beside others is a value of a list: it is named even when the program only
					// reads it back.
					for _, name := range spec.Names {
						if name.IsExported() && (d.Tok == token.VAR || len(d.Specs) == 1) {
							fn(dir+"."+name.Name, "", name)
						}
					}
				}
			}
		}
	}
}

func receiver(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// dead lists the exported names of a package that u does not mention.
func dead(p pkg, u uses, allowed map[string]string) (broken []string) {
	for _, s := range p.files {
		if s.test {
			continue
		}
		exported(p.dir, s, func(name, method string, n ast.Node) {
			switch {
			case allowed[name] != "" && (method == "" || slices.Contains(byTests, method)):
			case method == "" && !u.names[name]:
				broken = append(broken, s.line(n)+" exports "+path.Base(name)+", which only tests use, if anybody")
			case method != "" && !u.selected[method] && !slices.Contains(byInterface, method):
				broken = append(broken, s.line(n)+" exports "+path.Base(name)+"."+method+", which only tests use, if anybody")
			}
		})
	}
	return broken
}

func TestCode_NothingExportedIsDead(t *testing.T) {
	u := uses{names: map[string]bool{}, selected: map[string]bool{}}
	all := append(slices.Clone(packages(t)), benches(t)...)
	for _, p := range all {
		for _, s := range p.files {
			if !s.test && !forTests(p.dir) {
				u.add(p.dir, s)
			}
		}
	}
	var broken []string
	for _, p := range packages(t) {
		if strings.HasPrefix(p.dir, "internal/") && !forTests(p.dir) {
			broken = append(broken, dead(p, u, forTestsOnly)...)
		}
	}
	report(t, deadRule, broken)
}

func TestDead_SeesWhatNobodyUses(t *testing.T) {
	of := func(name, text string) source { return parse(t, name, text) }
	a := pkg{"internal/a", []source{of("internal/a/a.go", `package a
type Used struct{ Self *Used }
type Alone struct{ Next *Alone }
func (Used) Called() {}
func (Used) Silent() {}
func (Used) String() string { return "" }
func (Alone) Called() {}
func Loop() { Loop() }
func Called() {}
const Kept, Lost = 1, 2
`)}}
	b := pkg{"internal/b", []source{of("internal/b/b.go", `package b
import other "github.com/hawker-live/hawker/internal/a"
func use(u other.Used) int { u.Called(); other.Called(); return other.Kept }
`)}}
	u := uses{names: map[string]bool{}, selected: map[string]bool{}}
	u.add("internal/a", a.files[0])
	u.add("internal/b", b.files[0])
	var got []string
	for _, line := range dead(a, u, map[string]string{}) {
		got = append(got, strings.Fields(line)[2])
	}
	if want := "a.Alone, a.Used.Silent, a.Loop, a.Lost,"; strings.Join(got, " ") != want {
		t.Errorf("dead: %v, want %s", got, want)
	}
}
