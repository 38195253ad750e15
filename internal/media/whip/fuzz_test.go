package whip

import (
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/fuzztest"
)

// FuzzOffer reads any session description: it is refused with a code, or sends sound or picture with a bounded
// number of addresses.
func FuzzOffer(f *testing.F) {
	const head = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
	f.Add(head + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;profile-level-id=42e01f\r\na=sendonly\r\n" +
		"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 stereo=1\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n")
	f.Add(head + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n")
	f.Add(head + "m=video 0 x 96\r\na=inactive\r\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, sdp string) {
		if len(sdp) > maxSDP {
			return // the door takes no more
		}
		fuzztest.Within(t, len(sdp), fuzztest.Cost{Fixed: 256 << 10, PerByte: 1 << 10}, func() {
			o, err := parseOffer(sdp)
			switch {
			case err != nil && errs.CodeOf(err) == "":
				t.Fatal(err)
			case err == nil && (!o.video && !o.audio || o.candidates > maxCandidates):
				t.Fatalf("%+v", o)
			}
		})
	})
}
