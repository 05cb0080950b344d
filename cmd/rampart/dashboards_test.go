package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const operations = "../../docs/operations/"

// shown is what a node shows or documents about one metric.
type shown struct {
	kind   string
	labels map[string][]string // label → values of its series
	series int
	always bool // a node must show it
}

// has reports whether some series has the label with a value that matches.
func (s shown) has(label string, match func(string) bool) bool {
	return slices.ContainsFunc(s.labels[label], match)
}

var (
	typeLine   = regexp.MustCompile(`(?m)^# TYPE (\S+) (\S+)$`)
	seriesLine = regexp.MustCompile(`(?m)^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$`)
	labelPair  = regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)
	tableRow   = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (\\w+) \\| ([^|]*)\\|")
	suffixes   = []string{"_bucket", "_sum", "_count"}
)

// family returns the metric that a series belongs to.
func family(all map[string]shown, series string) (string, bool) {
	if s, ok := all[series]; ok {
		return series, s.kind != "histogram" // which is shown in parts
	}
	for _, suffix := range suffixes {
		if name, cut := strings.CutSuffix(series, suffix); cut && (all[name].kind == "histogram" || all[name].kind == "summary" && suffix != "_bucket") {
			return name, true
		}
	}
	return series, false
}

// parseScrape reads metrics in the text format of Prometheus.
func parseScrape(t *testing.T, text string) map[string]shown {
	t.Helper()
	out := map[string]shown{}
	for _, m := range typeLine.FindAllStringSubmatch(text, -1) {
		out[m[1]] = shown{kind: m[2], labels: map[string][]string{}}
	}
	for _, m := range seriesLine.FindAllStringSubmatch(text, -1) {
		name, ok := family(out, m[1])
		if s, known := out[name]; known && s.kind == "summary" {
			ok = true
		}
		if !ok {
			t.Fatalf("series %s of no metric", m[1])
		}
		s := out[name]
		s.series++
		for _, pair := range labelPair.FindAllStringSubmatch(m[2], -1) {
			s.labels[pair[1]] = append(s.labels[pair[1]], pair[2])
		}
		out[name] = s
	}
	return out
}

// documented returns the metrics in the tables of docs/operations/metrics.md, and
// the names that it calls absent.
func documented(t *testing.T) (present map[string]shown, absent []string) {
	t.Helper()
	text := read(t, "metrics.md")
	present = map[string]shown{}
	tables, rest, ok := strings.Cut(text, "<!-- absent -->")
	if !ok {
		t.Fatal("metrics.md has no table of what is absent")
	}
	ofNode, _, _ := strings.Cut(tables, "<!-- metrics of a collator -->")
	for _, row := range tableRow.FindAllStringSubmatch(tables, -1) {
		s := shown{kind: row[2], labels: map[string][]string{}}
		// What has labels appears when there is something to count.
		s.always = strings.TrimSpace(row[3]) == "" && strings.Contains(ofNode, "| `"+row[1]+"` |")
		for label := range strings.FieldsSeq(row[3]) {
			s.labels[strings.Trim(label, "`")] = nil
		}
		present[row[1]] = s
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(rest, -1) {
		absent = append(absent, row[1])
	}
	return present, absent
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(operations + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// dashboardExpressions returns the expressions of a Grafana dashboard by panel,
// and the queries of its variables.
func dashboardExpressions(t *testing.T, name string) map[string][]string {
	t.Helper()
	var board struct {
		Panels []struct {
			Title, Type string
			Targets     []struct{ Expr string }
		}
		Templating struct {
			List []struct{ Name, Definition string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, name)), &board); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, p := range board.Panels {
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %q shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			out["panel "+p.Title] = append(out["panel "+p.Title], target.Expr)
		}
	}
	for _, v := range board.Templating.List {
		if v.Definition != "" {
			out["variable "+v.Name] = []string{v.Definition}
		}
	}
	return out
}

var alertRule = regexp.MustCompile(`(?m)^ +- alert: (\w+)\n +expr: (.+)$`)

// alertExpressions returns the expression of each alert.
func alertExpressions(t *testing.T) map[string][]string {
	t.Helper()
	text := read(t, "alerts.yml")
	out := map[string][]string{}
	rules := alertRule.FindAllStringSubmatch(text, -1)
	for _, m := range rules {
		out["alert "+m[1]] = []string{m[2]}
	}
	if n := strings.Count(text, "expr:"); n != len(rules) || n != len(out) {
		t.Fatalf("%d expressions, %d rules, %d names: each alert must have its own name, with its expression on the next line", n, len(rules), len(out))
	}
	return out
}

// selector is a metric as an expression names it.
type selector struct {
	name     string
	matchers [][3]string // label, operator, value
}

var (
	selectorToken = regexp.MustCompile(`([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?`)
	matcherToken  = regexp.MustCompile(`(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"`)
	grouping      = regexp.MustCompile(`\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)`)
	ranges        = regexp.MustCompile(`\[[^\]]*\]`)
	variable      = regexp.MustCompile(`\$\w+`)
	words         = []string{
		"and", "or", "unless", "bool", "offset", "sum", "max", "min", "avg", "count", "rate", "increase", "delta", "changes",
		"histogram_quantile", "predict_linear", "label_values",
	}
)

// parseExpression returns the metrics that a PromQL expression names, and the
// labels that it groups by.
func parseExpression(expr string) (named []selector, labels []string) {
	expr = strings.Replace(expr, ", chain)", ")", 1) // the last argument of label_values
	expr = strings.Replace(expr, ", instance)", ")", 1)
	for _, m := range grouping.FindAllStringSubmatch(expr, -1) {
		labels = append(labels, strings.FieldsFunc(m[2], func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	expr = ranges.ReplaceAllString(grouping.ReplaceAllString(expr, ""), "")
	for _, m := range selectorToken.FindAllStringSubmatch(expr, -1) {
		if slices.Contains(words, m[1]) || regexp.MustCompile(`^e\d*$`).MatchString(m[1]) { // 1e6
			continue
		}
		s := selector{name: m[1]}
		for _, label := range matcherToken.FindAllStringSubmatch(m[2], -1) {
			s.matchers = append(s.matchers, [3]string(label[1:]))
		}
		named = append(named, s)
	}
	return named, labels
}

// fromPrometheus are the labels that Prometheus itself adds.
var fromPrometheus = []string{"job", "instance"}

// TestDashboardsAndAlerts holds the dashboard, the alert rules and the documents
// against what a running node shows and the tables of metrics.md, which
// TestMetricsAreDocumented holds against what nodes register.
func TestDashboardsAndAlerts(t *testing.T) {
	status, text := fetch(t, runningNode(t), "/metrics")
	if status != http.StatusOK {
		t.Fatalf("/metrics: status %d", status)
	}
	scraped := parseScrape(t, text)
	known, absent := documented(t)
	for name, s := range scraped {
		if strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_") || strings.HasPrefix(name, "promhttp_") {
			known[name] = s
			continue
		}
		if known[name].kind != s.kind {
			t.Errorf("%s is shown as a %s and documented as %q", name, s.kind, known[name].kind)
		}
		for label := range s.labels {
			if _, ok := known[name].labels[label]; !ok && label != "chain" && label != "le" {
				t.Errorf("%s is shown with the label %s, which is not documented", name, label)
			}
		}
	}
	for name, s := range known {
		if _, ok := scraped[name]; s.always && !ok {
			t.Errorf("%s is documented and not shown", name)
		}
	}
	for _, name := range absent {
		if _, ok := known[name]; ok {
			t.Errorf("%s is called absent and is not", name)
		}
	}
	alerts := alertExpressions(t)
	expressions := dashboardExpressions(t, "grafana/dashboards/rampart.json")
	if len(alerts) < 20 || len(expressions) < 50 {
		t.Fatalf("%d alerts and %d panels: not all were found", len(alerts), len(expressions))
	}
	maps.Copy(expressions, alerts)
	for where, all := range expressions {
		for _, expr := range all {
			for _, complaint := range check(expr, known, scraped) {
				t.Errorf("%s: %s: %s", where, expr, complaint)
			}
		}
	}
	checkProse(t, known, absent, alerts)
}

// check returns what is wrong with an expression.
func check(expr string, known, scraped map[string]shown) (complaints []string) {
	named, groups := parseExpression(expr)
	if len(named) == 0 {
		return []string{"names no metric"}
	}
	all := slices.Concat(fromPrometheus, []string{"chain", "le"})
	for _, s := range named {
		if s.name == "up" { // Prometheus makes it
			continue
		}
		name, ok := family(known, s.name)
		if !ok {
			complaints = append(complaints, "no node shows "+s.name)
			continue
		}
		all = slices.AppendSeq(all, maps.Keys(known[name].labels))
		ofChain := !strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "process_")
		for _, m := range s.matchers {
			label, value := m[0], m[2]
			_, has := known[name].labels[label]
			switch {
			case slices.Contains(fromPrometheus, label) || label == "chain" && ofChain:
			case !has:
				complaints = append(complaints, s.name+" has no label "+label)
			case scraped[name].series > 0 && !variable.MatchString(value):
				match := func(v string) bool { return v == value }
				if strings.HasSuffix(m[1], "~") {
					match = regexp.MustCompile("^(?:" + value + ")$").MatchString
				}
				if !scraped[name].has(label, match) && label != "is_error" {
					complaints = append(complaints, "no series of "+s.name+" has "+label+"="+value)
				}
			}
		}
	}
	for _, label := range groups {
		if !slices.Contains(all, label) {
			complaints = append(complaints, "none of its metrics has the label "+label)
		}
	}
	return complaints
}

// checkProse holds the documents against what is known: metrics that they name
// must be there, and each alert must have its section.
func checkProse(t *testing.T, known map[string]shown, absent []string, alerts map[string][]string) {
	t.Helper()
	runbook := read(t, "runbook.md")
	for _, m := range regexp.MustCompile("`((?:substrate|polkadot|relay|go|process)_\\w+)").FindAllStringSubmatch(runbook+read(t, "metrics.md"), -1) {
		if _, ok := known[m[1]]; !ok && !slices.Contains(absent, m[1]) && !strings.HasSuffix(m[1], "_") {
			t.Errorf("the documents name %s, which no node shows", m[1])
		}
	}
	sections := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^### (\w+)$`).FindAllStringSubmatch(runbook, -1) {
		sections["alert "+m[1]] = true
		if alerts["alert "+m[1]] == nil {
			t.Errorf("runbook.md has a section on %s, which is no alert", m[1])
		}
	}
	for name := range alerts {
		if !sections[name] {
			t.Errorf("runbook.md has no section on %s", name)
		}
	}
}

// TestCheckFinds holds check against expressions with faults.
func TestCheckFinds(t *testing.T) {
	known := map[string]shown{
		"relay_a_total":   {kind: "counter", labels: map[string][]string{"reason": {"x"}}, series: 1},
		"relay_b_seconds": {kind: "histogram"},
		"process_c":       {kind: "gauge"},
	}
	for expr, want := range map[string]string{
		`sum by (chain, reason) (rate(relay_a_total{chain=~"$chain", reason="x"}[5m]))`:         "",
		`histogram_quantile(0.5, sum by (le) (rate(relay_b_seconds_bucket[$__rate_interval])))`: "",
		`relay_a_total - on (chain) group_right () relay_a_total > 1e6`:                         "",
		`label_values(relay_a_total, chain)`:                                                    "",
		`rate(relay_a[5m])`:                                                                     "no node shows relay_a",
		`relay_b_seconds > 1`:                                                                   "no node shows relay_b_seconds",
		`relay_a_total_sum`:                                                                     "no node shows relay_a_total_sum",
		`relay_a_total{topic="x"}`:                                                              "relay_a_total has no label topic",
		`process_c{chain="x"}`:                                                                  "process_c has no label chain",
		`relay_a_total{reason="y"}`:                                                             "no series of relay_a_total has reason=y",
		`relay_a_total{reason=~"y.*"}`:                                                          "no series of relay_a_total has reason=y.*",
		`sum by (topic) (relay_a_total)`:                                                        "none of its metrics has the label topic",
		`1 + 1`:                                                                                 "names no metric",
	} {
		if got := strings.Join(check(expr, known, known), "; "); got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}
