package main

// view is the part of a plate a clip is shot from, in art units, and the light it stands in: the same place
// seen closer, from the other side or at another hour. The zero view is the whole plate as drawn.
type view struct {
	x, y, width float64 // top left corner and width; the height follows the picture's shape
	flip        bool    // mirrored
	light       rgb     // what each colour is multiplied by; zero leaves them
	mood        rgb     // added where the plate is dark
}

// of cuts the view out of a plate, at the plate's own resolution but at least half the plate's width, so
// that the camera's own movement still samples between points.
func (v view) of(p *plate) *plate {
	if v == (view{}) {
		return p
	}
	width := v.width
	if width == 0 {
		width = artW
	}
	out := &plate{w: frameW, h: frameH, pix: make([]float32, frameW*frameH*4)}
	k := float64(p.w) / artW
	rows(func(y int) {
		for x := range frameW {
			u := (float64(x) + 0.5) / frameW
			if v.flip {
				u = 1 - u
			}
			r, g, b, a := p.at((v.x+u*width)*k-0.5, (v.y+(float64(y)+0.5)/frameW*width)*k-0.5)
			q := out.pix[(y*frameW+x)*4:]
			q[0], q[1], q[2] = v.lit(r, g, b)
			q[3] = a
		}
	})
	return out
}

func (v view) lit(r, g, b float32) (float32, float32, float32) {
	if v.light == (rgb{}) && v.mood == (rgb{}) {
		return r, g, b
	}
	light := v.light
	if light == (rgb{}) {
		light = rgb{1, 1, 1}
	}
	tone := func(c, l, m float32) float32 { return max(0, min(1, c*l+m*(1-c)*(1-c))) }
	return tone(r, light.r, v.mood.r), tone(g, light.g, v.mood.g), tone(b, light.b, v.mood.b)
}
