#!/usr/bin/env bash
# Lets the program get its certificate from pebble, Let's Encrypt's own test authority, on this machine.
# Needs Go; installs the authority into .tools the first time (half a minute).
set -euo pipefail
cd "$(dirname "$0")/.."
version=v2.10.1
authority=.tools/pebble-$version

if [ ! -x "$authority" ]; then
  echo "==> installing pebble $version into .tools"
  build=$(mktemp -d)
  GOBIN=$build CGO_ENABLED=0 go install "github.com/letsencrypt/pebble/v2/cmd/pebble@$version"
  mkdir -p .tools
  mv "$build/pebble" "$authority"
  rmdir "$build"
fi
HAWKER_TEST_PEBBLE=$PWD/$authority go test ./cmd/hawker -run ACME -count=1 -v
