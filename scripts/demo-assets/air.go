package main

import "math"

// effect draws light or matter over the picture at instant t. The film is there
// for effects that must stay fixed to things on the plate.
type effect func(dst *frame, f *film, t float64)

// steam rises through area. Two noise layers climb at different whole speeds
// and multiply, which gives wisps that curl instead of a moving picture.
func steam(seed uint64, area mask, c rgb, strength float64, climbs int) effect {
	thick, thin := newField(seed, 256, 4, 3), newField(seed+1, 256, 6, 3)
	grid := area.grid()
	return func(dst *frame, _ *film, t float64) {
		rows(func(y int) {
			for x := range frameW {
				m := float64(grid[y*frameW+x])
				if m < 0.01 {
					continue
				}
				u, v := float64(x)/frameW, float64(y)/frameW
				bend := 0.03 * wave(t, 1, v*1.1)
				a := thick.at((u+bend)*1.05, v*0.55+t*float64(climbs))
				b := thin.at((u-bend)*1.5+0.3, v*0.8+t*float64(climbs+1))
				w := ease(0.32, 0.92, a) * ease(0.24, 0.86, b) * 1.5
				dst.add(x, y, c, float32(m*w*strength))
			}
		})
	}
}

// mist drifts sideways in flat sheets.
func mist(seed uint64, area mask, c rgb, strength float64, drifts int) effect {
	sheet := newField(seed, 256, 4, 4)
	grid := area.grid()
	return func(dst *frame, _ *film, t float64) {
		rows(func(y int) {
			for x := range frameW {
				m := float64(grid[y*frameW+x])
				if m < 0.01 {
					continue
				}
				u, v := float64(x)/frameW, float64(y)/frameW
				a := sheet.at(u*0.5-t*float64(drifts), v*1.9+0.02*wave(t, 1, u))
				b := sheet.at(u*0.8+t*float64(drifts)+0.4, v*2.6)
				dst.add(x, y, c, float32(m*strength*ease(0.35, 0.8, 0.6*a+0.4*b)))
			}
		})
	}
}

// dapple moves soft leaf shadow over area, as sun through a window does.
func dapple(seed uint64, area mask, strength float64) effect {
	leaf := newField(seed, 256, 6, 3)
	grid := area.grid()
	return func(dst *frame, _ *film, t float64) {
		sx, sy := 0.05*wave(t, 1, 0)+0.015*wave(t, 3, 0.2), 0.03*wave(t, 2, 0.4)
		rows(func(y int) {
			for x := range frameW {
				m := float64(grid[y*frameW+x])
				if m < 0.01 {
					continue
				}
				u, v := float64(x)/frameW, float64(y)/frameW
				s := ease(0.34, 0.70, leaf.at((u+v*0.5)*0.8+sx, (v-u*0.3)*0.8+sy))
				k := float32(1 - m*strength*(1-s))
				p := dst.pix[(y*frameW+x)*3:]
				p[0], p[1], p[2] = p[0]*k, p[1]*k, p[2]*k
			}
		})
	}
}

// glow is a lamp: a soft round light that breathes and trembles.
func glow(x, y, radius, near float64, c rgb, strength, tremble, phase float64) effect {
	return func(dst *frame, f *film, t float64) {
		k := strength * (1 + tremble*(0.5*wave(t, 3, phase)+0.3*wave(t, 11, phase*3)+0.2*wave(t, 17, phase*7)))
		px, py := f.place(x, y, near)
		disc(dst, px, py, radius, func(d float64) float64 { return k * (1 - d) * (1 - d) }, c)
	}
}

// disc lights a round spot; fall maps distance 0..1 from the centre to weight.
func disc(dst *frame, x, y, radius float64, fall func(d float64) float64, c rgb) {
	cx, cy, r := x*scale, y*scale, radius*scale
	for iy := max(0, int(cy-r)); iy <= min(frameH-1, int(cy+r)); iy++ {
		for ix := max(0, int(cx-r)); ix <= min(frameW-1, int(cx+r)); ix++ {
			d := math.Hypot(float64(ix)+0.5-cx, float64(iy)+0.5-cy) / r
			if d < 1 {
				dst.add(ix, iy, c, float32(fall(d)))
			}
		}
	}
}

// beam is a stage light: a cone from x, y that swings by swing radians around
// angle (0 points down) and reaches length.
func beam(x, y, angle, swing, length, spread float64, cycles int, phase float64, c rgb, strength float64) effect {
	return func(dst *frame, f *film, t float64) {
		px, py := f.place(x, y, 0)
		a := angle + swing*wave(t, cycles, phase)
		sin, cos := math.Sin(a), math.Cos(a)
		rows(func(iy int) {
			for ix := range frameW {
				dx, dy := (float64(ix)+0.5)/scale-px, (float64(iy)+0.5)/scale-py
				along, across := dx*sin+dy*cos, dx*cos-dy*sin
				if along <= 0 || along > length {
					continue
				}
				w := 5 + spread*along
				edge := 1 - math.Abs(across)/w
				if edge <= 0 {
					continue
				}
				fade := 1 - along/length
				dst.add(ix, iy, c, float32(strength*edge*min(1, edge*1.6)*fade*min(1, along/12)))
			}
		})
	}
}

// rays are slow shafts of sun from a point, turning a little.
func rays(seed uint64, x, y, length float64, c rgb, strength float64) effect {
	fan := newField(seed, 256, 12, 2)
	return func(dst *frame, f *film, t float64) {
		px, py := f.place(x, y, 0)
		rows(func(iy int) {
			for ix := range frameW {
				dx, dy := (float64(ix)+0.5)/scale-px, (float64(iy)+0.5)/scale-py
				d := math.Hypot(dx, dy)
				if d > length {
					continue
				}
				turn := math.Atan2(dy, dx) / (2 * math.Pi)
				s := fan.at(turn+0.012*wave(t, 1, 0), 0.1*wave(t, 1, 0.25))
				dst.add(ix, iy, c, float32(strength*ease(0.35, 0.75, s)*(1-d/length)*min(1, d/20)))
			}
		})
	}
}

// behind draws effects as if they stood behind the dark figures in area: a
// silhouette stays black when light is added around it.
func behind(area mask, es ...effect) effect {
	grid, was := area.grid(), make([]float32, frameW*frameH*3)
	return func(dst *frame, f *film, t float64) {
		copy(was, dst.pix)
		for _, e := range es {
			e(dst, f, t)
		}
		rows(func(y int) {
			for x := range frameW {
				i := (y*frameW + x) * 3
				lum := float64(0.3*was[i] + 0.6*was[i+1] + 0.1*was[i+2])
				k := grid[i/3] * float32(1-ease(0.10, 0.22, lum))
				if k <= 0 {
					continue
				}
				for j := range 3 {
					dst.pix[i+j] += (was[i+j] - dst.pix[i+j]) * k
				}
			}
		})
	}
}
