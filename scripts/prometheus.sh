#!/usr/bin/env bash
# Lets a real Prometheus scrape the sample world with the files of deploy/prometheus, and asks it every question of
# the board and of the alerts, as Grafana would. Needs bin/hawker, Node and prometheus (Debian: apt-get install prometheus).
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in prometheus promtool; do
  command -v "$tool" >/dev/null || { echo "NOT TESTED: the board and the alerts against a real Prometheus ($tool is not installed)"; exit 0; }
done
port() { node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
web=$(port) metrics=$(port) prom=$(port)
dir=$(mktemp -d)
pids=()
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null && wait "$pid"; done || true
  rm -rf "$dir"
}
trap stop EXIT

promtool check config deploy/prometheus/prometheus.yml
cp deploy/prometheus/alerts.yml "$dir/"
# The address of the node and a pace at which a minute is enough; everything else is the file as it is shipped.
sed -e "s/hawker:9464/127.0.0.1:$metrics/" -e 's/_interval: 15s/_interval: 2s/' deploy/prometheus/prometheus.yml >"$dir/prometheus.yml"
bin/hawker demo --data "$dir/site" --addr "127.0.0.1:$web" --rtmp-addr "" --webrtc-addr "" --metrics-addr "127.0.0.1:$metrics" >"$dir/site.log" 2>&1 &
pids+=($!)
prometheus --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/tsdb" --web.listen-address="127.0.0.1:$prom" --log.level=warn >"$dir/prom.log" 2>&1 &
pids+=($!)
node scripts/prometheus.mjs "http://127.0.0.1:$prom" "http://127.0.0.1:$web" || { tail -n 5 "$dir/site.log" "$dir/prom.log" >&2; exit 1; }
curl -fsS "http://127.0.0.1:$metrics/metrics" | promtool check metrics
