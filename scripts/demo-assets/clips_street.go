package main

import (
	"fmt"
	"math"
)

// The market: the chestnut pan, the street behind it, the steamer next door.
func streetClips() []clip {
	warm, lamp, breathe := hex(0xFFB45A), hex(0xFFD98A), hex(0xFFE9D2)
	return []clip{{
		key: "chestnut-pan", plate: "market", seconds: 8,
		cam:   camera{zoom: 1.09, push: 0.07, panX: 3, panY: 2, hand: 0.7, parallax: 0.7, dolly: 0.5},
		depth: wokDepth(), warps: wokWarps(1),
		cast: func(*set) []effect {
			return []effect{
				bokeh(3, 26, 0, 110, 360, 250, 3, 11, 0.30, warm, lamp, hex(0xFF8A4A)),
				bulbs(), steam(5, but(oval(185, 215, 150, 110, 60), below(330, 360)), breathe, 0.55, 1),
				sparks(9, 16, 60, 400, 320, 420, 190, 2, hex(0xFFB050)),
			}
		},
		sound: score{murmur(1, 0.10), crackle(2, 0.9, 26), hiss(3, 0.018), thud(0.10, 120, beats(8, 0.3)...)},
	}, {
		key: "lantern-street", plate: "street-empty", seconds: 8,
		cam:   camera{zoom: 1.06, push: 0.05, panX: 2, hand: 0.3, parallax: 0.3},
		depth: []layerDepth{{below(400, 640), 0.8}, {poly(30, 0, 150, 150, 300, 150, 400, 0, 560), 0.5}, {poly(30, 360, 150, 210, 300, 210, 400, 360, 560), 0.5}},
		cast:  lanternStreet,
		lines: [2]string{"腊月头一场雪，落在灯笼上", "禾巷市集 · 摊子开到十一点"},
		sound: score{murmur(21, 0.12), wind(22, 0.03), pluck(24, 0.06, 20, 293.66, 329.63, 369.99, 440, 493.88, 587.33, 659.26)},
	}, {
		key: "bun-steamer", plate: "noodles", seconds: 8,
		cam:   camera{zoom: 1.10, push: 0.09, panX: 2, panY: 3, hand: 0.5, parallax: 0.5, dolly: 0.4},
		depth: []layerDepth{{below(225, 300), 0.5}, {below(330, 470), 1}},
		cast: func(*set) []effect {
			return []effect{
				bokeh(33, 16, 0, 0, 360, 200, 4, 14, 0.34, warm, lamp, hex(0xE89A5A)),
				steam(35, anyOf(oval(180, 210, 170, 130, 70), oval(120, 300, 100, 70, 50)), rgb{1, 0.98, 0.94}, 0.80, 1),
			}
		},
		lines: [2]string{"头笼七只，六点十分揭盖", "禾巷早点 · 老面发了一夜"},
		sound: score{hiss(31, 0.05), murmur(32, 0.05), thud(0.05, 300, 0.2, 0.26, 0.7)},
	}}
}

func wokDepth() []layerDepth {
	return []layerDepth{
		{oval(205, 190, 70, 80, 14), 0.25},
		{poly(10, 28, 90, 78, 90, 78, 270, 28, 270), 0.2},
		{anyOf(oval(182, 330, 182, 80, 16), oval(180, 268, 130, 36, 12), below(410, 450)), 0.8},
	}
}

// wokWarps: the seller breathes, the stick stirs, the nuts near it are pushed.
func wokWarps(stir float64) []warp {
	push := func(cx, cy, amp float64) func(x, y, t float64) (float64, float64) {
		return func(x, y, t float64) (float64, float64) {
			p := 0.004 * (x - cx)
			return amp * wave(t, 3, p), amp * 0.5 * wave(t, 3, 0.25+p)
		}
	}
	return []warp{
		{area: oval(205, 165, 44, 56, 22), move: breath(1.1, 2)},
		{area: but(capsule(262, 286, 372, 160, 9, 14), oval(205, 165, 60, 60, 10)), move: push(262, 286, 2.6*stir)},
		{area: oval(248, 292, 58, 30, 40), move: push(248, 292, 2.2*stir)},
		{area: oval(120, 300, 60, 34, 40), move: push(120, 300, 0.8*stir)},
		{area: oval(185, 150, 170, 80, 60), move: haze(0.5, 6)},
	}
}

// bulbs are the string lights over the stall.
func bulbs() effect {
	at := [][2]float64{{22, 105}, {75, 113}, {127, 117}, {180, 118}, {233, 116}, {285, 110}, {338, 101}}
	return func(dst *frame, f *film, t float64) {
		for i, p := range at {
			glow(p[0], p[1], 22, 0.1, hex(0xFFE2A6), 0.75, 0.35, 0.17*float64(i))(dst, f, t)
		}
	}
}

// lanternStreet lets lanterns swing from their tops, and people pass: each
// walker starts small at the far end, grows toward us and leaves past the lens.
func lanternStreet(s *set) []effect {
	var es []effect
	walker := []struct{ x, y, toX float64 }{{167, 420, 120}, {203, 408, 250}, {127, 470, 40}, {244, 460, 330}}
	for i, w := range walker {
		cut := s.cut(fmt.Sprintf("street-walker-%d", i))
		es = append(es, act(newProp(cut, w.x, w.y, 0.5, func(t float64) pose {
			a := t + float64(i)*0.25
			a -= floor(a)
			size := 0.45 * math.Pow(5.5, a)
			if i < 2 {
				size *= 1.7
			}
			x := 180 + (w.toX-180)*(0.12+1.5*a*a)
			y := 402 + 150*a*a
			step := math.Sin(math.Pi * (19*a - 5*a*a)) // slower as the stride grows
			return pose{x - w.x, y - w.y + 2*size*math.Abs(step), size, 0.012 * step, ease(0, 0.15, a) * (1 - ease(0.8, 1, a))}
		})))
	}
	for i := range 12 {
		k := float64(i / 2)
		x, y := 30+21.33*k, 120+25*k-30*(1.5-0.19*k)
		if i%2 == 1 {
			x = 360 - x
		}
		cut := s.cut(fmt.Sprintf("street-lantern-%d", i))
		es = append(es, act(newProp(cut, x, y, 0.6-0.1*k, func(t float64) pose {
			return pose{0, 0, 1, 0.10 * wave(t, 2, 0.09*float64(i)), 0.95 + 0.05*wave(t, 2, 0.31*float64(i))}
		})))
	}
	return append(es,
		bokeh(27, 22, 20, 240, 340, 380, 3, 9, 0.4, hex(0xFF7A3D), hex(0xFFD98A), hex(0x9CC0E0)),
		snow(26, 44, 0.7))
}
