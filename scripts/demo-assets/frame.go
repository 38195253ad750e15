package main

import (
	"fmt"
	"image"
	_ "image/png"
	"math"
	"os"
)

// Size of the finished picture in pixels, and of the drawing it shows.
const (
	frameW, frameH = 540, 960
	artW, artH     = 360.0, 640.0
	scale          = frameW / artW // pixels per art unit
)

// rgb is a colour with channels 0..1, gamma-encoded like the art itself.
type rgb struct{ r, g, b float32 }

func hex(v uint32) rgb {
	return rgb{float32(v>>16&255) / 255, float32(v>>8&255) / 255, float32(v&255) / 255}
}

// frame is the picture being drawn: frameW x frameH, three floats per pixel.
type frame struct{ pix []float32 }

func newFrame() *frame { return &frame{make([]float32, frameW*frameH*3)} }

// add lights one pixel: c is added with weight a and runs into white softly,
// the way glow does on a sensor (a screen blend).
func (f *frame) add(x, y int, c rgb, a float32) {
	if x < 0 || y < 0 || x >= frameW || y >= frameH || a <= 0 {
		return
	}
	p := f.pix[(y*frameW+x)*3:]
	p[0] += (1 - p[0]) * c.r * a
	p[1] += (1 - p[1]) * c.g * a
	p[2] += (1 - p[2]) * c.b * a
}

// cover paints one pixel over what is there, with opacity a.
func (f *frame) cover(x, y int, c rgb, a float32) {
	if x < 0 || y < 0 || x >= frameW || y >= frameH || a <= 0 {
		return
	}
	p := f.pix[(y*frameW+x)*3:]
	p[0] += (c.r - p[0]) * a
	p[1] += (c.g - p[1]) * a
	p[2] += (c.b - p[2]) * a
}

// bytes converts to rgb24. Smooth skies band at eight bits, so each pixel is
// rounded against a fixed 4x4 ordered pattern; a fixed pattern costs the
// encoder nothing, moving grain would.
func (f *frame) bytes(out []byte) {
	for y := range frameH {
		for x := range frameW {
			d := (bayer[y&3][x&3] + 0.5) / 16
			i := (y*frameW + x) * 3
			for k := range 3 {
				v := f.pix[i+k]*255 + d
				out[i+k] = byte(max(0, min(255, v)))
			}
		}
	}
}

// bayer is the ordered pattern of bytes, in sixteenths.
var bayer = [4][4]float32{{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}}

// plate is a still read from disk, RGBA with premultiplied alpha.
type plate struct {
	w, h int
	pix  []float32
}

func loadPlate(path string) (*plate, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open plate: %w", err)
	}
	defer file.Close()
	img, _, err := image.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("decode plate %s: %w", path, err)
	}
	b := img.Bounds()
	p := &plate{w: b.Dx(), h: b.Dy(), pix: make([]float32, b.Dx()*b.Dy()*4)}
	i := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, a := img.At(x, y).RGBA()
			p.pix[i], p.pix[i+1], p.pix[i+2], p.pix[i+3] = float32(r)/65535, float32(g)/65535, float32(bl)/65535, float32(a)/65535
			i += 4
		}
	}
	return p, nil
}

// at samples bilinearly at u, v in pixels; beyond the edge the edge repeats.
func (p *plate) at(u, v float64) (r, g, b, a float32) {
	u, v = max(0, min(float64(p.w)-1.001, u)), max(0, min(float64(p.h)-1.001, v))
	x, y := int(u), int(v)
	fx, fy := float32(u-float64(x)), float32(v-float64(y))
	q := p.pix[(y*p.w+x)*4:]
	s := p.pix[((y+1)*p.w+x)*4:]
	w00, w10, w01, w11 := (1-fx)*(1-fy), fx*(1-fy), (1-fx)*fy, fx*fy
	return q[0]*w00 + q[4]*w10 + s[0]*w01 + s[4]*w11,
		q[1]*w00 + q[5]*w10 + s[1]*w01 + s[5]*w11,
		q[2]*w00 + q[6]*w10 + s[2]*w01 + s[6]*w11,
		q[3]*w00 + q[7]*w10 + s[3]*w01 + s[7]*w11
}

// wave is a sine of k whole cycles per clip, so that every motion closes.
func wave(t float64, k int, phase float64) float64 {
	return math.Sin(2 * math.Pi * (float64(k)*t + phase))
}

// ease is the smoothstep of x between a and b.
func ease(a, b, x float64) float64 {
	x = max(0, min(1, (x-a)/(b-a)))
	return x * x * (3 - 2*x)
}
