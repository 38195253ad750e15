package main

// Rooms with a window: the ceramics studio, the wheel, the reader's desk.
func craftClips() []clip {
	lamp, air := hex(0xFFD9A0), hex(0xFFF0D8)
	return []clip{{
		key: "celadon-bowl", plate: "studio", seconds: 8,
		cam:   camera{zoom: 1.09, push: 0.08, panX: 5, panY: 2, hand: 0.6, parallax: 0.9, dolly: 0.6},
		depth: studioDepth(), warps: potterBreath(),
		cast: func(*set) []effect {
			return []effect{
				dapple(51, below(380, 470), 0.18),
				glow(335, 120, 60, 0, lamp, 0.5, 0.25, 0.3),
				glint(196, 283, 34, 0.9, 0.35), glint(118, 300, 16, 0.9, 0.62),
				dust(53, 34, 30, 120, 330, 460, 0.55, air),
			}
		},
		lines: [2]string{"这只碗，等了二十六天", "阿檐陶舍 · 梅子青，第三窑"},
		sound: score{wind(51, 0.02), pluck(52, 0.09, 16, 220, 246.94, 293.66, 329.63, 392, 440, 493.88), thud(0.03, 700, 0.31, 0.78)},
	}, {
		key: "clay-wheel", plate: "scene-wheel", seconds: 8,
		cam:   camera{zoom: 1.07, push: 0.06, panX: 3, panY: 2, hand: 0.8, parallax: 0.5, dolly: 0.3},
		depth: []layerDepth{{band(270, 560, 30), 0.6}, {anyOf(capsule(-20, 490, 105, 360, 34, 16), capsule(380, 470, 255, 360, 34, 16)), 0.9}},
		warps: []warp{
			{area: capsule(-20, 490, 108, 358, 34, 18), move: func(_, _, t float64) (float64, float64) { return 1.6 * wave(t, 2, 0), 4.5 * wave(t, 1, 0) }},
			{area: capsule(380, 470, 252, 358, 34, 18), move: func(_, _, t float64) (float64, float64) { return -1.6 * wave(t, 2, 0.1), 4.5 * wave(t, 1, 0.04) }},
			{area: but(oval(180, 380, 76, 112, 14), below(470, 490)), move: func(x, y, t float64) (float64, float64) {
				return (x-180)*0.035*wave(t, 2, y*0.004) + 0.7*wave(t, 12, y*0.002), 0
			}},
		},
		cast: func(*set) []effect {
			return []effect{
				potter(61, 5), rays(62, 60, 60, 460, air, 0.16), dust(63, 40, 20, 60, 340, 420, 0.6, air),
			}
		},
		lines: [2]string{"手要稳，水要少，别催它", "阿檐陶舍 · 拉坯，第四十七只"},
		sound: score{hum(60, 0.05), wind(61, 0.02), pluck(63, 0.06, 16, 146.83, 196, 220, 261.63, 293.66, 349.23)},
	}, {
		key: "lamp-reader", plate: "reader", seconds: 10,
		cam:   camera{zoom: 1.08, push: 0.07, panX: 4, panY: 1, hand: 0.6, parallax: 0.8, dolly: 0.5},
		depth: readerDepth(), warps: readerWarps(),
		cast: func(*set) []effect {
			return []effect{
				glow(285, 205, 120, 0.3, lamp, 0.34, 0.22, 0.1), page(0.44, 0.60),
				dust(73, 46, 180, 150, 350, 470, 0.6, air),
			}
		},
		lines: [2]string{"走得慢的人，灯会等他一会儿", "灯下读书 · 每晚九点"},
		sound: score{wind(71, 0.015), pad(0.09, []float64{146.83, 220, 277.18}, []float64{130.81, 196, 329.63}), rustle(72, 0.16, 0.47), rustle(74, 0.08, 0.56)},
	}}
}

func studioDepth() []layerDepth {
	return []layerDepth{
		{oval(180, 200, 60, 100, 20), 0.3},
		{below(300, 420), 0.7},
		{anyOf(oval(168, 312, 120, 54, 10), oval(168, 378, 118, 32, 8)), 0.75},
		{anyOf(oval(20, 320, 52, 46, 10), oval(335, 335, 50, 30, 10), oval(325, 390, 42, 22, 8)), 0.9},
		{below(430, 640), 1.2},
	}
}

func potterBreath() []warp {
	return []warp{
		{area: but(oval(180, 178, 42, 66, 22), below(250, 262)), move: breath(1.3, 2)},
		{area: but(oval(180, 250, 80, 26, 16), below(252, 264)), move: breath(0.8, 2)},
		{area: oval(335, 80, 26, 60, 14), move: sway(1.6, 1, 0.3)},
	}
}

func readerDepth() []layerDepth {
	return []layerDepth{
		{anyOf(oval(152, 240, 42, 56, 10), poly(12, 70, 310, 150, 275, 240, 310, 250, 470, 50, 470)), 0.55},
		{below(455, 470), 0.9},
	}
}

func readerWarps() []warp {
	return []warp{
		{area: oval(152, 240, 40, 54, 20), move: func(_, _, t float64) (float64, float64) {
			return 2.4*wave(t, 1, 0.1) + 0.8*wave(t, 3, 0.4), 1.8 * wave(t, 2, 0)
		}},
		{area: but(poly(16, 70, 310, 150, 275, 240, 310, 250, 455, 50, 455), below(440, 460)), move: breath(1.2, 2)},
		{area: poly(5, 160, 500, 276, 492, 288, 566, 160, 560), move: func(x, _, t float64) (float64, float64) {
			return 0, -2 * (x - 160) / 120 * max(0, wave(t, 2, 0.1))
		}},
	}
}

// glint is a highlight that slides over a glaze as the light turns.
func glint(x, y, radius, near, phase float64) effect {
	return func(dst *frame, f *film, t float64) {
		px, py := f.place(x+8*wave(t, 1, phase), y+2*wave(t, 1, phase+0.2), near)
		k := 0.28 + 0.2*wave(t, 1, phase+0.5)
		disc(dst, px, py, radius, func(d float64) float64 { return k * (1 - d) * (1 - d) }, rgb{1, 1, 0.96})
	}
}
