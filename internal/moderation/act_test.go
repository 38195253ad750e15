package moderation_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/channel/channeltest"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/moderation"
)

// act is one of the things an operator does, on a subject prepared for it.
type act struct {
	name    string
	kind    string
	subject string
	do      func(ctx context.Context, a identity.Actor, subjectID, reason string) error
	unknown string // code for a subject that does not exist
	twice   string // code for doing it again
}

// acts prepares a subject for each act, in an order in which each can be done.
func (w *world) acts() []act {
	mei, bo := w.User("mei"), w.User("bob")
	c := w.Found(mei, "tea")
	p := w.Post(mei, c.ID, "x")
	said := w.Say(bo, p.ID, "rude")
	room := w.onAir(w.Found(mei, "air").ID, "night")
	return []act{
		{moderation.HideComment, "comment", said.ID, w.mod.HideComment, "comment_not_found", "comment_state"},
		{moderation.RestoreComment, "comment", said.ID, w.mod.RestoreComment, "comment_not_found", "comment_state"},
		{moderation.HidePost, "post", p.ID, w.mod.HidePost, "post_not_found", "post_state"},
		{moderation.RestorePost, "post", p.ID, w.mod.RestorePost, "post_not_found", "post_state"},
		{moderation.StopRoom, "room", room.ID, w.mod.Stop, "room_not_found", "room_not_live"},
		{moderation.SuspendUser, "user", bo.UserID, w.mod.Suspend, "user_not_found", "user_state"},
		{moderation.RestoreUser, "user", bo.UserID, w.mod.Restore, "user_not_found", "user_state"},
	}
}

func TestActs_AreLoggedOnceWithTheirReason(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var want []string
		for _, tc := range w.acts() {
			w.OK(tc.do(w.Ctx, w.op, tc.subject, "  because of "+tc.name+" "))
			want = append(want, tc.name)
			w.Refused(tc.do(w.Ctx, w.op, tc.subject, "again"), tc.twice)
			list, err := w.mod.Log(w.Ctx, w.op, "", 1)
			w.OK(err)
			e := list[0]
			if e.Act != tc.name || e.SubjectKind != tc.kind || e.SubjectID != tc.subject || e.Reason != "because of "+tc.name || e.ActorID != w.op.UserID || e.At != w.Clock.Now().UnixMilli() {
				t.Errorf("%s is logged as %+v", tc.name, e)
			}
		}
		if got := w.logged(); !slices.Equal(got, want) {
			t.Errorf("the log reads %v, want %v", got, want)
		}
	})
}

func TestActs_RefusalsLeaveNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		user := w.User("nobody")
		for _, tc := range w.acts() {
			for _, refusal := range []struct {
				actor          identity.Actor
				reason, expect string
			}{
				{identity.Actor{}, "x", "sign_in_required"}, {user, "x", "operator_only"}, {w.op, "", "reason_length"}, {w.op, " \n ", "reason_length"},
				{w.op, strings.Repeat("因", moderation.MaxReason+1), "reason_length"},
			} {
				w.Refused(tc.do(w.Ctx, refusal.actor, tc.subject, refusal.reason), refusal.expect)
			}
			w.Refused(tc.do(w.Ctx, w.op, "xxx_none", "x"), tc.unknown)
			w.OK(tc.do(w.Ctx, w.op, tc.subject, strings.Repeat("因", moderation.MaxReason))) // so that the next one can be done
		}
		w.Refused(w.mod.Suspend(w.Ctx, w.op, w.op.UserID, "tired"), "suspend_self")
		if n := len(w.logged()); n != 7 {
			t.Errorf("7 acts and many refusals left %d lines", n)
		}
	})
}

func TestActs_WithoutALineNothingHappens(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei := w.User("mei")
		p := w.Post(mei, w.Found(mei, "tea").ID, "x")
		if _, err := w.DB.Exec(w.Ctx, `DELETE FROM moderation_head`); err != nil {
			t.Fatal(err)
		}
		w.Refused(w.mod.HidePost(w.Ctx, w.op, p.ID, "x"), "log_headless")
		w.Refused(w.mod.Suspend(w.Ctx, w.op, mei.UserID, "x"), "log_headless")
		if p, _ = w.Channel.Post(w.Ctx, identity.Actor{}, p.ID); p.State != channel.Shown {
			t.Errorf("the post is %q without a line in the log", p.State)
		}
		if u, _ := w.Identity.User(w.Ctx, mei.UserID); u.State != identity.Active || w.Facts("identity.user_suspended") != 0 {
			t.Errorf("the account is %q without a line in the log", u.State)
		}
		if _, err := w.DB.Exec(w.Ctx, `INSERT INTO moderation_head (one, seq, hash) VALUES (1, 0, '')`); err != nil {
			t.Fatal(err)
		}
	})
}

func TestActs_AtOnceAreDoneOnceAndChainedOneByOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei := w.User("mei")
		c := w.Found(mei, "tea")
		var posts []channel.Post
		for range 4 {
			posts = append(posts, w.Post(mei, c.ID, "x"))
		}
		got := channeltest.Outcomes(w.AtOnce(12, func(i int) error { return w.mod.HidePost(w.Ctx, w.op, posts[i%4].ID, "x") }))
		if got[""] != 4 || got["post_state"] != 8 {
			t.Errorf("outcomes %v", got)
		}
		if n := len(w.logged()); n != 4 {
			t.Errorf("%d lines of 4 acts", n)
		}
	})
}

func TestSuspend_StopsTheRoomsOfChannelsTheUserOwns(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei, bo := w.User("mei"), w.User("bob")
		own, second, off, others := w.Found(mei, "own"), w.Found(mei, "second"), w.Found(mei, "off-air"), w.Found(bo, "others")
		w.Join(bo, others.ID, "mei", identity.Staff)
		a, b, kept := w.onAir(own.ID, "a"), w.onAir(second.ID, "b"), w.onAir(others.ID, "c")
		w.onAir(off.ID, "over").State = timeline.Ended
		w.OK(w.mod.Suspend(w.Ctx, w.op, mei.UserID, "spam"))
		if len(w.rooms.stopped) != 2 || w.rooms.stopped[a.ID] != "spam" || w.rooms.stopped[b.ID] != "spam" || !kept.OnAir() {
			t.Errorf("stopped %v", w.rooms.stopped)
		}
		if got := w.logged(); !slices.Equal(got, []string{moderation.SuspendUser, moderation.StopRoom, moderation.StopRoom}) {
			t.Errorf("the log reads %v", got)
		}
		if u, _ := w.Identity.User(w.Ctx, mei.UserID); u.State != identity.Suspended || u.SuspendedReason != "spam" {
			t.Errorf("the account is %+v", u)
		}
	})
}

func TestSuspend_SaysWhenARoomCouldNotBeStopped(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei := w.User("mei")
		w.onAir(w.Found(mei, "tea").ID, "stuck")
		w.Refused(w.mod.Suspend(w.Ctx, w.op, mei.UserID, "spam"), "room_still_on_air")
		if u, _ := w.Identity.User(w.Ctx, mei.UserID); u.State != identity.Suspended {
			t.Errorf("the account is %q", u.State)
		}
	})
}
