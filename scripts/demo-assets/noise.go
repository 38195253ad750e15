package main

import "math/rand/v2"

// field is smooth noise that tiles: side x side samples, read bilinearly at any
// coordinate. Scrolling it by a whole number of tiles per clip loops.
type field struct {
	side int
	v    []float32
}

// newField sums octaves of value noise; cells is the coarsest grid.
func newField(seed uint64, side, cells, octaves int) *field {
	rng := rand.New(rand.NewPCG(seed, 7))
	f := &field{side, make([]float32, side*side)}
	total, weight := float32(0), float32(1)
	for range octaves {
		grid := make([]float32, cells*cells)
		for i := range grid {
			grid[i] = rng.Float32()
		}
		for y := range side {
			for x := range side {
				gx, gy := float64(x*cells)/float64(side), float64(y*cells)/float64(side)
				x0, y0 := int(gx), int(gy)
				fx, fy := float32(ease(0, 1, gx-float64(x0))), float32(ease(0, 1, gy-float64(y0)))
				x1, y1 := (x0+1)%cells, (y0+1)%cells
				a := grid[y0*cells+x0] + (grid[y0*cells+x1]-grid[y0*cells+x0])*fx
				b := grid[y1*cells+x0] + (grid[y1*cells+x1]-grid[y1*cells+x0])*fx
				f.v[y*side+x] += weight * (a + (b-a)*fy)
			}
		}
		total += weight
		weight *= 0.5
		cells *= 2
	}
	for i := range f.v {
		f.v[i] /= total
	}
	return f
}

// at reads the field; one tile spans 1.0 in u and v.
func (f *field) at(u, v float64) float64 {
	n := float64(f.side)
	u, v = u*n, v*n
	xf, yf := floor(u), floor(v)
	fx, fy := float32(u-xf), float32(v-yf)
	x0, y0 := wrap(int(xf), f.side), wrap(int(yf), f.side)
	x1, y1 := wrap(x0+1, f.side), wrap(y0+1, f.side)
	a := f.v[y0*f.side+x0] + (f.v[y0*f.side+x1]-f.v[y0*f.side+x0])*fx
	b := f.v[y1*f.side+x0] + (f.v[y1*f.side+x1]-f.v[y1*f.side+x0])*fx
	return float64(a + (b-a)*fy)
}

func floor(v float64) float64 {
	i := float64(int(v))
	if i > v {
		i--
	}
	return i
}

func wrap(i, n int) int { return ((i % n) + n) % n }
