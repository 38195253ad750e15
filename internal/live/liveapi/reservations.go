package liveapi

import (
	"context"
	"net/http"

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

// reminderRoom bounds a slow reader: what does not fit is in the list it reads anyway.
const reminderRoom = 16

// reminderStream tells a person that there is something new to read.
func (h *door) reminderStream(w http.ResponseWriter, req *http.Request) {
	subject := live.ReminderSubject(server.ActorFrom(req.Context()).UserID)
	h.router.Stream(w, req, server.Stream{Event: "reminder", Waiting: reminderRoom, Subscribe: func(tell func([]byte)) (func(), error) {
		return h.Subscribe(subject, func(_ string, data []byte) { tell(data) })
	}})
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
