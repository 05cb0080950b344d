#!/bin/sh
# Checks that wallets' libraries work with a rampart binary:
# check.sh BINARY [--browser] [--python]. Without Node 20 or newer, or for --python
# without Python 3, it says so and exits 0.
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
case " $* " in
*" --python "*)
	venv=$(mktemp -d)
	trap 'rm -rf "$venv"' EXIT
	if ! python3 -m venv "$venv" >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		{ apt-get update -qq && apt-get install -y -qq python3-venv; } >/dev/null || true
		python3 -m venv "$venv" >/dev/null || true
	fi
	if [ ! -x "$venv/bin/pip" ]; then
		echo "!! SKIPPED: no Python 3 with venv here; no client library was run" >&2
		exit 0
	fi
	"$venv/bin/pip" install -q --disable-pip-version-check -r requirements.txt
	for flag; do
		shift
		set -- "$@" "$flag"
		[ "$flag" != --python ] || set -- "$@" "$venv/bin/python"
	done
	;;
esac
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
node run.mjs --rampart "$binary" "$@"
