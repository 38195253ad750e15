package llhls

import (
	"encoding/binary"
	"testing"

	"github.com/hawker-live/hawker/internal/media/av"
)

// readFLV returns the tracks and normalised samples of an FLV file with H.264 and AAC.
func readFLV(t testing.TB, b []byte, width, height int) (tracks []av.Track, samples []av.Sample) {
	t.Helper()
	be := binary.BigEndian
	if len(b) < 13 || string(b[:3]) != "FLV" {
		t.Fatal("not an FLV file")
	}
	last := map[int]int{}
	audioDTS := int64(-1)
	for b = b[13:]; len(b) >= 15; {
		typ, size := b[0]&0x1f, int(be.Uint32(b)&0xffffff)
		ms := int64(be.Uint32(b[4:])>>8 | uint32(b[7])<<24)
		body := b[11 : 11+size]
		b = b[11+size+4:]
		switch {
		case typ == 9 && body[1] == 0:
			config := body[5:]
			tracks = append(tracks, av.Track{ID: av.VideoID, Codec: av.H264, Timescale: 90000, Config: config,
				CodecTag: "avc1." + hex(config[1:4]), Width: width, Height: height})
		case typ == 8 && body[1] == 0:
			tracks = append(tracks, av.Track{ID: av.AudioID, Codec: av.AAC, Timescale: 48000, Config: body[2:],
				CodecTag: "mp4a.40.2", SampleRate: 48000, Channels: 2})
		case typ == 9 && body[1] == 1:
			cts := int32(be.Uint32(body[1:])<<8) >> 8
			if i, ok := last[av.VideoID]; ok {
				samples[i].Duration = uint32(ms*90 - samples[i].DTS)
			}
			last[av.VideoID] = len(samples)
			samples = append(samples, av.Sample{Track: av.VideoID, DTS: ms * 90, CTS: cts * 90, Duration: 3000,
				Key: body[0]>>4 == 1, Data: body[5:]})
		case typ == 8 && body[1] == 1:
			if audioDTS < 0 {
				audioDTS = ms * 48
			}
			samples = append(samples, av.Sample{Track: av.AudioID, DTS: audioDTS, Duration: 1024, Key: true, Data: body[2:]})
			audioDTS += 1024
		}
	}
	if len(tracks) != 2 || len(samples) < 100 {
		t.Fatalf("%d tracks and %d samples in the FLV file", len(tracks), len(samples))
	}
	return tracks, samples
}

func hex(b []byte) string {
	const digits = "0123456789abcdef"
	var out []byte
	for _, v := range b {
		out = append(out, digits[v>>4], digits[v&15])
	}
	return string(out)
}
