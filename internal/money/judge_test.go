package money

import "testing"

func TestPollDelay_GrowsToAMinute(t *testing.T) {
	last := pollDelay(0)
	for n := range int64(100) {
		d := pollDelay(n)
		if d < last || d > maxPoll {
			t.Fatalf("poll %d waits %s after %s", n, d, last)
		}
		last = d
	}
	if last != maxPoll || retryDelay(1000) != maxRetry {
		t.Fatal("delays do not reach their bound")
	}
}
