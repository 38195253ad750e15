package whip

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// quiet is pion's way into our log. Everything is at debug level: what pion calls an error is a
// peer's mishap, and what matters to an operator is logged once by the session.
type quiet struct{ log *slog.Logger }

// NewLogger implements logging.LoggerFactory.
func (q quiet) NewLogger(scope string) logging.LeveledLogger {
	return scoped{q.log.With("pion", scope)}
}

type scoped struct{ log *slog.Logger }

func (s scoped) Trace(string)          {} // one line per packet
func (s scoped) Tracef(string, ...any) {}

func (s scoped) Debug(msg string)                  { s.put(msg) }
func (s scoped) Debugf(format string, args ...any) { s.put(format, args...) }
func (s scoped) Info(msg string)                   { s.put(msg) }
func (s scoped) Infof(format string, args ...any)  { s.put(format, args...) }
func (s scoped) Warn(msg string)                   { s.put(msg) }
func (s scoped) Warnf(format string, args ...any)  { s.put(format, args...) }
func (s scoped) Error(msg string)                  { s.put(msg) }
func (s scoped) Errorf(format string, args ...any) { s.put(format, args...) }

func (s scoped) put(format string, args ...any) {
	if !s.log.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	s.log.Debug("webrtc", "text", format)
}
