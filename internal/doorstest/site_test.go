package doorstest

import (
	"bytes"
	"log/slog"
	"sync"
	"testing"

	"github.com/hawker-live/hawker/internal/app"
	"github.com/hawker-live/hawker/internal/config"
)

// built wires the program on a data folder of its own; nothing runs. Its log, down to debug, goes to said.
func built(t testing.TB, said *transcript, args ...string) *app.App {
	t.Helper()
	args = append([]string{"--data", t.TempDir(), "--addr", "127.0.0.1:0", "--rtmp-addr", "", "--webrtc-addr", "", "--sandbox-pay"}, args...)
	cfg, _, err := config.Load("test", args, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Build(t.Context(), cfg, app.Options{Log: slog.New(slog.NewJSONHandler(said, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// transcript keeps everything that was said, to be searched for what must never be.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *transcript) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *transcript) has(word string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Contains(s.text.Bytes(), []byte(word))
}

func (s *transcript) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Len()
}
