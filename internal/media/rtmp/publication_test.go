package rtmp

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/codec"
)

// flvTag is one tag of an aggregate message, with its back pointer.
func flvTag(kind byte, timestamp uint32, body []byte) []byte {
	n := len(body)
	out := []byte{kind, byte(n >> 16), byte(n >> 8), byte(n),
		byte(timestamp >> 16), byte(timestamp >> 8), byte(timestamp), byte(timestamp >> 24), 0, 0, 0}
	out = append(out, body...)
	return append(out, 0, 0, 0, byte(n+flvTagHeader))
}

func newPublication() (*publication, *recorder, *clock.Fake) {
	sink, fake := newRecorder(), clock.NewFake(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	return &publication{sink: sink, clock: fake}, sink, fake
}

func feed(t *testing.T, p *publication, kind byte, timestamp uint32, body []byte) {
	t.Helper()
	if err := p.message(message{kind: kind, timestamp: timestamp, payload: bytes.Clone(body)}); err != nil {
		t.Fatal(err)
	}
}

func TestPublication_WaitsForTheSecondTrackByMediaTimeOrArrival(t *testing.T) {
	for name, c := range map[string]struct {
		kind          byte
		config, frame []byte
		id            int
	}{
		"video only": {typeVideo, videoConfig, keyFrame(0), av.VideoID},
		"audio only": {typeAudio, audioConfig, audioFrame, av.AudioID},
	} {
		p, sink, _ := newPublication()
		feed(t, p, c.kind, 0, c.config)
		feed(t, p, c.kind, 0, c.frame)
		feed(t, p, c.kind, 1999, c.frame)
		if len(sink.tracks) != 0 {
			t.Errorf("%s: started before two seconds", name)
		}
		feed(t, p, c.kind, 2000, c.frame)
		if len(sink.tracks) != 1 || len(sink.tracks[0]) != 1 || sink.tracks[0][0].ID != c.id || len(sink.samples) != 3 {
			t.Errorf("%s: tracks %v, %d samples", name, sink.tracks, len(sink.samples))
		}

		p, sink, fake := newPublication()
		feed(t, p, c.kind, 0, c.config)
		fake.Advance(trackWait)
		feed(t, p, c.kind, 1, c.frame)
		if len(sink.tracks) != 1 || len(sink.samples) != 1 {
			t.Errorf("%s: arrival time did not count", name)
		}
	}
}

func TestPublication_HeldSamplesAreBounded(t *testing.T) {
	p, sink, _ := newPublication()
	feed(t, p, typeVideo, 0, videoConfig)
	for range maxHeldSamples {
		feed(t, p, typeVideo, 0, keyFrame(0))
	}
	if len(sink.samples) != maxHeldSamples || len(p.held) != 0 || p.heldBytes != 0 {
		t.Errorf("%d samples given, %d held (%d bytes)", len(sink.samples), len(p.held), p.heldBytes)
	}
}

func TestPublication_ShortStreamIsGivenAtItsEnd(t *testing.T) {
	p, sink, _ := newPublication()
	feed(t, p, typeVideo, 0, videoConfig)
	feed(t, p, typeVideo, 0, keyFrame(0))
	if err := p.finish(); err != nil || len(sink.tracks) != 1 || len(sink.samples) != 1 {
		t.Errorf("%v, %d tracks, %d samples", err, len(sink.tracks), len(sink.samples))
	}
	p, sink, _ = newPublication()
	if err := p.finish(); err != nil || len(sink.tracks) != 0 {
		t.Errorf("a stream without media: %v, %v", err, sink.tracks)
	}
}

func TestPublication_ConfigurationChange(t *testing.T) {
	p, sink, _ := newPublication()
	feed(t, p, typeVideo, 0, videoConfig)
	feed(t, p, typeAudio, 0, audioConfig)
	feed(t, p, typeVideo, 0, keyFrame(0))
	feed(t, p, typeVideo, 33, videoConfig) // repeated, as OBS does on reconnect
	if len(sink.tracks) != 1 {
		t.Fatalf("a repeated configuration was announced: %d", len(sink.tracks))
	}
	feed(t, p, typeVideo, 66, append([]byte{0x17, 0, 0, 0, 0}, avcc720...))
	feed(t, p, typeVideo, 66, keyFrame(0))
	if len(sink.tracks) != 2 || sink.tracks[1][0].Height != 578 || len(sink.tracks[1]) != 2 {
		t.Fatalf("%+v", sink.tracks)
	}
	if sink.tracks[0][0].Height != 360 {
		t.Error("the tracks given before were changed")
	}
}

func TestPublication_NewParameterSetsInsideAKeyFrameAreANewConfiguration(t *testing.T) {
	p, sink, _ := newPublication()
	feed(t, p, typeVideo, 0, videoConfig)
	feed(t, p, typeAudio, 0, audioConfig)
	same, err := codec.ParseAVCC(avcc360)
	if err != nil {
		t.Fatal(err)
	}
	other, err := codec.ParseAVCC(avcc720)
	if err != nil {
		t.Fatal(err)
	}
	in := func(sets ...[]byte) []byte {
		return append([]byte{0x17, 1, 0, 0, 0}, codec.JoinAVCC(append(sets, []byte{0x65, 0x88}))...)
	}
	feed(t, p, typeVideo, 0, in(same.SPS[0], same.PPS[0]))       // a copy of what is known
	feed(t, p, typeVideo, 33, in(other.SPS[0]))                  // no picture parameters to go with it
	feed(t, p, typeVideo, 66, in([]byte{0x67, 1}, other.PPS[0])) // damaged
	if len(sink.tracks) != 1 {
		t.Fatalf("%d tracks calls", len(sink.tracks))
	}
	feed(t, p, typeVideo, 100, in(other.SPS[0], other.PPS[0]))
	feed(t, p, typeVideo, 133, in(other.SPS[0], other.PPS[0]))
	if len(sink.tracks) != 2 || sink.tracks[1][0].Width != 720 || len(sink.samples) != 5 {
		t.Errorf("%d tracks calls, %d samples", len(sink.tracks), len(sink.samples))
	}
}

func TestPublication_LateSoundJoinsAtTheNextKeyFrame(t *testing.T) {
	p, sink, _ := newPublication()
	feed(t, p, typeVideo, 0, videoConfig)
	feed(t, p, typeVideo, 0, keyFrame(0))
	feed(t, p, typeVideo, 2000, interFrame(0))
	feed(t, p, typeAudio, 2100, audioConfig)
	feed(t, p, typeAudio, 2100, audioFrame)
	feed(t, p, typeVideo, 2133, interFrame(0))
	if len(sink.tracks) != 1 || len(sink.samples) != 3 {
		t.Fatalf("%d tracks calls, %d samples before the key frame", len(sink.tracks), len(sink.samples))
	}
	feed(t, p, typeVideo, 4000, keyFrame(0))
	feed(t, p, typeAudio, 4001, audioFrame)
	if len(sink.tracks) != 2 || len(sink.tracks[1]) != 2 || len(sink.samples) != 5 || p.dropped != 1 {
		t.Errorf("%d tracks calls, %d samples, %d dropped", len(sink.tracks), len(sink.samples), p.dropped)
	}
}

func TestPublication_TimestampsWrapAndJumpBack(t *testing.T) {
	p, sink, _ := newPublication()
	feed(t, p, typeVideo, 0xffffff00, videoConfig)
	feed(t, p, typeAudio, 0xffffff00, audioConfig)
	for _, at := range []uint32{0xffffff00, 0xfffffff0, 5, 100, 50} {
		feed(t, p, typeVideo, at, keyFrame(0))
	}
	want := []int64{0xffffff00, 0xfffffff0, 1<<32 + 5, 1<<32 + 100, 1<<32 + 50}
	for i, s := range sink.samples {
		if s.DTS != want[i] {
			t.Errorf("sample %d at %d, want %d", i, s.DTS, want[i])
		}
	}
}

func TestPublication_BrokenFramesAreDroppedAndCounted(t *testing.T) {
	p, sink, _ := newPublication()
	feed(t, p, typeVideo, 0, videoConfig)
	feed(t, p, typeAudio, 0, audioConfig)
	feed(t, p, typeVideo, 0, []byte{0x17, 1, 0, 0, 0, 0, 0, 0, 9, 0x65})         // length beyond the end
	feed(t, p, typeVideo, 0, []byte{0x17, 1, 0, 0, 0, 0, 0, 0, 0})               // only an empty unit
	feed(t, p, typeVideo, 0, []byte{0x17, 1, 0, 0, 0})                           // nothing
	feed(t, p, typeVideo, 0, []byte{0x17, 2, 0, 0, 0})                           // end of sequence
	feed(t, p, typeVideo, 0, []byte{0x57, 0})                                    // command frame
	feed(t, p, typeVideo, 0, append([]byte("\x91hvc1\x00\x00\x00"), 0, 0, 0, 1)) // codec never configured
	feed(t, p, typeVideo, 0, nil)
	feed(t, p, typeAudio, 0, []byte{0xaf, 1})
	feed(t, p, typeAudio, 0, nil)
	if len(sink.samples) != 0 || p.dropped != 3 {
		t.Errorf("%d samples, %d dropped", len(sink.samples), p.dropped)
	}
}

func TestPublication_KeyComesFromThePicture(t *testing.T) {
	p, sink, _ := newPublication()
	feed(t, p, typeVideo, 0, videoConfig)
	feed(t, p, typeAudio, 0, audioConfig)
	feed(t, p, typeVideo, 0, []byte{0x17, 1, 0, 0, 0, 0, 0, 0, 2, 0x41, 1}) // flagged, no IDR
	feed(t, p, typeVideo, 0, []byte{0x27, 1, 0, 0, 0, 0, 0, 0, 2, 0x65, 1}) // IDR, not flagged
	if sink.samples[0].Key || !sink.samples[1].Key {
		t.Errorf("%+v", sink.samples)
	}
}

func TestPublication_ShortNALLengthsBecomeFour(t *testing.T) {
	p, sink, _ := newPublication()
	config := bytes.Clone(videoConfig)
	config[5+4] = 0xfd // two bytes
	feed(t, p, typeVideo, 0, config)
	feed(t, p, typeAudio, 0, audioConfig)
	feed(t, p, typeVideo, 0, []byte{0x17, 1, 0xff, 0xff, 0xf6, 0, 2, 0x65, 1})
	if s := sink.samples[0]; !bytes.Equal(s.Data, []byte{0, 0, 0, 2, 0x65, 1}) || s.CTS != -10 {
		t.Errorf("%+v", s)
	}
	if sink.tracks[0][0].Config[4] != 0xff {
		t.Errorf("config %x", sink.tracks[0][0].Config)
	}
}

func TestPublication_EnhancedTags(t *testing.T) {
	const (
		hvccHex = "0101600000009000000000003ff000fcfdf8f800000f01210001002c" +
			"42010101600000030090000003000003003fa005120171c9265959a4932bc05a020000030002000003003c10"
		av1cHex = "81010c000a0b0000000cc5036936be4010"
	)
	hevcKey := []byte{0, 0, 0, 3, 19 << 1, 1, 9}
	av1Key := unhex("12000a0b0000000cc5036936be40103203100000")
	opusHead := append([]byte("OpusHead\x01\x02"), 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0)
	mod := func(packet byte) []byte { return []byte{0x90 | exModifier, 2, 1, 2, 3, packet} }
	for name, c := range map[string]struct {
		video, audio, frame, sound []byte
		videoCodec                 av.Codec
		audioCodec                 av.Codec
		cts                        int32
		data                       []byte
	}{
		"HEVC coded frames": {append([]byte("\x90hvc1"), unhex(hvccHex)...), append([]byte("\x90Opus"), opusHead...),
			append([]byte("\x91hvc1\x00\x00\x21"), hevcKey...), []byte("\x91Opus\xfc"), av.HEVC, av.Opus, 33, hevcKey},
		"HEVC coded frames X": {append([]byte("\x90hvc1"), unhex(hvccHex)...), append([]byte("\x90mp4a"), 0x11, 0x90),
			append([]byte("\x93hvc1"), hevcKey...), []byte("\x91mp4a\x21"), av.HEVC, av.AAC, 0, hevcKey},
		"HEVC legacy id 12": {append([]byte{0x1c, 0, 0, 0, 0}, unhex(hvccHex)...), audioConfig,
			append([]byte{0x1c, 1, 0, 0, 40}, hevcKey...), audioFrame, av.HEVC, av.AAC, 40, hevcKey},
		"AV1": {append([]byte("\x90av01"), unhex(av1cHex)...), audioConfig,
			append([]byte("\x91av01"), av1Key...), audioFrame, av.AV1, av.AAC, 0, av1Key[2:]},
		"AVC by FourCC with modifier": {append(append(mod(exStart), "avc1"...), avcc360...), audioConfig,
			append(append(mod(exFrames), "avc1\x00\x00\x07"...), keyFrame(0)[5:]...), audioFrame, av.H264, av.AAC, 7, keyFrame(0)[5:]},
	} {
		p, sink, _ := newPublication()
		feed(t, p, typeVideo, 0, c.video)
		feed(t, p, typeAudio, 0, c.audio)
		feed(t, p, typeVideo, 10, c.frame)
		feed(t, p, typeAudio, 11, c.sound)
		feed(t, p, typeVideo, 12, []byte("\x92hvc1")) // end of sequence
		feed(t, p, typeVideo, 12, []byte("\x94hvc1")) // metadata
		if len(sink.tracks) != 1 || len(sink.samples) != 2 {
			t.Errorf("%s: %d tracks calls, %d samples", name, len(sink.tracks), len(sink.samples))
			continue
		}
		if sink.tracks[0][0].Codec != c.videoCodec || sink.tracks[0][1].Codec != c.audioCodec {
			t.Errorf("%s: tracks %+v", name, sink.tracks[0])
		}
		if s := sink.samples[0]; !s.Key || s.CTS != c.cts || s.DTS != 10 || !bytes.Equal(s.Data, c.data) {
			t.Errorf("%s: sample %+v", name, s)
		}
	}
}

func TestPublication_Aggregate(t *testing.T) {
	p, sink, _ := newPublication()
	body := flvTag(typeVideo, 500, videoConfig)
	body = append(body, flvTag(typeAudio, 500, audioConfig)...)
	body = append(body, flvTag(typeVideo, 520, keyFrame(0))...)
	body = append(body, flvTag(typeAudio, 533, audioFrame)...)
	feed(t, p, typeAggregate, 10_000, body[:len(body)-4])
	if len(sink.samples) != 2 || sink.samples[0].DTS != 10_020 || sink.samples[1].DTS != 10_033 {
		t.Errorf("%+v", sink.samples)
	}
	err := p.message(message{kind: typeAggregate, payload: body[:20]})
	if err == nil || !strings.Contains(err.Error(), "aggregate") {
		t.Errorf("torn aggregate: %v", err)
	}
	err = p.message(message{kind: typeAggregate, payload: bytes.Repeat(flvTag(typeData, 0, nil), maxAggregate+1)})
	if err == nil {
		t.Error("an endless aggregate was taken")
	}
}

func TestPublication_SinkErrorsAreReturned(t *testing.T) {
	p, sink, _ := newPublication()
	sink.writeErr = errors.New("disk full")
	feed(t, p, typeVideo, 0, videoConfig)
	feed(t, p, typeVideo, 0, keyFrame(0))
	if err := p.message(message{kind: typeAudio, payload: bytes.Clone(audioConfig)}); err != sink.writeErr {
		t.Errorf("held samples: %v", err)
	}
	if err := p.message(message{kind: typeVideo, payload: keyFrame(0)}); err != sink.writeErr {
		t.Errorf("later sample: %v", err)
	}
}
