package main

// Closer: the thing itself, a hand's breadth away.
func closeClips() []clip {
	warm, lamp, air, pale := hex(0xFFB45A), hex(0xFFD98A), hex(0xFFF0D8), hex(0xFFF6E6)
	near := []layerDepth{{below(180, 520), 0.9}}
	slow := camera{zoom: 1.05, push: 0.12, panX: 5, panY: 3, hand: 0.7, parallax: 0.7, dolly: 0.5}
	all := func(float64, float64) float64 { return 1 }
	return []clip{
		{key: "chestnut-close", plate: "market", view: view{x: 80, y: 250, width: 190}, seconds: 6, cam: slow, depth: near,
			warps: []warp{{area: oval(180, 330, 160, 190, 70), move: haze(1.6, 4)}},
			cast: func(*set) []effect {
				return []effect{steam(201, above(120, 420), air, 0.7, 1), sparks(202, 20, 30, 330, 330, 560, 240, 2, hex(0xFFB050))}
			},
			lines: [2]string{"火候差一口气，都不开口", "陈记糖炒栗子 · 第九遍"},
			sound: score{crackle(201, 0.9, 30), hiss(202, 0.03), murmur(203, 0.06)}},
		{key: "chestnut-cups", plate: "market", view: view{x: 0, y: 310, width: 185, light: rgb{1.05, 0.98, 0.92}}, seconds: 6, cam: slow, depth: near,
			cast: func(*set) []effect {
				return []effect{bokeh(204, 18, 0, 0, 360, 260, 4, 14, 0.35, warm, lamp), steam(205, oval(180, 240, 150, 160, 80), air, 0.6, 1), dust(206, 20, 20, 200, 340, 560, 0.5, air)}
			},
			lines: [2]string{"一杯刚好暖一双手", "陈记糖炒栗子 · 四点开炒"},
			sound: score{murmur(204, 0.10), crackle(205, 0.6, 18), pluck(206, 0.05, 12, 293.66, 349.23, 392, 440, 523.25)}},
		{key: "bowl-rim", plate: "studio", view: view{x: 55, y: 215, width: 170}, seconds: 8, cam: slow, depth: near,
			cast: func(*set) []effect {
				return []effect{glint(120, 180, 46, 0.8, 0.2), glint(246, 210, 30, 0.8, 0.6), dapple(211, below(280, 480), 0.2), dust(212, 30, 20, 60, 340, 460, 0.6, air)}
			},
			lines: [2]string{"釉在口沿停了一下，才往下走", "阿檐陶舍 · 梅子青"},
			sound: score{wind(211, 0.02), chime(0.09, 1174.66, 0.2), pluck(212, 0.07, 12, 220, 261.63, 329.63, 392)}},
		{key: "wheel-hands", plate: "scene-wheel", view: view{x: 0, y: 250, width: 200}, seconds: 6, cam: slow, depth: near,
			warps: []warp{{area: oval(300, 190, 110, 200, 60), move: func(_, y, t float64) (float64, float64) { return 2.2 * wave(t, 6, y*0.004), 0 }}},
			cast: func(*set) []effect {
				return []effect{rays(221, 60, 20, 560, air, 0.2), dust(222, 36, 20, 40, 340, 500, 0.7, air), mistDrops(223, 40)}
			},
			lines: [2]string{"泥比手先知道要往哪边去", "禾巷夜校 · 周三第一课"},
			sound: score{hum(62, 0.06), wind(221, 0.02), pluck(222, 0.05, 12, 146.83, 196, 220, 293.66)}},
		{key: "wheel-rim", plate: "scene-wheel", view: view{x: 85, y: 190, width: 190, light: rgb{0.86, 0.94, 1.08}, mood: rgb{0, 0.01, 0.04}}, seconds: 6, cam: slow, depth: near,
			warps: []warp{{area: oval(180, 260, 170, 220, 60), move: func(x, y, t float64) (float64, float64) { return (x - 180) * 0.03 * wave(t, 3, y*0.003), 0 }}},
			cast: func(*set) []effect {
				return []effect{rays(224, 320, 0, 600, hex(0xDDEBFF), 0.2), dust(225, 40, 20, 60, 340, 520, 0.6, pale)}
			},
			lines: [2]string{"第四十七只，收口的时候别说话", "阿檐陶舍 · 早上七点的光"},
			sound: score{hum(58, 0.05), wind(223, 0.02), pluck(224, 0.06, 12, 174.61, 220, 261.63, 329.63)}},
		{key: "page-close", plate: "reader", view: view{x: 10, y: 455, width: 200}, seconds: 8, cam: slow, depth: near,
			warps: []warp{{area: oval(200, 230, 150, 150, 70), move: func(x, _, t float64) (float64, float64) { return 0, -3 * (x / 360) * max(0, wave(t, 1, 0.1)) }}},
			cast: func(*set) []effect {
				return []effect{glow(320, 20, 200, 0.2, lamp, 0.3, 0.2, 0.2), dust(231, 40, 60, 20, 350, 420, 0.6, air)}
			},
			lines: [2]string{"这一页，折过两次角", "灯下读书 · 第九章"},
			sound: score{wind(231, 0.015), rustle(232, 0.16, 0.3), pad(0.08, []float64{146.83, 220, 277.18}, []float64{130.81, 196, 329.63})}},
		{key: "lamp-close", plate: "reader", view: view{x: 190, y: 130, width: 168, light: rgb{1.04, 0.97, 0.88}}, seconds: 8, cam: slow,
			cast: func(*set) []effect {
				return []effect{glow(200, 160, 230, 0.2, lamp, 0.42, 0.35, 0.1), dust(233, 60, 20, 60, 340, 560, 0.8, air), bokeh(234, 8, 0, 300, 360, 600, 4, 12, 0.2, warm, lamp)}
			},
			lines: [2]string{"读完不说话，灯再留一会儿", "灯下读书 · 每晚九点"},
			sound: score{wind(233, 0.02), crickets(0.012), pad(0.09, []float64{130.81, 196, 261.63}, []float64{146.83, 220, 293.66})}},
		{key: "orange-close", plate: "scene-cut", view: view{x: 15, y: 275, width: 200}, dark: true, seconds: 6, cam: slow, depth: near,
			cast: func(*set) []effect {
				return []effect{glint(110, 150, 60, 0.6, 0.1), glint(230, 250, 40, 0.6, 0.5), mistDrops(241, 90), dust(242, 20, 20, 60, 340, 400, 0.5, pale)}
			},
			lines: [2]string{"一刀下去，水先走", "南坡果园 · 没打蜡"},
			sound: score{birds(241, 0.03), thud(0.07, 420, 0.1), pluck(242, 0.06, 12, 392, 440, 493.88, 587.33)}},
		{key: "bun-close", plate: "noodles", view: view{x: 90, y: 250, width: 180}, seconds: 6, cam: slow, depth: near,
			cast: func(*set) []effect {
				return []effect{steam(251, all, rgb{1, 0.98, 0.94}, 0.55, 1), bokeh(252, 10, 0, 0, 360, 200, 4, 12, 0.3, warm, lamp)}
			},
			lines: [2]string{"十八个褶，数到一半就想吃", "禾巷早点 · 老面发了一夜"},
			sound: score{hiss(251, 0.06), murmur(252, 0.05), thud(0.05, 300, 0.3)}},
		{key: "stall-goods", plate: "scene-stall", view: view{x: 190, y: 370, width: 168}, seconds: 6, cam: slow, depth: near,
			cast: func(*set) []effect {
				return []effect{glint(120, 160, 30, 0.6, 0.2), bokeh(261, 16, 0, 0, 360, 180, 4, 12, 0.35, warm, lamp), dust(262, 24, 20, 60, 340, 520, 0.5, air)}
			},
			lines: [2]string{"草莓早上六点摘，晚上六点卖", "禾巷市集 · 三排六号"},
			sound: score{murmur(261, 0.11), chime(0.07, 1318.5, 0.4), pluck(262, 0.05, 12, 369.99, 440, 493.88, 587.33)}},
		{key: "dress-hem", plate: "dress", view: view{x: 80, y: 300, width: 190}, seconds: 6, cam: slow, depth: near,
			warps: []warp{{area: ramp(0, 560, all), move: cloth(7, 220, 2)}},
			cast: func(*set) []effect {
				return []effect{rays(271, 30, -40, 700, pale, 0.26), dust(272, 20, 20, 60, 340, 520, 0.5, hex(0xFFFFFF))}
			},
			lines: [2]string{"Six cuts failed at this hem", "White Label · persimmon, the seventh"},
			sound: score{wind(271, 0.02), pad(0.07, []float64{196, 246.94, 293.66}, []float64{174.61, 220, 329.63})}},
		{key: "rack-blue", plate: "scene-rack", view: view{x: 165, y: 150, width: 180, light: rgb{0.94, 0.98, 1.06}}, dark: true, seconds: 6, cam: slow,
			warps: []warp{{area: ramp(20, 560, all), move: sway(5, 1, 0.2)}},
			cast: func(*set) []effect {
				return []effect{rays(273, 340, -40, 700, hex(0xEAF2FF), 0.24), dust(274, 20, 20, 60, 340, 520, 0.5, hex(0xFFFFFF))}
			},
			lines: [2]string{"Ink blue gives a little at first", "White Label · wash it alone, twice"},
			sound: score{wind(273, 0.02), pluck(274, 0.07, 12, 440, 493.88, 554.37, 659.26)}},
		{key: "tent-light", plate: "stars", view: view{x: 10, y: 300, width: 190}, seconds: 8, cam: slow, depth: near,
			cast: func(*set) []effect {
				return []effect{twinkle(281, 60, 0, 0, 360, 330, 0.9, above(300, 400)), meteor(40, 60, 200, 90, 0.3, 0.12, 2.2), glow(178, 470, 150, 0.7, hex(0xFFB45A), 0.42, 0.35, 0.5), dust(282, 20, 100, 320, 260, 470, 0.6, lamp)}
			},
			lines: [2]string{"She lit it so the meteors could steer", "Zhou Looks Up · nine below"},
			sound: score{crickets(0.02), wind(281, 0.04), pad(0.09, []float64{110, 164.81, 220}, []float64{98, 146.83, 196})}},
		{key: "hoop-close", plate: "court", view: view{x: 90, y: 70, width: 190}, heals: []heal{{area: oval(223, 151, 23, 23, 2), mirror: 179.5}}, seconds: 6, cam: slow,
			warps: []warp{{area: oval(170, 270, 70, 70, 30), move: func(_, y, t float64) (float64, float64) { return 3 * wave(t, 2, 0), 4 * net(t) * (y - 200) / 60 }}},
			cast: func(s *set) []effect {
				toss := flight{handX: 330, handY: 420, hoopX: 170, hoopY: 230, apex: 40, floor: 620, far: 1.2, leap: 4}
				ball := newProp(s.base.lift(oval(223, 151, 20.2, 20.2, 0.8)), 223, 151, 0.4, func(t float64) pose {
					x, y, size, turn := toss.at(t)
					return pose{x - 223, y - 151, size * 1.7, turn, 1}
				})
				return []effect{flashes(283, 40, 0, 60, 360, 420), act(ball)}
			},
			lines: [2]string{"One point eight seconds left", "He Lane Hoops · east side semi-final"},
			sound: score{murmur(283, 0.12), cheer(284, 0.24, 0.55, 0.1), thud(0.5, 95, 0.58, 0.7)}},
	}
}
