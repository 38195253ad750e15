#!/bin/sh
# Starts nginx with hawker.conf, its example paths and addresses replaced by those of the containers.
# HAWKER_NODES: host:port of each node, with spaces. TLS files: /tls/fullchain.pem, /tls/privkey.pem.
# CONF, OUT and NGINX are for the test.
set -eu
# The first node holds the rooms on air.
nodes=
live=
for n in ${HAWKER_NODES:?}; do
    nodes="$nodes    server $n;\\n"
    live=${live:-$n}
done
sed -e "s|^    server 127.0.0.1:8080; # one line.*|$nodes|" -e "s|^    server 127.0.0.1:8080; # the live.*|    server $live;|" \
    -e 's|/etc/letsencrypt/live/live.example.org/|/tls/|' \
    -e 's|server_name live.example.org;|server_name _;|' \
    "${CONF:-/hawker.conf}" > "${OUT:-/etc/nginx/conf.d/default.conf}"
exec ${NGINX:-nginx -g "daemon off;"}
