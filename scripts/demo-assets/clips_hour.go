package main

// The same places at another hour, from the other side.
func hourClips() []clip {
	warm, lamp, air := hex(0xFFB45A), hex(0xFFD98A), hex(0xFFF0D8)
	blue := rgb{0.62, 0.78, 1.12}
	drift := camera{zoom: 1.07, push: 0.07, pushLate: 0.4, panX: 6, panY: 2, hand: 0.5, parallax: 0.8, dolly: 0.4}
	sky := but(func(float64, float64) float64 { return 1 }, below(450, 500))
	return []clip{
		{key: "studio-dusk", plate: "studio", view: view{flip: true, light: rgb{0.78, 0.72, 0.86}, mood: rgb{0.03, 0.02, 0.08}}, seconds: 8, cam: drift,
			depth: []layerDepth{{below(300, 420), 0.7}, {below(430, 640), 1.2}},
			cast: func(*set) []effect {
				return []effect{glow(60, 100, 150, 0.1, lamp, 0.5, 0.3, 0.2), glint(168, 288, 36, 0.9, 0.4), dust(301, 40, 20, 60, 340, 460, 0.7, lamp)}
			},
			lines: [2]string{"周五夜里，只拍三只", "阿檐陶舍 · 孤品"},
			sound: score{wind(301, 0.02), crickets(0.012), pluck(302, 0.08, 16, 196, 220, 261.63, 329.63, 392)}},
		{key: "street-still", plate: "street-empty", view: view{flip: true, light: rgb{0.98, 0.92, 1.05}}, seconds: 8, cam: drift,
			depth: []layerDepth{{below(400, 640), 0.8}},
			cast: func(*set) []effect {
				return []effect{bokeh(311, 60, 0, 120, 360, 420, 3, 14, 0.5, hex(0xFF7A3D), lamp, hex(0xFF5A36), hex(0x9CC0E0)), mist(312, band(360, 600, 90), hex(0xFFB080), 0.22, 1), snow(313, 30, 0.5)}
			},
			lines: [2]string{"十一点收摊，灯再亮一刻钟", "吆喝活动 · 市集周"},
			sound: score{murmur(311, 0.08), wind(312, 0.04), pluck(313, 0.06, 16, 220, 261.63, 293.66, 349.23, 440)}},
		{key: "sea-dawn", plate: "sea", view: view{flip: true, light: rgb{0.82, 0.98, 1.12}, mood: rgb{0.05, 0.05, 0.10}}, seconds: 10, cam: drift,
			depth: []layerDepth{{below(349, 640), 0.8}}, warps: []warp{{area: below(349, 362), move: water(4.2, 348, 2)}},
			cast: func(*set) []effect {
				return []effect{mist(321, band(250, 420, 80), hex(0xDDEBFF), 0.36, 1), glints(322, 120, 352, 600, 180, hex(0xEAF2FF)), gulls(323)}
			},
			lines: [2]string{"Five in the morning, nobody up but gulls", "Island Days · second left of the pier"},
			sound: score{surf(321, 0.11, 3), wind(322, 0.02), pluck(323, 0.04, 20, 293.66, 349.23, 392, 440, 523.25)}},
		{key: "sea-boat", plate: "sea", view: view{x: 150, y: 270, width: 190}, seconds: 8, cam: drift,
			warps: []warp{{area: below(140, 170), move: water(5, 140, 2)}},
			cast: func(*set) []effect {
				return []effect{glints(324, 130, 150, 620, 180, hex(0xFFE3B0)), mist(325, band(60, 200, 60), hex(0xFFC9A0), 0.2, 1)}
			},
			lines: [2]string{"Film the sea, he says, not me", "Island Days · Dad, off the pier"},
			sound: score{surf(324, 0.12, 2), wind(325, 0.02), pluck(326, 0.04, 16, 261.63, 329.63, 392, 493.88)}},
		{key: "orchard-noon", plate: "orchard", view: view{x: 0, y: 330, width: 174, light: rgb{1.06, 1.04, 0.95}}, seconds: 8, cam: drift,
			depth: []layerDepth{{below(200, 460), 0.9}},
			warps: []warp{{area: below(60, 200), move: func(x, y, t float64) (float64, float64) {
				return 2.4 * wave(t, 2, x*0.013+y*0.007), 1.2 * wave(t, 3, x*0.02)
			}}},
			cast: func(*set) []effect {
				return []effect{rays(331, 300, -20, 620, hex(0xFFF2CE), 0.3), petals(332, 14, 3, 6, hex(0x8FA650), hex(0xE6C87A))}
			},
			lines: [2]string{"霜来得晚，多挂了四天", "南坡果园 · 朝南那面坡"},
			sound: score{wind(331, 0.03), birds(332, 0.06), pluck(333, 0.05, 12, 329.63, 392, 440, 587.33)}},
		{key: "milky-way", plate: "stars", view: view{x: 40, y: 20, width: 250, flip: true, light: rgb{0.9, 1, 1.15}}, seconds: 10, cam: drift,
			heals: []heal{
				{area: capsule(236, 74, 292, 106, 5, 4), dx: -7, dy: 12.5}, {area: capsule(106, 126, 190, 174, 5, 4), dx: -7, dy: 12.5}, {area: capsule(180, 226, 234, 256, 5, 4), dx: -7, dy: 12.5},
			},
			cast: func(*set) []effect {
				return []effect{twinkle(341, 160, 0, 0, 360, 640, 0.9, sky), mist(342, poly(80, 30, -20, 330, 60, 60, 620, -40, 560), hex(0x8FA8E8), 0.16, 1),
					meteor(300, 60, -220, 130, 0.2, 0.14, 2.4), meteor(180, 240, -140, 90, 0.62, 0.1, 1.6)}
			},
			lines: [2]string{"Eighty-three in an hour. We counted", "Zhou Looks Up · no moon tonight"},
			sound: score{crickets(0.02), wind(341, 0.05), pad(0.10, []float64{110, 164.81, 220, 329.63}, []float64{123.47, 185, 246.94})}},
		{key: "telescope-eye", plate: "scene-stars", view: view{x: 100, y: 330, width: 200, light: rgb{0.95, 0.95, 1.1}}, seconds: 8, cam: drift,
			depth: []layerDepth{{below(200, 400), 0.8}},
			cast: func(*set) []effect {
				return []effect{twinkle(343, 70, 0, 0, 360, 330, 0.9, above(320, 420)), glow(250, 120, 60, 0.6, hex(0xCFE0FF), 0.3, 0.4, 0.3), meteor(20, 40, 170, 80, 0.5, 0.12, 2)}
			},
			lines: [2]string{"A small tube you carry beats a big one", "Zhou Looks Up · on the roof"},
			sound: score{crickets(0.02), wind(343, 0.03), pad(0.08, []float64{123.47, 185, 246.94}, []float64{98, 146.83, 220})}},
		{key: "hall-blue", plate: "concert", view: view{flip: true, light: blue, mood: rgb{0, 0.02, 0.08}}, seconds: 8, cam: drift,
			depth: []layerDepth{{below(425, 450), 0.9}}, warps: []warp{{area: below(425, 455), move: crowdBounce(16)}},
			cast: func(*set) []effect {
				return []effect{beam(60, -20, 0.2, 0.3, 470, 0.1, 1, 0, hex(0x8AC8FF), 0.6), beam(300, -20, -0.2, 0.3, 470, 0.1, 1, 0.4, hex(0x9DB0FF), 0.6), phones(351, 34, 430, 590)}
			},
			lines: [2]string{"Twelve hundred people, nobody early", "West Bank Hall · second set"},
			sound: concertSound(8, 351)},
		{key: "hall-crowd", plate: "concert", view: view{x: 70, y: 330, width: 170, light: rgb{1.1, 0.9, 0.8}}, seconds: 6, cam: drift,
			warps: []warp{{area: below(170, 210), move: crowdBounce(12)}},
			cast: func(*set) []effect {
				return []effect{bokeh(352, 30, 0, 0, 360, 300, 3, 10, 0.45, warm, hex(0xFF8AC0), lamp), phones(353, 40, 250, 600)}
			},
			lines: [2]string{"The lights stayed off; someone hummed", "West Bank Hall · after the end"},
			sound: concertSound(6, 353)},
		{key: "court-night", plate: "court", view: view{light: rgb{0.7, 0.8, 1.05}, mood: rgb{0.02, 0.02, 0.08}}, seconds: 6, cam: drift,
			depth: []layerDepth{{below(345, 520), 0.8}},
			warps: []warp{{area: oval(235, 275, 30, 72, 10), move: breath(4, 2)}, {area: oval(128, 305, 32, 62, 10), move: breath(3, 3)}},
			cast: func(*set) []effect {
				return []effect{flashes(361, 60, 0, 150, 360, 340), beam(40, -20, 0.3, 0.1, 520, 0.16, 1, 0, hex(0xDDEBFF), 0.4), beam(320, -20, -0.3, 0.1, 520, 0.16, 1, 0.5, hex(0xDDEBFF), 0.4)}
			},
			lines: [2]string{"Losers buy noodles. Eggs are on you", "He Lane Hoops · Sunday at two"},
			sound: score{murmur(361, 0.14), cheer(362, 0.2, 0.4, 0.12), thud(0.5, 95, 0.1, 0.3, 0.5, 0.7, 0.9)}},
		{key: "dress-window", plate: "dress", view: view{flip: true, light: rgb{0.9, 1, 0.96}}, seconds: 8, cam: drift,
			warps: []warp{{area: ramp(100, 560, poly(30, 100, 100, 260, 100, 318, 596, 40, 596)), move: cloth(5, 190, 2)}},
			cast: func(*set) []effect {
				return []effect{rays(371, 340, -60, 700, hex(0xF2FFF8), 0.34), dust(372, 30, 20, 60, 340, 560, 0.6, air)}
			},
			lines: [2]string{"It closes after dinner too", "White Label · two centimetres kept"},
			sound: score{wind(371, 0.02), pad(0.08, []float64{220, 277.18, 329.63}, []float64{196, 246.94, 293.66}), pluck(372, 0.05, 16, 440, 554.37, 659.26)}},
	}
}

// longClips last more than a minute: to leave on.
func longClips() []clip {
	boat := poly(14, 192, 412, 248, 345, 322, 408, 322, 428, 296, 456, 216, 456)
	still := camera{zoom: 1.05, push: 0.12, panX: 7, panY: 4, parallax: 0.6, dolly: 0.3}
	return []clip{
		{key: "long-sea", plate: "sea", view: view{light: rgb{1.04, 0.92, 0.88}}, seconds: 72, cam: still,
			depth: []layerDepth{{below(349, 640), 0.8}},
			warps: []warp{{area: but(below(349, 360), boat), move: water(4, 348, 9)}, {area: but(boat, above(349, 362)), move: bob(255, 440, 0.05, 2.0, 12)}},
			cast:  func(*set) []effect { return []effect{mist(401, band(60, 290, 60), hex(0xFFC9A0), 0.2, 3)} },
			sound: score{surf(401, 0.12, 14), wind(402, 0.02)}},
		{key: "long-stars", plate: "scene-stars", view: view{flip: true, light: rgb{0.92, 0.98, 1.12}}, seconds: 72, cam: still,
			depth: []layerDepth{{below(370, 470), 0.7}},
			cast: func(*set) []effect {
				return []effect{mist(412, poly(80, 0, -20, 330, 60, 300, 420, 10, 320), hex(0x8FA8E8), 0.10, 2),
					meteor(20, 60, 220, 110, 0.06, 0.02, 2), meteor(280, 40, -160, 90, 0.21, 0.015, 1.6), meteor(60, 130, 180, 80, 0.37, 0.02, 2.2), meteor(200, 30, 110, 60, 0.55, 0.015, 1.4), meteor(300, 110, -190, 100, 0.71, 0.02, 2), meteor(40, 40, 160, 120, 0.88, 0.02, 1.8)}
			},
			sound: score{crickets(0.02), wind(411, 0.04), pad(0.08, []float64{110, 164.81, 220}, []float64{98, 146.83, 220}, []float64{123.47, 185, 246.94}, []float64{110, 164.81, 261.63})}},
		{key: "long-lamp", plate: "reader", view: view{flip: true, light: rgb{1, 0.94, 0.84}}, seconds: 72, cam: still,
			cast: func(*set) []effect {
				return []effect{faster([]effect{glow(75, 205, 130, 0.3, hex(0xFFD9A0), 0.34, 0.3, 0.1)}, 6)[0]}
			},
			sound: score{wind(421, 0.03), rustle(422, 0.14, 0.12), rustle(423, 0.14, 0.38), rustle(424, 0.12, 0.63), rustle(425, 0.14, 0.86), pad(0.07, []float64{146.83, 220, 277.18}, []float64{130.81, 196, 329.63})}},
	}
}
