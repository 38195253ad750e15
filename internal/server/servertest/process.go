package servertest

import (
	"context"
	"testing"
)

// Process is a program whose doors can be opened: *app.App, which this package cannot name without a circle.
type Process interface {
	Listen() error
	Addr() string
	Run(ctx context.Context) error
	Close()
}

// Serve opens a program's doors until the test ends, waits for it to have stopped, and fails the test when it
// stopped with an error. It returns the address of the web's door.
func Serve(t testing.TB, p Process) string {
	t.Helper()
	if err := p.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		p.Close()
	})
	return p.Addr()
}
