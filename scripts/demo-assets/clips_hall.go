package main

import "math"

// Big rooms: the concert and the basketball court.
func hallClips() []clip {
	return []clip{{
		key: "concert-voice", plate: "concert", seconds: 8,
		cam:   camera{zoom: 1.08, push: 0.08, panX: 3, panY: 2, hand: 0.4, parallax: 0.7, dolly: 0.4},
		depth: []layerDepth{{oval(182, 340, 40, 80, 14), 0.3}, {below(425, 450), 0.9}},
		warps: singer(), cast: func(*set) []effect { return stage() },
		lines: [2]string{"The hall finishes the line for him", "West Bank Hall · winter night"},
		sound: concertSound(8, 111),
	}, {
		key: "court-dunk", plate: "court", seconds: 8,
		heals: []heal{{area: oval(223, 151, 23, 23, 2), mirror: 179.5}},
		cam:   camera{zoom: 1.09, push: 0.09, panX: 4, panY: 2, hand: 1.1, parallax: 0.8, dolly: 0.3},
		depth: []layerDepth{{below(345, 520), 0.8}, {anyOf(oval(235, 310, 34, 75, 8), oval(128, 340, 34, 75, 8)), 0.5}},
		warps: []warp{
			{area: but(oval(235, 275, 28, 70, 8), below(336, 346)), move: func(_, y, t float64) (float64, float64) {
				return 1.2 * wave(t, 1, 0.2), -4 * jump(t)
			}},
			{area: but(oval(128, 305, 30, 60, 8), below(334, 345)), move: func(_, _, t float64) (float64, float64) {
				return 2 * wave(t, 2, 0.4), -3 * jump(t-0.04)
			}},
			{area: poly(6, 148, 208, 208, 208, 200, 246, 160, 246), move: func(_, y, t float64) (float64, float64) {
				return 3 * net(t), 7 * net(t) * (y - 204) / 40
			}},
		},
		cast: func(s *set) []effect {
			toss := flight{handX: 267, handY: 190, hoopX: 180, hoopY: 205, apex: 58, floor: 366, far: 0.86, leap: 4}
			ball := newProp(s.base.lift(oval(223, 151, 20.2, 20.2, 0.8)), 223, 151, 0.4, func(t float64) pose {
				x, y, size, turn := toss.at(t)
				return pose{x - 223, y - 151, size, turn, 1}
			})
			return []effect{flashes(142, 40, 0, 170, 360, 330), bokeh(141, 24, 0, 30, 360, 250, 2, 6, 0.3, hex(0xC9D3E2), hex(0xFFE9C0)), act(ball)}
		},
		sound: score{murmur(141, 0.12), cheer(142, 0.22, 0.5, 0.08), thud(0.5, 95, 0.58, 0.68, 0.80)},
	}}
}

func singer() []warp {
	return []warp{
		{area: but(oval(180, 330, 34, 84, 10), below(400, 408)), move: func(_, y, t float64) (float64, float64) {
			k := (408 - y) / 130
			return 3.2 * k * wave(t, 2, 0), 1.2 * wave(t, 4, 0.1)
		}},
		{area: capsule(196, 300, 212, 240, 9, 7), move: func(_, y, t float64) (float64, float64) {
			return 5 * (305 - y) / 60 * wave(t, 2, 0.18), 0
		}},
		{area: below(425, 455), move: crowdBounce(16)},
	}
}

// crowdBounce moves a crowd to the beat, neighbours a little apart.
func crowdBounce(pulses int) func(x, y, t float64) (float64, float64) {
	return func(x, _, t float64) (float64, float64) {
		lag := 0.08 * math.Sin(x*0.05)
		return 1.8 * wave(t, pulses/4, x*0.011), -5 * math.Abs(math.Sin(math.Pi*(float64(pulses)*t+lag)))
	}
}

// stage is the light over the singer: beams from the truss, haze, raised phones.
func stage() []effect {
	var es []effect
	for i, c := range []uint32{0xFF6FA8, 0xFFC98A, 0x8AC8FF} {
		x := 40 + 140*float64(i)
		es = append(es, beam(x, -20, (180-x)/420, 0.26, 470, 0.11, 1, 0.29*float64(i), hex(c), 0.55))
	}
	return []effect{
		behind(anyOf(oval(182, 330, 60, 100, 10), below(412, 420)), es...),
		bokeh(112, 18, 0, 60, 360, 320, 2, 6, 0.4, hex(0xFFD9F0), hex(0xC8B0FF)),
		phones(114, 22, 430, 580),
	}
}

// phones are lit screens held up in the crowd, swinging together.
func phones(seed uint64, n int, y0, y1 float64) effect {
	ms := scatter(seed, n, 5, y0, 355, y1)
	tones := []rgb{hex(0xBFD4FF), hex(0xFFE3B0), hex(0xFFC0A0), hex(0xE0D0FF)}
	return func(dst *frame, f *film, t float64) {
		for _, m := range ms {
			x, y := f.place(m.x+9*wave(t, 2, 0.04*m.turn+m.y*0.0008), m.y-4*math.Abs(wave(t, 8, 0.1*m.phase)), 0.9)
			k := 0.5 + 0.5*m.bright
			c := tones[m.tone%len(tones)]
			disc(dst, x, y, 2.1, func(d float64) float64 { return k * (1 - d*d) }, c)
			disc(dst, x, y, 16+8*m.size, func(d float64) float64 { return 0.26 * k * (1 - d) * (1 - d) }, c)
		}
	}
}

func concertSound(seconds int, seed uint64) score {
	pulses := seconds * 2
	return score{
		pad(0.20, []float64{110, 220, 261.63, 329.63}, []float64{87.31, 174.61, 220, 349.23}, []float64{130.81, 196, 261.63, 392}, []float64{98, 196, 246.94, 392}),
		pluck(seed, 0.07, pulses*2, 440, 523.25, 587.33, 659.26, 783.99), thud(0.30, 62, beats(pulses, 0)...), murmur(seed+1, 0.04),
	}
}
