package jsonrpc

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// ServeHTTP answers a request: an upgrade to WebSocket, a call by POST, or the
// question of a browser what a page may do. The path does not matter.
func (p *port) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s := p.server
	c, ok := r.Context().Value(clientKey{}).(*client)
	if !ok || !s.admit(w, r, c) {
		return
	}
	if !p.enter() {
		http.Error(w, "server ends", http.StatusServiceUnavailable)
		return
	}
	defer p.exit()
	c = c.of(r)
	switch {
	case strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // admit looked at the Origin
		if err == nil {
			p.runSession(r.Context(), c, socket)
		}
	case r.Method == http.MethodPost:
		s.post(w, r, c)
	case r.Method == http.MethodOptions:
		preflight(w, r)
	default:
		w.Header().Set("Allow", "POST, OPTIONS")
		http.Error(w, "calls come by POST or WebSocket", http.StatusMethodNotAllowed)
	}
}

// admit refuses, with why, who may not use the server.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, c *client) bool {
	refuse := func(reason, why string, status int) bool {
		s.metrics.refused.WithLabelValues(reason).Inc()
		w.Header().Set("Connection", "close")
		http.Error(w, why, status)
		return false
	}
	if c.refused {
		return refuse(refusedConnections, "too many connections", http.StatusTooManyRequests)
	}
	if !c.rules.origins.all && !allowHost(r.Host, c.rules.config.Hosts) {
		return refuse(refusedHost, "the server is not known by this host name", http.StatusForbidden)
	}
	list := r.Header.Values("Origin")
	if len(list) == 0 {
		return true
	}
	if len(list) > 1 || !c.rules.origins.allow(list[0]) {
		return refuse(refusedOrigin, "pages of this origin may not use the server", http.StatusForbidden)
	}
	w.Header().Set("Access-Control-Allow-Origin", list[0])
	w.Header().Add("Vary", "Origin")
	return true
}

// preflight says what a page may do whose origin was admitted.
func preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", http.MethodPost)
	h.Set("Access-Control-Allow-Headers", "Content-Type")
	h.Set("Access-Control-Max-Age", "600")
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true") // a public page, a server on this machine
	}
	w.WriteHeader(http.StatusNoContent)
}

// post answers the message in the body of a request.
func (s *Server) post(w http.ResponseWriter, r *http.Request, c *client) {
	// A form of any page could send other types without asking (CSRF).
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		http.Error(w, "content type must be application/json", http.StatusUnsupportedMediaType)
		return
	}
	control := http.NewResponseController(w)
	t := s.config.Timeouts
	reply := func(status int, text []byte) {
		_ = control.SetWriteDeadline(time.Now().Add(t.Write))
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write(text) // a client that has gone does not matter
	}
	if r.ContentLength > int64(c.rules.config.Limits.Request) {
		s.tooLarge(reply, w, c.rules)
		return
	}
	_ = control.SetReadDeadline(time.Now().Add(t.Read))
	wait, stop := context.WithTimeout(r.Context(), t.Read)
	text, leave, err := s.readMessage(wait, r.Body, c.rules.config.Limits.Request)
	stop()
	switch {
	case errors.Is(err, errTooLarge):
		s.tooLarge(reply, w, c.rules)
		return
	case errors.Is(err, context.DeadlineExceeded):
		w.Header().Set("Connection", "close")
		reply(http.StatusServiceUnavailable, encodeError(noID, errBusy))
		return
	case err != nil:
		return
	}
	defer leave()
	ctx, stop := context.WithTimeout(r.Context(), t.Call)
	defer stop()
	x := exchange{server: s, client: c, protocol: "http"}
	answer := x.answer(c.withConnection(ctx), text)
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	cost := len(answer)
	if !s.backlog.take(cost) {
		x.settle(false)
		answer, cost = encodeError(x.id, errBusy), 0
	}
	reply(http.StatusOK, answer)
	x.settle(true)
	s.backlog.give(cost)
}

func (s *Server) tooLarge(reply func(int, []byte), w http.ResponseWriter, by *rules) {
	s.metrics.refused.WithLabelValues(refusedSize).Inc()
	w.Header().Set("Connection", "close")
	reply(http.StatusRequestEntityTooLarge, encodeError(noID, by.requestSize()))
}
