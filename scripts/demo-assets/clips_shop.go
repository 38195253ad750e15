package main

// Behind the counter: the dress shop, the rack, the smiling host.
func shopClips() []clip {
	return []clip{{
		key: "red-dress", plate: "dress", seconds: 8,
		cam:   camera{zoom: 1.07, push: 0.07, panX: 5, panY: 1, hand: 0.5, parallax: 0.9, dolly: 0.3},
		depth: []layerDepth{{poly(8, 105, 120, 255, 120, 310, 590, 50, 590), 0.6}},
		warps: []warp{
			{area: ramp(290, 560, poly(26, 118, 290, 242, 290, 318, 596, 40, 596)), move: cloth(6.5, 190, 2)},
			{area: ramp(100, 560, poly(20, 100, 110, 260, 110, 318, 596, 40, 596)), move: sway(3.4, 1, 0.2)},
			{area: ramp(150, 560, poly(20, -20, 150, 76, 150, 92, 560, -20, 560)), move: sway(3, 1, 0.5)},
			{area: ramp(150, 560, poly(20, 380, 150, 290, 150, 262, 570, 380, 570)), move: sway(3, 1, 0.7)},
		},
		cast: func(*set) []effect {
			return []effect{rays(151, 20, -60, 700, hex(0xFFF8EC), 0.30), dust(152, 24, 20, 60, 340, 520, 0.5, hex(0xFFFFFF))}
		},
		sound: score{wind(151, 0.02), pad(0.08, []float64{196, 246.94, 293.66}, []float64{174.61, 220, 329.63}), pluck(152, 0.06, 16, 392, 440, 493.88, 587.33, 659.26)},
	}, {
		key: "dress-rack", plate: "scene-rack", seconds: 6, dark: true,
		cam: camera{zoom: 1.035, push: 0.03, panX: 4, hand: 0.6},
		warps: []warp{
			{area: but(ramp(150, 452, poly(6, 58, 165, 118, 165, 118, 450, 26, 450)), oval(12, 400, 9, 120, 4)), move: sway(3, 2, 0)},
			{area: ramp(150, 452, poly(5, 119, 165, 205, 165, 208, 454, 117, 454)), move: sway(3, 2, 0.12)},
			{area: ramp(150, 452, poly(4, 209, 165, 290, 165, 322, 450, 209, 450)), move: sway(3, 2, 0.24)},
		},
		cast: func(*set) []effect {
			return []effect{rays(154, 40, -40, 620, hex(0xFFF6E6), 0.24)}
		},
		lines: [2]string{"Two steps and the hem speaks", "White Label · three colours"},
		sound: score{wind(153, 0.02), pad(0.06, []float64{220, 277.18, 329.63}), pluck(154, 0.07, 12, 440, 493.88, 554.37, 659.26, 739.99)},
	}, {
		key: "stall-host", plate: "scene-stall", seconds: 8,
		cam:   camera{zoom: 1.08, push: 0.06, panX: 3, panY: 1, hand: 0.9, parallax: 0.8, dolly: 0.4},
		depth: hostDepth(), warps: hostWarps(),
		cast:  func(*set) []effect { return hostLights() },
		lines: [2]string{"今天这只杯子，敲一声给你听", "禾巷市集 · 三排六号"},
		sound: score{murmur(161, 0.10), pluck(162, 0.05, 16, 293.66, 369.99, 440, 493.88, 587.33), chime(0.10, 1318.5, 0.30), chime(0.08, 1318.5, 0.72)},
	}}
}

// liveClips are the long loops the demo's rooms are broadcast from.
func liveClips() []clip {
	lamp, air := hex(0xFFD9A0), hex(0xFFF0D8)
	return []clip{{
		key: "live-stall", plate: "scene-stall", seconds: 24,
		cam:   camera{zoom: 1.09, push: 0.05, panX: 5, panY: 2, hand: 1.0, parallax: 0.8, dolly: 0.4},
		depth: hostDepth(), warps: times(hostWarps(), 3),
		cast:  func(*set) []effect { return hostLights() },
		sound: score{murmur(171, 0.11), pluck(172, 0.05, 48, 293.66, 329.63, 369.99, 440, 493.88, 587.33), chime(0.08, 1318.5, 0.21), chime(0.06, 1174.66, 0.66)},
	}, {
		key: "live-concert", plate: "concert", seconds: 24,
		cam:   camera{zoom: 1.09, push: 0.08, panX: 4, panY: 2, hand: 0.5, parallax: 0.7, dolly: 0.4},
		depth: []layerDepth{{oval(182, 340, 40, 80, 14), 0.3}, {below(425, 450), 0.9}},
		warps: times(singer(), 3), cast: func(*set) []effect { return faster(stage(), 2) },
		sound: concertSound(24, 181),
	}, {
		key: "live-reader", plate: "reader", seconds: 24,
		cam:   camera{zoom: 1.09, push: 0.06, panX: 5, panY: 1, hand: 0.7, parallax: 0.8, dolly: 0.5},
		depth: readerDepth(), warps: times(readerWarps(), 2),
		cast: func(*set) []effect {
			return []effect{
				glow(285, 205, 120, 0.3, lamp, 0.34, 0.22, 0.1), page(0.18, 0.25), page(0.66, 0.73),
				dust(193, 46, 180, 150, 350, 470, 0.6, air),
			}
		},
		sound: score{wind(191, 0.015), pad(0.09, []float64{146.83, 220, 277.18}, []float64{130.81, 196, 329.63}, []float64{146.83, 185, 293.66}, []float64{123.47, 196, 246.94}), rustle(192, 0.16, 0.19), rustle(194, 0.16, 0.67)},
	}}
}

func hostDepth() []layerDepth {
	return []layerDepth{
		{anyOf(oval(200, 240, 66, 90, 10), poly(12, 90, 440, 120, 330, 290, 330, 310, 380, 300, 450), oval(300, 265, 36, 90, 10)), 0.4},
		{below(440, 460), 0.75},
		{anyOf(oval(58, 410, 60, 50, 10), oval(320, 440, 60, 45, 10)), 0.75},
		{below(470, 640), 1.1},
	}
}

// hostWarps: she nods, breathes, and turns the cup in her raised hand.
func hostWarps() []warp {
	return []warp{
		{area: but(oval(196, 228, 62, 90, 14), below(300, 325)), move: bob(200, 310, 0.030, 0.8, 2)},
		{area: but(poly(14, 100, 440, 130, 320, 270, 320, 290, 440), below(435, 448)), move: breath(0.9, 2)},
		{area: oval(298, 245, 34, 68, 14), move: bob(290, 330, 0.060, 1.4, 3)},
	}
}

func hostLights() []effect {
	es := []effect{bokeh(161, 20, 40, 150, 350, 360, 3, 10, 0.30, hex(0xFFB45A), hex(0xFFD98A), hex(0xFF8A4A))}
	for i, p := range [][2]float64{{18, 103}, {66, 114}, {118, 116}, {170, 108}, {224, 98}, {278, 94}, {332, 93}} {
		es = append(es, glow(p[0], p[1], 26, 0.1, hex(0xFFD98A), 0.5, 0.6, 0.19*float64(i)))
	}
	return append(es, glint(290, 222, 14, 0.4, 0.3), dust(163, 26, 20, 120, 340, 430, 0.5, hex(0xFFE9C0)))
}

// times runs warps n times per clip, so that a long loop keeps a short one's
// tempo.
func times(ws []warp, n float64) []warp {
	out := make([]warp, len(ws))
	for i, w := range ws {
		out[i] = warp{area: w.area, move: func(x, y, t float64) (float64, float64) { return w.move(x, y, t*n) }}
	}
	return out
}

// faster runs effects n times per clip; each closes on itself, so n of them do.
func faster(es []effect, n float64) []effect {
	out := make([]effect, len(es))
	for i, e := range es {
		out[i] = func(dst *frame, f *film, t float64) {
			t *= n
			e(dst, f, t-floor(t))
		}
	}
	return out
}
