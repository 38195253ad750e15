package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

const sampleRate = 48000

// part adds one voice to a mono loop. Voices wrap around the end of the buffer,
// so the loop has no seam.
type part func(loop []float64)

// score is what a clip sounds like.
type score []part

// write renders the score as a 16-bit mono WAV, peaking at a quiet -9 dBFS.
func (s score) write(out io.Writer, seconds int) error {
	loop := make([]float64, seconds*sampleRate)
	for _, p := range s {
		p(loop)
	}
	peak := 0.0
	for _, v := range loop {
		peak = max(peak, math.Abs(v))
	}
	if peak == 0 {
		return fmt.Errorf("score is silent")
	}
	var head bytes.Buffer
	size := uint32(len(loop) * 2)
	head.WriteString("RIFF")
	fields := []any{36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(sampleRate), uint32(sampleRate * 2), uint16(2), uint16(16), []byte("data"), size}
	for _, f := range fields {
		if err := binary.Write(&head, binary.LittleEndian, f); err != nil {
			return fmt.Errorf("wav header: %w", err)
		}
	}
	if _, err := out.Write(head.Bytes()); err != nil {
		return err
	}
	pcm := make([]int16, len(loop))
	gain := 0.355 * 32767 / peak
	for i, v := range loop {
		pcm[i] = int16(v * gain)
	}
	return binary.Write(out, binary.LittleEndian, pcm)
}

// lowpass and highpass are one-pole filters run twice around the loop, so that
// the filter's memory at the start equals that at the end.
func lowpass(loop []float64, hz float64) {
	a, y := 1-math.Exp(-2*math.Pi*hz/sampleRate), 0.0
	for pass := range 2 {
		for i, v := range loop {
			y += a * (v - y)
			if pass == 1 {
				loop[i] = y
			}
		}
	}
}

func highpass(loop []float64, hz float64) {
	low := append([]float64(nil), loop...)
	lowpass(low, hz)
	for i := range loop {
		loop[i] -= low[i]
	}
}

// swell is a slow rise and fall of whole cycles: 1-depth .. 1.
func swell(i, n, cycles int, phase, depth float64) float64 {
	return 1 - depth*0.5*(1-math.Sin(2*math.Pi*(float64(cycles*i)/float64(n)+phase)))
}
