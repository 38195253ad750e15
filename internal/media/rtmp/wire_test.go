package rtmp

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// runHandshake plays C1 against the server side and returns S1 and S2.
func runHandshake(t *testing.T, c1 []byte) (s1, s2 []byte) {
	t.Helper()
	var out bytes.Buffer
	in := append([]byte{3}, c1...)
	in = append(in, make([]byte, handshakeSize)...)
	if err := acceptHandshake(struct {
		io.Reader
		io.Writer
	}{bytes.NewReader(in), &out}, rand.Reader); err != nil {
		t.Fatal(err)
	}
	s := out.Bytes()
	return s[1 : 1+handshakeSize], s[1+handshakeSize:]
}

func TestHandshake_SimpleEchoesC1(t *testing.T) {
	c1 := make([]byte, handshakeSize)
	for i := 8; i < len(c1); i++ {
		c1[i] = byte(i)
	}
	s1, s2 := runHandshake(t, c1)
	if !bytes.Equal(s2, c1) || !bytes.Equal(s1[4:8], make([]byte, 4)) {
		t.Error("simple handshake must echo C1 and send four zeros")
	}
}

func TestHandshake_DigestInBothSchemes(t *testing.T) {
	for scheme, base := range digestBases {
		c1 := make([]byte, handshakeSize)
		if _, err := rand.Read(c1); err != nil {
			t.Fatal(err)
		}
		binary.BigEndian.PutUint32(c1[4:], 0x80000702)
		at := digestOffset(c1, base)
		digest := digestOf(c1, at, clientKey[:clientKeyName])
		copy(c1[at:], digest)
		s1, s2 := runHandshake(t, c1)
		// The client's side of the proof: S1 is signed in the same scheme, S2 over C1's digest.
		got, _, ok := findDigest(s1, serverKey[:serverKeyName])
		if !ok || got != scheme {
			t.Errorf("S1 signed in scheme %d (%v), want %d", got, ok, scheme)
		}
		want := bytes.Clone(s2)
		signReply(want, serverKey, digest)
		if !bytes.Equal(s2, want) {
			t.Errorf("scheme %d: S2 signature", scheme)
		}
		// One bit off is no digest: the answer falls back to the simple form.
		c1[at] ^= 1
		if _, s2 := runHandshake(t, c1); !bytes.Equal(s2, c1) {
			t.Errorf("scheme %d: a wrong digest was signed", scheme)
		}
	}
}

func readAll(t *testing.T, stream []byte, prepare func(*chunkReader)) ([]message, error) {
	t.Helper()
	r := newChunkReader(bufio.NewReader(iotest.OneByteReader(bytes.NewReader(stream))))
	if prepare != nil {
		prepare(r)
	}
	var out []message
	for {
		m, err := r.next()
		if err == io.EOF {
			if r.partial != 0 {
				t.Errorf("%d bytes counted as unfinished at the end", r.partial)
			}
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, m)
	}
}

func TestChunks_HeaderTypesAndInterleaving(t *testing.T) {
	var s bytes.Buffer
	// Type 0 on stream 4: 1000 ms, 200 bytes video, cut at 128, with audio on stream 5 in between.
	s.Write([]byte{4, 0, 3, 0xe8, 0, 0, 200, typeVideo, 1, 0, 0, 0})
	s.Write(bytes.Repeat([]byte{'v'}, 128))
	s.Write([]byte{5, 0, 3, 0xe9, 0, 0, 2, typeAudio, 1, 0, 0, 0, 'a', 'a'})
	s.Write([]byte{0xc4})
	s.Write(bytes.Repeat([]byte{'v'}, 72))
	s.Write([]byte{0x45, 0, 0, 23, 0, 0, 1, typeAudio, 'b'}) // type 1: +23, new length
	s.Write([]byte{0x85, 0, 0, 24, 'c'})                     // type 2: +24
	s.Write([]byte{0xc5, 'd'})                               // type 3: +24 again
	got, err := readAll(t, s.Bytes(), nil)
	if err != nil || len(got) != 5 {
		t.Fatalf("%d messages, %v", len(got), err)
	}
	for i, want := range []struct {
		at   uint32
		text string
	}{{1001, "aa"}, {1000, strings.Repeat("v", 200)}, {1024, "b"}, {1048, "c"}, {1072, "d"}} {
		if got[i].timestamp != want.at || string(got[i].payload) != want.text || got[i].stream != 1 {
			t.Errorf("message %d: %d %q", i, got[i].timestamp, got[i].payload)
		}
	}
}

func TestChunks_LongStreamIDs(t *testing.T) {
	var s bytes.Buffer
	s.Write([]byte{0, 10, 0, 0, 0, 0, 0, 1, typeAudio, 0, 0, 0, 0, 'x'})
	s.Write([]byte{1, 10, 1, 0, 0, 0, 0, 0, 1, typeAudio, 0, 0, 0, 0, 'y'})
	s.Write([]byte{0xc0, 10, 'z'})
	got, err := readAll(t, s.Bytes(), nil)
	if err != nil || len(got) != 3 || string(got[2].payload) != "z" {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestChunks_ExtendedTimestampsRepeatOnType3(t *testing.T) {
	const at = 0x01020304
	head := append([]byte{6, 0xff, 0xff, 0xff, 0, 0, 200, typeVideo, 1, 0, 0, 0}, 1, 2, 3, 4)
	body := bytes.Repeat([]byte{'v'}, 200)
	for name, ext := range map[string][]byte{"repeated": {1, 2, 3, 4}, "left out": nil} {
		s := append([]byte(nil), head...)
		s = append(s, body[:128]...)
		s = append(s, 0xc6)
		s = append(s, ext...)
		s = append(s, body[128:]...)
		// An extended delta that starts a message by type 1, then by type 3.
		s = append(s, 0x46, 0xff, 0xff, 0xff, 0, 0, 1, typeVideo, 1, 0, 0, 0, 'w')
		s = append(s, 0xc6, 1, 0, 0, 0, 'x')
		got, err := readAll(t, s, nil)
		if err != nil || len(got) != 3 {
			t.Fatalf("%s: %d messages, %v", name, len(got), err)
		}
		if got[0].timestamp != at || !bytes.Equal(got[0].payload, body) {
			t.Errorf("%s: first at %#x, %d bytes", name, got[0].timestamp, len(got[0].payload))
		}
		if got[1].timestamp != at+1<<24 || got[2].timestamp != at+2<<24 {
			t.Errorf("%s: deltas gave %#x and %#x", name, got[1].timestamp, got[2].timestamp)
		}
	}
}

func TestChunks_SizeAndAbort(t *testing.T) {
	var s bytes.Buffer
	s.Write([]byte{2, 0, 0, 0, 0, 0, 4, typeSetChunkSize, 0, 0, 0, 0, 0, 0, 0, 2})
	s.Write([]byte{4, 0, 0, 0, 0, 0, 3, typeVideo, 0, 0, 0, 0, 'a', 'b'})                                      // unfinished
	s.Write([]byte{2, 0, 0, 0, 0, 0, 4, typeAbort, 0, 0, 0, 0, 0, 0, 0xc2, 0, 4})                              // dropped
	s.Write([]byte{4, 0, 0, 5, 0, 0, 3, typeVideo, 0, 0, 0, 0, 'x', 'y', 0xc4, 'z'})                           // fresh
	s.Write([]byte{2, 0, 0, 0, 0, 0, 4, typeSetChunkSize, 0, 0, 0, 0, 0x7f, 0xff, 0xc2, 0xff, 0xff})           // 2^31-1
	s.Write(append([]byte{4, 0, 0, 6, 0, 3, 0xe8, typeVideo, 0, 0, 0, 0}, bytes.Repeat([]byte{'q'}, 1000)...)) // one chunk
	got, err := readAll(t, s.Bytes(), nil)
	if err != nil || len(got) != 2 || string(got[0].payload) != "xyz" || len(got[1].payload) != 1000 {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestChunks_Refusals(t *testing.T) {
	start := func(id byte, length int) []byte {
		return []byte{id, 0, 0, 0, byte(length >> 16), byte(length >> 8), byte(length), typeVideo, 0, 0, 0, 0}
	}
	var many []byte
	for id := byte(2); id < 2+maxChunkStreams+1; id++ {
		many = append(many, append(start(id, 1), 'x')...)
	}
	var hoard []byte
	for id := byte(2); id < 5; id++ {
		hoard = append(hoard, append(start(id, maxSetupMessage), make([]byte, 128)...)...)
	}
	for want, stream := range map[string][]byte{
		"starts with header type 3":  {0xc4},
		"starts with header type 2":  {0x84},
		"more than 32 chunk streams": many,
		"the limit is":               start(4, maxSetupMessage+1),
		"message of 65536 bytes":     hoard,
		"header type 0 inside":       append(append(start(4, 200), make([]byte, 128)...), start(4, 1)...),
		"chunk size message of 1":    append([]byte{2, 0, 0, 0, 0, 0, 1, typeSetChunkSize, 0, 0, 0, 0}, 1),
		"chunk size 2147483648":      append([]byte{2, 0, 0, 0, 0, 0, 4, typeSetChunkSize, 0, 0, 0, 0}, 0x80, 0, 0, 0),
		"abort message of 0 bytes":   {2, 0, 0, 0, 0, 0, 0, typeAbort, 0, 0, 0, 0},
		io.ErrUnexpectedEOF.Error():  start(4, 9)[:6],
	} {
		if _, err := readAll(t, stream, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestChunkWriter_ReaderUnderstandsIt(t *testing.T) {
	var s bytes.Buffer
	w := &chunkWriter{w: bufio.NewWriter(&s), size: 7}
	want := []message{
		{kind: typeCommand, stream: 1, payload: []byte("exactly 14 byt")},
		{kind: typeCommand, payload: bytes.Repeat([]byte("x"), 100)},
		{kind: typeVideo, payload: []byte{}},
	}
	for _, m := range want {
		if err := w.write(5, m); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.w.Flush(); err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, s.Bytes(), func(r *chunkReader) { r.size = 7 })
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAMF_RoundTrip(t *testing.T) {
	want := []any{
		"connect", 1.0, true, false, nil, math.Inf(1), strings.Repeat("s", 70000),
		object{{"app", "live"}, {"nested", object{{"list", []any{1.0, "two", nil}}}}},
	}
	got, err := decodeAMF(encodeAMF(want...))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	// ECMA array with a wrong count, date, typed object, undefined, as encoders send them.
	in := unhex("080000006300016102000162000009" + "0b00000000000000000000" + "10000154000178050000" + "09" + "06")
	got, err = decodeAMF(in)
	if err != nil || !reflect.DeepEqual(got, []any{object{{"a", "b"}}, 0.0, object{{"x", nil}}, nil}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestAMF_Refusals(t *testing.T) {
	deep := bytes.Repeat([]byte{amfObject, 0, 1, 'a'}, maxAMFDepth+2)
	for want, in := range map[string][]byte{
		"ends early":      {amfNumber, 1},
		"string of":       {amfString, 0, 9, 'x'},
		"deeper":          deep,
		"more than 1024":  bytes.Repeat([]byte{amfNull}, maxAMFValues+1),
		"array of":        {amfStrictArray, 0xff, 0xff, 0xff, 0xff},
		"AMF0 type 0x07":  {7, 0, 0},
		"string of 42949": {amfLongString, 0xff, 0xff, 0xff, 0xff},
	} {
		if v, err := decodeAMF(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, %v; want %q", v, err, want)
		}
	}
}
