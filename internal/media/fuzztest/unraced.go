//go:build !race

package fuzztest

import "time"

// MostCPU is what one input may cost. Processor time, not wall time, so that a busy machine is no finding.
const MostCPU = time.Second
