package main

import (
	"math"
	"math/rand/v2"
)

// birds are a few far whistles, gliding down.
func birds(seed uint64, level float64) part {
	return func(loop []float64) {
		rng := rand.New(rand.NewPCG(seed, 41))
		for range 5 {
			at, hz := rng.IntN(len(loop)), 2300+1500*rng.Float64()
			for note := range 2 + rng.IntN(3) {
				start, phase := at+note*sampleRate/6, 0.0
				length := sampleRate / 11
				for j := range length {
					s := float64(j) / float64(length)
					phase += 2 * math.Pi * hz * (1 + 0.16*math.Sin(math.Pi*s) - 0.08*s) / sampleRate
					loop[(start+j)%len(loop)] += level * math.Sin(math.Pi*s) * math.Sin(phase)
				}
			}
		}
	}
}

// rustle is a page turning around instant at.
func rustle(seed uint64, level, at float64) part {
	return func(loop []float64) {
		v := noise(seed, sampleRate*2/3)
		highpass(v, 1200)
		lowpass(v, 5000)
		start := int(at * float64(len(loop)))
		for j, x := range v {
			s := float64(j) / float64(len(v))
			loop[(start+j)%len(loop)] += level * x * math.Sin(math.Pi*s) * (0.4 + 0.6*math.Abs(math.Sin(s*23)))
		}
	}
}

// hum is a motor under a wheel.
func hum(hz, level float64) part {
	return func(loop []float64) {
		hz := whole(hz, len(loop))
		for i := range loop {
			p := 2 * math.Pi * hz * float64(i) / sampleRate
			loop[i] += level * swell(i, len(loop), 4, 0, 0.3) * (math.Sin(p) + 0.4*math.Sin(2*p) + 0.1*math.Sin(5*p))
		}
	}
}

// chime is a cup struck once with a nail.
func chime(level, hz, at float64) part {
	return func(loop []float64) {
		start := int(at * float64(len(loop)))
		for j := range sampleRate * 2 {
			s := float64(j) / sampleRate
			v := math.Exp(-3*s)*math.Sin(2*math.Pi*hz*s) + 0.5*math.Exp(-5*s)*math.Sin(2*math.Pi*hz*2.76*s) + 0.2*math.Exp(-9*s)*math.Sin(2*math.Pi*hz*5.4*s)
			loop[(start+j)%len(loop)] += level * min(1, s*2000) * v
		}
	}
}
