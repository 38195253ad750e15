package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// artDir holds small plates under every name the clips ask for: a gradient, so
// that any shift of the camera shows, or a spot for the cut-outs.
func artDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	save := func(name string, w, h int, at func(x, y int) color.NRGBA) {
		img := image.NewNRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				img.SetNRGBA(x, y, at(x, y))
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".png"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range clips() {
		save(c.plate, 72, 128, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x * 3), uint8(y * 2), 90, 255} })
		save("caption-"+c.key, frameW, frameH, func(x, _ int) color.NRGBA { return color.NRGBA{255, 255, 255, uint8(x % 200)} })
	}
	for i := range 12 {
		spot := func(x, y int) color.NRGBA {
			if x > 20 && x < 50 && y > 30 && y < 90 {
				return color.NRGBA{200, 80, 40, 255}
			}
			return color.NRGBA{}
		}
		name := string("0123456789"[i%10])
		if i >= 10 {
			name = "1" + name
		}
		save("street-lantern-"+name, 72, 128, spot)
		save("street-walker-"+name, 72, 128, spot)
	}
	return dir
}

func TestClips_LastFrameMeetsTheFirst(t *testing.T) {
	dir := artDir(t)
	for _, c := range clips() {
		r, err := c.load(dir)
		if err != nil {
			t.Fatal(err)
		}
		// Half a frame to either side of the seam: a jump there is a cut that a
		// looping viewer sees; the same step inside the clip is motion.
		step := 0.5 / float64(r.frames)
		seam := change(r, 1-step, step)
		inside := max(change(r, 0.3-step, 0.3+step), change(r, 0.7-step, 0.7+step))
		if seam > 2*inside+0.0005 {
			t.Errorf("%s jumps at the seam: mean change %.5f, inside %.5f", c.key, seam, inside)
		}
		if inside == 0 {
			t.Errorf("%s does not move", c.key)
		}
	}
}

func change(r *reel, a, b float64) float64 {
	fa, fb := newFrame(), newFrame()
	r.draw(fa, a)
	r.draw(fb, b)
	sum := 0.0
	for i := range fa.pix {
		sum += math.Abs(float64(fa.pix[i] - fb.pix[i]))
	}
	return sum / float64(len(fa.pix))
}

func TestClips_DrawTheSameFrameTwice(t *testing.T) {
	dir := artDir(t)
	for _, c := range clips()[:3] {
		var a, b bytes.Buffer
		if err := c.still(&a, dir, 0.37); err != nil {
			t.Fatal(err)
		}
		if err := c.still(&b, dir, 0.37); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s draws two different frames for one instant", c.key)
		}
	}
}

func TestClips_RefuseMissingArt(t *testing.T) {
	empty := t.TempDir()
	for _, c := range clips() {
		if _, err := c.load(empty); err == nil {
			t.Errorf("%s loads without its plate", c.key)
		}
	}
}

func TestClips_LastWholeKeyFrameIntervals(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range clips() {
		if seen[c.key] || c.seconds < 6 || c.seconds%2 != 0 {
			t.Errorf("clip %q: %d s, used before: %v", c.key, c.seconds, seen[c.key])
		}
		seen[c.key] = true
	}
}

func TestScores_AreQuietAndLoopWithoutAClick(t *testing.T) {
	for _, c := range clips() {
		var b bytes.Buffer
		if err := c.sound.write(&b, c.seconds); err != nil {
			t.Fatalf("%s: %v", c.key, err)
		}
		if b.Len() != 44+c.seconds*sampleRate*2 {
			t.Fatalf("%s: WAV of %d bytes", c.key, b.Len())
		}
		pcm := make([]int16, c.seconds*sampleRate)
		if err := binary.Read(bytes.NewReader(b.Bytes()[44:]), binary.LittleEndian, pcm); err != nil {
			t.Fatal(err)
		}
		peak, steepest := 0.0, 0.0
		for i, v := range pcm {
			peak = max(peak, math.Abs(float64(v)))
			if i > 0 {
				steepest = max(steepest, math.Abs(float64(v)-float64(pcm[i-1])))
			}
		}
		if peak < 8000 || peak > 12000 {
			t.Errorf("%s peaks at %.0f, want about -9 dBFS", c.key, peak)
		}
		if seam := math.Abs(float64(pcm[0]) - float64(pcm[len(pcm)-1])); seam > steepest {
			t.Errorf("%s clicks at the seam: step %.0f, steepest inside %.0f", c.key, seam, steepest)
		}
	}
	if err := (score{}).write(&bytes.Buffer{}, 2); err == nil {
		t.Error("an empty score renders")
	}
}

func TestRun_RefusesWhatItDoesNotKnow(t *testing.T) {
	for _, args := range [][]string{{}, {"video"}, {"sound", "no-such-clip"}, {"video", "sea-dusk"}, {"dance", "sea-dusk"}, {"still", "sea-dusk", "x", "noon"}} {
		if err := run(args, &bytes.Buffer{}); err == nil {
			t.Errorf("run(%v) succeeds", args)
		}
	}
	var list bytes.Buffer
	if err := run([]string{"list"}, &list); err != nil || strings.Count(list.String(), "\n") != len(clips()) {
		t.Errorf("list: %v, %q", err, list.String())
	}
}

func TestHeal_TakesTheMeanOfBothSides(t *testing.T) {
	p := &plate{w: 36, h: 64, pix: make([]float32, 36*64*4)}
	for i := 0; i < len(p.pix); i += 4 {
		p.pix[i], p.pix[i+3] = float32(i/4%36)/36, 1
	}
	mark := (30*36 + 18) * 4
	want := p.pix[mark]
	p.pix[mark] = 1
	p.heal([]heal{{area: oval(185, 305, 4, 4, 1), dx: 60}})
	if got := p.pix[mark]; math.Abs(float64(got-want)) > 0.01 {
		t.Errorf("healed to %.3f, want %.3f", got, want)
	}
	p.heal([]heal{{area: oval(185, 305, 4, 4, 1), mirror: 90}})
	if got := p.pix[mark]; got > 0.02 {
		t.Errorf("mirrored to %.3f, want the left edge", got)
	}
}
