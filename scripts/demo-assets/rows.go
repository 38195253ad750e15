package main

import (
	"runtime"
	"sync"
)

// rows runs fn for every row of the frame, split over the processors. It
// returns when all rows are done, so callers draw layers strictly in order.
func rows(fn func(y int)) {
	n := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for y := i; y < frameH; y += n {
				fn(y)
			}
		})
	}
	wg.Wait()
}
