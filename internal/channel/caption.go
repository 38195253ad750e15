package channel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// CaptionLanguages are the languages captions may be written in: those the site itself speaks.
var CaptionLanguages = []string{"zh-CN", "en"}

// Caption names one language of a post's captions.
type Caption struct {
	Lang    string
	Version string // 16 hex digits; changes with the words, so that an address may be kept for ever
}

var errNoCaptions = errs.New(errs.NotFound, "captions_not_found", "this post has no captions in this language")

// SetCaptions puts the captions of a video post in one language, in place of those it had. Owner or staff.
// lang is one of CaptionLanguages. vtt is a WebVTT file of at most MaxCaptionBytes and MaxCues cues; what
// is stored is its plain text (see parseCaptions). Errors: captions_language, captions_large,
// captions_many, captions_invalid (with the line), captions_no_video for a post of pictures.
func (s *Service) SetCaptions(ctx context.Context, a identity.Actor, postID, lang, vtt string) error {
	p, err := s.teamPost(ctx, a, postID)
	if err != nil {
		return err
	}
	if err := checkLanguage(lang); err != nil {
		return err
	}
	if p.Kind != VideoPost {
		return errs.New(errs.Invalid, "captions_no_video", "captions belong under a video; this post has pictures")
	}
	cues, err := parseCaptions(vtt)
	if err != nil {
		return err
	}
	body := renderCaptions(cues)
	sum := sha256.Sum256([]byte(body))
	_, err = s.DB.Exec(ctx, `INSERT INTO channel_captions (post_id, lang, body, version) VALUES ($1,$2,$3,$4)
		ON CONFLICT (post_id, lang) DO UPDATE SET body = excluded.body, version = excluded.version`, p.ID, lang, body, hex.EncodeToString(sum[:8]))
	return err
}

// RemoveCaptions takes a language away from a post. Owner or staff. Taking away what is not there is
// captions_not_found.
func (s *Service) RemoveCaptions(ctx context.Context, a identity.Actor, postID, lang string) error {
	p, err := s.teamPost(ctx, a, postID)
	if err != nil {
		return err
	}
	n, err := s.DB.Exec(ctx, `DELETE FROM channel_captions WHERE post_id = $1 AND lang = $2`, p.ID, lang)
	if err == nil && n == 0 {
		err = errNoCaptions
	}
	return err
}

// Captions reads a post's WebVTT text in one language, for whoever may see the post.
func (s *Service) Captions(ctx context.Context, a identity.Actor, postID, lang string) (vtt, version string, err error) {
	p, err := s.Post(ctx, a, postID)
	if err != nil {
		return "", "", err
	}
	type row struct{ body, version string }
	r, found, err := db.Get(ctx, s.DB, func(r db.Row) (v row, err error) { err = r.Scan(&v.body, &v.version); return v, err },
		`SELECT body, version FROM channel_captions WHERE post_id = $1 AND lang = $2`, p.ID, lang)
	if err == nil && !found {
		err = errNoCaptions
	}
	return r.body, r.version, err
}

// CaptionsOf lists the caption languages of posts, in the order of CaptionLanguages. At most 500 ids a call.
func (s *Service) CaptionsOf(ctx context.Context, postIDs []string) (map[string][]Caption, error) {
	out := map[string][]Caption{}
	args := distinct(postIDs)
	if len(args) == 0 {
		return out, nil
	}
	type row struct {
		post string
		Caption
	}
	rows, err := db.List(ctx, s.DB, func(r db.Row) (v row, err error) { err = r.Scan(&v.post, &v.Lang, &v.Version); return v, err },
		`SELECT post_id, lang, version FROM channel_captions WHERE post_id IN (`+db.Placeholders(1, len(args))+`) ORDER BY lang DESC`, args...)
	for _, r := range rows {
		out[r.post] = append(out[r.post], r.Caption)
	}
	return out, err
}

func checkLanguage(lang string) error {
	if !slices.Contains(CaptionLanguages, lang) {
		return errs.New(errs.Invalid, "captions_language", "captions may be in Chinese (zh-CN) or English (en)").In("lang")
	}
	return nil
}
