#!/usr/bin/env bash
# Generated files are committed: generating them again must change nothing. The answer names each file
# that was out of date and leaves the new one in place, ready to be committed.
set -euo pipefail
cd "$(dirname "$0")/.."
generated=(api/openapi.json web/src/api/schema.d.ts docs/reference/settings.md docs/reference/api.md docs/reference/errors.md)
before=$(mktemp)
trap 'rm -f "$before"' EXIT
sha256sum "${generated[@]}" >"$before" 2>/dev/null || true
make --no-print-directory gen >/dev/null
stale=$(sha256sum "${generated[@]}" | sort | comm -13 <(sort "$before") - | awk '{print $2}')
[ -z "$stale" ] && exit 0
printf 'out of date, run "make gen" and commit the result:\n%s\n' "$stale" >&2
exit 1
