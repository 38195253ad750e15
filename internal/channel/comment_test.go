package channel_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/channel/channeltest"
	"github.com/hawker-live/hawker/internal/identity"
)

func TestSay_CommentsAndAnswersStandUnderThePost(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		p := w.Post(mei, w.Found(mei, "tea").ID, "x")
		first := w.Say(bo, p.ID, " 多少钱 ")
		answer, err := w.Channel.Say(w.Ctx, mei, p.ID, "十块", first.ID)
		w.OK(err)
		list, err := w.Channel.Comments(w.Ctx, identity.Actor{}, p.ID, "", 10)
		w.OK(err)
		if len(list) != 2 || list[0].ID != answer.ID || list[0].ReplyTo != first.ID || list[1].Text != "多少钱" {
			t.Errorf("comments %+v", list)
		}
		rest, err := w.Channel.Comments(w.Ctx, bo, p.ID, answer.ID, 10)
		w.OK(err)
		if len(rest) != 1 || rest[0].ID != first.ID {
			t.Errorf("after the cursor %+v", rest)
		}
		if p, _ = w.Channel.Post(w.Ctx, bo, p.ID); p.Comments != 2 {
			t.Errorf("%d comments counted", p.Comments)
		}
	})
}

func TestSay_Refusals(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		c := w.Found(mei, "tea")
		p, other := w.Post(mei, c.ID, "x"), w.Post(mei, c.ID, "y")
		elsewhere := w.Say(bo, other.ID, "z")
		for _, tc := range []struct {
			actor               identity.Actor
			postID, text, reply string
			code                string
		}{
			{identity.Actor{}, p.ID, "hi", "", "sign_in_required"},
			{bo, p.ID, "  ", "", "comment_length"},
			{bo, p.ID, text(channel.MaxComment + 1), "", "comment_length"},
			{bo, "pst_none", "hi", "", "post_not_found"},
			{bo, p.ID, "hi", "pcm_none", "comment_not_found"},
			{bo, p.ID, "hi", elsewhere.ID, "reply_elsewhere"},
		} {
			_, err := w.Channel.Say(w.Ctx, tc.actor, tc.postID, tc.text, tc.reply)
			w.Refused(err, tc.code)
		}
		if p, _ = w.Channel.Post(w.Ctx, bo, p.ID); p.Comments != 0 {
			t.Errorf("%d refused comments counted", p.Comments)
		}
	})
}

func TestSay_TwelveAMinute(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		p := w.Post(mei, w.Found(mei, "tea").ID, "x")
		say := func(a identity.Actor) error {
			_, err := w.Channel.Say(w.Ctx, a, p.ID, "hi", "")
			return err
		}
		for range 12 {
			w.OK(say(bo))
		}
		w.Refused(say(bo), "comment_rate")
		w.OK(say(mei)) // the limit is one person's
		w.Clock.Advance(time.Minute)
		w.OK(say(bo))
	})
}

func TestDeleteComment_ByItsWriterOrTheTeam(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo, eve := w.User("mei"), w.User("bob"), w.User("eve")
		c := w.Found(mei, "tea")
		w.Join(mei, c.ID, "eve", identity.Moderator)
		p := w.Post(mei, c.ID, "x")
		stranger := w.User("zoe")
		for _, who := range []identity.Actor{bo, mei, eve} {
			said := w.Say(bo, p.ID, "hi")
			w.Refused(w.Channel.DeleteComment(w.Ctx, stranger, said.ID), "not_yours")
			w.Refused(w.Channel.DeleteComment(w.Ctx, identity.Actor{}, said.ID), "sign_in_required")
			w.OK(w.Channel.DeleteComment(w.Ctx, who, said.ID))
			w.Refused(w.Channel.DeleteComment(w.Ctx, who, said.ID), "comment_not_found")
		}
		if list, _ := w.Channel.Comments(w.Ctx, bo, p.ID, "", 10); len(list) != 0 {
			t.Errorf("deleted comments are listed: %+v", list)
		}
	})
}

func TestHideComment_OnceAlsoAtOnceAndBack(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo, op := w.User("mei"), w.User("bob"), w.Operator("ops")
		p := w.Post(mei, w.Found(mei, "tea").ID, "x")
		said := w.Say(bo, p.ID, "rude")
		w.Say(bo, p.ID, "polite")
		w.Refused(w.Channel.HideComment(w.Ctx, mei, said.ID), "operator_only")
		w.Refused(w.Channel.HideComment(w.Ctx, op, "pcm_none"), "comment_not_found")
		w.Refused(w.Channel.ShowComment(w.Ctx, op, said.ID), "comment_state")
		got := channeltest.Outcomes(w.AtOnce(6, func(int) error { return w.Channel.HideComment(w.Ctx, op, said.ID) }))
		if got[""] != 1 || got["comment_state"] != 5 {
			t.Errorf("outcomes of six at once: %v", got)
		}
		if list, _ := w.Channel.Comments(w.Ctx, bo, p.ID, "", 10); len(list) != 1 || list[0].Text != "polite" {
			t.Errorf("hidden, yet listed: %+v", list)
		}
		found, err := w.Channel.SearchComments(w.Ctx, op, "RUDE", "", 10)
		w.OK(err)
		if len(found) != 1 || found[0].State != channel.Hidden {
			t.Errorf("an operator finds %+v", found)
		}
		_, err = w.Channel.SearchComments(w.Ctx, bo, "", "", 10)
		w.Refused(err, "operator_only")
		w.OK(w.Channel.ShowComment(w.Ctx, op, said.ID))
		if p, _ = w.Channel.Post(w.Ctx, bo, p.ID); p.Comments != 2 {
			t.Errorf("%d comments counted after the restore", p.Comments)
		}
	})
}

func TestDeleteComment_WinsOverAnOperatorAtTheSameTime(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo, op := w.User("mei"), w.User("bob"), w.Operator("ops")
		p := w.Post(mei, w.Found(mei, "tea").ID, "x")
		for i := range 5 {
			said := w.Say(bo, p.ID, fmt.Sprint("take ", i))
			errs := w.AtOnce(2, func(i int) error {
				if i == 0 {
					return w.Channel.DeleteComment(w.Ctx, bo, said.ID)
				}
				return w.Channel.HideComment(w.Ctx, op, said.ID)
			})
			w.OK(errs[0])
			w.Refused(w.Channel.DeleteComment(w.Ctx, bo, said.ID), "comment_not_found")
		}
	})
}

func TestLikeComment_TwiceCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		p := w.Post(mei, w.Found(mei, "tea").ID, "x")
		said, other := w.Say(bo, p.ID, "hi"), w.Say(bo, p.ID, "ho")
		for _, want := range []int64{1, 1} {
			if n, err := w.Channel.LikeComment(w.Ctx, mei, said.ID, true); err != nil || n != want {
				t.Errorf("%d likes, %v", n, err)
			}
		}
		liked, err := w.Channel.LikedComments(w.Ctx, mei, []string{said.ID, other.ID})
		w.OK(err)
		if len(liked) != 1 || !liked[said.ID] {
			t.Errorf("liked %v", liked)
		}
		if n, err := w.Channel.LikeComment(w.Ctx, mei, said.ID, false); err != nil || n != 0 {
			t.Errorf("%d likes after taking it back, %v", n, err)
		}
		_, err = w.Channel.LikeComment(w.Ctx, identity.Actor{}, said.ID, true)
		w.Refused(err, "sign_in_required")
		_, err = w.Channel.LikeComment(w.Ctx, mei, "pcm_none", true)
		w.Refused(err, "comment_not_found")
	})
}

func TestOwnersOfPosts_NamesEachPostsOwner(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		a, b := w.Post(mei, w.Found(mei, "tea").ID, "x"), w.Post(bo, w.Found(bo, "cake").ID, "y")
		got, err := w.Channel.OwnersOfPosts(w.Ctx, []string{a.ID, b.ID, "pst_none"})
		w.OK(err)
		if len(got) != 2 || got[a.ID] != mei.UserID || got[b.ID] != bo.UserID {
			t.Errorf("owners %v", got)
		}
	})
}
