package main

// Under the open sky: stars, sea, the orchard at dawn.
func nightClips() []clip {
	boat := poly(14, 192, 412, 248, 345, 322, 408, 322, 428, 296, 456, 216, 456)
	sky := but(func(float64, float64) float64 { return 1 }, below(450, 500))
	return []clip{{
		key: "meteor-night", plate: "stars", seconds: 10,
		heals: []heal{
			{area: capsule(236, 74, 292, 106, 5, 4), dx: -7, dy: 12.5},
			{area: capsule(106, 126, 190, 174, 5, 4), dx: -7, dy: 12.5},
			{area: capsule(180, 226, 234, 256, 5, 4), dx: -7, dy: 12.5},
		},
		cam:   camera{zoom: 1.08, push: 0.07, panX: 3, panY: 3, hand: 0.25, parallax: 0.9, dolly: 0.3},
		depth: []layerDepth{{below(430, 520), 0.7}},
		cast: func(*set) []effect {
			return []effect{
				twinkle(81, 100, 0, 0, 360, 480, 0.9, sky),
				mist(82, poly(60, 330, -20, 380, 60, 60, 420, 10, 380), hex(0x8FA8E8), 0.10, 1),
				meteor(60, 40, 210, 118, 0.10, 0.13, 2.0), meteor(230, 20, 120, 70, 0.27, 0.08, 1.3),
				meteor(10, 150, 250, 150, 0.48, 0.15, 2.4), meteor(150, 60, 150, 86, 0.71, 0.10, 1.6),
				meteor(250, 150, 90, 52, 0.84, 0.07, 1.2),
				glow(104, 548, 80, 0.7, hex(0xFFB45A), 0.40, 0.30, 0.5),
			}
		},
		lines: [2]string{"The Geminids. The first is yours", "Zhou Looks Up · 3,200 m"},
		sound: score{crickets(0.018), wind(81, 0.04), pad(0.10, []float64{110, 164.81, 220, 329.63}, []float64{98, 146.83, 220, 293.66})},
	}, {
		key: "telescope", plate: "scene-stars", seconds: 8,
		cam:   camera{zoom: 1.08, push: 0.08, panX: 4, panY: 2, hand: 0.3, parallax: 0.8, dolly: 0.4},
		depth: []layerDepth{{below(370, 470), 0.7}},
		warps: []warp{{area: but(oval(143, 512, 18, 30, 8), below(535, 545)), move: breath(0.9, 2)}},
		cast: func(*set) []effect {
			return []effect{
				twinkle(84, 90, 0, 0, 360, 470, 0.9, sky),
				meteor(20, 90, 190, 96, 0.30, 0.12, 2.0), meteor(170, 50, 130, 70, 0.66, 0.09, 1.4),
			}
		},
		lines: [2]string{"Saturn's rings need no more than this", "Zhou Looks Up · lesson two"},
		sound: score{crickets(0.02), wind(84, 0.03), pad(0.08, []float64{123.47, 185, 246.94}, []float64{110, 164.81, 246.94})},
	}, {
		key: "sea-dusk", plate: "sea", seconds: 10,
		cam:   camera{zoom: 1.07, push: 0.05, panX: 3, panY: 2, hand: 0.5, parallax: 0.5},
		depth: []layerDepth{{below(349, 640), 0.8}},
		warps: []warp{
			{area: but(below(349, 360), boat), move: water(4.2, 348, 2)},
			{area: but(boat, above(349, 362)), move: bob(255, 440, 0.05, 2.0, 2)},
		},
		cast: func(*set) []effect {
			return []effect{
				glow(180, 322, 110, 0, hex(0xFFE2A0), 0.26, 0.12, 0.1),
				mist(92, band(60, 280, 60), hex(0xFFC9A0), 0.20, 1),
				glints(91, 150, 352, 600, 180, hex(0xFFE3B0)), gulls(93),
			}
		},
		lines: [2]string{"The nets can wait for the sun", "Island Days · light wind"},
		sound: score{surf(91, 0.10, 3), wind(92, 0.02), pluck(94, 0.04, 20, 261.63, 293.66, 329.63, 392, 440, 523.25)},
	}, {
		key: "orchard-dawn", plate: "orchard", seconds: 8, dark: true,
		cam:   camera{zoom: 1.09, push: 0.08, panX: 5, panY: 3, hand: 0.5, parallax: 0.9, dolly: 0.5},
		depth: []layerDepth{{below(240, 260), 0.15}, {below(320, 350), 0.3}, {below(400, 430), 0.5}, {below(460, 500), 0.8}, {below(560, 610), 1.1}},
		warps: []warp{{area: below(430, 470), move: func(x, y, t float64) (float64, float64) {
			return 1.5 * wave(t, 2, x*0.013+y*0.007), 0.9 * wave(t, 3, x*0.021)
		}}},
		cast: func(*set) []effect {
			return []effect{
				rays(101, 262, 188, 330, hex(0xFFF2CE), 0.30), glow(262, 188, 70, 0, hex(0xFFF6DC), 0.4, 0.1, 0),
				mist(102, band(255, 400, 50), hex(0xFFF4E0), 0.42, 1),
				petals(103, 16, 2.6, 5, hex(0xC9B458), hex(0x8FA650), hex(0xE6C87A)), gulls(104),
			}
		},
		lines: [2]string{"雾散之前摘的，糖度最高", "南坡果园 · 明早发车"},
		sound: score{wind(101, 0.03), birds(102, 0.05), pluck(103, 0.05, 16, 293.66, 329.63, 392, 440, 493.88, 587.33)},
	}, {
		key: "orange-cut", plate: "scene-cut", seconds: 6, dark: true,
		cam:   camera{zoom: 1.10, push: 0.10, panX: 5, panY: 3, hand: 0.7, parallax: 0.8, dolly: 0.4},
		depth: []layerDepth{{oval(160, 370, 150, 100, 90), 0.4}, {oval(330, 630, 80, 70, 70), 0.9}},
		cast: func(*set) []effect {
			return []effect{
				glint(80, 330, 46, 0.5, 0.1), glint(222, 318, 30, 0.5, 0.5),
				mistDrops(107, 60), dust(108, 26, 20, 60, 340, 400, 0.5, hex(0xFFF6E0)),
			}
		},
		sound: score{birds(105, 0.03), wind(106, 0.02), thud(0.06, 420, 0.12), pluck(107, 0.06, 12, 392, 440, 493.88, 587.33, 659.26)},
	}}
}
