package main

import (
	"fmt"
	"path/filepath"
)

// fps of every clip. A key frame stands every two seconds, so lengths are even
// seconds; 8 and 24 also hold a whole number of AAC frames at 48 kHz.
const fps = 25

// clip is one film of the demo world.
type clip struct {
	key     string
	plate   string // the still it is filmed from
	view    view   // the part of it, and the hour
	seconds int
	heals   []heal
	cam     camera
	depth   []layerDepth
	warps   []warp
	cast    func(s *set) []effect // lights and props, drawn in order
	lines   [2]string             // caption: what is said, and by whom or where
	dark    bool                  // caption in ink, for bright plates
	sound   score
}

// set is what a clip's cast may take from the art directory. It keeps the
// first error, so a cast reads as a list.
type set struct {
	dir  string
	base *plate
	err  error
}

func (s *set) cut(name string) *plate {
	p, err := loadPlate(filepath.Join(s.dir, name+".png"))
	if err != nil {
		if s.err == nil {
			s.err = err
		}
		return &plate{w: 2, h: 2, pix: make([]float32, 16)}
	}
	return p
}

// reel is a clip ready to be shot.
type reel struct {
	film    *film
	effects []effect
	caption *plate
	frames  int
}

func (c clip) load(dir string) (*reel, error) {
	s := &set{dir: dir}
	still, err := loadPlate(filepath.Join(dir, c.plate+".png"))
	if err != nil {
		return nil, fmt.Errorf("clip %s: %w", c.key, err)
	}
	s.base = &plate{w: still.w, h: still.h, pix: append([]float32(nil), still.pix...)}
	still.heal(c.heals)
	still = c.view.of(still)
	r := &reel{film: newFilm(still, c.cam, c.depth, c.warps), frames: c.seconds * fps}
	if c.cast != nil {
		r.effects = c.cast(s)
	}
	if c.lines[0] != "" {
		r.caption = s.cut("caption-" + c.key)
	}
	if s.err != nil {
		return nil, fmt.Errorf("clip %s: %w", c.key, s.err)
	}
	return r, nil
}

func (r *reel) draw(dst *frame, t float64) {
	r.film.draw(dst, t)
	for _, e := range r.effects {
		e(dst, r.film, t)
	}
	if r.caption != nil {
		r.caption.over(dst, float32(ease(0.06, 0.14, t)*(1-ease(0.86, 0.94, t))))
	}
}

// over lays a picture of the frame's own size on it.
func (p *plate) over(dst *frame, alpha float32) {
	if alpha <= 0 || p.w != frameW || p.h != frameH {
		return
	}
	rows(func(y int) {
		for x := range frameW {
			s := p.pix[(y*frameW+x)*4:]
			if a := s[3] * alpha; a > 0 {
				q := dst.pix[(y*frameW+x)*3:]
				q[0] = q[0]*(1-a) + s[0]*alpha
				q[1] = q[1]*(1-a) + s[1]*alpha
				q[2] = q[2]*(1-a) + s[2]*alpha
			}
		}
	})
}

// act turns a prop into an effect.
func act(p *prop) effect {
	return func(dst *frame, f *film, t float64) { p.draw(dst, f, t) }
}

func clips() []clip {
	var all []clip
	for _, group := range [][]clip{streetClips(), craftClips(), nightClips(), hallClips(), shopClips(), liveClips(), closeClips(), hourClips(), longClips()} {
		all = append(all, group...)
	}
	return all
}
