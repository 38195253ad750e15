package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// document is what is read of an OpenAPI document.
type document struct {
	Paths map[string]map[string]operation
}

type operation struct {
	Summary    string
	Tags       []string
	Allow      string `json:"x-allow"`
	Parameters []struct {
		Name, In string
		Required bool
	}
}

var methods = []string{"get", "post", "put", "patch", "delete"}

// operations lists every operation by domain: who may call it and whether it wants a key.
func operations() (string, error) {
	text, err := os.ReadFile("api/openapi.json")
	if err != nil {
		return "", err
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return "", err
	}
	byTag := map[string][]string{}
	count := 0
	for _, path := range sortedKeys(d.Paths) {
		for _, method := range methods {
			op, ok := d.Paths[path][method]
			if !ok {
				continue
			}
			if len(op.Tags) == 0 || op.Summary == "" || op.Allow == "" {
				return "", fmt.Errorf("%s %s has no tag, no summary or says not who may call it", method, path)
			}
			count++
			byTag[op.Tags[0]] = append(byTag[op.Tags[0]], fmt.Sprintf("| `%s %s` | %s | %s | %s |\n", strings.ToUpper(method), path, cell(op.Summary), op.Allow, op.key()))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Operations\n\n%d operations, from `api/openapi.json`, which also holds their fields, limits and answers; a running site shows it at `/docs`. "+
		"A refusal is a problem (RFC 9457) whose `code` is one of [these](errors.md). An operation with a key wants `Idempotency-Key`: sent again with the same key, it answers the same and does nothing.\n", count)
	for _, tag := range sortedKeys(byTag) {
		fmt.Fprintf(&b, "\n## %s\n\n| Operation | What it does | Who | Key |\n|---|---|---|---|\n%s", tag, strings.Join(byTag[tag], ""))
	}
	return b.String(), nil
}

func (o operation) key() string {
	for _, p := range o.Parameters {
		if p.Name == "Idempotency-Key" {
			return "yes"
		}
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
