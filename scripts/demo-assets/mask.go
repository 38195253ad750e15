package main

import "math"

// mask says how much of something applies at a point of the drawing, 0..1.
type mask func(x, y float64) float64

// oval is a filled ellipse whose edge fades over feather units outside it.
func oval(cx, cy, rx, ry, feather float64) mask {
	return func(x, y float64) float64 {
		d := math.Hypot((x-cx)/rx, (y-cy)/ry)
		return 1 - ease(0, 1, (d-1)*min(rx, ry)/feather)
	}
}

// below fades in from y0 to y1 and holds for everything lower.
func below(y0, y1 float64) mask {
	return func(_, y float64) float64 { return ease(y0, y1, y) }
}

// above fades out from y0 to y1 and holds for everything higher.
func above(y0, y1 float64) mask {
	return func(_, y float64) float64 { return 1 - ease(y0, y1, y) }
}

// band holds between y0 and y1 and fades over feather on both sides.
func band(y0, y1, feather float64) mask {
	return func(_, y float64) float64 {
		return ease(y0-feather, y0, y) * (1 - ease(y1, y1+feather, y))
	}
}

// poly is a filled polygon whose edge fades over feather units outside it.
func poly(feather float64, points ...float64) mask {
	n := len(points) / 2
	return func(x, y float64) float64 {
		inside, near := false, math.Inf(1)
		for i, j := 0, n-1; i < n; j, i = i, i+1 {
			x1, y1, x2, y2 := points[2*i], points[2*i+1], points[2*j], points[2*j+1]
			if (y1 > y) != (y2 > y) && x < (x2-x1)*(y-y1)/(y2-y1)+x1 {
				inside = !inside
			}
			dx, dy := x2-x1, y2-y1
			k := max(0, min(1, ((x-x1)*dx+(y-y1)*dy)/(dx*dx+dy*dy)))
			near = min(near, math.Hypot(x-x1-k*dx, y-y1-k*dy))
		}
		if inside {
			return 1
		}
		return 1 - ease(0, feather, near)
	}
}

// capsule is a thick line, for sticks, arms and hems.
func capsule(x1, y1, x2, y2, radius, feather float64) mask {
	return func(x, y float64) float64 {
		dx, dy := x2-x1, y2-y1
		k := max(0, min(1, ((x-x1)*dx+(y-y1)*dy)/(dx*dx+dy*dy)))
		return 1 - ease(radius, radius+feather, math.Hypot(x-x1-k*dx, y-y1-k*dy))
	}
}

// ramp grows from 0 at y0 to 1 at y1 along y, for things that hang or stand.
func ramp(y0, y1 float64, m mask) mask {
	return func(x, y float64) float64 {
		return m(x, y) * max(0, min(1, (y-y0)/(y1-y0)))
	}
}

// anyOf is the strongest of several masks.
func anyOf(ms ...mask) mask {
	return func(x, y float64) float64 {
		v := 0.0
		for _, m := range ms {
			v = max(v, m(x, y))
		}
		return v
	}
}

// but is m where cut does not hold.
func but(m, cut mask) mask {
	return func(x, y float64) float64 { return m(x, y) * (1 - cut(x, y)) }
}

// grid is a mask sampled once per pixel, because it is asked every frame.
func (m mask) grid() []float32 {
	g := make([]float32, frameW*frameH)
	for y := range frameH {
		for x := range frameW {
			g[y*frameW+x] = float32(m((float64(x)+0.5)/scale, (float64(y)+0.5)/scale))
		}
	}
	return g
}
