package archtest

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const refusalRule = `Rule: a code made by errs.New has words in every locale of the web app; one made by errs.ForProgram has none,
and no code is made both ways. Reason: a refusal without words reaches a person in English, in a program's
terms. Ways out: write the words in web/src/locales/*/errors.ts, or say errs.ForProgram where the web app
cannot cause it.`

// refusals are the codes a file makes, by the function of errs that makes them, with the place.
func refusals(s source) map[string]map[string]string {
	out := map[string]map[string]string{"New": {}, "ForProgram": {}}
	ast.Inspect(s.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 3 {
			return true
		}
		f, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || out[f.Sel.Name] == nil {
			return true
		}
		if pkg, ok := f.X.(*ast.Ident); !ok || pkg.Name != "errs" {
			return true
		}
		if lit, ok := call.Args[1].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if code, err := strconv.Unquote(lit.Value); err == nil {
				out[f.Sel.Name][code] = s.line(call)
			}
		}
		return true
	})
	return out
}

// wordless compares what the program says with what each locale has words for.
func wordless(person, program map[string]string, locales map[string]map[string]bool) (broken []string) {
	for code, at := range person {
		for locale, has := range locales {
			if !has[code] {
				broken = append(broken, at+" "+code+" has no words in "+locale)
			}
		}
		if other := program[code]; other != "" {
			broken = append(broken, at+" "+code+" is for a person here, and for a program at "+other)
		}
	}
	for code, at := range program {
		for locale, has := range locales {
			if has[code] && person[code] == "" {
				broken = append(broken, at+" "+code+" is for a program, and has words in "+locale)
			}
		}
	}
	slices.Sort(broken)
	return broken
}

func TestWords_EveryRefusalAPersonMeetsHasThem(t *testing.T) {
	made := map[string]map[string]string{"New": {}, "ForProgram": {}}
	for _, p := range packages(t) {
		for _, s := range p.files {
			if s.test || forTests(p.dir) {
				continue
			}
			for how, codes := range refusals(s) {
				for code, at := range codes {
					made[how][code] = at
				}
			}
		}
	}
	locales := map[string]map[string]bool{}
	walk(t, func(name string) {
		if locale, ok := strings.CutSuffix(strings.TrimPrefix(name, "web/src/locales/"), "/errors.ts"); ok && strings.HasPrefix(name, "web/src/locales/") {
			locales[locale] = map[string]bool{}
			for _, m := range messageKey.FindAllStringSubmatch(read(t, name), -1) {
				locales[locale][m[1]] = true
			}
		}
	})
	if len(made["New"]) < 150 || len(made["ForProgram"]) < 20 || len(locales) != 2 {
		t.Fatalf("found %d codes for people, %d for programs and %d locales: the search has gone blind", len(made["New"]), len(made["ForProgram"]), len(locales))
	}
	report(t, refusalRule, wordless(made["New"], made["ForProgram"], locales))
}

func TestWords_TheCheckSeesWhatIsMissing(t *testing.T) {
	s := parse(t, "internal/x/x.go", "package x\nvar a = errs.New(errs.Invalid, \"bare\", \"b\")\nvar b = errs.New(errs.Invalid, \"said\", \"s\").In(\"f\")\n"+
		"var c = errs.ForProgram(errs.Invalid, \"wire\", \"w\")\nvar d = errs.ForProgram(errs.Invalid, \"dressed\", \"d\")\nvar e = errs.ForProgram(errs.Invalid, \"said\", \"s\")\nvar f = fmt.New(errs.Invalid, \"other\", \"o\")\n")
	got := refusals(s)
	if len(got["New"]) != 2 || len(got["ForProgram"]) != 3 {
		t.Fatalf("codes: %v", got)
	}
	broken := wordless(got["New"], got["ForProgram"], map[string]map[string]bool{"en": {"said": true, "dressed": true}, "zh-CN": {"said": true}})
	if len(broken) != 4 { // bare in both, said both ways, dressed in one
		t.Errorf("breaks: %v", broken)
	}
}
