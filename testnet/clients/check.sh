#!/bin/sh
# Checks that wallets' libraries work with a rampart binary: check.sh BINARY [--browser].
# Without Node 20 or newer it says so and exits 0.
set -eu
binary=$(realpath "$1")
shift
cd "$(dirname "$0")"

recent() { command -v node >/dev/null && [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ]; }

if ! recent && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	apt-get update -qq && apt-get install -y -qq nodejs npm >/dev/null || true
fi
if ! recent || ! command -v npm >/dev/null; then
	echo "!! SKIPPED: no Node 20 or newer with npm here; no client library was run" >&2
	exit 0
fi
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
exec node run.mjs --rampart "$binary" "$@"
