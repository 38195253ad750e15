package rtmp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"reflect"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/fuzztest"
)

func FuzzHandshake(f *testing.F) {
	f.Add([]byte{3})
	f.Add(append([]byte{3}, make([]byte, 2*handshakeSize)...))
	signed := append([]byte{3}, make([]byte, 2*handshakeSize)...)
	c1 := signed[1 : 1+handshakeSize]
	copy(c1[4:], []byte{0x80, 0, 7, 2})
	at := digestOffset(c1, digestBases[1])
	copy(c1[at:], digestOf(c1, at, clientKey[:clientKeyName]))
	f.Add(signed)
	f.Add(append([]byte{6}, make([]byte, 2*handshakeSize)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		in, out := bytes.NewReader(b), &bytes.Buffer{}
		var err error
		fuzztest.Within(t, len(b), fuzztest.Cost{Fixed: 64 << 10}, func() {
			err = acceptHandshake(struct {
				io.Reader
				io.Writer
			}{in, out}, zeros{})
		})
		const whole = 1 + 2*handshakeSize
		whole1 := len(b) >= 1+handshakeSize && b[0] == rtmpVersion
		switch {
		case whole1 != (out.Len() == whole), out.Len() != 0 && out.Len() != whole:
			t.Fatalf("%d bytes were answered to %d", out.Len(), len(b))
		case (err == nil) != (whole1 && len(b) >= whole):
			t.Fatalf("%d bytes: %v", len(b), err)
		case err == nil && in.Len() != len(b)-whole:
			t.Fatalf("%d of %d bytes are left", in.Len(), len(b))
		}
	})
}

func FuzzChunks(f *testing.F) {
	f.Add([]byte{4, 0, 3, 0xe8, 0, 0, 2, typeVideo, 1, 0, 0, 0, 'v', 'v', 0xc4, 'w', 'w'})
	f.Add([]byte{6, 0xff, 0xff, 0xff, 0, 0, 1, typeVideo, 1, 0, 0, 0, 1, 2, 3, 4, 'x', 0xc6, 0, 0, 0, 1, 'y'})
	f.Add([]byte{2, 0, 0, 0, 0, 0, 4, typeSetChunkSize, 0, 0, 0, 0, 0, 0, 0, 2, 4, 0, 0, 0, 0, 0, 3, 9, 0, 0, 0, 0, 'a', 'b', 0xc4, 'c'})
	f.Add([]byte{4, 0, 0, 0, 1, 0, 0, 9, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, typeAbort, 0, 0, 0, 0, 0, 0, 0, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := newChunkReader(bufio.NewReader(bytes.NewReader(b)))
		// Every byte may be copied once; beyond that only announced and never filled messages cost memory, of
		// which maxAborts may be given up and begun again.
		cost := fuzztest.Cost{Fixed: int64(min(maxAborts, len(b)/16)+4) * maxSetupMessage, PerByte: 256}
		fuzztest.Within(t, len(b), cost, func() {
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
	})
}

// script is a publisher that writes messages as the fuzzed bytes say: on interleaved chunk streams, with
// chunk sizes that change between messages and timestamps that need the extended field.
type script struct {
	rest []byte
	out  bytes.Buffer
	want []message
	last map[byte]uint32 // timestamp of each chunk stream
}

func (s *script) byte() byte {
	if len(s.rest) == 0 {
		return 0
	}
	b := s.rest[0]
	s.rest = s.rest[1:]
	return b
}

// pair writes two messages on two chunk streams, chunk by chunk in turns.
func (s *script) pair(size int) {
	type flow struct {
		id   byte
		m    message
		sent int
		ext  []byte
	}
	var flows [2]flow
	for i := range flows {
		fl := &flows[i]
		fl.id = 3 + 2*byte(i) + s.byte()%2
		n := int(s.byte())<<4 | int(s.byte())&15
		at := binary.BigEndian.Uint32([]byte{s.byte(), s.byte(), s.byte(), s.byte()})
		fl.m = message{kind: typeVideo - byte(i), stream: 1, timestamp: at, payload: bytes.Repeat([]byte{s.byte()}, n)}
		field := at
		if at >= extendedMark {
			field, fl.ext = extendedMark, binary.BigEndian.AppendUint32(nil, at)
		}
		s.out.Write([]byte{fl.id, byte(field >> 16), byte(field >> 8), byte(field), byte(n >> 16), byte(n >> 8), byte(n), fl.m.kind, 1, 0, 0, 0})
		s.out.Write(fl.ext)
		s.chunk(fl.m.payload, &fl.sent, size)
		if fl.sent == n {
			s.want = append(s.want, fl.m)
		}
	}
	for done := false; !done; {
		done = true
		for i := range flows {
			fl := &flows[i]
			if fl.sent == len(fl.m.payload) {
				continue
			}
			done = false
			s.out.WriteByte(0xc0 | fl.id)
			s.out.Write(fl.ext)
			s.chunk(fl.m.payload, &fl.sent, size)
			if fl.sent == len(fl.m.payload) {
				s.want = append(s.want, fl.m)
			}
		}
	}
}

func (s *script) chunk(payload []byte, sent *int, size int) {
	n := min(size, len(payload)-*sent)
	s.out.Write(payload[*sent : *sent+n])
	*sent += n
}

func FuzzChunkScript(f *testing.F) {
	f.Add([]byte{100, 0, 255, 0, 0, 0, 5, 'a', 1, 12, 3, 0xff, 0xff, 0xff, 0xff, 'b', 3})
	f.Add(bytes.Repeat([]byte{7, 1, 200, 9, 0x01, 0, 0, 0, 'v'}, 20))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := &script{rest: b}
		for size, n := defaultChunkSize, 0; len(s.rest) > 0 && n < 50; n++ {
			if c := int(s.byte()); c > 0 {
				size = c * 17
				s.out.Write([]byte{2, 0, 0, 0, 0, 0, 4, typeSetChunkSize, 0, 0, 0, 0, 0, 0, byte(size >> 8), byte(size)})
			}
			s.pair(size)
		}
		r := newChunkReader(bufio.NewReader(&s.out))
		for i, want := range s.want {
			got, err := r.next()
			if err != nil || got.kind != want.kind || got.timestamp != want.timestamp || !bytes.Equal(got.payload, want.payload) {
				t.Fatalf("message %d of %d: kind %d at %d, %d bytes, %v; sent kind %d at %d, %d bytes", i, len(s.want),
					got.kind, got.timestamp, len(got.payload), err, want.kind, want.timestamp, len(want.payload))
			}
		}
		if m, err := r.next(); err != io.EOF || r.partial != 0 {
			t.Fatalf("after the last message: %+v, %v", m, err)
		}
	})
}

// wire is a connection that has all its bytes already.
type wire struct {
	io.Reader
	sent int
}

func (w *wire) Write(b []byte) (int, error)      { w.sent += len(b); return len(b), nil }
func (w *wire) Close() error                     { return nil }
func (w *wire) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (w *wire) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

func FuzzConnection(f *testing.F) {
	talk := func(parts ...message) []byte {
		var b bytes.Buffer
		w := &chunkWriter{w: bufio.NewWriter(&b), size: defaultChunkSize}
		for _, m := range parts {
			if err := w.write(commandChunk, m); err != nil {
				f.Fatal(err)
			}
		}
		if err := w.w.Flush(); err != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	command := func(values ...any) message {
		return message{kind: typeCommand, stream: 1, payload: encodeAMF(values...)}
	}
	connect := command("connect", 1.0, object{{"app", "live"}})
	f.Add(talk(connect, command("createStream", 2.0, nil), command("publish", 3.0, nil, "KEY", "live"),
		message{kind: typeVideo, stream: 1, payload: videoConfig}, message{kind: typeAudio, stream: 1, payload: audioConfig},
		message{kind: typeVideo, stream: 1, payload: keyFrame(0)}, message{kind: typeAudio, stream: 1, payload: audioFrame}, command("deleteStream", 4.0, nil, 1.0)))
	f.Add(talk(message{kind: typeVideo, payload: keyFrame(0)}))
	f.Add(talk(connect, connect))
	f.Add(talk(connect, command("publish", 3.0, nil, "WRONG")))
	f.Add(talk(message{kind: typeUserControl, payload: []byte{0, 6, 1, 2, 3, 4}}, message{kind: typeWindowAck, payload: []byte{0, 0, 0, 1}}, command("odd", 9.0)))
	log := slog.New(slog.DiscardHandler)
	f.Fuzz(func(t *testing.T, b []byte) {
		sink, asked := newRecorder(), 0
		w := &wire{Reader: io.MultiReader(bytes.NewReader(append([]byte{3}, make([]byte, 2*handshakeSize)...)), bytes.NewReader(b))}
		deps := Deps{Clock: clock.Real{}, Log: log, IdleTimeout: time.Hour, Authorize: func(_ context.Context, p Publish) (av.Sink, error) {
			if asked++; p.Key != "KEY" {
				return nil, errWrongKey
			}
			return sink, nil
		}}
		// After the key was found right, two messages of 8 MB may be announced and not come.
		fuzztest.Within(t, len(b), fuzztest.Cost{Fixed: 40 << 20, PerByte: 4 << 10}, func() { newConn(deps, w).serve(context.Background()) })
		switch {
		case asked > 1:
			t.Fatalf("asked for %d keys on one connection", asked)
		case sink.closes() > 1, sink.closes() == 0 && sink.touched():
			t.Fatalf("closed %d times", sink.closes())
		case len(sink.samples) > 0 && len(sink.tracks) == 0:
			t.Fatal("samples without tracks")
		case w.sent > 8<<10+32*len(b):
			t.Fatalf("%d bytes were answered to %d", w.sent, len(b))
		}
	})
}

func FuzzAMF0(f *testing.F) {
	f.Add(encodeAMF("connect", 1.0, object{{"app", "live"}, {"list", []any{nil, true}}}))
	f.Add(unhex("080000006300016102000162000009"))
	f.Add(bytes.Repeat([]byte{amfObject, 0, 1, 'a'}, maxAMFDepth+2))
	f.Add([]byte{amfStrictArray, 0, 0, 4, 0, amfNull})
	f.Fuzz(func(t *testing.T, b []byte) {
		var v []any
		var err error
		fuzztest.Within(t, len(b), fuzztest.Cost{Fixed: 1 << 20, PerByte: 128}, func() { v, err = decodeAMF(b) })
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
	f.Add([]byte("\x90hvc1\x01"), []byte("\x93av01\x12\x00"), []byte("\x91hvc1\x00\x00\x00\x00\x00\x00\x02\x26\x01"))
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		sink := newRecorder()
		p := &publication{sink: sink, clock: clock.NewFake(time.Unix(0, 0))}
		in := len(a) + 2*len(b) + 2*len(c)
		fuzztest.Within(t, in, fuzztest.Cost{Fixed: 1 << 20, PerByte: 1 << 10}, func() {
			for i, body := range [][]byte{a, b, c, b, c} {
				for _, kind := range []byte{typeVideo, typeAudio, typeAggregate} {
					_ = p.message(message{kind: kind, timestamp: uint32(i) << 30, payload: bytes.Clone(body)})
				}
			}
		})
		if len(p.held) > maxHeldSamples {
			t.Fatalf("%d samples held", len(p.held))
		}
		out := 0
		for _, s := range sink.samples {
			if out += len(s.Data); len(s.Data) == 0 || len(sink.tracks) == 0 {
				t.Fatal("an empty sample, or one before its tracks: ", fmt.Sprint(s))
			}
		}
		if out > 4*3*in { // one-byte lengths become four, and each body is sent as three kinds of message
			t.Fatalf("%d bytes of media out of %d", out, in)
		}
	})
}
