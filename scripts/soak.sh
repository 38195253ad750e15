#!/bin/sh
# Faults for as long as T says: every fault in turn, in rounds with new seeds, each adding its line to
# docs/reference/evidence.md. Ends with an error when a round found something; its seed is in the line.
#   scripts/soak.sh 20m [ONLY]      ONLY is a regular expression of test names
# A round that is under way when the time is over ends with the cycle it is in, and counts what it did.
set -eu
cd "$(dirname "$0")/.."
limit=${1:-20m}
only=${2:-.}
[ -n "$only" ] || only=.
page=docs/reference/evidence.md
commit=$(git rev-parse --short HEAD)
git diff --quiet HEAD -- . ":!$page" || commit="$commit+changes"
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
seconds=$(($(echo "$limit" | sed -E 's/^([0-9]+)h$/\1*3600/; s/^([0-9]+)m$/\1*60/; s/^([0-9]+)s?$/\1/')))
# The longest round: a thousand cycles of the slowest kind on a busy machine.
round=60m

CGO_ENABLED=0 go build -o "$bin/hawker" ./cmd/hawker
export HAWKER_FAULT_PROGRAM="$bin/hawker"
go test -c -o "$bin/faults.test" ./internal/faults
go test -c -o "$bin/fanout.test" ./internal/live/fanout
end=$(($(date +%s) + seconds))
export HAWKER_SOAK="$limit" HAWKER_SOAK_UNTIL="$end"
# A room's fan-out proves by number too: twenty times its 50 slow readers, ten times its 5,000 connections.
fanout='TestSlowReaders_SkipWholeMessagesAndHoldNobodyUp 20
TestDeadReaders_AreLetGoAndTheirCountWithThem 5
TestVanished_PeersAreCountedOutOnce 20
TestCycles_LeaveNoDescriptorAndNoGoroutine 10'
failed=0

# run PACKAGE TEST runs one test; what it says goes into the page, and so does an end without a word.
run() {
	[ "$(date +%s)" -lt "$end" ] || return 0
	echo "==> $2"
	ok=1
	(cd "internal/$1" && "$bin/$(basename "$1").test" -test.run "^$2\$" -test.timeout $round) >"$bin/log" 2>&1 || ok=0
	grep -h '^EVIDENCE' "$bin/log" >"$bin/said" || true
	if [ $ok = 0 ]; then
		failed=1
		cat "$bin/log"
		awk -F'|' '$4 > 0 { found = 1 } END { exit !found }' "$bin/said" || echo "EVIDENCE | $2 | 0 | 1 | 0 | ended without its figures |" >>"$bin/said"
	fi
	sed "s/^EVIDENCE |/| $(date -u +%Y-%m-%d) | $commit |/" "$bin/said" >"$bin/lines"
	cat "$bin/lines"
	# The lines go in front of the mark that ends the table of faults.
	sed -i "/<!-- end of faults -->/{
		e cat $bin/lines
	}" "$page"
}

while [ "$(date +%s)" -lt "$end" ]; do
	for name in $("$bin/faults.test" -test.list "$only" | grep '^Test'); do
		run faults "$name"
	done
	echo "$fanout" >"$bin/fanout"
	while read -r name times; do
		echo "$name" | grep -qE "$only" || continue
		HAWKER_SOAK_TIMES=$times run live/fanout "$name"
	done <"$bin/fanout"
done
scripts/evidence.sh
exit $failed
