#!/usr/bin/env bash
# Installs what the tests need beyond Go and Node. Quiet and quick when everything is there already.
set -euo pipefail
need=()
command -v ffmpeg >/dev/null || need+=(ffmpeg)
command -v chromium >/dev/null || need+=(chromium)
command -v gcc >/dev/null || need+=(gcc libc6-dev) # the race detector is a C library
# grep reads to the end: a pipe it closes early would count as a failure
fc-list 2>/dev/null | grep -i 'noto.*cjk' >/dev/null || need+=(fonts-noto-cjk fonts-noto-color-emoji)
fc-list 2>/dev/null | grep '/inter' >/dev/null || need+=(fonts-inter) # the Latin face the pictures are taken with
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || need+=(nginx-light) # the edge configuration is tested with the real one
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || need+=(postgresql)
[ ${#need[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null; then
  echo "the tests need: ${need[*]}; install them with your package manager" >&2
  exit 1
fi
sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)
echo "==> installing ${need[*]}"
"${sudo[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
