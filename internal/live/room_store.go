package live

import (
	"context"
	"strings"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

const roomColumns = `id, channel_id, title, cover, state, record, demo, session, epoch, explain_product, explain_at, pin, likes, comments, entered, online, peak, ended_by, created_at, started_at, ended_at`

func scanRoom(r db.Row) (v Room, err error) {
	var record, demo int64
	err = r.Scan(&v.ID, &v.ChannelID, &v.Title, &v.Cover, &v.State, &record, &demo, &v.Session, &v.Epoch, &v.Explain, &v.ExplainAt, &v.Pin,
		&v.Likes, &v.Comments, &v.Entered, &v.Online, &v.Peak, &v.EndedBy, &v.CreatedAt, &v.StartedAt, &v.EndedAt)
	v.Record, v.Demo = record == 1, demo == 1
	return v, err
}

func (s *Service) insertRoom(ctx context.Context, r Room) error {
	_, err := s.DB.Exec(ctx, `INSERT INTO live_rooms (`+roomColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,'',0,'',0,'',0,0,0,0,0,'',$8,0,0)`,
		r.ID, r.ChannelID, r.Title, r.Cover, string(r.State), flag(r.Record), flag(r.Demo), r.CreatedAt)
	return err
}

// Room finds a room.
func (s *Service) Room(ctx context.Context, roomID string) (Room, error) {
	r, found, err := db.Get(ctx, s.DB, scanRoom, `SELECT `+roomColumns+` FROM live_rooms WHERE id = $1`, roomID)
	if err == nil && !found {
		err = errNoRoom
	}
	return s.fresh(r), err
}

// fresh adds what only the running sequencer knows yet.
func (s *Service) fresh(r Room) Room {
	if q := s.sequencer(r.ID); q != nil {
		q.refresh(&r)
	}
	return r
}

// likeEscape makes a person's words literal in LIKE … ESCAPE '!'.
var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// Filter chooses rooms for a list.
type Filter struct {
	ChannelID string
	States    []timeline.State // none: all
	Query     string           // part of the title
	Replays   bool             // of ended rooms only those with a recording
	Cursor    string           // id of the last row seen
	Limit     int
}

// Rooms lists rooms, newest first. A show of the sample world that is being recorded is not among them: it is
// a broadcast of another evening, and there to be watched once it is over.
func (s *Service) Rooms(ctx context.Context, f Filter) ([]Room, error) {
	if len(f.States) == 0 {
		f.States = []timeline.State{timeline.Prepared, timeline.Live, timeline.Reconnecting, timeline.Ended, timeline.Cancelled}
	}
	args := []any{f.Cursor, "%" + strings.ToLower(likeEscape.Replace(f.Query)) + "%", f.ChannelID, flag(f.Replays)}
	for _, st := range f.States {
		args = append(args, string(st))
	}
	args = append(args, f.Limit)
	q := `SELECT ` + roomColumns + ` FROM live_rooms WHERE ($1 = '' OR id < $1) AND lower(title) LIKE $2 ESCAPE '!' AND ($3 = '' OR channel_id = $3)
		AND ($4 = 0 OR state <> 'ended' OR EXISTS (SELECT 1 FROM live_recordings p WHERE p.room_id = live_rooms.id))
		AND NOT (demo = 1 AND record = 1 AND state IN ('prepared', 'live', 'reconnecting'))
		AND state IN (` + db.Placeholders(5, len(f.States)) + `) ORDER BY id DESC LIMIT ` + db.Placeholders(5+len(f.States), 1)
	list, err := db.List(ctx, s.DB, scanRoom, q, args...)
	for i := range list {
		list[i] = s.fresh(list[i])
	}
	return list, err
}

// CurrentByChannels maps each of the channels that is on air to its room. At most 500 ids a call.
func (s *Service) CurrentByChannels(ctx context.Context, channelIDs []string) (map[string]string, error) {
	out := map[string]string{}
	if len(channelIDs) == 0 {
		return out, nil
	}
	args := make([]any, len(channelIDs))
	for i, v := range channelIDs {
		args[i] = v
	}
	type row struct{ channel, room string }
	rows, err := db.List(ctx, s.DB, func(r db.Row) (v row, err error) { err = r.Scan(&v.channel, &v.room); return v, err },
		`SELECT channel_id, id FROM live_rooms WHERE state IN ('live', 'reconnecting') AND NOT (demo = 1 AND record = 1) AND channel_id IN (`+db.Placeholders(1, len(args))+`)`, args...)
	for _, r := range rows {
		out[r.channel] = r.room
	}
	return out, err
}

// Current is the channel's room on air, found false when there is none.
func (s *Service) Current(ctx context.Context, channelID string) (Room, bool, error) {
	r, found, err := db.Get(ctx, s.DB, scanRoom, `SELECT `+roomColumns+` FROM live_rooms WHERE channel_id = $1 AND state IN ('live', 'reconnecting')`, channelID)
	return s.fresh(r), found, err
}

func (s *Service) noteRecording(ctx context.Context, roomID, recordingID string) error {
	if recordingID == "" {
		return nil
	}
	_, err := s.DB.Exec(ctx, `INSERT INTO live_recordings (room_id, recording_id, at) VALUES ($1,$2,$3) ON CONFLICT (room_id, recording_id) DO NOTHING`, roomID, recordingID, s.now())
	return err
}

// Recordings of a room in order: more than one when the server restarted during the broadcast.
func (s *Service) Recordings(ctx context.Context, roomID string) ([]string, error) {
	return db.List(ctx, s.DB, func(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err },
		`SELECT recording_id FROM live_recordings WHERE room_id = $1 ORDER BY at, recording_id`, roomID)
}

// HasReplay tells which of the rooms have a recording.
func (s *Service) HasReplay(ctx context.Context, roomIDs []string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(roomIDs) == 0 {
		return out, nil
	}
	args := make([]any, len(roomIDs))
	for i, v := range roomIDs {
		args[i] = v
	}
	ids, err := db.List(ctx, s.DB, func(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err },
		`SELECT DISTINCT room_id FROM live_recordings WHERE room_id IN (`+db.Placeholders(1, len(args))+`)`, args...)
	for _, v := range ids {
		out[v] = true
	}
	return out, err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
