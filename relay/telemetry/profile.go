package telemetry

import (
	"net"
	"net/http"
	"net/http/pprof"
	"strconv"
)

// ListenProfiles opens a Server of Go's profiles under /debug/pprof/ on 127.0.0.1.
// Profiles hold what is in memory: there is no way to show them to other machines,
// and requests that a page in a browser makes under another name are refused.
func ListenProfiles(port uint16) (*Server, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	local := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !localName(r.Host) {
			http.Error(w, "not a name of this machine", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
	return listen(net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))), local, profileTime)
}

// localName reports whether the host of a request names the loopback.
func localName(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}
