package main

import (
	"math"
	"math/rand/v2"
)

func noise(seed uint64, n int) []float64 {
	rng := rand.New(rand.NewPCG(seed, 23))
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.Float64()*2 - 1
	}
	return v
}

func mix(loop, voice []float64, level float64, shape func(i int) float64) {
	sum := 0.0
	for _, v := range voice {
		sum += v * v
	}
	k := level / math.Sqrt(sum/float64(len(voice))+1e-12)
	for i, v := range voice {
		loop[i] += v * k * shape(i)
	}
}

// murmur is a crowd or a street far enough away to hold no words.
func murmur(seed uint64, level float64) part {
	return func(loop []float64) {
		v := noise(seed, len(loop))
		lowpass(v, 700)
		lowpass(v, 700)
		highpass(v, 180)
		mix(loop, v, level, func(i int) float64 {
			return swell(i, len(loop), 3, 0.1, 0.35) * swell(i, len(loop), 7, 0.4, 0.3) * swell(i, len(loop), 19, 0.8, 0.25)
		})
	}
}

// surf is water on a shore, cycles waves per clip.
func surf(seed uint64, level float64, cycles int) part {
	return func(loop []float64) {
		v := noise(seed, len(loop))
		lowpass(v, 900)
		highpass(v, 90)
		mix(loop, v, level, func(i int) float64 {
			s := swell(i, len(loop), cycles, 0, 0.85)
			return s * s
		})
	}
}

// wind is surf without the shore: lower, slower.
func wind(seed uint64, level float64) part {
	return func(loop []float64) {
		v := noise(seed, len(loop))
		lowpass(v, 320)
		lowpass(v, 520)
		mix(loop, v, level, func(i int) float64 {
			return swell(i, len(loop), 2, 0.2, 0.5) * swell(i, len(loop), 5, 0.7, 0.3)
		})
	}
}

// hiss is steam or a pan: only the upper end, even and faint.
func hiss(seed uint64, level float64) part {
	return func(loop []float64) {
		v := noise(seed, len(loop))
		highpass(v, 2600)
		lowpass(v, 7000)
		mix(loop, v, level, func(i int) float64 { return swell(i, len(loop), 4, 0.3, 0.4) })
	}
}

// crackle is fire, or hot sand: short clicks at random, perSecond of them.
func crackle(seed uint64, level, perSecond float64) part {
	return func(loop []float64) {
		rng := rand.New(rand.NewPCG(seed, 29))
		v := make([]float64, len(loop))
		for range int(perSecond * float64(len(loop)) / sampleRate) {
			at, a := rng.IntN(len(v)), math.Pow(rng.Float64(), 2.2)
			length := 60 + rng.IntN(260)
			for j := range length {
				v[(at+j)%len(v)] += a * (rng.Float64()*2 - 1) * math.Exp(-5*float64(j)/float64(length))
			}
		}
		highpass(v, 900)
		lowpass(v, 5200)
		for i, x := range v {
			loop[i] += x * level
		}
	}
}

// crickets chirp in the dark: two of them, out of step.
func crickets(level float64) part {
	return func(loop []float64) {
		n := len(loop)
		for k, hz := range []float64{4150, 4630} {
			chirps := n / sampleRate * (2 + k)
			for i := range loop {
				x := float64(i*chirps)/float64(n) + 0.37*float64(k)
				x -= floor(x)
				if x > 0.34 {
					continue
				}
				pulse := math.Sin(math.Pi*x/0.34) * (0.5 + 0.5*math.Cos(2*math.Pi*x*24))
				loop[i] += level * (1 - 0.4*float64(k)) * pulse * math.Sin(2*math.Pi*hz*float64(i)/sampleRate)
			}
		}
	}
}

// pad is a soft chord: sines with a quiet octave, each breathing on its own.
// chords share the clip in equal spans and melt into each other.
func pad(level float64, chords ...[]float64) part {
	return func(loop []float64) {
		n, m := len(loop), len(chords)
		for c, chord := range chords {
			for j, hz := range chord {
				hz = whole(hz, n)
				for i := range loop {
					x := float64(i)/float64(n)*float64(m) - float64(c)
					w := 1.0
					if m > 1 {
						x -= floor((x+0.5)/float64(m)) * float64(m) // distance on the circle
						w = ease(-0.12, 0.12, x) * (1 - ease(0.88, 1.12, x))
						if w == 0 {
							continue
						}
					}
					p := 2 * math.Pi * hz * float64(i) / sampleRate
					loop[i] += level * w * swell(i, n, 1+j, 0.3*float64(j), 0.4) * (math.Sin(p) + 0.18*math.Sin(2*p) + 0.05*math.Sin(3*p)) / float64(len(chord))
				}
			}
		}
	}
}

// whole moves a pitch to the nearest one with a whole number of cycles in the
// loop; at eight seconds that is at most a sixteenth of a hertz.
func whole(hz float64, n int) float64 {
	span := float64(n) / sampleRate
	return math.Round(hz*span) / span
}

// pluck plays a zither: strings picked at random out of scale, on a grid of
// steps per clip, rests included. Karplus-Strong with a soft pick.
func pluck(seed uint64, level float64, steps int, scale ...float64) part {
	return func(loop []float64) {
		rng := rand.New(rand.NewPCG(seed, 31))
		voice := make([]float64, len(loop))
		at := len(scale) / 2
		for step := range steps {
			if rng.Float64() < 0.34 && step%4 != 0 {
				continue
			}
			at = max(0, min(len(scale)-1, at+rng.IntN(5)-2))
			period := int(sampleRate/scale[at] + 0.5)
			line := noise(rng.Uint64(), period)
			lowpass(line, 2400)
			a, start := 0.6+0.4*rng.Float64(), step*len(loop)/steps
			last := 0.0
			for j := range min(len(loop), 3*sampleRate) {
				k := j % period
				line[k] = 0.4988*line[k] + 0.4988*last
				last = line[k]
				voice[(start+j)%len(voice)] += a * last * min(1, float64(j)/90)
			}
		}
		echo(voice, 0.27, 0.35)
		echo(voice, 0.113, 0.3)
		mix(loop, voice, level, func(int) float64 { return 1 })
	}
}

// echo adds one late copy, around the end of the loop too.
func echo(v []float64, seconds, gain float64) {
	dry, lag := append([]float64(nil), v...), int(seconds*sampleRate)
	for i := range v {
		v[i] += gain * dry[wrap(i-lag, len(dry))]
	}
}

// thud is a ball on a floor or a drum, at instants of the clip in [0, 1).
func thud(level, hz float64, at ...float64) part {
	return func(loop []float64) {
		for _, t := range at {
			start := int(t * float64(len(loop)))
			for j := range sampleRate / 3 {
				s := float64(j) / sampleRate
				loop[(start+j)%len(loop)] += level * math.Exp(-16*s) * min(1, s*900) * math.Sin(2*math.Pi*(hz*s-hz*0.5*s*s))
			}
		}
	}
}

// beats are the instants of a steady pulse, n per clip.
func beats(n int, offset float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = (float64(i) + offset) / float64(n)
	}
	return v
}

// cheer is a crowd rising once, around instant at.
func cheer(seed uint64, level, at, width float64) part {
	return func(loop []float64) {
		v := noise(seed, len(loop))
		lowpass(v, 1500)
		highpass(v, 350)
		mix(loop, v, level, func(i int) float64 {
			d := float64(i)/float64(len(loop)) - at
			d -= floor(d + 0.5)
			return math.Exp(-d * d / (width * width))
		})
	}
}
