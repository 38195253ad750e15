package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const (
	// prefix keeps our subjects apart in a cluster shared with others.
	prefix = "hawker."
	// maxHint is the broker's own limit for one message.
	maxHint = 1 << 20
	// pendingHints and pendingBytes bound what a slow subscriber may hold in memory.
	pendingHints = 64 << 10
	pendingBytes = 64 << 20
	connectWait  = 5 * time.Second
	// reconnectBuffer: hints and ticks are stale after a reconnect, so little is kept for it.
	reconnectBuffer = 1 << 20
	// reconnectWait is the pause after every known server was tried: short, because nothing crosses
	// between nodes meanwhile.
	reconnectWait = 500 * time.Millisecond
)

func (b *Bus) connect(ctx context.Context, url string) error {
	opts := []nats.Option{
		nats.Name("hawker"), nats.Timeout(connectWait), nats.MaxReconnects(-1),
		nats.ReconnectBufSize(reconnectBuffer), nats.ReconnectWait(reconnectWait),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil { // nil is our own Close
				b.Log.Warn("bus broker lost: facts go on by polling, hints wait", "error", err)
			}
		}),
		nats.ReconnectHandler(func(c *nats.Conn) {
			b.Log.Info("bus broker is back", "server", c.ConnectedUrlRedacted())
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			b.Log.Warn("bus broker", "error", err)
		}),
	}
	if url == "embedded" {
		s, err := server.NewServer(&server.Options{
			ServerName: "hawker", DontListen: true, NoSigs: true, NoLog: true, MaxPayload: maxHint,
		})
		if err != nil {
			return err
		}
		b.server = s
		go s.Start() // ends with Shutdown, which Close waits for
		if !s.ReadyForConnections(connectWait) {
			return errors.New("the embedded broker did not start")
		}
		opts = append(opts, nats.InProcessServer(s))
		url = ""
	} else if !strings.HasPrefix(url, "nats://") && !strings.HasPrefix(url, "tls://") {
		return errors.New(`the url must be "embedded" or start with nats:// or tls://`)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	conn, err := nats.Connect(url, opts...)
	if err != nil {
		return err
	}
	b.conn = conn
	return nil
}

// Close ends the connection and the embedded broker. Call it after Run has returned.
func (b *Bus) Close() {
	if b.conn != nil {
		b.conn.Close()
	}
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
}

// Publish sends a hint or a tick to whoever listens now, on any node. It does not wait for the
// broker; while that is away about 1 MiB is kept for its return and the rest is dropped. Errors: the
// subject is not one, the data is above 1 MiB, the bus is closed.
func (b *Bus) Publish(subject string, data []byte) error {
	if strings.HasPrefix(subject, "bus.") {
		return fmt.Errorf("publish %s: subjects beginning with bus. are the bus's own", subject)
	}
	return b.publish(subject, data)
}

func (b *Bus) publish(subject string, data []byte) error {
	if !validSubject(subject, false) {
		return fmt.Errorf("publish %q: not a subject", subject)
	}
	if len(data) > maxHint {
		return fmt.Errorf("publish %s: %w", subject, nats.ErrMaxPayload) // a cluster may allow more
	}
	if err := b.conn.Publish(prefix+subject, data); err != nil && !errors.Is(err, nats.ErrReconnectBufExceeded) {
		return fmt.Errorf("publish %s: %w", subject, err)
	}
	return nil
}

// Subscribe calls fn for every hint on a subject, one at a time; "*" stands for one part of the
// subject and a final ">" for the rest. data is only valid during the call. cancel stops it; a call
// under way may still finish. While the broker is away Subscribe succeeds, and fn hears what is sent
// after its return.
func (b *Bus) Subscribe(subject string, fn func(subject string, data []byte)) (cancel func(), err error) {
	if strings.HasPrefix(subject, "bus.") {
		return nil, fmt.Errorf("subscribe %s: subjects beginning with bus. are the bus's own", subject)
	}
	return b.subscribe(subject, fn)
}

func (b *Bus) subscribe(subject string, fn func(subject string, data []byte)) (cancel func(), err error) {
	if !validSubject(subject, true) {
		return nil, fmt.Errorf("subscribe %q: not a subject", subject)
	}
	sub, err := b.conn.Subscribe(prefix+subject, func(m *nats.Msg) {
		fn(strings.TrimPrefix(m.Subject, prefix), m.Data)
	})
	if err != nil {
		return nil, fmt.Errorf("subscribe %s: %w", subject, err)
	}
	if err := sub.SetPendingLimits(pendingHints, pendingBytes); err != nil {
		return nil, fmt.Errorf("subscribe %s: %w", subject, errors.Join(err, sub.Unsubscribe()))
	}
	// The broker handles commands of one connection in order, so what this node publishes from now
	// on is heard; other nodes' messages need the flush. Without a connection there is nobody to wait
	// for: the client repeats its subscriptions when it reconnects.
	if b.conn.IsConnected() {
		if err := b.conn.FlushTimeout(connectWait); err != nil && b.conn.IsConnected() {
			return nil, fmt.Errorf("subscribe %s: %w", subject, errors.Join(err, sub.Unsubscribe()))
		}
	}
	return func() { _ = sub.Unsubscribe() }, nil
}

func validSubject(s string, wild bool) bool {
	parts := strings.Split(s, ".")
	for i, p := range parts {
		switch {
		case p == "" || strings.ContainsAny(p, " \t\r\n"):
			return false
		case p == "*" || (p == ">" && i == len(parts)-1):
			if !wild {
				return false
			}
		case strings.ContainsAny(p, "*>"):
			return false
		}
	}
	return true
}
