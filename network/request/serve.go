package request

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/failpoint"
)

// refuseWithin bounds the time a refused peer may take to read why.
const refuseWithin = time.Second

// errBroken means that the request did not arrive: nobody waits for an answer.
const errBroken = Reason("request broke off")

// accept serves one stream unless the service has ended or the peer has too many
// open.
func (s *Service) accept(ctx context.Context, r *route, stream network.Stream) {
	from, begin := stream.Conn().RemotePeer(), time.Now()
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		stream.Reset()
		return
	}
	s.serving.Add(1)
	s.open[from]++
	crowded := s.open[from] > s.config.PerPeer
	s.mu.Unlock()
	defer s.release(from)

	ctx, cancel := context.WithTimeout(ctx, r.deadline())
	defer cancel()
	stop := context.AfterFunc(ctx, func() { stream.Reset() })
	defer stop()
	var response []byte
	err := error(Busy)
	if !crowded {
		response, err = s.answer(ctx, r, stream, from)
	}
	s.respond(r, stream, begin, response, err)
}

func (s *Service) release(from peer.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[from]--; s.open[from] == 0 {
		delete(s.open, from)
	}
	s.serving.Done()
}

// answer reads the request and lets the handler answer it.
func (s *Service) answer(ctx context.Context, r *route, stream network.Stream, from peer.ID) ([]byte, error) {
	if !s.config.Allow(from) {
		return nil, NotAllowed
	}
	request, err := readFrame(stream, r.MaxRequest)
	switch {
	case errors.Is(err, ErrTooLarge):
		s.config.Report(from, reputation.Oversize)
		return nil, TooLarge
	case err != nil:
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			s.config.Report(from, reputation.Timeout)
		}
		return nil, errBroken
	}
	if err := r.enter(ctx); err != nil {
		return nil, err
	}
	defer func() { <-r.workers }()
	response, err := r.handler(ctx, from, request)
	if err == nil && len(response) > r.MaxResponse {
		s.config.Logger.Error("response exceeds the limit of its protocol",
			zap.String("protocol", string(r.Name)), zap.Int("bytes", len(response)))
		return nil, Internal
	}
	return response, err
}

// enter waits for a free worker: Busy if the queue is full or ctx ends first.
func (r *route) enter(ctx context.Context) error {
	select {
	case r.workers <- struct{}{}:
		return nil
	default:
	}
	defer r.waiting.Add(-1)
	if r.waiting.Add(1) > int64(r.Queue) {
		return Busy
	}
	select {
	case r.workers <- struct{}{}:
		return nil
	case <-ctx.Done():
		return Busy
	}
}

// respond sends the response, or why there is none, and ends the stream.
func (s *Service) respond(r *route, stream network.Stream, begin time.Time, response []byte, err error) {
	if err == nil {
		defer s.outgoing.Add(-int64(len(response)))
		if s.outgoing.Add(int64(len(response))) > s.config.Outgoing {
			err = Busy
		}
	}
	if err == nil {
		failpoint.Here(failpoint.SendAnswerBefore)
		err = send(stream, statusOK, response)
		failpoint.Here(failpoint.SendAnswerAfter)
	} else if !errors.Is(err, errBroken) {
		s.refuse(r, stream, err)
		return
	}
	if err != nil {
		stream.Reset()
		s.metrics.inFailure.WithLabelValues(string(r.Name), "stream").Inc()
		return
	}
	stream.Close()
	s.metrics.inSuccess.WithLabelValues(string(r.Name)).Observe(time.Since(begin).Seconds())
}

// refuse tells the peer why it gets no answer.
func (s *Service) refuse(r *route, stream network.Stream, err error) {
	refusal := Internal
	errors.As(err, &refusal)
	s.metrics.inFailure.WithLabelValues(string(r.Name), inLabel(refusal)).Inc()
	s.config.Logger.Debug("request refused", zap.String("protocol", string(r.Name)),
		zap.Stringer("peer", stream.Conn().RemotePeer()), zap.NamedError("reason", err))
	stream.SetWriteDeadline(time.Now().Add(refuseWithin))
	if err := send(stream, statusRefused, refusal.text()); err != nil {
		stream.Reset()
		return
	}
	stream.Close()
}

// send writes a response: in one piece if it is small, else without copying the
// payload.
func send(stream network.Stream, st status, payload []byte) error {
	if len(payload) <= firstAllocation {
		_, err := stream.Write(appendFrame([]byte{byte(st)}, payload))
		return err
	}
	head := binary.LittleEndian.AppendUint32([]byte{byte(st)}, uint32(len(payload)))
	if _, err := stream.Write(head); err != nil {
		return err
	}
	_, err := stream.Write(payload)
	return err
}

// inLabel returns a label out of a closed set: handlers may refuse with any text.
func inLabel(r Refusal) string {
	switch r {
	case Busy, NotAllowed, TooLarge, Internal:
		return string(r)
	}
	return "refused"
}
