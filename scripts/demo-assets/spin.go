package main

import "math"

// potter turns a pot on its wheel. The drawn pot is round and even, so turning
// shows only through marks: slip streaks that travel over the clay the way a
// cylinder carries them (arcsine of the offset), and rings on the wheel head.
func potter(seed uint64, turns int) effect {
	slip := newField(seed, 256, 6, 3)
	body := poly(2, 116, 300, 244, 300, 240, 330, 244, 372, 250, 420, 246, 484, 134, 484, 124, 470, 112, 420, 118, 372, 122, 330)
	grid := body.grid()
	head := but(oval(180, 486, 148, 36, 3), body).grid()
	return func(dst *frame, f *film, t float64) {
		ox, oy := f.place(180, 400, 0.5)
		rows(func(y int) {
			for x := range frameW {
				i := y*frameW + x
				ax, ay := (float64(x)+0.5)/scale-(ox-180), (float64(y)+0.5)/scale-(oy-400)
				var shade float64
				switch {
				case grid[i] > 0.01:
					half := 58 + 9*math.Sin((ay-300)/184*math.Pi)
					u := math.Asin(max(-1, min(1, (ax-180)/half))) / (2 * math.Pi)
					s := slip.at(u-t*float64(turns), ay/260) - 0.5
					shade = float64(grid[i]) * 0.62 * s * math.Sqrt(max(0, 1-math.Pow((ax-180)/(half+4), 2)))
				case head[i] > 0.01:
					dx, dy := (ax-180)/148, (ay-486)/36
					r := math.Hypot(dx, dy)
					turn := math.Atan2(dy, dx) / (2 * math.Pi)
					s := slip.at(turn-t*float64(turns), 0.15*r) - 0.5
					shade = float64(head[i]) * 0.5 * s * r
				default:
					continue
				}
				p, k := dst.pix[i*3:], float32(1+shade)
				p[0], p[1], p[2] = p[0]*k, p[1]*k, p[2]*k
			}
		})
	}
}

// page turns one leaf of the open book from right to left between t0 and t1:
// the free edge follows a half circle, seen flat from the reader's side.
func page(t0, t1 float64) effect {
	return func(dst *frame, f *film, t float64) {
		a := ease(t0, t1, t)
		if a <= 0 || a >= 1 {
			return
		}
		th := a * math.Pi
		reach, lift := math.Cos(th), math.Sin(th)
		ex, ey := 156+122*reach, 499-62*lift
		bx, by := 156+132*reach, 562-58*lift
		mx, my := 156+66*reach-14*lift, 484-46*lift
		nx, ny := 156+68*reach-12*lift, 547-42*lift
		leaf := poly(0.8, 156, 493, mx, my, ex, ey, bx, by, nx, ny, 156, 557)
		sx, sy := f.place(0, 0, 0.9)
		shade := float32(0.80 + 0.14*reach - 0.05*lift)
		for iy := int(420 * scale); iy < int(580*scale); iy++ {
			for ix := int(10 * scale); ix < int(310*scale); ix++ {
				x, y := f.unplace((float64(ix)+0.5)/scale, (float64(iy)+0.5)/scale, sx, sy)
				m := leaf(x, y)
				if m <= 0 {
					continue
				}
				across := float32(0.06 * math.Sin(math.Abs(x-156)/122*math.Pi))
				line := float32(0)
				if k := math.Mod(y-0.12*math.Abs(x-156)+400, 8); k < 1 && math.Abs(x-156) > 14 && math.Abs(x-156) < 104*math.Abs(reach) {
					line = 0.22
				}
				w := shade + across - line
				dst.cover(ix, iy, rgb{0.87 * w, 0.82 * w, 0.72 * w}, float32(m))
			}
		}
	}
}

// unplace is place backwards, given where the drawing's origin landed.
func (f *film) unplace(x, y, originX, originY float64) (float64, float64) {
	z := f.now.zoom
	z += (z - 1) * f.cam.dolly * 0.9
	return (x - originX) / z, (y - originY) / z
}

// flight is one toss of a ball and its return, closing on itself: held, thrown
// up an arc to the hoop, through the net, bouncing away to the right, and
// passed back in from there.
type flight struct{ handX, handY, hoopX, hoopY, apex, floor, far, leap float64 }

func (b flight) at(t float64) (x, y, size, turn float64) {
	arc := func(x0, y0, x1, y1, high, a float64) (float64, float64) {
		return x0 + (x1-x0)*a, y0 + (y1-y0)*a - 4*high*a*(1-a)
	}
	part := func(a, b float64) float64 { return max(0, min(1, (t-a)/(b-a))) }
	const shoot, reach, drop, land, skip, gone, pass, catch = 0.20, 0.42, 0.49, 0.58, 0.68, 0.80, 0.84, 0.97
	switch {
	case t < shoot || t >= catch:
		x, y, size = b.handX, b.handY-b.leap*jump(t), 1
	case t < reach:
		a := part(shoot, reach)
		x, y = arc(b.handX, b.handY-b.leap*jump(shoot), b.hoopX, b.hoopY-6, b.apex, a)
		size = 1 - (1-b.far)*a
	case t < drop:
		a := part(reach, drop)
		x, y, size = b.hoopX, b.hoopY-6+50*a, b.far
	case t < land:
		a := part(drop, land)
		x, y, size = b.hoopX+4*a, b.hoopY+44+(b.floor-b.hoopY-44)*a*a, b.far
	case t < skip:
		a := part(land, skip)
		x, y = arc(b.hoopX+4, b.floor, b.hoopX+82, b.floor+24, 62, a)
		size = b.far + 0.06*a
	case t < gone:
		a := part(skip, gone)
		x, y = arc(b.hoopX+82, b.floor+24, b.hoopX+250, b.floor+46, 38, a)
		size = b.far + 0.06 + 0.1*a
	case t < pass:
		return 520, b.handY, 0.9, 0
	default:
		a := part(pass, catch)
		x, y = arc(430, b.handY+60, b.handX, b.handY-b.leap*jump(catch), 46, a)
		size = 1.25 - 0.25*a
	}
	return x, y, size, 2 * math.Pi * 3 * ease(shoot, gone, t)
}

// jump is the shooter's leap, 0..1, around the throw.
func jump(t float64) float64 {
	a := max(0, min(1, (t-0.12)/0.18))
	return 4*a*(1-a) - 0.16*math.Sin(math.Pi*max(0, min(1, (t-0.03)/0.09)))
}

// net shakes under the hoop while the ball is in it.
func net(t float64) float64 {
	a := (t - 0.43) / 0.12
	if a < 0 || a > 1 {
		return 0
	}
	return math.Sin(a*3*math.Pi) * (1 - a)
}
