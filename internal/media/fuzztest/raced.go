//go:build race

package fuzztest

import "time"

// MostCPU is what one input may cost under the race detector, which makes a parser five to ten times as slow.
const MostCPU = 10 * time.Second
