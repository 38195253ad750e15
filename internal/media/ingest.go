package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/media/av"
)

// Ingest is a channel's right to publish.
type Ingest struct {
	ChannelID string
	KeyHint   string // last four characters, to tell keys apart
	CreatedAt int64
	Error     IngestError // the last refusal of a publisher, for the host's eyes
}

// IngestError is why a publisher was refused or cut.
type IngestError struct {
	Code   string
	Detail string
	At     int64
}

const (
	keyBytes  = 24 // 192 bits
	hintChars = 4
	// TokenLife bounds the publish token a signed-in host's browser gets for its camera.
	TokenLife = 10 * time.Minute
)

// RotateKey makes a new stream key for the channel and returns it; it is shown this once. The old key
// stops at once, and a publisher using it is cut.
func (s *Service) RotateKey(ctx context.Context, channelID string) (string, error) {
	key := id.Secret(keyBytes)
	now := s.Clock.Now().UnixMilli()
	_, err := s.DB.Exec(ctx, `INSERT INTO media_ingests (channel_id, key_hash, key_hint, created_at, revoked_at, error_code, error_detail, error_at)
		VALUES ($1,$2,$3,$4,0,'','',0) ON CONFLICT (channel_id) DO UPDATE SET key_hash = excluded.key_hash, key_hint = excluded.key_hint,
		created_at = excluded.created_at, revoked_at = 0, error_code = '', error_detail = '', error_at = 0`,
		channelID, hashKey(key), key[len(key)-hintChars:], now)
	if err != nil {
		return "", err
	}
	s.cutKeyed(channelID)
	return key, nil
}

// RevokeKey ends the channel's key; a publisher using it is cut.
func (s *Service) RevokeKey(ctx context.Context, channelID string) error {
	n, err := s.DB.Exec(ctx, `UPDATE media_ingests SET revoked_at = $1 WHERE channel_id = $2 AND revoked_at = 0`, s.Clock.Now().UnixMilli(), channelID)
	if err == nil && n == 0 {
		err = errs.New(errs.NotFound, "no_stream_key", "this channel has no stream key")
	}
	if err == nil {
		s.cutKeyed(channelID)
	}
	return err
}

// cutKeyed drops a publisher that came in by the key that was just replaced.
func (s *Service) cutKeyed(channelID string) {
	l := s.liveOf(channelID)
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.publisher; p != nil && p.keyed {
		p.kick(errKeyRevoked)
	}
}

var errKeyRevoked = errs.New(errs.Denied, "stream_key_revoked", "this stream key was revoked; copy the new one from the console")

// Ingest is the channel's current key, found false when it has none.
func (s *Service) Ingest(ctx context.Context, channelID string) (Ingest, bool, error) {
	return db.Get(ctx, s.DB, func(r db.Row) (v Ingest, err error) {
		err = r.Scan(&v.ChannelID, &v.KeyHint, &v.CreatedAt, &v.Error.Code, &v.Error.Detail, &v.Error.At)
		return v, err
	}, `SELECT channel_id, key_hint, created_at, error_code, error_detail, error_at FROM media_ingests WHERE channel_id = $1 AND revoked_at = 0`, channelID)
}

// IssueToken gives a signed-in host's browser a short-lived right to publish.
func (s *Service) IssueToken(ctx context.Context, channelID string) (token string, expiresAt int64, err error) {
	token = id.Secret(keyBytes)
	now := s.Clock.Now()
	expiresAt = now.Add(TokenLife).UnixMilli()
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.DB.Exec(ctx, `DELETE FROM media_tokens WHERE expires_at < $1`, now.UnixMilli()); err != nil {
			return err
		}
		_, err := s.DB.Exec(ctx, `INSERT INTO media_tokens (token_hash, channel_id, expires_at) VALUES ($1,$2,$3)`, hashKey(token), channelID, expiresAt)
		return err
	})
	return token, expiresAt, err
}

// Publish lets a publisher in by stream key or publish token, before any media is buffered. protocol is
// rtmp or whip. The returned sink is the publisher's until its Close; a newer publisher replaces it.
func (s *Service) Publish(ctx context.Context, key, protocol string) (av.Sink, error) {
	channelID, keyed, err := s.channelOf(ctx, key)
	if err != nil {
		return nil, err
	}
	p, err := s.open(channelID, protocol, keyed)
	if err != nil {
		return nil, err
	}
	if keyed {
		// A key replaced between the look-up and the admission had no publisher to cut yet.
		if _, _, err := s.channelOf(ctx, key); err != nil {
			p.Close(err)
			return nil, err
		}
	}
	return p, nil
}

// channelOf is the channel a stream key or publish token opens; keyed tells which it was.
func (s *Service) channelOf(ctx context.Context, key string) (channelID string, keyed bool, err error) {
	type row struct {
		channel string
		revoked int64
	}
	hash := hashKey(strings.TrimSpace(key))
	in, found, err := db.Get(ctx, s.DB, func(r db.Row) (v row, err error) { err = r.Scan(&v.channel, &v.revoked); return v, err },
		`SELECT channel_id, revoked_at FROM media_ingests WHERE key_hash = $1`, hash)
	switch {
	case err != nil:
		return "", false, err
	case found && in.revoked != 0:
		s.noteError(in.channel, errKeyRevoked)
		return "", false, errKeyRevoked
	case found:
		return in.channel, true, nil
	}
	channelID, found, err = db.Get(ctx, s.DB, func(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err },
		`SELECT channel_id FROM media_tokens WHERE token_hash = $1 AND expires_at > $2`, hash, s.Clock.Now().UnixMilli())
	if err == nil && !found {
		err = errs.New(errs.Denied, "stream_key_wrong", "this stream key is not known; copy it again from the console, or make a new one")
	}
	return channelID, false, err
}

// maxDetail bytes of a reason are kept; a longer one is somebody else's stack of causes.
const maxDetail = 300

// noteError keeps the reason for the host's console. A channel without a key has no row to keep it in.
func (s *Service) noteError(channelID string, cause error) {
	if s.life.Err() != nil {
		return // a restart is nobody's fault
	}
	code := errs.CodeOf(cause)
	if code == "" {
		code = "publish_failed"
	}
	if _, err := s.DB.Exec(s.life, `UPDATE media_ingests SET error_code = $1, error_detail = $2, error_at = $3 WHERE channel_id = $4`,
		code, clip(cause.Error()), s.Clock.Now().UnixMilli(), channelID); err != nil {
		s.Log.Warn("note ingest error", "channel", channelID, "err", err)
	}
}

// lastError is why the channel's last publisher was refused or cut, also after its key was revoked.
func (s *Service) lastError(ctx context.Context, channelID string) (IngestError, error) {
	v, _, err := db.Get(ctx, s.DB, func(r db.Row) (v IngestError, err error) { err = r.Scan(&v.Code, &v.Detail, &v.At); return v, err },
		`SELECT error_code, error_detail, error_at FROM media_ingests WHERE channel_id = $1`, channelID)
	return v, err
}

func clip(text string) string {
	if len(text) > maxDetail {
		text = text[:maxDetail]
	}
	return strings.ToValidUTF8(text, "")
}

func hashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
