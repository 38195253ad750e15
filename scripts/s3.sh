#!/usr/bin/env bash
# Runs the blob store's contract, and the built program, against a real S3 server that checks signatures.
# Needs Go, Node and bin/hawker; installs the server into .tools the first time (about a minute).
set -euo pipefail
cd "$(dirname "$0")/.."
version=v1.8.0
server=.tools/versitygw-$version
key=hawkertest
secret=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

if [ ! -x "$server" ]; then
  echo "==> installing versitygw $version into .tools"
  build=$(mktemp -d)
  GOBIN=$build CGO_ENABLED=0 go install "github.com/versity/versitygw/cmd/versitygw@$version"
  mkdir -p .tools
  mv "$build/versitygw" "$server"
  rmdir "$build"
fi

port=$(node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
dir=$(mktemp -d)
pid=
stop() {
  [ -z "$pid" ] || { kill "$pid" 2>/dev/null && wait "$pid"; } || true
  rm -rf "$dir"
}
trap stop EXIT
mkdir -p "$dir/buckets/hawker" "$dir/buckets/moved"
ROOT_ACCESS_KEY=$key ROOT_SECRET_KEY=$secret "$server" --quiet --port "127.0.0.1:$port" posix "$dir/buckets" >"$dir/log" 2>&1 &
pid=$!
for try in $(seq 100); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  if [ "$try" = 100 ] || ! kill -0 "$pid" 2>/dev/null; then
    cat "$dir/log" >&2
    echo "the S3 server did not start" >&2
    exit 1
  fi
  sleep 0.1
done

url="s3://$key:$secret@127.0.0.1:$port/hawker?region=us-east-1&secure=0"
echo "==> blob store against versitygw $version"
HAWKER_TEST_S3_URL=$url go test -tags s3real ./internal/infra/blob -run S3Real -count=1
echo "==> bin/hawker with its files on versitygw $version"
mkdir "$dir/tmp" # of the program and its films
TMPDIR=$dir/tmp HAWKER_BLOB_URL=$url node scripts/s3-program.mjs "$dir/buckets/hawker"
echo "==> bin/hawker backup and restore, from a folder to versitygw and back"
TMPDIR=$dir/tmp HAWKER_MOVE_URL=${url/\/hawker\?/\/moved?} node scripts/s3-move.mjs "$dir/buckets/moved"
