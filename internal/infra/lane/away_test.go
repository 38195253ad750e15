package lane_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/lane"
)

// A store that is away is asked once per batch: asked again for each member, a full queue would wait for as
// many timeouts as it has callers.
func TestLane_AStoreThatIsAwayIsAskedOncePerBatch(t *testing.T) {
	var asked atomic.Int64
	gate := make(chan struct{})
	l := lane.New(lane.Options{Name: "test"}, func(context.Context, []int) (results, error) {
		<-gate
		asked.Add(1)
		return nil, errs.New(errs.Busy, "database_away", "away").After(1)
	})
	start(t, l)
	const callers = 200
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			if _, err := l.Submit(context.Background(), i); errs.CodeOf(err) != "database_away" {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	for began := time.Now(); l.Len() < callers-1 && time.Since(began) < 20*time.Second; time.Sleep(time.Millisecond) {
	} // one is in the lane's hands, or none yet
	close(gate)
	wg.Wait()
	if n := asked.Load(); n > callers/2 {
		t.Errorf("asked %d times for %d callers", n, callers)
	}
}
