#!/usr/bin/env bash
# Generated files are committed: generating them again must change nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
before=$(cat api/openapi.json web/src/api/schema.d.ts 2>/dev/null | sha256sum)
make --no-print-directory gen >/dev/null
after=$(cat api/openapi.json web/src/api/schema.d.ts | sha256sum)
if [ "$before" != "$after" ]; then
  echo "api/openapi.json or web/src/api/schema.d.ts were out of date: run 'make gen' and commit the result" >&2
  exit 1
fi
