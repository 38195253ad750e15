// Package web holds the built web applications, so that one binary serves
// them. The tree is empty (one placeholder) until `npm run build` has run.
package web

import "embed"

// Dist is the output of the web build: index.html (viewer), console.html and
// hashed assets under dist/assets. The "all:" prefix keeps the placeholder,
// without which the pattern would match nothing in a fresh checkout.
//
//go:embed all:dist
var Dist embed.FS
