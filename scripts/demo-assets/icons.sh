#!/bin/sh
# Renders the installable-app icons from web/public/favicon.svg, the mark.
# Needs: rsvg-convert.
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
rsvg-convert -w 180 -h 180 "$tmp/square.svg" -o "$public/apple-touch-icon.png"
