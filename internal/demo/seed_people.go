package demo

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"
	"unicode"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/demo/assets"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
)

// passwordBytes of randomness; the password is forgotten at once.
const passwordBytes = 30

func (s *seeding) peopleStep() step {
	return step{what: "people", units: len(s.people), batch: 21, unit: func(ctx context.Context, i int) error {
		p := s.people[i]
		s.ago(75*day - time.Duration(i)*37*time.Minute)
		u, err := s.past.Identity.CreateUser(ctx, identity.SignUp{Login: login(i), Name: p.name, Password: id.Secret(passwordBytes), Locale: localeOf(p.name),
			Operator: p.role == RoleOperator, DemoRole: p.role})
		if err != nil {
			return fmt.Errorf("person %s: %w", p.name, err)
		}
		face, err := s.image(ctx, u.ID, assets.AvatarFile(p.avatar))
		if err != nil {
			return err
		}
		if _, err := s.past.Identity.UpdateMe(ctx, identity.Actor{UserID: u.ID}, identity.Update{Avatar: &face}); err != nil {
			return err
		}
		return s.put(ctx, key("user", i), u.ID)
	}}
}

// localeOf guesses the language somebody writes: by the script of the name.
func localeOf(name string) string {
	for _, r := range name {
		if unicode.Is(unicode.Han, r) {
			return "zh-CN"
		}
	}
	return "en"
}

func (s *seeding) channelStep() step {
	return step{what: "channels", units: len(s.book.Channels), batch: len(s.book.Channels), unit: func(ctx context.Context, i int) error {
		c := s.book.Channels[i]
		owner := s.actor(s.ownerOf(c.Key))
		s.ago(70*day - time.Duration(i)*5*time.Hour)
		face, err := s.image(ctx, owner.UserID, c.Avatar)
		if err != nil {
			return err
		}
		cover, err := s.image(ctx, owner.UserID, s.sceneCover(c.Scene))
		if err != nil {
			return err
		}
		// The book's institutions without verification are plain channels here: kinds are grants.
		kind := channel.Personal
		if c.Kind == assets.BlueV {
			kind = channel.BlueV
		}
		made, err := s.past.Channel.Found(ctx, owner, channel.Draft{Name: either(c.Lang == "en", c.NameZH, c.NameEN), Handle: c.Handle, Bio: either(c.Lang == "en", c.BioZH, c.BioEN), Avatar: face, Cover: cover, Kind: kind})
		if err != nil {
			return fmt.Errorf("channel %s: %w", c.Key, err)
		}
		return s.put(ctx, key("channel", c.Key), made.ID)
	}}
}

// sceneCover is the cover of the first clip that shows a scene.
func (sc *scene) sceneCover(scene string) string {
	for _, c := range sc.book.Clips {
		if c.Scene == scene {
			return c.Cover
		}
	}
	return sc.book.Clips[0].Cover
}

// reel is a clip in somebody's hands: files belong to who published them.
type reel struct {
	clip  string
	owner int
}

// reels lists each clip once for everybody who shows it.
func (sc *scene) reels() []reel {
	out := []reel{{sampleClip, sc.operator}}
	add := func(r reel) {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	for _, p := range sc.book.Posts {
		if p.Clip != "" {
			add(reel{p.Clip, sc.ownerOf(p.Channel)})
		}
	}
	for _, st := range stages {
		add(reel{st.clip, sc.ownerOf(st.channel)})
	}
	for _, sh := range shows {
		add(reel{sh.clip, sc.ownerOf(sh.channel)})
	}
	return out
}

// sampleClip is what the console's sample source plays.
const sampleClip = "live-stall"

func (s *seeding) clipStep() step {
	reels := s.reels()
	return step{what: "clips", units: len(reels), batch: 6, unit: func(ctx context.Context, i int) error {
		r := reels[i]
		clip, owner := s.clip(r.clip), s.actor(r.owner)
		s.ago(40 * day)
		video, err := s.video(ctx, owner.UserID, clip.File)
		if err != nil {
			return fmt.Errorf("clip %s: %w", clip.Key, err)
		}
		cover, err := s.image(ctx, owner.UserID, clip.Cover)
		if err != nil {
			return err
		}
		if i == 0 {
			if err := s.put(ctx, keySample, video); err != nil {
				return err
			}
		}
		if err := s.put(ctx, key("clip", r.clip, r.owner), video); err != nil {
			return err
		}
		return s.put(ctx, key("cover", r.clip, r.owner), cover)
	}}
}

// video gives media a copy of a clip; media moves the copy away.
func (s *seeding) video(ctx context.Context, owner, file string) (asset string, err error) {
	body, err := fs.ReadFile(assets.FS(), file)
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(s.TempDir, "hawker-clip-*.mp4")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(f.Name()) }() // there only when media did not take it
	if _, err := f.Write(body); err != nil {
		_ = f.Close() // the write's error says more
		return "", err
	}
	if err := f.Close(); err != nil {
		return "", err
	}
	a, err := s.past.Media.AddVideo(ctx, owner, f.Name())
	return a.ID, err
}
