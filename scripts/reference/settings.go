package main

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/hawker-live/hawker/internal/config"
)

// settings lists every flag with its environment variable, default and meaning.
func settings() (string, error) {
	var b strings.Builder
	b.WriteString("# Settings\n\nEvery setting is a flag, an environment variable and a line `name = value` of the file that `--config` or `HAWKER_CONFIG` names. " +
		"A flag beats the environment, and the environment beats the file.\n\n| Flag | Environment | Default | Meaning |\n|---|---|---|---|\n")
	fields := reflect.TypeFor[config.Config]()
	for i := range fields.NumField() {
		tag := fields.Field(i).Tag
		name, doc := tag.Get("flag"), tag.Get("doc")
		if name == "" || doc == "" {
			return "", fmt.Errorf("the setting %s has no flag or no meaning", fields.Field(i).Name)
		}
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", name, config.EnvName(name), code(tag.Get("default")), cell(doc))
	}
	return b.String(), nil
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// cell keeps a text inside its table cell.
func cell(s string) string { return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s) }
