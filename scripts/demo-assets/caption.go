package main

import (
	"fmt"
	"html"
	"strings"
)

// wideLatin letters fill a line at full size.
const wideLatin = 30

// captionSVG sets the two lines of a clip at the height where no part of the
// viewer's screen lies: under the tabs, above the rail.
func (c clip) captionSVG() string {
	if c.lines[0] == "" {
		return ""
	}
	ink, halo, weight := "#FFF8EC", "#0B0705", "0.7"
	if c.dark {
		ink, halo, weight = "#3A2418", "#FFF6E8", "0.75"
	}
	size, spacing := 26.0, 1.5
	if n := len(c.lines[0]); n == len([]rune(c.lines[0])) && n > wideLatin { // Latin runs longer than Han
		size, spacing = max(19, 26*wideLatin/float64(n)), 0
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">`, frameW, frameH, frameW, frameH)
	b.WriteString(`<defs><filter id="h" x="-10%" y="-40%" width="120%" height="180%"><feGaussianBlur stdDeviation="5"/></filter></defs>`)
	for _, pass := range []struct{ fill, extra string }{
		{halo, fmt.Sprintf(` filter="url(#h)" opacity="%s" stroke="%s" stroke-width="5"`, weight, halo)},
		{ink, ""},
	} {
		fmt.Fprintf(&b, `<g font-family="Noto Sans CJK SC" fill="%s"%s><rect x="50" y="119" width="3" height="56" rx="1.5" opacity=".9"/>`, pass.fill, pass.extra)
		fmt.Fprintf(&b, `<text x="68" y="142" font-size="%.1f" letter-spacing="%.1f">%s</text>`, size, spacing, html.EscapeString(c.lines[0]))
		fmt.Fprintf(&b, `<text x="68" y="172" font-size="18" letter-spacing="1" opacity=".86">%s</text></g>`, html.EscapeString(c.lines[1]))
	}
	b.WriteString(`</svg>`)
	return b.String()
}
