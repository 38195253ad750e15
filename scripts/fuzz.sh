#!/usr/bin/env bash
# Runs fuzz targets one after another, two workers each, and prints what each one did.
#   scripts/fuzz.sh 30s            every target for 30 s
#   scripts/fuzz.sh 30s 'rtmp|mp4' those whose package or name matches
#   scripts/fuzz.sh 10s --turn 3   three targets whose turn it is: the commit count moves the window, so that
#                                  every target comes up, and one commit always runs the same ones
# A crasher is left in the package's testdata/fuzz, where it fails the ordinary tests until it is mended.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-30s} only=${2:-} turn=${3:-}
export CGO_ENABLED=0

# Targets have a turn in make test when their package compiles with instrumentation in seconds. The others
# (internal/app is the whole program) run when all or they are asked for; their corpora run with the tests.
light='^internal/(media/(rtmp|codec|mp4|vod|tus|llhls|wire)|live/fanout) '
mapfile -t targets < <(grep -rnoE --include='*_test.go' '^func (Fuzz[A-Za-z0-9_]+)' internal | sed -E 's|^(.*)/[^/]+:[0-9]+:func (Fuzz.*)$|\1 \2|' | sort)
if [ "$only" = --turn ]; then
  mapfile -t targets < <(printf '%s\n' "${targets[@]}" | grep -E "$light")
  first=$(($(git rev-list --count HEAD 2>/dev/null || date +%j) * turn % ${#targets[@]}))
  mapfile -t targets < <(printf '%s\n' "${targets[@]}" "${targets[@]}" | tail -n +$((first + 1)) | head -n "$turn")
elif [ -n "$only" ]; then
  mapfile -t targets < <(printf '%s\n' "${targets[@]}" | grep -E "$only")
fi

failed=0 log=$(mktemp)
trap 'rm -f "$log"' EXIT
for target in "${targets[@]}"; do
  read -r pkg name <<<"$target"
  result=ok
  go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" -fuzzminimizetime 100x -parallel 2 "./$pkg" >"$log" 2>&1 || {
    # The tool also fails when its own time is over in the middle of making an input smaller; that is no finding.
    if grep -q 'Failing input' "$log" || ! grep -q 'context deadline exceeded' "$log"; then result=FAILED failed=1; fi
  }
  execs=$(grep -oE 'execs: [0-9]+' "$log" | tail -1 | tr -dc 0-9 || true)
  fresh=$(grep -oE 'new interesting: [0-9]+ \(total: [0-9]+\)' "$log" | tail -1 || true)
  printf '%-34s %-22s %-6s %12s execs  %s\n' "$pkg" "$name" "$result" "${execs:-0}" "$fresh"
  [ $result = ok ] || cat "$log"
done
exit $failed
