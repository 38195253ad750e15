#!/bin/sh
# Renders the installable-app icons and the link preview from web/public/favicon.svg, the mark.
# Needs: rsvg-convert, Noto Sans CJK.
# usage: icons.sh ROOT   (ROOT is the checkout)
set -eu
public="$1/web/public"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# A launcher cuts its own outline, so these two lose the rounded corner; the
# maskable one also keeps the mark inside the safe circle of radius 40 %.
sed 's/ rx="15"//' "$public/favicon.svg" > "$tmp/square.svg"
sed -e 's/ rx="15"//' -e 's/rotate(-5 32 32)/translate(32 32) scale(.76) rotate(-5) translate(-32 -32)/' \
  "$public/favicon.svg" > "$tmp/maskable.svg"

rsvg-convert -w 192 -h 192 "$public/favicon.svg" -o "$public/icon-192.png"
rsvg-convert -w 512 -h 512 "$public/favicon.svg" -o "$public/icon-512.png"
rsvg-convert -w 512 -h 512 "$tmp/maskable.svg" -o "$public/icon-maskable-512.png"
cat > "$tmp/og.svg" << 'SVG'
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 630">
  <rect width="1200" height="630" fill="#14110F"/>
  <g fill="#FF5A36"><path d="M0 0h120v64a60 60 0 0 1-120 0Z"/><path d="M240 0h120v64a60 60 0 0 1-120 0Z"/><path d="M480 0h120v64a60 60 0 0 1-120 0Z"/><path d="M720 0h120v64a60 60 0 0 1-120 0Z"/><path d="M960 0h120v64a60 60 0 0 1-120 0Z"/></g>
  <g fill="#FFF4E4"><path d="M120 0h120v64a60 60 0 0 1-120 0Z"/><path d="M360 0h120v64a60 60 0 0 1-120 0Z"/><path d="M600 0h120v64a60 60 0 0 1-120 0Z"/><path d="M840 0h120v64a60 60 0 0 1-120 0Z"/><path d="M1080 0h120v64a60 60 0 0 1-120 0Z"/></g>
  <g transform="translate(150 235) scale(3.6)">MARK</g>
  <text x="450" y="355" font-family="Noto Sans CJK SC" font-weight="700" font-size="112" fill="#FFF4E4">吆喝 Hawker</text>
  <text x="454" y="435" font-family="Noto Sans CJK SC" font-size="38" fill="#D9C7B0">A place for stalls that talk. Yours to run.</text>
</svg>
SVG
mark=$(sed -e '/<svg/d' -e '/<\/svg>/d' -e '/<title>/d' -e '/<!--/d' "$public/favicon.svg" | tr '\n' ' ')
sed -i "s|MARK|$mark|" "$tmp/og.svg"
rsvg-convert -w 1200 -h 630 "$tmp/og.svg" -o "$public/og.png"
rsvg-convert -w 180 -h 180 "$tmp/square.svg" -o "$public/apple-touch-icon.png"
