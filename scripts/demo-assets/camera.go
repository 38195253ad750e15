package main

// camera moves over a plate. Amplitudes are in art units; every movement is a
// sine of whole cycles, so the path closes on itself.
type camera struct {
	zoom     float64 // mean magnification; above 1 leaves room to move
	push     float64 // magnification added and removed over one clip
	pushLate float64 // phase of the push, in cycles
	panX     float64
	panY     float64
	hand     float64 // unrest of a hand-held camera
	parallax float64 // how much more near things move than far ones
	dolly    float64 // how much more near things grow than far ones
}

// shot is the camera's state at one instant.
type shot struct{ zoom, x, y float64 }

func (c camera) at(t float64) shot {
	s := shot{
		zoom: c.zoom + c.push*0.5*(1-wave(t, 1, 0.25+c.pushLate)),
		x:    c.panX * wave(t, 1, 0.08),
		y:    c.panY * wave(t, 1, 0.31),
	}
	s.x += c.hand * (0.7*wave(t, 2, 0.1) + 0.4*wave(t, 3, 0.45))
	s.y += c.hand * (0.6*wave(t, 2, 0.6) + 0.4*wave(t, 3, 0.3))
	return s
}

// warp bends the part of the plate under its mask: move gives the shift in art
// units at a point of the drawing and an instant.
type warp struct {
	area mask
	move func(x, y, t float64) (dx, dy float64)
	grid []float32
}

// layerDepth paints nearness into a part of the plate: 0 is the horizon, 1 the
// lens. Later layers paint over earlier ones.
type layerDepth struct {
	area mask
	near float64
}

// film is one plate seen by one camera. The relief is displaced, not cut out:
// near parts slide over far ones with a soft edge, and no hole opens behind.
type film struct {
	still *plate
	cam   camera
	depth []float32
	warps []warp
	now   shot // where the camera stands in the frame being drawn
}

func newFilm(still *plate, cam camera, layers []layerDepth, warps []warp) *film {
	f := &film{still: still, cam: cam, depth: make([]float32, frameW*frameH)}
	for _, l := range layers {
		for i, a := range l.area.grid() {
			f.depth[i] += (float32(l.near) - f.depth[i]) * a
		}
	}
	for _, w := range warps {
		w.grid = w.area.grid()
		f.warps = append(f.warps, w)
	}
	return f
}

// draw fills the frame with the plate at instant t.
func (f *film) draw(dst *frame, t float64) {
	s := f.cam.at(t)
	f.now = s
	ku := float64(f.still.w) / artW
	rows(func(y int) {
		for x := range frameW {
			i := y*frameW + x
			ax, ay := (float64(x)+0.5)/scale, (float64(y)+0.5)/scale
			d := float64(f.depth[i])
			z := s.zoom + (s.zoom-1)*f.cam.dolly*d
			k := 1 + f.cam.parallax*d
			u := artW/2 + (ax-artW/2)/z + s.x*k
			v := artH/2 + (ay-artH/2)/z + s.y*k
			for j := range f.warps {
				if m := float64(f.warps[j].grid[i]); m > 0.004 {
					dx, dy := f.warps[j].move(ax, ay, t)
					u -= dx * m
					v -= dy * m
				}
			}
			p := dst.pix[i*3:]
			p[0], p[1], p[2], _ = f.still.at(u*ku-0.5, v*ku-0.5)
		}
	})
}

// place maps a point of the drawing to where the camera shows it in the frame
// being drawn, for lights that must stay fixed to things on the plate.
func (f *film) place(x, y, near float64) (float64, float64) {
	s := f.now
	z := s.zoom + (s.zoom-1)*f.cam.dolly*near
	k := 1 + f.cam.parallax*near
	return artW/2 + (x-s.x*k-artW/2)*z, artH/2 + (y-s.y*k-artH/2)*z
}

// sway swings a hanging or standing thing sideways: amp units at full mask.
func sway(amp float64, cycles int, phase float64) func(x, y, t float64) (float64, float64) {
	return func(_, y, t float64) (float64, float64) {
		return amp * (wave(t, cycles, phase+y*0.0012) + 0.35*wave(t, cycles*2+1, phase*2+y*0.003)), 0
	}
}

// cloth sends a slow ripple along x through fabric.
func cloth(amp, length float64, cycles int) func(x, y, t float64) (float64, float64) {
	return func(x, y, t float64) (float64, float64) {
		return amp * (wave(t, cycles, x/length+y/(length*4)) + 0.4*wave(t, cycles+1, -x/length*1.7)),
			amp * 0.3 * wave(t, cycles, x/length*1.3+0.2)
	}
}

// breath lifts and lowers a person, amp units, with a slight lean.
func breath(amp float64, cycles int) func(x, y, t float64) (float64, float64) {
	return func(_, _, t float64) (float64, float64) {
		return amp * 0.6 * wave(t, 1, 0.15), amp * wave(t, cycles, 0)
	}
}

// water ripples a surface; waves shorten toward the horizon at y0.
func water(amp, y0 float64, cycles int) func(x, y, t float64) (float64, float64) {
	return func(x, y, t float64) (float64, float64) {
		d := max(2, y-y0)
		q := 46 * (1 - 40/(d+40)) // equal waves per unit of q look even in perspective
		a := amp * min(1, d/120)
		return a * (wave(t, cycles, q*0.35+x*0.006) + 0.5*wave(t, cycles+2, q*0.8-x*0.011)),
			a * 0.35 * wave(t, cycles+1, q*0.5+x*0.009)
	}
}

// bob rocks a floating thing about a pivot.
func bob(px, py, angle, lift float64, cycles int) func(x, y, t float64) (float64, float64) {
	return func(x, y, t float64) (float64, float64) {
		a := angle * wave(t, cycles, 0)
		return -(y - py) * a, (x-px)*a + lift*wave(t, cycles, 0.25)
	}
}

// haze trembles like hot air.
func haze(amp float64, cycles int) func(x, y, t float64) (float64, float64) {
	return func(x, y, t float64) (float64, float64) {
		return amp * wave(t, cycles, y*0.03+x*0.004) * wave(t, cycles/2, y*0.013), 0
	}
}
