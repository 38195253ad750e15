package main

import "math"

// pose places a prop: shifted by dx, dy art units, scaled and turned (radians,
// clockwise) about its pivot, shown with opacity alpha.
type pose struct{ dx, dy, scale, turn, alpha float64 }

// prop is a cut-out drawn over the film: a ball, a walker, a lantern.
type prop struct {
	cut            *plate
	pivotX, pivotY float64
	near           float64
	act            func(t float64) pose

	x0, y0, x1, y1 float64 // box of visible pixels, art units
}

func newProp(cut *plate, px, py, near float64, act func(t float64) pose) *prop {
	p := &prop{cut: cut, pivotX: px, pivotY: py, near: near, act: act, x0: artW, y0: artH}
	k := float64(cut.w) / artW
	for y := range cut.h {
		for x := range cut.w {
			if cut.pix[(y*cut.w+x)*4+3] > 0.004 {
				p.x0, p.x1 = min(p.x0, float64(x)/k), max(p.x1, float64(x+1)/k)
				p.y0, p.y1 = min(p.y0, float64(y)/k), max(p.y1, float64(y+1)/k)
			}
		}
	}
	return p
}

func (p *prop) draw(dst *frame, f *film, t float64) {
	s := p.act(t)
	if s.alpha <= 0.004 {
		return
	}
	ox, oy := f.place(p.pivotX+s.dx, p.pivotY+s.dy, p.near)
	z := s.scale * f.now.zoom
	sin, cos := math.Sin(s.turn), math.Cos(s.turn)
	k := float64(p.cut.w) / artW
	left, top, right, bottom := p.reach(ox, oy, z, sin, cos)
	for iy := max(0, top); iy <= min(frameH-1, bottom); iy++ {
		for ix := max(0, left); ix <= min(frameW-1, right); ix++ {
			dx, dy := ((float64(ix)+0.5)/scale-ox)/z, ((float64(iy)+0.5)/scale-oy)/z
			u, v := p.pivotX+dx*cos+dy*sin, p.pivotY+dy*cos-dx*sin
			if u < p.x0-1 || u > p.x1+1 || v < p.y0-1 || v > p.y1+1 {
				continue
			}
			r, g, b, a := p.cut.at(u*k-0.5, v*k-0.5)
			if a <= 0.004 {
				continue
			}
			q, w := dst.pix[(iy*frameW+ix)*3:], float32(s.alpha)
			q[0] = q[0]*(1-a*w) + r*w
			q[1] = q[1]*(1-a*w) + g*w
			q[2] = q[2]*(1-a*w) + b*w
		}
	}
}

// reach is the pixel box the prop can touch in this pose.
func (p *prop) reach(ox, oy, z, sin, cos float64) (left, top, right, bottom int) {
	left, top, right, bottom = frameW, frameH, 0, 0
	for _, c := range [4][2]float64{{p.x0, p.y0}, {p.x1, p.y0}, {p.x0, p.y1}, {p.x1, p.y1}} {
		dx, dy := (c[0]-p.pivotX)*z, (c[1]-p.pivotY)*z
		x, y := (ox+dx*cos-dy*sin)*scale, (oy+dx*sin+dy*cos)*scale
		left, right = min(left, int(x)-2), max(right, int(x)+2)
		top, bottom = min(top, int(y)-2), max(bottom, int(y)+2)
	}
	return left, top, right, bottom
}

// heal covers a part of a still with its neighbourhood, so that a thing drawn
// into the art can leave its place: each point under area takes the mean colour
// of the points dx, dy away on both sides, or, when mirror is set, the colour
// of its mirror image about the vertical line at mirror.
type heal struct {
	area   mask
	dx, dy float64
	mirror float64
}

func (p *plate) heal(hs []heal) {
	k := float64(p.w) / artW
	for _, h := range hs {
		was := &plate{w: p.w, h: p.h, pix: append([]float32(nil), p.pix...)}
		for y := range p.h {
			for x := range p.w {
				ax, ay := (float64(x)+0.5)/k, (float64(y)+0.5)/k
				m := float32(h.area(ax, ay))
				if m <= 0.004 {
					continue
				}
				u1, u2 := ax+h.dx, ax-h.dx
				if h.mirror > 0 {
					u1, u2 = 2*h.mirror-ax, 2*h.mirror-ax
				}
				r, g, b, _ := was.at(u1*k-0.5, (ay+h.dy)*k-0.5)
				r2, g2, b2, _ := was.at(u2*k-0.5, (ay-h.dy)*k-0.5)
				r, g, b = (r+r2)/2, (g+g2)/2, (b+b2)/2
				q := p.pix[(y*p.w+x)*4:]
				q[0] += (r - q[0]) * m
				q[1] += (g - q[1]) * m
				q[2] += (b - q[2]) * m
			}
		}
	}
}

// lift cuts the part under area out of a still.
func (p *plate) lift(area mask) *plate {
	c := &plate{w: p.w, h: p.h, pix: make([]float32, len(p.pix))}
	k := float64(p.w) / artW
	for y := range p.h {
		for x := range p.w {
			m := float32(area((float64(x)+0.5)/k, (float64(y)+0.5)/k))
			if m <= 0.004 {
				continue
			}
			i := (y*p.w + x) * 4
			for j := range 4 {
				c.pix[i+j] = p.pix[i+j] * m
			}
		}
	}
	return c
}
