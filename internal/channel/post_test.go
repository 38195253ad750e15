package channel_test

import (
	"slices"
	"testing"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/channel/channeltest"
	"github.com/hawker-live/hawker/internal/identity"
)

func TestPublish_TheTeamPublishesVideosAndPictures(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		c := w.Found(mei, "tea")
		w.Join(mei, c.ID, "bob", identity.Staff)
		video := w.Video(bo, channel.MaxVideoMS)
		made, err := w.Channel.Publish(w.Ctx, bo, c.ID, channel.PostDraft{Kind: channel.VideoPost, Text: " 采茶 ", Assets: []string{video}, Cover: w.Picture(bo), ProductID: "prd_tea", Tags: []string{"#Tea", "tea", " 春 ", ""}})
		w.OK(err)
		p, err := w.Channel.Post(w.Ctx, identity.Actor{}, made.ID)
		w.OK(err)
		if p.Text != "采茶" || !slices.Equal(p.Tags, []string{"tea", "春"}) || !slices.Equal(p.Assets, []string{video}) || p.ProductID != "prd_tea" || p.Cover != made.Cover {
			t.Errorf("stored %+v", p)
		}
		if w.Facts("channel.post_published") != 1 {
			t.Error("no fact of the post")
		}
		if c, _ = w.Channel.Channel(w.Ctx, c.ID); c.Posts != 1 {
			t.Errorf("%d posts counted", c.Posts)
		}
	})
}

func TestPublish_Refusals(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo, eve := w.User("mei"), w.User("bob"), w.User("eve")
		c := w.Found(mei, "tea")
		w.Join(mei, c.ID, "eve", identity.Moderator)
		pic, video := w.Picture(mei), w.Video(mei, 1000)
		good := channel.PostDraft{Kind: channel.PicturesPost, Assets: []string{pic}}
		with := func(change func(d *channel.PostDraft)) channel.PostDraft { d := good; change(&d); return d }
		for _, tc := range []struct {
			name  string
			actor identity.Actor
			in    channel.PostDraft
			code  string
		}{
			{"a visitor", identity.Actor{}, good, "sign_in_required"},
			{"a stranger", bo, good, "not_yours"},
			{"a moderator of talk", eve, good, "not_yours"},
			{"no files", mei, with(func(d *channel.PostDraft) { d.Assets = nil }), "post_files"},
			{"ten pictures", mei, with(func(d *channel.PostDraft) { d.Assets = slices.Repeat([]string{pic}, channel.MaxPictures+1) }), "post_files"},
			{"two videos", mei, with(func(d *channel.PostDraft) { d.Kind, d.Assets = channel.VideoPost, []string{video, video} }), "post_files"},
			{"an unknown kind", mei, with(func(d *channel.PostDraft) { d.Kind = "poem" }), "post_files"},
			{"a video as picture", mei, with(func(d *channel.PostDraft) { d.Assets = []string{video} }), "asset_kind"},
			{"another's picture", mei, with(func(d *channel.PostDraft) { d.Assets = []string{w.Picture(bo)} }), "asset_not_found"},
			{"another's cover", mei, with(func(d *channel.PostDraft) { d.Cover = w.Picture(bo) }), "asset_not_found"},
			{"a film", mei, with(func(d *channel.PostDraft) {
				d.Kind, d.Assets = channel.VideoPost, []string{w.Video(mei, channel.MaxVideoMS+1)}
			}), "video_too_long"},
			{"a novel", mei, with(func(d *channel.PostDraft) { d.Text = text(channel.MaxText + 1) }), "text_long"},
			{"a tag with spaces", mei, with(func(d *channel.PostDraft) { d.Tags = []string{"two words"} }), "tag_invalid"},
			{"six tags", mei, with(func(d *channel.PostDraft) { d.Tags = []string{"a", "b", "c", "d", "e", "f"} }), "tags_many"},
			{"another's product", mei, with(func(d *channel.PostDraft) { d.ProductID = channeltest.Forbidden }), "product_not_yours"},
		} {
			_, err := w.Channel.Publish(w.Ctx, tc.actor, c.ID, tc.in)
			if err == nil {
				t.Errorf("%s: published", tc.name)
			}
			w.Refused(err, tc.code)
		}
		if list, _ := w.Channel.PostsOf(w.Ctx, c.ID, true, "", 10); len(list) != 0 || w.Facts("channel.post_published") != 0 {
			t.Errorf("refused posts left %v and %d facts", list, w.Facts("channel.post_published"))
		}
	})
}

func TestEditPost_ReplacesWordsTagsAndProduct(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		c := w.Found(mei, "tea")
		p := w.Post(mei, c.ID, "old", "green", "spring")
		words, product, none, forbidden, long := "new", "prd_1", "", channeltest.Forbidden, text(channel.MaxText+1)
		_, err := w.Channel.EditPost(w.Ctx, mei, p.ID, channel.Edit{Text: &words, Tags: []string{"spring", "oolong"}, ProductID: &product})
		w.OK(err)
		got, err := w.Channel.Post(w.Ctx, mei, p.ID)
		w.OK(err)
		if got.Text != "new" || !slices.Equal(got.Tags, []string{"spring", "oolong"}) || got.ProductID != "prd_1" {
			t.Errorf("edited to %+v", got)
		}
		for tag, want := range map[string]int{"green": 0, "spring": 1, "oolong": 1} {
			if list, err := w.Channel.Tagged(w.Ctx, tag, "", 10); err != nil || len(list) != want {
				t.Errorf("tag %s finds %d posts, want %d (%v)", tag, len(list), want, err)
			}
		}
		got, err = w.Channel.EditPost(w.Ctx, mei, p.ID, channel.Edit{ProductID: &none})
		w.OK(err)
		if got.ProductID != "" || got.Text != "new" {
			t.Errorf("taking the product away left %+v", got)
		}
		_, err = w.Channel.EditPost(w.Ctx, bo, p.ID, channel.Edit{Text: &words})
		w.Refused(err, "not_yours")
		_, err = w.Channel.EditPost(w.Ctx, mei, p.ID, channel.Edit{Text: &long})
		w.Refused(err, "text_long")
		_, err = w.Channel.EditPost(w.Ctx, mei, p.ID, channel.Edit{ProductID: &forbidden})
		w.Refused(err, "product_not_yours")
	})
}

func TestDeletePost_TakesItFromEveryList(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		c := w.Found(mei, "tea")
		p := w.Post(mei, c.ID, "gone soon", "tea")
		_, err := w.Channel.Like(w.Ctx, bo, p.ID, true)
		w.OK(err)
		_, err = w.Channel.Pin(w.Ctx, mei, p.ID, true)
		w.OK(err)
		w.Refused(w.Channel.DeletePost(w.Ctx, bo, p.ID), "not_yours")
		w.OK(w.Channel.DeletePost(w.Ctx, mei, p.ID))
		w.Refused(w.Channel.DeletePost(w.Ctx, mei, p.ID), "post_not_found")
		_, err = w.Channel.Post(w.Ctx, mei, p.ID)
		w.Refused(err, "post_not_found")
		_, err = w.Channel.Like(w.Ctx, bo, p.ID, false)
		w.Refused(err, "post_not_found")
		own, _ := w.Channel.PostsOf(w.Ctx, c.ID, true, "", 10)
		pinned, _ := w.Channel.PinnedOf(w.Ctx, c.ID)
		tagged, _ := w.Channel.Tagged(w.Ctx, "tea", "", 10)
		kept, _ := w.Channel.Kept(w.Ctx, bo, false, "", 10)
		newest, _ := w.Channel.Newest(w.Ctx, "", 10)
		if n := len(own) + len(pinned) + len(tagged) + len(kept) + len(newest); n != 0 {
			t.Errorf("a deleted post stands in %d lists", n)
		}
	})
}

func TestPin_AtMostTwoAlsoAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei := w.User("mei")
		c := w.Found(mei, "tea")
		posts := make([]channel.Post, 5)
		for i := range posts {
			posts[i] = w.Post(mei, c.ID, "x")
		}
		got := channeltest.Outcomes(w.AtOnce(len(posts), func(i int) error {
			_, err := w.Channel.Pin(w.Ctx, mei, posts[i].ID, true)
			return err
		}))
		if got[""] != channel.MaxPinned || got["pins_full"] != len(posts)-channel.MaxPinned {
			t.Errorf("outcomes %v", got)
		}
		pinned, err := w.Channel.PinnedOf(w.Ctx, c.ID)
		w.OK(err)
		if len(pinned) != channel.MaxPinned {
			t.Fatalf("pinned %v", ids(pinned))
		}
		_, err = w.Channel.Pin(w.Ctx, mei, pinned[0].ID, true) // pressed twice
		w.OK(err)
		_, err = w.Channel.Pin(w.Ctx, mei, pinned[0].ID, false)
		w.OK(err)
		free := slices.IndexFunc(posts, func(p channel.Post) bool { return !slices.Contains(ids(pinned), p.ID) })
		_, err = w.Channel.Pin(w.Ctx, mei, posts[free].ID, true)
		w.OK(err)
		_, err = w.Channel.Pin(w.Ctx, w.User("bob"), posts[0].ID, false)
		w.Refused(err, "not_yours")
	})
}

func TestHide_OnlyTheTeamAndOperatorsStillSeeIt(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo, op := w.User("mei"), w.User("bob"), w.Operator("ops")
		c := w.Found(mei, "tea")
		p := w.Post(mei, c.ID, "cures everything", "tea")
		_, err := w.Channel.Pin(w.Ctx, mei, p.ID, true)
		w.OK(err)
		w.Refused(w.Channel.Hide(w.Ctx, mei, p.ID, "x"), "operator_only")
		w.Refused(w.Channel.Hide(w.Ctx, identity.Actor{}, p.ID, "x"), "sign_in_required")
		w.Refused(w.Channel.Hide(w.Ctx, op, "pst_none", "x"), "post_not_found")
		w.OK(w.Channel.Hide(w.Ctx, op, p.ID, "a false claim"))
		w.Refused(w.Channel.Hide(w.Ctx, op, p.ID, "again"), "post_state")

		for _, who := range []identity.Actor{mei, op} {
			if got, err := w.Channel.Post(w.Ctx, who, p.ID); err != nil || got.HiddenReason != "a false claim" || got.PinnedAt != 0 {
				t.Errorf("%s reads %+v, %v", who.Name, got, err)
			}
		}
		for _, who := range []identity.Actor{bo, {}} {
			_, err := w.Channel.Post(w.Ctx, who, p.ID)
			w.Refused(err, "post_not_found")
		}
		_, err = w.Channel.Like(w.Ctx, bo, p.ID, true)
		w.Refused(err, "post_not_found")
		_, err = w.Channel.Say(w.Ctx, bo, p.ID, "hi", "")
		w.Refused(err, "post_not_found")
		_, err = w.Channel.Pin(w.Ctx, mei, p.ID, true)
		w.Refused(err, "post_hidden")
		public, _ := w.Channel.PostsOf(w.Ctx, c.ID, false, "", 10)
		team, _ := w.Channel.PostsOf(w.Ctx, c.ID, true, "", 10)
		newest, _ := w.Channel.Newest(w.Ctx, "", 10)
		tagged, _ := w.Channel.Tagged(w.Ctx, "tea", "", 10)
		if len(public)+len(newest)+len(tagged) != 0 || len(team) != 1 {
			t.Errorf("public %d, newest %d, tagged %d, team %d", len(public), len(newest), len(tagged), len(team))
		}
		w.Refused(w.Channel.Show(w.Ctx, mei, p.ID), "operator_only")
		w.OK(w.Channel.Show(w.Ctx, op, p.ID))
		w.Refused(w.Channel.Show(w.Ctx, op, p.ID), "post_state")
		if got, err := w.Channel.Post(w.Ctx, bo, p.ID); err != nil || got.HiddenReason != "" {
			t.Errorf("restored %+v, %v", got, err)
		}
	})
}

func TestMarks_TwiceCountOnce(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		c := w.Found(mei, "tea")
		p, other := w.Post(mei, c.ID, "x"), w.Post(mei, c.ID, "y")
		for _, step := range []struct {
			name string
			do   func() (int64, error)
			want int64
		}{
			{"like", func() (int64, error) { return w.Channel.Like(w.Ctx, bo, p.ID, true) }, 1},
			{"like again", func() (int64, error) { return w.Channel.Like(w.Ctx, bo, p.ID, true) }, 1},
			{"like by another", func() (int64, error) { return w.Channel.Like(w.Ctx, mei, p.ID, true) }, 2},
			{"unlike", func() (int64, error) { return w.Channel.Like(w.Ctx, mei, p.ID, false) }, 1},
			{"unlike again", func() (int64, error) { return w.Channel.Like(w.Ctx, mei, p.ID, false) }, 1},
			{"save", func() (int64, error) { return w.Channel.Save(w.Ctx, bo, p.ID, true) }, 1},
			{"save again", func() (int64, error) { return w.Channel.Save(w.Ctx, bo, p.ID, true) }, 1},
			{"unsave what was not saved", func() (int64, error) { return w.Channel.Save(w.Ctx, mei, p.ID, false) }, 1},
			{"share", func() (int64, error) { return w.Channel.Share(w.Ctx, bo, p.ID) }, 1},
			{"share again", func() (int64, error) { return w.Channel.Share(w.Ctx, bo, p.ID) }, 2},
		} {
			if n, err := step.do(); err != nil || n != step.want {
				t.Errorf("%s: %d, %v; want %d", step.name, n, err, step.want)
			}
		}
		liked, saved, err := w.Channel.Marks(w.Ctx, bo, []string{p.ID, other.ID})
		w.OK(err)
		if len(liked) != 1 || !liked[p.ID] || len(saved) != 1 || !saved[p.ID] {
			t.Errorf("marks %v %v", liked, saved)
		}
		for _, saved := range []bool{false, true} {
			if list, err := w.Channel.Kept(w.Ctx, bo, saved, "", 10); err != nil || len(list) != 1 {
				t.Errorf("kept (saved %v): %v, %v", saved, ids(list), err)
			}
		}
		_, err = w.Channel.Like(w.Ctx, identity.Actor{}, p.ID, true)
		w.Refused(err, "sign_in_required")
		_, err = w.Channel.Share(w.Ctx, bo, "pst_none")
		w.Refused(err, "post_not_found")
		if n := w.Facts("channel.post_liked"); n != 2 {
			t.Errorf("%d facts of 2 likes", n)
		}
	})
}

func TestMarks_ManyAtOnceAreAllCounted(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei := w.User("mei")
		c := w.Found(mei, "tea")
		p := w.Post(mei, c.ID, "x")
		fans := []identity.Actor{w.User("fan-1"), w.User("fan-2"), w.User("fan-3"), w.User("fan-4")}
		// All of them lock the post before its channel, so that none waits in a circle.
		for _, err := range w.AtOnce(24, func(i int) error {
			switch fan := fans[i%4]; i % 3 {
			case 0:
				_, err := w.Channel.Like(w.Ctx, fan, p.ID, true)
				return err
			case 1:
				_, err := w.Channel.Save(w.Ctx, fan, p.ID, true)
				return err
			default:
				_, err := w.Channel.Pin(w.Ctx, mei, p.ID, true)
				return err
			}
		}) {
			w.OK(err)
		}
		if p, _ = w.Channel.Post(w.Ctx, mei, p.ID); p.Likes != 4 || p.Saves != 4 {
			t.Errorf("%d likes, %d saves of 4", p.Likes, p.Saves)
		}
	})
}

func TestLists_PageWithoutGapOrRepeat(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		c := w.Found(mei, "tea")
		var want []string
		for range 7 {
			p := w.Post(mei, c.ID, "x", "tea")
			_, err := w.Channel.Like(w.Ctx, bo, p.ID, true)
			w.OK(err)
			want = append([]string{p.ID}, want...)
		}
		_, err := w.Channel.Follow(w.Ctx, bo, c.ID, true)
		w.OK(err)
		w.Post(bo, w.Found(bo, "cake").ID, "not followed")
		for name, page := range map[string]func(cursor string) ([]channel.Post, error){
			"of the channel": func(cursor string) ([]channel.Post, error) { return w.Channel.PostsOf(w.Ctx, c.ID, false, cursor, 3) },
			"followed":       func(cursor string) ([]channel.Post, error) { return w.Channel.NewestFollowed(w.Ctx, bo, cursor, 3) },
			"tagged":         func(cursor string) ([]channel.Post, error) { return w.Channel.Tagged(w.Ctx, "tea", cursor, 3) },
			"liked":          func(cursor string) ([]channel.Post, error) { return w.Channel.Kept(w.Ctx, bo, false, cursor, 3) },
		} {
			var got []string
			for cursor := ""; len(got) <= len(want); cursor = got[len(got)-1] {
				list, err := page(cursor)
				w.OK(err)
				got = append(got, ids(list)...)
				if len(list) < 3 {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
	})
}

func TestSearch_IsForOperatorsAndEscapesWildcards(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, op := w.User("mei"), w.Operator("ops")
		c := w.Found(mei, "tea")
		w.Post(mei, c.ID, "全场 50% Off")
		hidden := w.Post(mei, c.ID, "500 g of tea!")
		w.OK(w.Channel.Hide(w.Ctx, op, hidden.ID, "x"))
		find := func(query string, state channel.State) int {
			list, err := w.Channel.Search(w.Ctx, op, query, state, "", 10)
			w.OK(err)
			return len(list)
		}
		for _, tc := range []struct {
			query string
			state channel.State
			want  int
		}{{"", "", 2}, {"50%", "", 1}, {"50% off", "", 1}, {"全场", channel.Shown, 1}, {"", channel.Hidden, 1}, {"_", "", 0}, {"tea!", "", 1}} {
			if n := find(tc.query, tc.state); n != tc.want {
				t.Errorf("search %q in %q finds %d, want %d", tc.query, tc.state, n, tc.want)
			}
		}
		_, err := w.Channel.Search(w.Ctx, mei, "", "", "", 10)
		w.Refused(err, "operator_only")
		if n, err := w.Channel.CountSince(w.Ctx, w.Channel.Today()); err != nil || n != 2 {
			t.Errorf("%d posts today, %v", n, err)
		}
	})
}
