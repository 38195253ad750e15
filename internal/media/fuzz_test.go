package media

import (
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/fuzztest"
)

// FuzzImage reads the head of any picture: what is taken has a size browsers can hold, and nothing is decoded.
func FuzzImage(f *testing.F) {
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"))
	f.Add([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"))
	f.Add(webp("VP8X", 0, 0, 0, 0, 39, 0, 0, 29, 0, 0))
	f.Add(webp("VP8L", 0x2f, 0x27, 0x40, 0x07, 0x00))
	f.Fuzz(func(t *testing.T, b []byte) {
		fuzztest.Within(t, len(b), fuzztest.Cost{Fixed: 1 << 20, PerByte: 8}, func() {
			info, err := sniffImage(b)
			if err != nil {
				if errs.CodeOf(err) == "" {
					t.Fatal(err)
				}
				return
			}
			if info.width < 1 || info.height < 1 || int64(info.width)*int64(info.height) > MaxPixels {
				t.Fatalf("%+v", info)
			}
		})
	})
}
