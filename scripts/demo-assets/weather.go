package main

import "math"

// gulls cross far away: small strokes whose wings beat.
func gulls(seed uint64) effect {
	ms := scatter(seed, 5, -30, 90, 0, 170)
	return func(dst *frame, _ *film, t float64) {
		for _, m := range ms {
			a := m.life(t, 1)
			x, y := -30+420*a, m.y-24*a+8*math.Sin(2*math.Pi*(a+m.turn))
			span := 4 + 3*m.size
			beat := 0.45 + 0.5*math.Sin(2*math.Pi*(a*14+m.turn))
			for i := range 48 {
				q := float64(i)/24 - 1
				wing := math.Abs(q)
				px, py := x+q*span, y-beat*span*0.8*math.Sin(wing*2.2)+wing*wing*span*0.3
				dot(dst, px, py, 0.75, rgb{0.16, 0.10, 0.12}, 0.7)
			}
		}
	}
}

// dot paints one small round mark, so that thin strokes stay smooth in motion.
func dot(dst *frame, x, y, r float64, c rgb, alpha float64) {
	cx, cy, rp := x*scale, y*scale, r*scale
	for iy := int(cy - rp - 1); iy <= int(cy+rp+1); iy++ {
		for ix := int(cx - rp - 1); ix <= int(cx+rp+1); ix++ {
			d := math.Hypot(float64(ix)+0.5-cx, float64(iy)+0.5-cy)
			dst.cover(ix, iy, c, float32(alpha*(1-ease(rp-0.7, rp+0.7, d))))
		}
	}
}

// mistDrops is the spray of a cut orange: it leaves the flesh and falls.
func mistDrops(seed uint64, n int) effect {
	ms := scatter(seed, n, 0, 0, 1, 1)
	return func(dst *frame, f *film, t float64) {
		for _, m := range ms {
			a := m.life(t, 2)
			dir := 2 * math.Pi * m.x
			out := 60 + 90*m.y
			x := 105 + math.Cos(dir)*(60+out*a)
			y := 370 + math.Sin(dir)*(50+out*a*0.8) + 90*a*a
			px, py := f.place(x, y, 0.5)
			k := 0.7 * math.Sin(math.Pi*a) * (1 - a)
			disc(dst, px, py, 0.9+1.4*m.size, func(d float64) float64 { return k * (1 - d*d) }, hex(0xFFE9B8))
		}
	}
}
