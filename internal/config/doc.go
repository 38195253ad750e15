// Package config is the one struct of settings: flags = environment (HAWKER_*) = file, in that order of
// precedence. Only internal/app reads it. Every field documents itself in its doc tag, from which
// `hawker help` and docs/reference are made.
package config
