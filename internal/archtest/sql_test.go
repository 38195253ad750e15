package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	orderRule = `Rule: $1, $2, … first appear in ascending order in every SQL text. Reason: to SQLite $2 is a name, and
numbers go by first appearance; out of order a quantity lands in the place of an id.`
	ownerRule = `Rule: a domain makes, reads and writes only its own tables; their names begin with its name.
Reason: a table with two writers has no invariant. Lists cross domains by CardsByID.`
	oneTextRule = `Rule: one SQL text for both engines: no FOR UPDATE, now(), CURRENT_TIMESTAMP, SELECT *, and in schemas
only TEXT, BIGINT, DOUBLE PRECISION and REAL. Reason: each of the others means something else, or
nothing, on the other engine.`
	sprintfRule = `Rule: no fmt.Sprintf for SQL. Reason: a value that gets into the text is an injection; placeholders are
written by db.Placeholders and db.Values.`
)

var (
	sqlText     = regexp.MustCompile(`\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|FROM|JOIN|WHERE|VALUES|ON CONFLICT|SET)\b`)
	sqlStart    = regexp.MustCompile(`^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE TABLE|ALTER TABLE)\b`)
	placeholder = regexp.MustCompile(`\$([1-9][0-9]*)`)
	identifier  = regexp.MustCompile(`\b[a-z][a-z0-9]*_[a-z0-9_]+\b`)
	created     = regexp.MustCompile(`(?i)\bCREATE\s+(TABLE|UNIQUE INDEX|INDEX)\s+(?:IF NOT EXISTS\s+)?([A-Za-z0-9_"]+)`)
	altered     = regexp.MustCompile(`(?i)\b(?:ALTER TABLE|DROP TABLE|INSERT INTO|UPDATE|DELETE FROM|\bON)\s+([a-z0-9_]+)`)
	notPortable = regexp.MustCompile(`(?i)\bFOR UPDATE\b|\bnow\(\)|\bCURRENT_TIMESTAMP\b|\bSELECT \*`)
	typeName    = regexp.MustCompile(`(?i)\b(INTEGER|INT|SERIAL|BIGSERIAL|BOOLEAN|BOOL|TIMESTAMP|TIMESTAMPTZ|DATETIME|DATE|JSONB?|VARCHAR|CHAR|UUID|BLOB|BYTEA|NUMERIC|AUTOINCREMENT|FLOAT)\b`)
	sqlComment  = regexp.MustCompile(`(?m)--.*$`)
)

// owner is the name that a directory's tables begin with, "" when it has none.
func owner(dir string) string {
	parts := strings.Split(dir, "/")
	if len(parts) < 2 || parts[0] != "internal" {
		return ""
	}
	if parts[1] == "infra" {
		if len(parts) < 3 {
			return ""
		}
		return parts[2]
	}
	return parts[1]
}

// texts lists the string constants of a file that look like SQL; pieces joined by + are one text,
// with " ? " for what is not constant.
func (s source) texts(fn func(text string, n ast.Node)) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		text, constant := joined(e)
		if !constant {
			return true
		}
		if sqlText.MatchString(text) {
			fn(text, n)
		}
		return false
	})
}

// joined is the text of a literal or a sum of them; ok is false for any other expression.
func joined(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.ParenExpr:
		return joined(e.X)
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		a, okA := joined(e.X)
		b, okB := joined(e.Y)
		if !okA && !okB {
			return "", false
		}
		if !okA {
			a = " ? "
		}
		if !okB {
			b = " ? "
		}
		return a + b, true
	}
	return "", false
}

// outOfOrder tells the first placeholder that appears too early, "" when there is none. A text
// that continues another may begin above $1.
func outOfOrder(text string) string {
	highest := 0
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		if n > highest+1 && highest > 0 && !strings.Contains(text, " ? ") {
			return m[0] + " appears before " + fmt.Sprintf("$%d", highest+1)
		}
		if highest == 0 && n > 1 && sqlStart.MatchString(text) && !strings.Contains(text, " ? ") {
			return m[0] + " appears before $1"
		}
		highest = max(highest, n)
	}
	return ""
}

func TestSQL_PlaceholdersAscend(t *testing.T) {
	var broken []string
	everyText(t, func(p pkg, s source, text string, n ast.Node) {
		if why := outOfOrder(text); why != "" {
			broken = append(broken, s.line(n)+": "+why)
		}
	})
	report(t, orderRule, broken)
}

// everyText visits the SQL of everything but tests.
func everyText(t *testing.T, fn func(p pkg, s source, text string, n ast.Node)) {
	t.Helper()
	for _, p := range packages(t) {
		if p.dir == "internal/archtest" || forTests(p.dir) {
			continue
		}
		for _, s := range p.files {
			if !s.test {
				s.texts(func(text string, n ast.Node) { fn(p, s, text, n) })
			}
		}
	}
}

// schemas lists every schema file by its path.
func schemas(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	walk(t, func(name string) {
		if strings.HasPrefix(name, "internal/") && strings.Contains(name, "/schema/") && strings.HasSuffix(name, ".sql") {
			out[name] = sqlComment.ReplaceAllString(read(t, name), "")
		}
	})
	return out
}

// tables maps every table to the name of its owner.
func tables(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{"db_migrations": "db"}
	for name, text := range schemas(t) {
		for _, m := range created.FindAllStringSubmatch(text, -1) {
			if strings.EqualFold(m[1], "TABLE") {
				out[m[2]] = owner(name)
			}
		}
	}
	return out
}

func TestSQL_SchemasHoldOnlyTheirOwnTables(t *testing.T) {
	var broken, types []string
	for name, text := range schemas(t) {
		broken = append(broken, strangers(name, text)...)
		for _, m := range typeName.FindAllString(text, -1) {
			types = append(types, name+" uses "+m)
		}
		for _, m := range notPortable.FindAllString(text, -1) {
			types = append(types, name+" uses "+m)
		}
	}
	report(t, ownerRule, broken)
	report(t, oneTextRule, types)
}

func strangers(name, text string) (broken []string) {
	prefix := owner(name) + "_"
	for _, m := range created.FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(m[2], prefix) {
			broken = append(broken, name+" makes "+m[2]+", which does not begin with "+prefix)
		}
	}
	for _, m := range altered.FindAllStringSubmatch(text, -1) {
		if word := m[1]; strings.Contains(word, "_") && !strings.HasPrefix(word, prefix) {
			broken = append(broken, name+" touches "+word)
		}
	}
	return broken
}

func TestSQL_CodeNamesOnlyItsOwnTables(t *testing.T) {
	all := tables(t)
	var broken []string
	everyText(t, func(p pkg, s source, text string, n ast.Node) {
		for _, table := range foreign(all, owner(p.dir), text) {
			broken = append(broken, s.line(n)+" names "+table+", a table of "+all[table])
		}
	})
	report(t, ownerRule, broken)
}

func foreign(all map[string]string, self, text string) (out []string) {
	for _, word := range identifier.FindAllString(text, -1) {
		if of, is := all[word]; is && of != self && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return out
}

func TestSQL_OneTextForBothEngines(t *testing.T) {
	var broken []string
	everyText(t, func(p pkg, s source, text string, n ast.Node) {
		for _, m := range notPortable.FindAllString(text, -1) {
			if sqlStart.MatchString(text) {
				broken = append(broken, s.line(n)+" uses "+m)
			}
		}
	})
	report(t, oneTextRule, broken)
}

func TestSQL_NoSprintf(t *testing.T) {
	var broken []string
	for _, p := range packages(t) {
		for _, s := range p.files {
			broken = append(broken, formatted(s)...)
		}
	}
	report(t, sprintfRule, broken)
}

func formatted(s source) (broken []string) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Sprintf" {
			return true
		}
		if text, ok := joined(call.Args[0]); ok && sqlStart.MatchString(text) {
			broken = append(broken, s.line(n))
		}
		return true
	})
	return broken
}

func TestSQLChecks_SeeWhatBreaksThem(t *testing.T) {
	for text, ok := range map[string]bool{
		"SELECT a FROM x_y WHERE b = $1 AND c = $2":     true,
		"SELECT a FROM x_y WHERE b = $1 AND c = $1":     true,
		" AND c = $4 AND d = $5":                        true, // continues another text
		"SELECT a FROM x_y WHERE b IN ( ? ) AND c = $9": true, // the middle is written by db.Placeholders
		"UPDATE x_y SET a = $2 WHERE b = $1":            false,
		"SELECT a FROM x_y WHERE b = $1 AND c = $3, $2": false,
		"DELETE FROM x_y WHERE c = $2":                  false,
	} {
		if why := outOfOrder(text); (why == "") != ok {
			t.Errorf("%q: %q", text, why)
		}
	}
	all := map[string]string{"shop_orders": "shop", "money_payments": "money"}
	if got := foreign(all, "shop", "SELECT o.id FROM shop_orders o JOIN money_payments p ON p.order_id = o.id"); !slices.Equal(got, []string{"money_payments"}) {
		t.Errorf("foreign tables: %v", got)
	}
	if got := strangers("internal/shop/schema/0001_x.sql", "CREATE TABLE orders (id TEXT);\nCREATE INDEX shop_i ON money_payments (id);\nCREATE TABLE shop_a (id TEXT);"); len(got) != 2 {
		t.Errorf("strangers: %v", got)
	}
	s := parse(t, "internal/shop/x.go", "package shop\nimport \"fmt\"\nvar q = fmt.Sprintf(`SELECT a FROM shop_orders WHERE id = '%s'`, \"x\")\nvar r = `UPDATE shop_orders SET a = $2` + list + ` WHERE b = $1`\n")
	if got := formatted(s); len(got) != 1 {
		t.Errorf("formatted SQL: %v", got)
	}
	var texts []string
	s.texts(func(text string, _ ast.Node) { texts = append(texts, text) })
	if len(texts) != 2 || texts[1] != "UPDATE shop_orders SET a = $2 ?  WHERE b = $1" {
		t.Errorf("texts: %q", texts)
	}
	for _, bad := range []string{"SELECT a FROM x FOR UPDATE", "SELECT * FROM x", "INSERT INTO x VALUES (now())"} {
		if !notPortable.MatchString(bad) {
			t.Errorf("%q passes", bad)
		}
	}
}
