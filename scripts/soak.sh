#!/bin/sh
# Faults for as long as T says: every fault in turn, in rounds with new seeds, each adding its line to
# docs/reference/evidence.md. Ends with an error when a round found something; its seed is in the line.
#   scripts/soak.sh 20m [ONLY]      ONLY is a regular expression of test names
set -eu
cd "$(dirname "$0")/.."
limit=${1:-20m}
only=${2:-.}
[ -n "$only" ] || only=.
page=docs/reference/evidence.md
commit=$(git rev-parse --short HEAD)
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
seconds=$(echo "$limit" | sed -E 's/^([0-9]+)h$/\1*3600/; s/^([0-9]+)m$/\1*60/; s/^([0-9]+)s?$/\1/')
seconds=$((seconds))
go test -c -o "$bin/faults.test" ./internal/faults
end=$(($(date +%s) + seconds))
failed=0
while [ "$(date +%s)" -lt "$end" ]; do
	for name in $("$bin/faults.test" -test.list "$only" | grep '^Test'); do
		[ "$(date +%s)" -lt "$end" ] || break
		echo "==> $name"
		if ! (cd internal/faults && HAWKER_SOAK="$limit" "$bin/faults.test" -test.run "^$name\$" -test.timeout 30m) >"$bin/log" 2>&1; then
			failed=1
			cat "$bin/log"
		fi
		grep -h '^EVIDENCE' "$bin/log" | sed "s/^EVIDENCE |/| $(date -u +%Y-%m-%d) | $commit |/" >"$bin/lines" || true
		cat "$bin/lines"
		# The lines go in front of the mark that ends the table of faults.
		sed -i "/<!-- end of faults -->/{
			e cat $bin/lines
		}" "$page"
	done
done
exit $failed
