// Package archtest keeps the shape of the repository true: what a reviewer would have to remember
// is a test here, and a failing one prints the rule and its reason.
//
// Rules: floors and shelves (who may import whom), what domains stay away from (HTTP, drivers, the
// broker, the environment), one owner per table, one SQL text for two engines, time only from the
// clock, one way out by HTTP, a doc.go per package, sizes, package names, links in Markdown, and
// the form of changelog fragments.
//
// The checks read source, not types, and pass over packages that do not exist yet. Each has a test
// beside it that breaks the rule on purpose. A new package under internal/ needs a line in
// floors_test.go: where it stands is a decision.
package archtest
