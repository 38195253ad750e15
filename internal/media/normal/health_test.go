package normal

import (
	"slices"
	"sync"
	"testing"
	"time"
)

func TestHealth_WarnsAndForgets(t *testing.T) {
	n, _, fake := begin(t, picture)
	has := func(code string) bool { return slices.Contains(n.Health().Warnings, code) }
	if !has(WarnVideoOnly) || has(WarnNoKeyframes) {
		t.Errorf("%v", n.Health().Warnings)
	}
	for ms := int64(0); ms <= 6040; ms += 40 {
		write(t, n, inter(ms))
	}
	if !has(WarnNoKeyframes) {
		t.Error("six seconds without any key frame")
	}
	write(t, n, key(6080))
	if has(WarnNoKeyframes) {
		t.Error("warning outlived the key frame")
	}
	for ms := int64(6120); ms <= 12_120; ms += 40 {
		write(t, n, inter(ms))
	}
	if !has(WarnNoKeyframes) {
		t.Error("gap after a key frame")
	}
	write(t, n, key(12_160), inter(12_200), key(13_160))
	if h := n.Health(); has(WarnNoKeyframes) || h.KeyGapMS != 1000 {
		t.Errorf("%+v", h)
	}
	write(t, n, key(90_000), inter(90_040))
	if !has(WarnTimestampJumps) {
		t.Error("jump")
	}
	fake.Advance(jumpMemory)
	if has(WarnTimestampJumps) {
		t.Error("a jump is remembered for a minute only")
	}
}

func TestHealth_RatesFallWithSilence(t *testing.T) {
	n, _, fake := begin(t, picture, sound)
	s := inter(0)
	s.Data = make([]byte, 10_000)
	for i := range 250 {
		s.DTS, s.Key = int64(i*40), i%25 == 0
		write(t, n, s)
		fake.Advance(40 * time.Millisecond)
	}
	h := n.Health()
	if h.BitrateBPS != 2_000_000 || h.FPS != 25 || h.KeyGapMS != 1000 || h.Bytes != 2_500_000 || h.BFrames || len(h.Warnings) != 0 {
		t.Errorf("%+v", h)
	}
	fake.Advance(10 * time.Second)
	if h := n.Health(); h.BitrateBPS != 0 || h.FPS != 0 {
		t.Errorf("%+v", h)
	}
	n, _, _ = begin(t, picture)
	for i, cts := range []int32{80, 160, 40, 0} {
		s := inter(int64(i * 40))
		s.Key, s.CTS = i == 0, cts
		write(t, n, s)
	}
	if !n.Health().BFrames {
		t.Error("reordered pictures not noticed")
	}
}

func TestHealth_IsSafeBesideWrite(t *testing.T) {
	n, _, _ := begin(t, picture, sound)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if h := n.Health(); h.FPS < 0 {
						t.Error(h)
					}
				}
			}
		})
	}
	stream(t, n, 0, 20)
	close(stop)
	readers.Wait()
	n.Close(nil)
}
