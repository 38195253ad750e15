package moderation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// Entry is one line of the log.
type Entry struct {
	Seq         int64 // dense from 1
	ID          string
	At          int64 // unix ms
	ActorID     string
	Act         string
	SubjectKind string // user, room, post, comment, job, fact or refund
	SubjectID   string
	Reason      string
	PrevHash    string // of the line before, "" for the first
	Hash        string
}

// sum is the hash of a line: SHA-256 over its fields as a JSON list, so that no two lines read the same.
func (e Entry) sum() string {
	text, err := json.Marshal([]any{e.PrevHash, e.Seq, e.ID, e.At, e.ActorID, e.Act, e.SubjectKind, e.SubjectID, e.Reason})
	if err != nil { // strings and numbers always encode
		panic(err)
	}
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}

const entryColumns = `seq, id, at, actor_id, act, subject_kind, subject_id, reason, prev_hash, hash`

func scanEntry(r db.Row) (e Entry, err error) {
	err = r.Scan(&e.Seq, &e.ID, &e.At, &e.ActorID, &e.Act, &e.SubjectKind, &e.SubjectID, &e.Reason, &e.PrevHash, &e.Hash)
	return e, err
}

type head struct {
	seq  int64
	hash string
}

func scanHead(r db.Row) (h head, err error) { err = r.Scan(&h.seq, &h.hash); return h, err }

// append writes a line at the end, in ctx's transaction. The head's row is held until the commit, so that
// no two lines follow the same one.
func (s *Service) append(ctx context.Context, e Entry) error {
	h, found, err := db.Get(ctx, s.DB, scanHead, `UPDATE moderation_head SET seq = seq + 1 WHERE one = 1 RETURNING seq, hash`)
	if err != nil {
		return fmt.Errorf("take the end of the log: %w", err)
	}
	if !found {
		return errs.New(errs.Internal, "log_headless", "the log's end is missing")
	}
	e.Seq, e.ID, e.At, e.PrevHash = h.seq, s.IDs.New("mod"), s.Clock.Now().UnixMilli(), h.hash
	e.Hash = e.sum()
	if _, err := s.DB.Exec(ctx, `INSERT INTO moderation_log (`+entryColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		e.Seq, e.ID, e.At, e.ActorID, e.Act, e.SubjectKind, e.SubjectID, e.Reason, e.PrevHash, e.Hash); err != nil {
		return fmt.Errorf("write the log: %w", err)
	}
	if _, err := s.DB.Exec(ctx, `UPDATE moderation_head SET hash = $1 WHERE one = 1`, e.Hash); err != nil {
		return fmt.Errorf("move the end of the log: %w", err)
	}
	return nil
}

// Log lists what was done, newest first. The cursor is the id of the last line seen.
func (s *Service) Log(ctx context.Context, a identity.Actor, cursor string, limit int) ([]Entry, error) {
	if err := identity.RequireOperator(a); err != nil {
		return nil, err
	}
	before := int64(math.MaxInt64)
	if cursor != "" {
		seq, found, err := db.Get(ctx, s.DB, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }, `SELECT seq FROM moderation_log WHERE id = $1`, cursor)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, errs.New(errs.Invalid, "cursor_invalid", "this is not a cursor of this list; begin again without one").In("cursor")
		}
		before = seq
	}
	return db.List(ctx, s.DB, scanEntry, `SELECT `+entryColumns+` FROM moderation_log WHERE seq < $1 ORDER BY seq DESC LIMIT $2`, before, limit)
}

// Break is one line of the log that does not fit, or another invariant that does not hold.
type Break struct{ Rule, Subject, Detail string }

const (
	auditPage = 500
	// maxBreaks: the first hundred tell as much as all.
	maxBreaks = 100
)

// Audit walks the whole log and checks that every line is as it was written, in its place, and that none is
// missing at the end. Whoever can rewrite the database can also rewrite the end; keep a copy of the last
// hash elsewhere to notice that.
func (s *Service) Audit(ctx context.Context) ([]Break, error) {
	end, found, err := db.Get(ctx, s.DB, scanHead, `SELECT seq, hash FROM moderation_head WHERE one = 1`)
	if err != nil {
		return nil, fmt.Errorf("read the end of the log: %w", err)
	}
	if !found {
		return []Break{{"log.has_end", "moderation_head", "the row is missing"}}, nil
	}
	var out []Break
	at := head{}
	for at.seq < end.seq && len(out) < maxBreaks {
		lines, err := db.List(ctx, s.DB, scanEntry, `SELECT `+entryColumns+` FROM moderation_log WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3`, at.seq, end.seq, auditPage)
		if err != nil {
			return nil, fmt.Errorf("read the log: %w", err)
		}
		if len(lines) == 0 {
			break
		}
		for _, e := range lines {
			out = append(out, checkLine(e, at)...)
			at = head{e.Seq, e.Hash}
		}
	}
	if len(out) < maxBreaks && at != end {
		out = append(out, Break{"log.ends_at_its_end", "moderation_head", fmt.Sprintf("the last line is %d, the end says %d", at.seq, end.seq)})
	}
	return out[:min(len(out), maxBreaks)], nil
}

func checkLine(e Entry, before head) []Break {
	var out []Break
	if e.Seq != before.seq+1 {
		out = append(out, Break{"log.dense", e.ID, fmt.Sprintf("line %d follows line %d", e.Seq, before.seq)})
	}
	if e.PrevHash != before.hash {
		out = append(out, Break{"log.chained", e.ID, fmt.Sprintf("line %d does not name the hash of the line before", e.Seq)})
	}
	if e.Hash != e.sum() {
		out = append(out, Break{"log.unchanged", e.ID, fmt.Sprintf("line %d is not what was written", e.Seq)})
	}
	return out
}
