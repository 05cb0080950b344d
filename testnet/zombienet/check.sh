#!/bin/sh
# check.sh BINARY [RESULTS] starts a network of BINARY, a rampart, with zombienet as
# anybody has it, and lets zombienet check it by network.zndsl. RESULTS, default a
# temporary directory, keeps the log of zombienet and those of the nodes.
#
# ZOMBIENET names an installed zombienet; without, one is installed by npm.
#
# Exit codes: 0 the checks passed, or there is no Node 20 or newer with npm, which it
# says; 1 they did not pass; 2 they could not begin.
set -eu

limit=240 # seconds
version=1.3.138

here=$(cd "$(dirname "$0")" && pwd)
if [ $# -lt 1 ] || [ ! -x "$1" ]; then
	echo "usage: $0 BINARY [RESULTS]" >&2
	exit 2
fi
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")

recent() {
	command -v npm >/dev/null && command -v node >/dev/null && [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ]
}

if ! recent && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	{ apt-get update -qq && apt-get install -y -qq nodejs npm; } >/dev/null || true
fi
if ! recent; then
	echo "!! SKIPPED: no Node 20 or newer with npm here; zombienet was not run" >&2
	exit 0
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/zombienet-XXXXXX")
results=${2:-$work/results}
mkdir -p "$results" "$work/bin"

# nodes prints the ids of the processes that were started with a path in $work.
nodes() {
	for dir in /proc/[0-9]*; do
		if grep -qsF "$work/net/" "$dir/cmdline"; then
			basename "$dir"
		fi
	done
}

finish() {
	code=$?
	if [ -n "${zombienet:-}" ]; then # it ends what it runs, by force after 10 s
		kill "$zombienet" 2>/dev/null || true
		wait "$zombienet" || true
	fi
	trap - EXIT INT TERM
	for pid in $(nodes); do
		kill -9 "$pid" 2>/dev/null || true
	done
	cp "$work"/net/*.log "$work"/net/*/*.log "$results" 2>/dev/null || true
	if [ "$code" -ne 0 ]; then
		echo "results are in $results" >&2
	fi
	if [ "$code" -eq 0 ] || [ "$results" != "$work/results" ]; then
		rm -rf "$work"
	fi
	exit "$code"
}
trap finish EXIT
trap 'exit 1' INT TERM

if [ -z "${ZOMBIENET:-}" ]; then
	# zombienet's parser of TOML comes from a repository; npm has it too.
	cat >"$work/package.json" <<END
{"private": true, "dependencies": {"@zombienet/cli": "$version"}, "overrides": {"toml": "3.0.0"}}
END
	(cd "$work" && npm install --ignore-scripts --no-audit --no-fund >"$results/npm.log" 2>&1) || {
		tail -5 "$results/npm.log" >&2
		echo "zombienet $version could not be installed" >&2
		exit 2
	}
	ZOMBIENET=$work/node_modules/.bin/zombienet
fi

# In this folder the validation function can be built if the binary has none inside.
cd "$here"
ln -s "$binary" "$work/bin/rampart"
"$binary" export-genesis-wasm --chain coin-2000 "$work/wasm" || exit 2
PATH=$work/bin:$PATH timeout -k 10 "$limit" "$ZOMBIENET" -p native -l text -d "$work/net" test network.zndsl >"$results/zombienet.log" 2>&1 &
zombienet=$!
if wait "$zombienet"; then
	grep 'Result: ' "$results/zombienet.log"
	exit 0
fi
tail -40 "$results/zombienet.log" >&2
exit 1
