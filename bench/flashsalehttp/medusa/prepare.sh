#!/bin/sh
# Puts Medusa 2 into a folder for `make bench NAME=flashsale-http ARGS="-medusa FOLDER"`: 700 MB, by npm (Node 20.19
# or later). Only packages are installed; the bench brings configuration and seed itself.
set -eu
folder=${1:?usage: prepare.sh FOLDER}
mkdir -p "$folder"
cp "$(dirname "$0")/package.json" "$folder/package.json"
cd "$folder"
# No lock file: it would name the registry it was made with. Exact versions of Medusa's own packages pin theirs.
npm install --no-audit --no-fund --no-package-lock --loglevel=error
