package whip

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/media/codec"
)

var epoch = time.Unix(1_790_000_000, 0)

func TestReorder_EveryOrderWithinPatienceIsRepaired(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 50 {
		o := reorder{patience: time.Second}
		first := uint16(r.Uint32())
		const n = 300
		order := r.Perm(n - 1) // the first packet tells where the count begins
		// Nobody overtakes more than ten others.
		for i := range order {
			order[i] = i
		}
		for i := 0; i+10 < len(order); i += 10 {
			r.Shuffle(10, func(a, b int) { order[i+a], order[i+b] = order[i+b], order[i+a] })
		}
		var got []uint16
		take := func(p packet, gap bool) error {
			if gap {
				t.Error("a gap where nothing is lost")
			}
			got = append(got, p.seq)
			return nil
		}
		push := func(i int) {
			for range 1 + r.IntN(2) { // some come twice
				if err := o.push(packet{seq: first + uint16(i), at: epoch}, take); err != nil {
					t.Fatal(err)
				}
			}
		}
		push(0)
		for _, i := range order {
			push(i + 1)
		}
		if len(got) != n {
			t.Fatalf("%d packets of %d", len(got), n)
		}
		for i, s := range got {
			if s != first+uint16(i) {
				t.Fatalf("packet %d is %d", i, s-first)
			}
		}
	}
}

func TestReorder_LostPacketIsGivenUpAfterPatienceOrTooMany(t *testing.T) {
	run := func(step time.Duration, n int) (passed, gaps, largest int) {
		o := reorder{patience: 100 * time.Millisecond}
		for i := range n {
			if i == 5 {
				continue
			}
			err := o.push(packet{seq: uint16(65530 + i), at: epoch.Add(time.Duration(i) * step)}, func(_ packet, gap bool) error {
				passed++
				if gap {
					gaps++
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			largest = max(largest, len(o.waiting))
		}
		return passed, gaps, largest
	}
	if passed, gaps, largest := run(10*time.Millisecond, 30); passed != 29 || gaps != 1 || largest != 10 {
		t.Errorf("by time: %d passed, %d gaps, %d waited", passed, gaps, largest)
	}
	if passed, gaps, largest := run(0, 3000); passed != 2999 || gaps != 1 || largest >= maxReordered {
		t.Errorf("by number: %d passed, %d gaps, %d waited", passed, gaps, largest)
	}
}

func TestReorder_NewCountBeginsAtOnceAndOldPacketsAreDropped(t *testing.T) {
	o := reorder{patience: time.Second}
	var got []uint16
	var gaps int
	for _, seq := range []uint16{100, 101, 99, 101, 30000, 30001, 30000} {
		err := o.push(packet{seq: seq, at: epoch}, func(p packet, gap bool) error {
			got = append(got, p.seq)
			if gap {
				gaps++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if want := []uint16{100, 101, 30000, 30001}; len(got) != len(want) || got[2] != want[2] || got[3] != want[3] || gaps != 1 {
		t.Errorf("got %v with %d gaps", got, gaps)
	}
	boom := errors.New("boom")
	if err := o.push(packet{seq: 30002, at: epoch}, func(packet, bool) error { return boom }); err != boom {
		t.Errorf("error %v", err)
	}
}

// Payloads of one small key frame in every structure the mode allows.
var (
	spsNAL = []byte{0x67, 0x42, 0xc0, 0x1e, 0xda, 0x02, 0x80, 0xbf, 0xe5, 0xc0, 0x44, 0x00, 0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xf0, 0x3c, 0x58, 0xba, 0x80}
	ppsNAL = []byte{0x68, 0xce, 0x0f, 0xc8}
	idrNAL = []byte{0x65, 1, 2, 3, 4, 5, 6, 7, 8}
	slice  = []byte{0x41, 9, 9, 9}
)

func stap(nals ...[]byte) []byte {
	out := []byte{0x78}
	for _, n := range nals {
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(n))), n...)
	}
	return out
}

func fragments(nal []byte, size int) [][]byte {
	var out [][]byte
	for i, rest := 0, nal[1:]; len(rest) > 0; i++ {
		n := min(size, len(rest))
		head := nal[0] & 0x1f
		if i == 0 {
			head |= fuStart
		}
		if n == len(rest) {
			head |= fuEnd
		}
		out = append(out, append([]byte{nal[0]&0xe0 | fuA, head}, rest[:n]...))
		rest = rest[n:]
	}
	return out
}

func TestAssembler_AllStructuresMakeTheSamePicture(t *testing.T) {
	want := [][]byte{spsNAL, ppsNAL, idrNAL}
	for name, payloads := range map[string][][]byte{
		"single":        want,
		"aggregated":    {stap(want...)},
		"fragmented":    append([][]byte{spsNAL, ppsNAL}, fragments(idrNAL, 3)...),
		"mixed":         append([][]byte{stap(spsNAL, ppsNAL)}, fragments(idrNAL, 2)...),
		"with probes":   {spsNAL, {}, ppsNAL, {}, idrNAL},
		"one fragment":  {spsNAL, ppsNAL, fragments(idrNAL, 2)[0], fragments(idrNAL, 2)[1], fragments(idrNAL, 2)[2], fragments(idrNAL, 2)[3]},
		"two fragments": append(append([][]byte{}, fragments(spsNAL, 20)...), stap(ppsNAL, idrNAL)),
	} {
		for _, marked := range []bool{true, false} {
			var a assembler
			var got []picture
			pass := func(p picture) error { got = append(got, p); return nil }
			for i, b := range payloads {
				lost, err := a.push(packet{ts: 7, payload: b, marker: marked && i == len(payloads)-1}, false, pass)
				if lost || err != nil {
					t.Fatalf("%s: lost %t %v", name, lost, err)
				}
			}
			if _, err := a.push(packet{ts: 8, payload: slice, marker: true}, false, pass); err != nil {
				t.Fatal(err)
			}
			if len(got) != 2 || got[0].ts != 7 || got[1].ts != 8 || len(got[0].nals) != len(want) {
				t.Fatalf("%s, marked %t: %+v", name, marked, got)
			}
			for i, n := range got[0].nals {
				if !bytes.Equal(n, want[i]) {
					t.Errorf("%s: unit %d is %x", name, i, n)
				}
			}
		}
	}
}

func TestAssembler_DamagedPicturesAreLeftOut(t *testing.T) {
	parts := fragments(idrNAL, 3)
	for name, payloads := range map[string][][]byte{
		"end without start":    {parts[2]},
		"start twice":          {parts[0], parts[0], parts[2]},
		"end missing":          {parts[0], parts[1]},
		"cut by another":       {parts[0], slice},
		"torn aggregate":       {stap(spsNAL)[:9]},
		"odd aggregate":        {append(stap(ppsNAL), 0)},
		"empty unit":           {{0x78, 0, 0}},
		"fragment of one byte": {{0x7c}},
		"interleaved mode":     {{0x79, 0, 1, 2}},
		"type 0":               {{0x00, 1}},
		"too many units":       {stap(slicesOf(codec.MaxNALs + 1)...)},
	} {
		var a assembler
		var got, lost int
		for i, b := range payloads {
			l, err := a.push(packet{ts: 7, payload: b, marker: i == len(payloads)-1}, false, func(picture) error { got++; return nil })
			if err != nil {
				t.Fatal(err)
			}
			if l {
				lost++
			}
		}
		if got != 0 || lost != 1 {
			t.Errorf("%s: %d pictures, lost told %d times", name, got, lost)
		}
		if _, err := a.push(packet{ts: 8, payload: slice, marker: true}, false, func(picture) error { got++; return nil }); err != nil || got != 1 {
			t.Errorf("%s: the next picture did not come (%v)", name, err)
		}
	}
}

func slicesOf(n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = []byte{0x41}
	}
	return out
}

func TestAssembler_AfterAGapOnlyACertainBeginningCounts(t *testing.T) {
	for name, c := range map[string]struct {
		after [][]byte // packets of time 9 behind the gap
		want  int      // pictures of time 9
	}{
		"parameter sets": {[][]byte{stap(spsNAL, ppsNAL), idrNAL}, 1},
		"slice":          {[][]byte{slice, slice}, 0},
		"fragment":       {fragments(idrNAL, 3), 0},
	} {
		var a assembler
		var at []uint32
		pass := func(p picture) error { at = append(at, p.ts); return nil }
		push := func(ts uint32, b []byte, marker, gap bool) bool {
			lost, err := a.push(packet{ts: ts, payload: b, marker: marker}, gap, pass)
			if err != nil {
				t.Fatal(err)
			}
			return lost
		}
		push(8, slice, false, false)
		for i, b := range c.after {
			if lost := push(9, b, i == len(c.after)-1, i == 0); lost != (i == 0) {
				t.Errorf("%s: packet %d lost %t", name, i, lost)
			}
		}
		push(10, slice, true, false)
		if len(at) != c.want+1 || at[len(at)-1] != 10 {
			t.Errorf("%s: pictures at %v", name, at)
		}
	}
}

func FuzzAssembler(f *testing.F) {
	f.Add([]byte{1, 5, 0x67, 1, 2, 3, 4, 0, 3, 0x7c, 0x85, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		var a assembler
		for ts := uint32(0); len(data) > 1; {
			flags, n := data[0], min(int(data[1]), len(data)-2)
			payload := data[2 : 2+n]
			data = data[2+n:]
			if flags&2 != 0 {
				ts++
			}
			_, err := a.push(packet{ts: ts, payload: payload, marker: flags&1 != 0}, flags&4 != 0, func(p picture) error {
				for _, n := range p.nals {
					if len(n) == 0 {
						t.Fatal("empty unit")
					}
				}
				return nil
			})
			if err != nil || a.size > maxPicture {
				t.Fatal(err, a.size)
			}
		}
	})
}

func TestLine_ClockWrapsWithoutAJump(t *testing.T) {
	l := line{rate: videoRate}
	l.anchor(math.MaxUint32-1500, time.Second)
	want := int64(videoRate)
	for ts := uint32(math.MaxUint32 - 1500); want < 2*videoRate; ts += 3000 {
		if got := l.place(l.unwrap(ts)); got != want {
			t.Fatalf("%d, want %d", got, want)
		}
		want += 3000
	}
}

func ntp(at time.Time) uint64 {
	return uint64(at.Unix()+2208988800)<<32 | uint64(at.Nanosecond())<<32/1e9
}

func TestLine_PictureIsMovedGentlyOntoTheSound(t *testing.T) {
	for _, late := range []time.Duration{250 * time.Millisecond, -250 * time.Millisecond} {
		sound, pic := line{rate: audioRate}, line{rate: videoRate}
		// Both tracks begin at the same moment; the picture's packets need longer.
		sound.anchor(1000, time.Second)
		pic.anchor(4_000_000_000, time.Second+late)
		pic.place(pic.unwrap(4_000_000_000)) // shown already
		sound.report(ntp(epoch), 1000)
		pic.report(ntp(epoch), 4_000_000_000)
		pic.follow(&sound)
		before := int64(math.MinInt64)
		for i := range 120 {
			ts := uint32(4_000_000_000 + 3000*uint32(i))
			got := pic.place(pic.unwrap(ts))
			if step := got - before; i > 0 && (step < 3000*7/8 || step > 3000*9/8) {
				t.Fatalf("picture %d moved by %d ticks", i, step)
			}
			before = got
		}
		if want := int64(videoRate + 119*3000); before != want {
			t.Errorf("late by %s: settled %d ticks off", late, before-want)
		}
	}
}

func TestLine_AbsurdReportsChangeNothing(t *testing.T) {
	sound, pic := line{rate: audioRate}, line{rate: videoRate}
	pic.report(ntp(epoch), 5) // before any packet
	sound.anchor(0, 0)
	pic.anchor(0, 0)
	pic.follow(&sound)
	sound.report(ntp(epoch), 0)
	pic.report(ntp(epoch.Add(-time.Hour)), 0)
	pic.follow(&sound)
	if pic.hasTarget {
		t.Errorf("aims at %d", pic.target)
	}
}

func TestInviteStereo_OnlyOnceAndOnlyForOpus(t *testing.T) {
	in := strings.Join([]string{"a=rtpmap:102 H264/90000", "a=fmtp:102 packetization-mode=1", "a=rtpmap:96 opus/48000/2", "a=fmtp:96 minptime=10;sprop-stereo=1", ""}, "\r\n")
	want := strings.Replace(in, "sprop-stereo=1", "sprop-stereo=1;stereo=1", 1)
	if got := inviteStereo(in); got != want {
		t.Errorf("%q", got)
	}
	if got := inviteStereo(want); got != want {
		t.Errorf("again: %q", got)
	}
}
