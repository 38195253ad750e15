package demo

import "time"

// ShowLength is how long the n-th show lasts.
func ShowLength(n int) time.Duration { return shows[n].lasts }

// ShortenShows makes every show, and what takes its turn in it, a part of what it is. Call it before anything
// runs, and leave them longer than shortShow.
func ShortenShows(part int) {
	for n := range shows {
		shows[n].lasts /= time.Duration(part)
		shows[n].explain /= time.Duration(part)
	}
}
