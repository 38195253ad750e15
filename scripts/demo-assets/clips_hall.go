package main

import "math"

// Big rooms: the concert and the basketball court.
func hallClips() []clip {
	return []clip{{
		key: "concert-voice", plate: "concert", seconds: 8,
		cam:   camera{zoom: 1.09, push: 0.10, panX: 4, panY: 2, hand: 1.1, parallax: 0.7, dolly: 0.4},
		depth: []layerDepth{{oval(182, 340, 40, 80, 14), 0.3}, {below(425, 450), 0.9}},
		warps: singer(), cast: func(*set) []effect { return stage() },
		lines: [2]string{"这一句，全场替他唱完", "西岸音乐厅 · 冬夜专场"},
		sound: concertSound(8, 111),
	}, {
		key: "concert-moon", plate: "scene-concert", seconds: 8,
		cam:   camera{zoom: 1.07, push: 0.08, panX: 4, hand: 1.2, parallax: 0.6, dolly: 0.4},
		depth: []layerDepth{{band(310, 420, 10), 0.2}, {below(425, 460), 0.9}},
		warps: []warp{
			{area: but(oval(180, 350, 30, 60, 10), below(392, 400)), move: sway(2.4, 4, 0)},
			{area: but(oval(102, 360, 16, 46, 8), below(392, 400)), move: sway(1.8, 4, 0.2)},
			{area: but(oval(262, 362, 16, 46, 8), below(392, 400)), move: sway(1.8, 4, 0.4)},
			{area: below(415, 440), move: crowdBounce(16)},
			{area: oval(180, 246, 48, 48, 10), move: func(_, _, t float64) (float64, float64) { return 0, 5 * wave(t, 1, 0.5) }},
		},
		cast: func(*set) []effect {
			es := []effect{wash(poly(40, 0, 320, 360, 320, 360, 500, 0, 500), hex(0xFF6FA8), 0.35, 4, 0)}
			for i, c := range []uint32{0x7FB4FF, 0xFF6FA8, 0xFFC15A, 0x8AF0DA, 0xB98AFF, 0x7FB4FF} {
				x := 30 + 60*float64(i)
				es = append(es,
					beam(x, 40, 0.05*float64(i)-0.12, 0.34, 420, 0.14, 1+i%2, 0.13*float64(i), hex(c), 0.55),
					glow(x, 40, 46, 0, hex(0xE8F0FF), 0.5, 0.5, 0.2*float64(i)))
			}
			return append([]effect{behind(below(300, 320), es...)}, phones(123, 26, 440, 560), dust(124, 30, 20, 100, 340, 400, 0.4, hex(0xFFD9F0)))
		},
		sound: concertSound(8, 121),
	}, {
		key: "court-shot", plate: "court-hall", seconds: 8,
		cam:   camera{zoom: 1.07, push: 0.06, panX: 3, panY: 2, hand: 1.2, parallax: 0.4},
		depth: []layerDepth{{below(330, 520), 0.8}},
		warps: []warp{{area: poly(8, 150, 206, 210, 206, 204, 244, 160, 244), move: func(_, y, t float64) (float64, float64) {
			return 3 * net(t), 7 * net(t) * (y - 200) / 40
		}}},
		cast: func(s *set) []effect {
			toss := flight{handX: 244, handY: 278, hoopX: 180, hoopY: 200, apex: 70, floor: 392, far: 0.78, leap: 26}
			ball := newProp(s.cut("court-ball"), 244, 278, 0.4, func(t float64) pose {
				x, y, size, turn := toss.at(t)
				return pose{x - 244, y - 278, size, turn, 1}
			})
			player := newProp(s.cut("court-player"), 180, 540, 0.4, func(t float64) pose {
				return pose{1.5 * wave(t, 1, 0.2), -26 * jump(t), 1 + 0.004*wave(t, 3, 0), 0.02 * wave(t, 1, 0), 1}
			})
			front := func(dst *frame, f *film, t float64) { // behind the player once it is through the net
				if t > 0.42 && t < 0.62 {
					ball.draw(dst, f, t)
					player.draw(dst, f, t)
					return
				}
				player.draw(dst, f, t)
				ball.draw(dst, f, t)
			}
			return []effect{
				bokeh(131, 30, 0, 80, 360, 290, 3, 9, 0.26, hex(0xC9D3E2), hex(0xFFB45A), hex(0xE25A4A)),
				flashes(132, 26, 0, 90, 360, 300), front,
			}
		},
		lines: [2]string{"最后一罚，全场安静了两秒", "禾巷篮球 · 周日友谊赛"},
		sound: score{murmur(131, 0.10), cheer(132, 0.20, 0.5, 0.07), thud(0.5, 95, 0.58, 0.68, 0.80), rustle(133, 0.3, 0.44)},
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
	es := []effect{
		wash(poly(40, 0, 250, 360, 250, 360, 410, 0, 410), hex(0xFF8AC0), 0.22, 4, 0),
		steam(113, band(330, 400, 60), hex(0xE8B0FF), 0.30, 1),
	}
	for i, c := range []uint32{0xFF6FA8, 0x7F8AFF, 0xFFB45A, 0xFF7A5A, 0xB98AFF, 0x8AC8FF} {
		x := 20 + 64*float64(i)
		es = append(es, beam(x, -20, (180-x)/420, 0.30, 470, 0.10, 1+i%3, 0.21*float64(i), hex(c), 0.50))
	}
	return []effect{
		behind(anyOf(oval(182, 330, 60, 100, 10), below(412, 420)), es...),
		bokeh(112, 18, 0, 60, 360, 320, 2, 6, 0.4, hex(0xFFD9F0), hex(0xC8B0FF)),
		phones(114, 30, 430, 580),
	}
}

// phones are lit screens held up in the crowd, swinging together.
func phones(seed uint64, n int, y0, y1 float64) effect {
	ms := scatter(seed, n, 5, y0, 355, y1)
	tones := []rgb{hex(0xBFD4FF), hex(0xFFE3B0), hex(0xFFC0A0), hex(0xE0D0FF)}
	return func(dst *frame, f *film, t float64) {
		for _, m := range ms {
			x, y := f.place(m.x+9*wave(t, 2, 0.04*m.turn+m.y*0.0008), m.y-4*math.Abs(wave(t, 8, 0.1*m.phase)), 0.9)
			k := (0.5 + 0.5*m.bright) * (0.85 + 0.15*wave(t, 3, m.phase))
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
