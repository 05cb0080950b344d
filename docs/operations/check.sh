#!/usr/bin/env bash
# check.sh BINARY holds dashboard, alert rules and their provisioning against a real
# Prometheus: promtool reads the files and runs alerts_test.yml; then a network of
# BINARY, a rampart, is scraped as prometheus.yml says, every query of the dashboard
# must give data, and no alert may be pending or firing.
#
# Prometheus and the network listen on free ports of 127.0.0.1.
#
# Exit codes: 0 all is well; 1 something is not; 2 it could not begin; 3 a tool is not
# here, which it says.
set -euo pipefail

limit=90 # seconds, from the start of the network on

# Series that appear when there is something to count, which a healthy network need
# not have.
uncounted='relay_chain_refused_total
relay_blocksync_failed_imports_total
relay_host_handshakes_refused_total
relay_host_reports_total
relay_gossip_dropped_total
substrate_sub_libp2p_connections_closed_total
substrate_sub_libp2p_requests_out_failure_total
substrate_sub_libp2p_requests_in_failure_total
relay_recovery_seconds_bucket'

# Alerts about the disk of this machine, which others fill too.
elsewhere='DiskNearlyFull
DiskFullSoon'

if [ $# -ne 1 ] || [ ! -x "$1" ]; then
	echo "usage: $0 BINARY" >&2
	exit 2
fi
binary=$(realpath "$1")
cd "$(dirname "$0")"

for tool in prometheus promtool curl jq; do
	command -v "$tool" >/dev/null || {
		echo "!! SKIPPED: no $tool here (Debian packages: prometheus, curl, jq); dashboard and alerts were not run" >&2
		exit 3
	}
done

work=$(mktemp -d "${TMPDIR:-/tmp}/rampart-operations-XXXXXX")
pids=()

finish() {
	code=$?
	trap - EXIT INT TERM
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || true
	done
	rm -rf "$work"
	exit "$code"
}
trap finish EXIT
trap 'exit 1' INT TERM

fail() {
	echo "$*" >&2
	exit 1
}

# await WHAT CHECK runs a check until it finds nothing: no line in $work/wrong.
await() {
	local wrong=$work/wrong
	until "$2" >"$wrong" 2>"$work/errors" && [ ! -s "$wrong" ]; do
		for pid in "${pids[@]}"; do
			kill -0 "$pid" 2>/dev/null || fail "$1: a process ended: $(tail -qn 3 "$work"/*.log)"
		done
		[ "$SECONDS" -lt "$deadline" ] || fail "$1: not within $limit s
$(cat "$wrong" "$work/errors")"
		sleep 0.2
	done
}

# ask PATH [CURL'S ARGUMENTS…] prints the data of an answer of Prometheus.
ask() {
	local path=$1
	shift
	curl -sS -m 10 "$@" "$api/$path" | jq -ce 'if .status == "success" then .data else error(.error) end'
}

# answers FILE prints Prometheus's answers to the URLs in a file, one after the other.
answers() { sed 's/.*/url = "&"/' "$1" | curl -sS -m 20 -K -; }

network_begins() { grep -q ' best #' "$work/network.log" || echo "no slot"; }

prometheus_listens() { grep -q 'msg="Listening on"' "$work/prometheus.log" || echo "no address"; }

targets_up() {
	ask targets | jq -r --argjson n "$nodes" '
		.activeTargets | if length != $n then "\(length) targets of \($n)" else .[] | select(.health != "up") | "\(.scrapeUrl) \(.health) \(.lastError)" end'
}

# call METHOD PARAMETERS calls a node.
call() {
	curl -sS -m 5 -o /dev/null -H 'Content-Type: application/json' -d "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"$1\",\"params\":$2}" "$rpc"
}

# use does what users of a node do: it calls it and has a WebSocket open for a moment.
use() {
	call system_health '[]'
	curl -sS -m 0.5 -o /dev/null -H 'Connection: Upgrade' -H 'Upgrade: websocket' \
		-H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: cmFtcGFydCByYW1wYXJ0IQ==' "$rpc" 2>/dev/null || true
}

# panels_show prints what is wrong with what panels show. What is not a number is no
# data.
panels_show() {
	use
	jq -r --arg api "$api" --arg start "$start" --arg now "$(date +%s)" \
		'.[].expr | "\($api)/query_range?query=\(@uri)&start=\($start)&end=\($now)&step=1"' "$work/queries.json" >"$work/urls"
	answers "$work/urls" >"$work/shown.json"
	jq -nr --slurpfile queries "$work/queries.json" --arg uncounted "$uncounted" '
		[inputs] as $answers | $queries[0] | to_entries[] | .value as $query | $answers[.key] |
		"\($query.panel), query \($query.ref)" as $where |
		if .status != "success" then "\($where): \(.error)"
		elif all(.data.result[].values[][1]; . == "NaN") then
			select(all($uncounted | splits("\n"); . as $name | $query.expr | contains($name) | not)) |
			"\($where) shows nothing: \($query.expr)"
		else
			[.data.result[].metric | keys] as $series | $query.legend | scan("{{(\\w+)}}")[0] as $name |
			select(all($series[]; index($name) == null)) | "\($where): its legend names \($name), which no series has"
		end' "$work/shown.json"
}

# alerts_are_quiet prints which are not, and those that could never fire here: without
# its thresholds each must find something.
alerts_are_quiet() {
	ask 'rules?type=alert' | jq '[.groups[].rules[]]' >"$work/rules.json"
	jq -r --arg api "$api" '.[].query | gsub(" (<|>|==) [0-9.e]+"; "") | "\($api)/query?query=\(@uri)"' "$work/rules.json" >"$work/urls"
	answers "$work/urls" | jq -nr --slurpfile rules "$work/rules.json" --arg elsewhere "$elsewhere" '
		[inputs] as $answers | $rules[0] | to_entries[] | .value as $rule | $answers[.key] |
		if $rule.health != "ok" then "\($rule.name): \($rule.health) \($rule.lastError // "")"
		elif .status != "success" then "\($rule.name): \(.error)"
		elif .data.result == [] then "\($rule.name) finds no series: \($rule.query)"
		elif $rule.state != "inactive" and all($elsewhere | splits("\n"); . != $rule.name) then
			"\($rule.name) is \($rule.state): \([$rule.alerts[].annotations.description] | unique | join(" "))"
		else empty end'
}

all_is_well() { panels_show && alerts_are_quiet; }

echo "== configuration, rules and their tests"
for alert in $(sed -n 's/^ *- alert: //p' alerts.yml); do
	[ "$(grep -c "alertname: $alert\b" alerts_test.yml)" -ge 2 ] || fail "alerts_test.yml does not test when $alert fires and when not"
done
promtool check config grafana/prometheus.yml
promtool test rules alerts_test.yml
interval=$(sed -n 's/^ *scrape_interval: //p' grafana/prometheus.yml)
grep -q "timeInterval: $interval " grafana/provisioning/datasources/prometheus.yml || fail "the data source's timeInterval is not Prometheus's scrape_interval, $interval"

echo "== a network and Prometheus"
deadline=$((SECONDS + limit))
"$binary" testnet --prometheus-port 0 --rpc-port 0 --timeout "$((2 * limit))s" --base-path "$work/network" 2>"$work/network.log" &
pids+=($!)
await "the network" network_begins
rpc=http$(grep -om1 '://127[.0-9:]*' "$work/network.log")
call chain_getBlock '["no hash"]' # one that fails
targets=$(sed -n 's|.*http://\(.*\)/metrics$|"\1"|p' "$work/network.log")
nodes=$(wc -l <<<"$targets")
mkdir "$work/grafana"
cp alerts.yml "$work"
sed -e "s/targets: .*/targets: [$(paste -sd, <<<"$targets")]/" -e 's/\(_interval: \).*/\11s/' grafana/prometheus.yml >"$work/grafana/prometheus.yml"
prometheus --config.file="$work/grafana/prometheus.yml" --storage.tsdb.path="$work/data" --web.listen-address=127.0.0.1:0 2>"$work/prometheus.log" &
pids+=($!)
await "Prometheus" prometheus_listens
api=http://$(sed -n 's/.*msg="Listening on".* address=\([^ ]*\).*/\1/p' "$work/prometheus.log")/api/v1
start=$(date +%s)
await "targets" targets_up
echo "$nodes targets are up"

echo "== dashboard and alerts"
# Variables have all their values, chosen one by one, and $__rate_interval is four
# scrapes, as Grafana has it.
chosen='{"__rate_interval": "4s"}'
substitute='def substitute($chosen): reduce ($chosen | to_entries[]) as $v (.; split("$" + $v.key) | join($v.value));'
board=grafana/dashboards/rampart.json
while IFS=$'\t' read -r name selector label; do
	selector=$(jq -nr --argjson chosen "$chosen" --arg selector "$selector" "$substitute"' $selector | substitute($chosen)')
	values=$(ask series --get --data-urlencode "match[]=$selector" |
		jq --arg of "$label" 'map(.[$of] // empty | gsub("(?<c>[$^*{}\\[\\]+?.()|])"; "\\\\\(.c)")) | unique')
	echo "$name: $(jq length <<<"$values") values"
	[ "$values" != "[]" ] || fail "the variable $name has no values: $selector"
	chosen=$(jq -c --arg name "$name" --argjson values "$values" '.[$name] = "(\($values | join("|")))"' <<<"$chosen")
done < <(jq -r '.templating.list[] | select(.type == "query") | [.name] + (.query.query | capture("^label_values\\((?<s>.*), (?<l>\\w+)\\)$") | [.s, .l]) | @tsv' "$board")
jq --argjson chosen "$chosen" "$substitute"'
	[.panels[] | ., .panels[]? | .title as $panel | .targets[]? | {panel: $panel, ref: .refId, legend: .legendFormat, expr: (.expr | substitute($chosen))}]' "$board" >"$work/queries.json"
await "dashboard and alerts" all_is_well

echo "$(jq 'map(.panel) | unique | length' "$work/queries.json") panels, $(jq -s '[.[] | select(any(.data.result[].values[][1]; . != "NaN"))] | length' "$work/shown.json") queries with data, $(jq 'map(select(.state == "inactive")) | length' "$work/rules.json") alerts quiet, in $SECONDS s"
