package doorstest

import (
	"testing"

	"github.com/hawker-live/hawker/internal/server"
)

// door is the whole program's router; nothing runs behind it.
func door(t testing.TB) *server.Router {
	t.Helper()
	a := built(t, &transcript{})
	t.Cleanup(a.Close)
	return a.Router
}
