package media

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"image"
	_ "image/jpeg" // header formats for DecodeConfig
	_ "image/png"

	"github.com/hawker-live/hawker/internal/errs"
)

const (
	// MaxImageBytes of one picture; browsers scale to 1,600 px first, so real ones are far smaller.
	MaxImageBytes = 8 << 20
	// MaxPixels refuses decompression bombs by their header (reliability: 40 megapixels).
	MaxPixels = 40_000_000
)

type imageInfo struct {
	contentType   string
	width, height int
}

// sniffImage reads the header of a JPEG, PNG or WebP. Pixels are never decoded on the server.
func sniffImage(b []byte) (imageInfo, error) {
	if len(b) > MaxImageBytes {
		return imageInfo{}, errs.New(errs.Invalid, "image_too_large", "a picture may have at most %d MB", MaxImageBytes>>20).With("maxMB", MaxImageBytes>>20)
	}
	info, ok := webpInfo(b)
	if !ok {
		cfg, format, err := image.DecodeConfig(bytes.NewReader(b))
		// Another package of the program may have taught image.Decode more formats than browsers show.
		if err != nil || format != "jpeg" && format != "png" {
			return imageInfo{}, errs.New(errs.Unsupported, "not_an_image", "this is not a picture we can show; use JPEG, PNG or WebP")
		}
		info = imageInfo{"image/" + format, cfg.Width, cfg.Height}
	}
	if info.width < 1 || info.height < 1 || int64(info.width)*int64(info.height) > MaxPixels {
		return imageInfo{}, errs.New(errs.Invalid, "image_too_many_pixels", "a picture may have at most 40 megapixels; scale it down")
	}
	return info, nil
}

// webpInfo reads the size from the first chunk (RFC 9649 2.5 to 2.7); 0x9d012a and 0x2f are the start codes
// of a lossy and a lossless picture.
func webpInfo(b []byte) (imageInfo, bool) {
	if len(b) < 30 || string(b[0:4]) != "RIFF" || string(b[8:12]) != "WEBP" {
		return imageInfo{}, false
	}
	w, h := 0, 0
	switch kind := string(b[12:16]); {
	case kind == "VP8 " && string(b[23:26]) == "\x9d\x01\x2a":
		w, h = int(binary.LittleEndian.Uint16(b[26:])&0x3fff), int(binary.LittleEndian.Uint16(b[28:])&0x3fff)
	case kind == "VP8L" && b[20] == 0x2f:
		bits := binary.LittleEndian.Uint32(b[21:])
		w, h = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
	case kind == "VP8X":
		w, h = 1+int(b[24])+int(b[25])<<8+int(b[26])<<16, 1+int(b[27])+int(b[28])<<8+int(b[29])<<16
	default:
		return imageInfo{}, false
	}
	return imageInfo{"image/webp", w, h}, true
}

func sha256Hex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
