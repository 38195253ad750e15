package codec

import (
	"encoding/hex"
	"strings"
	"testing"
)

// Configuration records written by ffmpeg 5.1 with libx264, libx265 and libaom.
const (
	avccHigh      = "0164001effe1001a6764001eacd940a02ff970110000030001000003003c0f162d9601000668ebe3cb22c0fdf8f800"
	avccBaseline  = "0142c028ffe100196742c028da01e0089f97011000000300100000030320f1832a01000468ce0fc8"
	avcc444       = "01f4001fffe1001a67f4001f919680b412fe3f011000000300100000030320f1832a01000568ce0f1920fff8f800"
	avccInterlace = "014d401effe10018674d401ef405a126c044000003000400000300c87c50aa8001000468de0fc8"
	hevcSPSHex    = "42010101600000030090000003000003003fa005120171c9265959a4932bc05a020000030002000003003c10"
	hvccHead      = "0101600000009000000000003ff000fcfdf8f800000f"
	av1cHex       = "81010c000a0b0000000cc5036936be4010"
	av1KeyHex     = "0a0b0000000cc5036936be4010" + "3203" + "100000"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// hvcc wraps the SPS in a record with one array.
func hvcc(t testing.TB) []byte {
	t.Helper()
	sps := hevcSPSHex
	return unhex(t, hvccHead+"01"+"21"+"0001"+"00"+hexByte(len(sps)/2)+sps)
}

func hexByte(n int) string { return hex.EncodeToString([]byte{byte(n)}) }

// everyPrefix runs parse on each proper prefix and on copies with one byte turned, where only a
// panic is a failure.
func everyPrefix(t *testing.T, b []byte, parse func([]byte)) {
	t.Helper()
	for i := range b {
		parse(b[:i])
		for _, v := range []byte{0, 0xff, b[i] ^ 0x80, b[i] + 1} {
			c := append([]byte(nil), b...)
			c[i] = v
			parse(c)
		}
	}
}

func contains(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("error %v, want one about %q", err, want)
	}
}
