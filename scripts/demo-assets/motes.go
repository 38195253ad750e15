package main

import (
	"math"
	"math/rand/v2"
)

// mote is one particle's fixed draw of luck.
type mote struct {
	x, y, size, phase, turn, bright float64
	tone                            int
}

func scatter(seed uint64, n int, x0, y0, x1, y1 float64) []mote {
	rng := rand.New(rand.NewPCG(seed, 11))
	ms := make([]mote, n)
	for i := range ms {
		ms[i] = mote{
			x: x0 + rng.Float64()*(x1-x0), y: y0 + rng.Float64()*(y1-y0),
			size: rng.Float64(), phase: rng.Float64(), turn: rng.Float64(),
			bright: rng.Float64(), tone: rng.IntN(64),
		}
	}
	return ms
}

// life is a particle's age 0..1 at t, starting over k times per clip.
func (m mote) life(t float64, k int) float64 {
	v := t*float64(k) + m.phase
	return v - floor(v)
}

// bokeh are out-of-focus lights: flat discs with a brighter rim, wandering.
func bokeh(seed uint64, n int, x0, y0, x1, y1, small, large, strength float64, tones ...rgb) effect {
	ms := scatter(seed, n, x0, y0, x1, y1)
	return func(dst *frame, f *film, t float64) {
		for _, m := range ms {
			x := m.x + 7*wave(t, 1, m.phase) + 2*wave(t, 2, m.turn)
			y := m.y + 6*wave(t, 1, m.turn)
			x, y = f.place(x, y, -0.3)
			k := strength * (0.35 + 0.65*m.bright) * (0.7 + 0.3*wave(t, 1+m.tone%2, m.turn))
			disc(dst, x, y, small+(large-small)*m.size*m.size, func(d float64) float64 {
				return k * (0.6 + 0.4*ease(0.6, 0.95, d)) * (1 - ease(0.9, 1, d))
			}, tones[m.tone%len(tones)])
		}
	}
}

// dust floats in lamplight: tiny, slow, brightening and dimming.
func dust(seed uint64, n int, x0, y0, x1, y1, strength float64, c rgb) effect {
	ms := scatter(seed, n, x0, y0, x1, y1)
	return func(dst *frame, _ *film, t float64) {
		for _, m := range ms {
			a := m.life(t, 1)
			x := m.x + 14*math.Sin(2*math.Pi*(a+m.turn)) + 10*(m.bright-0.5)
			y := m.y - 34*a
			k := strength * math.Sin(math.Pi*a) * (0.4 + 0.6*m.bright)
			disc(dst, x, y, 1.1+1.8*m.size, func(d float64) float64 { return k * (1 - d) }, c)
		}
	}
}

// sparks fly up from a fire and curl.
func sparks(seed uint64, n int, x0, y0, x1, y1, rise float64, k int, c rgb) effect {
	ms := scatter(seed, n, x0, y0, x1, y1)
	return func(dst *frame, _ *film, t float64) {
		for _, m := range ms {
			a := m.life(t, k)
			x := m.x + 26*(m.turn-0.5)*a + 9*math.Sin(2*math.Pi*(a*1.5+m.turn))*a
			y := m.y - rise*(0.5+0.5*m.bright)*(1-(1-a)*(1-a))
			w := (1 - a) * (1 - a) * min(1, a*12)
			disc(dst, x, y, 1.2+1.1*m.size, func(d float64) float64 { return w * (1 - d*d) }, c)
			disc(dst, x, y, 5, func(d float64) float64 { return 0.25 * w * (1 - d) * (1 - d) }, c)
		}
	}
}

// snow falls and drifts; flakes near the lens are large and soft. Falling a
// whole number of heights per clip closes the loop.
func snow(seed uint64, n int, strength float64) effect {
	ms := scatter(seed, n, -20, 0, artW+20, 1)
	return func(dst *frame, _ *film, t float64) {
		for _, m := range ms {
			falls := 1 + m.tone%2
			a := m.life(t, falls)
			near := float64(falls-1)*0.5 + 0.5*m.size
			x := m.x + (8+10*near)*wave(t, 1+m.tone%3, m.turn) + 16*(m.bright-0.5)
			y := -15 + a*(artH+30)
			r := 1.1 + 2.6*near
			k := strength * (0.85 - 0.4*near)
			disc(dst, x, y, r, func(d float64) float64 { return k * (1 - d*d) }, rgb{0.95, 0.96, 1})
		}
	}
}

// petals fall turning: small ellipses that show their edge and their face.
func petals(seed uint64, n int, small, large float64, tones ...rgb) effect {
	ms := scatter(seed, n, -60, 0, artW, 1)
	return func(dst *frame, _ *film, t float64) {
		for _, m := range ms {
			a := m.life(t, 1)
			x := m.x + 70*a + 16*wave(t, 2, m.turn)
			y := -20 + a*(artH+40)
			spin := 2 * math.Pi * (a*float64(1+m.tone%3) + m.turn)
			leaf(dst, x, y, small+(large-small)*m.size, math.Abs(math.Cos(spin*1.5))*0.5+0.12, spin, tones[m.tone%len(tones)])
		}
	}
}

// leaf paints one soft ellipse of half-length r, flat as given, turned by a.
func leaf(dst *frame, x, y, r, flat, a float64, c rgb) {
	cx, cy, rp := x*scale, y*scale, r*scale
	sin, cos := math.Sin(a), math.Cos(a)
	for iy := int(cy - rp); iy <= int(cy+rp); iy++ {
		for ix := int(cx - rp); ix <= int(cx+rp); ix++ {
			dx, dy := float64(ix)+0.5-cx, float64(iy)+0.5-cy
			d := math.Hypot((dx*cos+dy*sin)/rp, (dy*cos-dx*sin)/(rp*flat))
			dst.cover(ix, iy, c, float32(0.85*(1-ease(0.7, 1, d))))
		}
	}
}

// twinkle are stars fixed to the sky, each with its own rhythm.
func twinkle(seed uint64, n int, x0, y0, x1, y1, strength float64, area mask) effect {
	ms := scatter(seed, n, x0, y0, x1, y1)
	return func(dst *frame, f *film, t float64) {
		for _, m := range ms {
			k := strength * area(m.x, m.y) * (0.35 + 0.65*m.bright) * (0.5 + 0.5*wave(t, 1+m.tone%3, m.phase))
			if k < 0.02 {
				continue
			}
			x, y := f.place(m.x, m.y, 0)
			disc(dst, x, y, 0.9+0.9*m.size, func(d float64) float64 { return k * (1 - d) }, rgb{0.9, 0.94, 1})
			if m.size > 0.8 {
				disc(dst, x, y, 5, func(d float64) float64 { return 0.22 * k * (1 - d) * (1 - d) }, rgb{0.8, 0.88, 1})
			}
		}
	}
}

// flashes are cameras in a crowd: rare, short, white.
func flashes(seed uint64, n int, x0, y0, x1, y1 float64) effect {
	ms := scatter(seed, n, x0, y0, x1, y1)
	return func(dst *frame, f *film, t float64) {
		for _, m := range ms {
			a := m.life(t, 1) * 30
			if a > 1 {
				continue
			}
			k := (1 - a) * (1 - a)
			x, y := f.place(m.x, m.y, 0)
			disc(dst, x, y, 9, func(d float64) float64 { return k * math.Pow(1-d, 3) }, rgb{1, 0.98, 0.94})
		}
	}
}

// glints are short bright dashes on water; they crowd under the sun at sx.
func glints(seed uint64, n int, y0, y1, sx float64, c rgb) effect {
	ms := scatter(seed, n, -1, 0, 1, 1)
	return func(dst *frame, f *film, t float64) {
		for _, m := range ms {
			y := y0 + m.y*m.y*(y1-y0)
			spread := 24 + (y-y0)*0.55
			a := m.life(t, 3+m.tone%3)
			k := math.Sin(math.Pi*a) * math.Sin(math.Pi*a) * (0.25 + 0.6*m.bright) * (1 - 0.75*m.y)
			length := 3 + 9*m.y + 6*m.size
			x, py := f.place(sx+m.x*m.x*m.x*spread*2+m.x*spread*0.4+5*wave(t, 1, m.turn), y, 0)
			for ix := int((x - length) * scale); ix <= int((x+length)*scale); ix++ {
				e := 1 - math.Abs(float64(ix)/scale-x)/length
				iy := int(py * scale)
				dst.add(ix, iy, c, float32(k*e))
				dst.add(ix, iy+1, c, float32(0.5*k*e))
			}
		}
	}
}

// meteor crosses the sky once per clip: born at t0, gone after span.
func meteor(x, y, dx, dy, t0, span, width float64) effect {
	return func(dst *frame, f *film, t float64) {
		a := (t - t0) / span
		if a <= 0 || a >= 1 {
			return
		}
		k := math.Sin(math.Pi * math.Pow(a, 0.7))
		hx, hy := f.place(x+dx*a, y+dy*a, 0)
		tail := 0.28 * min(1, a*2.5)
		const steps = 160
		for i := range steps {
			q := float64(i) / steps
			px, py := hx-dx*tail*q, hy-dy*tail*q
			w := k * math.Pow(1-q, 1.8)
			disc(dst, px, py, width*(1-0.6*q), func(d float64) float64 { return 0.22 * w * (1 - d) }, rgb{0.86, 0.93, 1})
		}
		disc(dst, hx, hy, width*2.2, func(d float64) float64 { return 0.9 * k * math.Pow(1-d, 2) }, rgb{1, 0.99, 0.95})
		disc(dst, hx, hy, width*9, func(d float64) float64 { return 0.2 * k * math.Pow(1-d, 3) }, rgb{0.7, 0.82, 1})
	}
}
