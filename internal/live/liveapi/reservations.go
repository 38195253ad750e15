package liveapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/server"
)

func (h *door) reserve(ctx context.Context, in *noticeIn) (*noticeOut, error) {
	if err := h.Live.Reserve(ctx, server.ActorFrom(ctx), in.ID); err != nil {
		return nil, err
	}
	return h.noticeGet(ctx, in)
}

func (h *door) unreserve(ctx context.Context, in *noticeIn) (*noticeOut, error) {
	if err := h.Live.Unreserve(ctx, server.ActorFrom(ctx), in.ID); err != nil {
		return nil, err
	}
	return h.noticeGet(ctx, in)
}

type reservationsOut struct {
	Body struct {
		Coming []LiveNotice `json:"coming" maxItems:"50" doc:"planned or live, the next first"`
		Past   []LiveNotice `json:"past" maxItems:"20" doc:"done, cancelled or missed, newest first"`
	}
}

func (h *door) reservations(ctx context.Context, _ *struct{}) (*reservationsOut, error) {
	a := server.ActorFrom(ctx)
	coming, past, err := h.Live.Reservations(ctx, a)
	if err != nil {
		return nil, err
	}
	var out reservationsOut
	if out.Body.Coming, err = h.Notices(ctx, a, coming); err != nil {
		return nil, err
	}
	out.Body.Past, err = h.Notices(ctx, a, past)
	return &out, err
}

// LiveReminder is something a person who reserved was told.
type LiveReminder struct {
	Kind   string     `json:"kind" enum:"soon,started,cancelled,moved"`
	At     int64      `json:"at"`
	Notice LiveNotice `json:"notice"`
}

type remindersOut struct {
	Body struct {
		Items []LiveReminder `json:"items" maxItems:"20"`
	}
}

func (h *door) reminders(ctx context.Context, _ *struct{}) (*remindersOut, error) {
	a := server.ActorFrom(ctx)
	told, err := h.Live.Reminders(ctx, a)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(told))
	for i, r := range told {
		ids[i] = r.NoticeID
	}
	known, err := h.Live.NoticesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	notices := make([]live.Notice, len(told))
	for i, id := range ids {
		notices[i] = known[id]
	}
	cards, err := h.Notices(ctx, a, notices)
	if err != nil {
		return nil, err
	}
	var out remindersOut
	out.Body.Items = make([]LiveReminder, len(told))
	for i, r := range told {
		out.Body.Items[i] = LiveReminder{Kind: string(r.Kind), At: r.At, Notice: cards[i]}
	}
	return &out, nil
}

type reminderReadIn struct {
	Body struct {
		NoticeID string `json:"noticeId" maxLength:"64"`
		Kind     string `json:"kind" enum:"soon,started,cancelled,moved"`
	}
}

func (h *door) reminderRead(ctx context.Context, in *reminderReadIn) (*struct{}, error) {
	return nil, h.Live.ReadReminders(ctx, server.ActorFrom(ctx), in.Body.NoticeID, live.ReminderKind(in.Body.Kind))
}

const (
	// reminderBeat keeps proxies from closing a quiet stream; most wait 30 to 60 s.
	reminderBeat = 15 * time.Second
	// reminderRoom bounds a slow reader: what does not fit is in the list it reads anyway.
	reminderRoom = 16
)

// reminderStream tells a person that there is something new to read. A lost event costs freshness only.
func (h *door) reminderStream(w http.ResponseWriter, req *http.Request) {
	ctx := req.Context()
	events := make(chan []byte, reminderRoom)
	cancel, err := h.Subscribe(live.ReminderSubject(server.ActorFrom(ctx).UserID), func(_ string, data []byte) {
		select {
		case events <- data:
		default:
		}
	})
	if err != nil {
		h.router.WriteError(w, req, fmt.Errorf("subscribe to reminders: %w", err))
		return
	}
	defer cancel()
	head := w.Header()
	head.Set("Content-Type", "text/event-stream")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	send := func(text string) bool {
		if _, err := w.Write([]byte(text)); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	beat := h.Live.Clock.Ticker(reminderBeat)
	defer beat.Stop()
	for ok := send(": ready\n\n"); ok; {
		select {
		case <-ctx.Done():
			return
		case data := <-events:
			ok = send("event: reminder\ndata: " + string(data) + "\n\n")
		case <-beat.C():
			ok = send(": beat\n\n")
		}
	}
}

// calendar is the notice as a file for any calendar (RFC 5545).
func (h *door) calendar(w http.ResponseWriter, req *http.Request) {
	out, err := h.noticeGet(req.Context(), &noticeIn{ID: req.PathValue("id")})
	if err != nil {
		h.router.WriteError(w, req, err)
		return
	}
	n, err := h.Live.Notice(req.Context(), out.Body.ID)
	if err != nil {
		h.router.WriteError(w, req, err)
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="live.ics"`)
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(n.Calendar(out.Body.Channel.Name, h.PublicURL()+"/notice/"+n.ID, h.Live.Clock.Now()))
}
