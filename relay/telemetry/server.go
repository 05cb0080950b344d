package telemetry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"
)

// Bounds of the HTTP servers.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 10 * time.Second
	writeTimeout  = 30 * time.Second // a slow reader of all metrics
	profileTime   = 2 * time.Minute  // a profile runs that long at most
	idleTimeout   = time.Minute
	maxHeader     = 16 << 10 // bytes
	maxScrapes    = 4        // at once
)

// ErrPortInUse: another process listens on the port.
var ErrPortInUse = errors.New("port is in use")

// Registry returns a registry with the meters of Go and of the process. Meters of
// a chain go through ForChain.
func Registry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// ForChain returns what meters of a chain are registered with: every series gets
// the label chain, as Substrate has it, so that two chains of one process do not
// meet.
func ForChain(r prometheus.Registerer, chain string) prometheus.Registerer {
	return prometheus.WrapRegistererWith(prometheus.Labels{"chain": chain}, r)
}

// Health is what /health shows, as JSON, with status 200 if Well, else 503.
type Health struct {
	Well bool
	Body any
}

// Config is what a Server shows.
type Config struct {
	// Gatherer holds the metrics. Required.
	Gatherer prometheus.Gatherer
	// Health is asked for every request of /health. Required.
	Health func() Health
	// Logger. Default none.
	Logger *zap.Logger
}

// Server answers HTTP requests.
type Server struct {
	listener net.Listener
	server   *http.Server
}

// Listen opens a Server of metrics and health at a TCP address such as
// 127.0.0.1:9615; port 0 is any free one. Until Run it answers nobody. A port that
// is taken is ErrPortInUse.
func Listen(address string, c Config) (*Server, error) {
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(c.Gatherer, promhttp.HandlerOpts{
		ErrorLog: errorLog{c.Logger.Named("telemetry")}, ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: maxScrapes, Timeout: readTimeout,
	}))
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { showHealth(w, c.Health()) })
	return listen(address, mux, writeTimeout)
}

// showHealth writes h. A client that has gone does not matter.
func showHealth(w http.ResponseWriter, h Health) {
	text, err := json.Marshal(h.Body)
	if err != nil {
		http.Error(w, "health cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !h.Well {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = w.Write(append(text, '\n'))
}

func listen(address string, handler http.Handler, write time.Duration) (*Server, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s: %w", address, ErrPortInUse)
	case err != nil:
		return nil, err
	}
	return &Server{listener: l, server: &http.Server{
		Handler: http.MaxBytesHandler(handler, 0), ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: write,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: log.New(io.Discard, "", 0), // clients' faults
	}}, nil
}

// Address returns where s listens, as host:port.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Run answers until ctx ends. It returns an error if the listener fails. Call it
// once.
func (s *Server) Run(ctx context.Context) error {
	ended := make(chan error, 1)
	go func() { ended <- s.server.Serve(s.listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("telemetry: %w", err)
	case <-ctx.Done():
	}
	err := s.server.Close()
	<-ended
	return err
}

// Close gives the port free. Run does it too.
func (s *Server) Close() error { return s.listener.Close() }

// errorLog gets what goes wrong while metrics are gathered.
type errorLog struct{ log *zap.Logger }

func (e errorLog) Println(v ...any) {
	e.log.Warn("metrics not gathered", zap.String("reason", fmt.Sprint(v...)))
}
