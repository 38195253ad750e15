package rtmp

import (
	"bufio"
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

func FuzzChunks(f *testing.F) {
	f.Add([]byte{4, 0, 3, 0xe8, 0, 0, 2, typeVideo, 1, 0, 0, 0, 'v', 'v', 0xc4, 'w', 'w'})
	f.Add([]byte{6, 0xff, 0xff, 0xff, 0, 0, 1, typeVideo, 1, 0, 0, 0, 1, 2, 3, 4, 'x', 0xc6, 0, 0, 0, 1, 'y'})
	f.Add([]byte{2, 0, 0, 0, 0, 0, 4, typeSetChunkSize, 0, 0, 0, 0, 0, 0, 0, 2, 4, 0, 0, 0, 0, 0, 3, 9, 0, 0, 0, 0, 'a', 'b', 0xc4, 'c'})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := newChunkReader(bufio.NewReader(bytes.NewReader(b)))
		for {
			m, err := r.next()
			if r.partial < 0 || r.partial > 2*r.limit || len(r.streams) > maxChunkStreams || r.read > uint64(len(b)) {
				t.Fatalf("partial %d, %d streams, read %d of %d", r.partial, len(r.streams), r.read, len(b))
			}
			if err != nil {
				return
			}
			if len(m.payload) > r.limit {
				t.Fatalf("message of %d bytes", len(m.payload))
			}
		}
	})
}

func FuzzAMF0(f *testing.F) {
	f.Add(encodeAMF("connect", 1.0, object{{"app", "live"}, {"list", []any{nil, true}}}))
	f.Add(unhex("080000006300016102000162000009"))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := decodeAMF(b)
		if err != nil {
			return
		}
		first := encodeAMF(v...)
		again, err := decodeAMF(first)
		if err != nil {
			t.Fatalf("what we write does not read back: %v", err)
		}
		// NaN differs from itself, so the bytes are compared.
		if !bytes.Equal(encodeAMF(again...), first) || reflect.TypeOf(again) != reflect.TypeOf(v) {
			t.Fatalf("%v became %v", v, again)
		}
	})
}

func FuzzFLVTags(f *testing.F) {
	f.Add([]byte(nil), videoConfig, keyFrame(5))
	f.Add(audioConfig, []byte("\x90Opus"), audioFrame)
	f.Add(videoConfig, flvTag(typeVideo, 7, keyFrame(0)), []byte("\x97\x02\x01\x02\x03\x01avc1"))
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		p := &publication{sink: newRecorder(), clock: clock.NewFake(time.Unix(0, 0))}
		for i, body := range [][]byte{a, b, c, b, c} {
			for _, kind := range []byte{typeVideo, typeAudio, typeAggregate} {
				_ = p.message(message{kind: kind, timestamp: uint32(i) << 30, payload: bytes.Clone(body)})
			}
		}
		if len(p.held) > maxHeldSamples {
			t.Fatalf("%d samples held", len(p.held))
		}
	})
}
