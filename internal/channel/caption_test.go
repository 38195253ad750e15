package channel_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/channel/channeltest"
	"github.com/hawker-live/hawker/internal/identity"
)

const goodVTT = "\ufeffWEBVTT - tea\r\n\r\nNOTE made by hand\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\nfirst\r\n00:01.000 --> 00:02.500 line:0 align:start\r\n<v Mei>今年的<b>新茶</b></v>\r\n二行 &lt;3\r\n\r\n00:00:02.500 --> 00:00:04.000\r\nA & B\r\n"

// storedVTT is what goodVTT says, without its dress.
const storedVTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n今年的新茶\n二行 &lt;3\n\n00:00:02.500 --> 00:00:04.000\nA &amp; B\n"

func videoPost(w *channeltest.World, a identity.Actor, channelID string) channel.Post {
	w.T.Helper()
	p, err := w.Channel.Publish(w.Ctx, a, channelID, channel.PostDraft{Kind: channel.VideoPost, Assets: []string{w.Video(a, 60_000)}})
	w.OK(err)
	return p
}

func TestSetCaptions_KeepsTheWordsAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		c := w.Found(mei, "tea")
		w.Join(mei, c.ID, "bob", identity.Staff)
		p, bare := videoPost(w, mei, c.ID), videoPost(w, mei, c.ID)
		w.OK(w.Channel.SetCaptions(w.Ctx, mei, p.ID, "en", goodVTT))
		w.OK(w.Channel.SetCaptions(w.Ctx, bo, p.ID, "zh-CN", goodVTT))
		got, first, err := w.Channel.Captions(w.Ctx, identity.Actor{}, p.ID, "zh-CN")
		w.OK(err)
		if got != storedVTT || len(first) != 16 {
			t.Errorf("stored %q as version %q", got, first)
		}
		// What is stored must be a file this very parser takes, unchanged.
		w.OK(w.Channel.SetCaptions(w.Ctx, mei, p.ID, "zh-CN", got))
		if again, version, _ := w.Channel.Captions(w.Ctx, mei, p.ID, "zh-CN"); again != got || version != first {
			t.Errorf("stored twice: %q, version %q after %q", again, version, first)
		}
		w.OK(w.Channel.SetCaptions(w.Ctx, mei, p.ID, "zh-CN", "WEBVTT\n\n00:01.000 --> 00:02.000\n茶\n"))
		if _, version, _ := w.Channel.Captions(w.Ctx, mei, p.ID, "zh-CN"); version == first {
			t.Error("other words have the same version")
		}
		list, err := w.Channel.CaptionsOf(w.Ctx, []string{p.ID, bare.ID})
		w.OK(err)
		if len(list[p.ID]) != 2 || list[p.ID][0].Lang != "zh-CN" || list[p.ID][1].Lang != "en" || list[bare.ID] != nil {
			t.Errorf("listed %v", list)
		}
		w.OK(w.Channel.RemoveCaptions(w.Ctx, mei, p.ID, "en"))
		w.Refused(w.Channel.RemoveCaptions(w.Ctx, mei, p.ID, "en"), "captions_not_found")
		_, _, err = w.Channel.Captions(w.Ctx, mei, p.ID, "en")
		w.Refused(err, "captions_not_found")
		w.OK(w.Channel.DeletePost(w.Ctx, mei, p.ID))
		if list, _ = w.Channel.CaptionsOf(w.Ctx, []string{p.ID}); len(list) != 0 {
			t.Errorf("a deleted post keeps %v", list)
		}
	})
}

func TestSetCaptions_Refusals(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		b.WriteString("WEBVTT\n")
		for i := range n {
			ms := i * 800
			fmt.Fprintf(&b, "\n%02d:%02d.%03d --> %02d:%02d.%03d\na\n", ms/60_000, ms/1000%60, ms%1000, ms/60_000, ms/1000%60, ms%1000+100)
		}
		return b.String()
	}
	one := func(timing, text string) string { return "WEBVTT\n\n" + timing + "\n" + text + "\n" }
	const at = "00:01.000 --> 00:02.000"
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo, eve, op := w.User("mei"), w.User("bob"), w.User("eve"), w.Operator("root")
		c := w.Found(mei, "tea")
		w.Join(mei, c.ID, "eve", identity.Moderator)
		p, pictures := videoPost(w, mei, c.ID), w.Post(mei, c.ID, "tea")
		for _, tc := range []struct {
			name             string
			actor            identity.Actor
			post, lang, body string
			code             string
		}{
			{"a visitor", identity.Actor{}, p.ID, "en", goodVTT, "sign_in_required"},
			{"a stranger", bo, p.ID, "en", goodVTT, "not_yours"},
			{"a moderator of talk", eve, p.ID, "en", goodVTT, "not_yours"},
			{"no such post", mei, "pst_none", "en", goodVTT, "post_not_found"},
			{"pictures", mei, pictures.ID, "en", goodVTT, "captions_no_video"},
			{"another language", mei, p.ID, "fr", goodVTT, "captions_language"},
			{"no language", mei, p.ID, "", goodVTT, "captions_language"},
			{"too large", mei, p.ID, "en", goodVTT + strings.Repeat(" ", channel.MaxCaptionBytes), "captions_large"},
			{"too many cues", mei, p.ID, "en", many(channel.MaxCues + 1), "captions_many"},
			{"empty", mei, p.ID, "en", "", "captions_invalid"},
			{"a subtitle of another format", mei, p.ID, "en", "1\n00:00:01,000 --> 00:00:02,000\nhi\n", "captions_invalid"},
			{"a header that only begins like it", mei, p.ID, "en", "WEBVTTX\n\n" + at + "\nhi\n", "captions_invalid"},
			{"no cue", mei, p.ID, "en", "WEBVTT\n\nNOTE nothing\n", "captions_invalid"},
			{"only cues without words", mei, p.ID, "en", one(at, "<b></b>"), "captions_invalid"},
			{"words without a time", mei, p.ID, "en", "WEBVTT\n\nhello\n", "captions_invalid"},
			{"a comma in the time", mei, p.ID, "en", one("00:01,000 --> 00:02,000", "hi"), "captions_invalid"},
			{"61 seconds", mei, p.ID, "en", one("00:61.000 --> 01:02.000", "hi"), "captions_invalid"},
			{"an end before the beginning", mei, p.ID, "en", one("00:02.000 --> 00:01.000", "hi"), "captions_invalid"},
			{"a cue of no length", mei, p.ID, "en", one("00:02.000 --> 00:02.000", "hi"), "captions_invalid"},
			{"past the longest video", mei, p.ID, "en", one("29:59.000 --> 30:00.001", "hi"), "captions_invalid"},
			{"hours beyond counting", mei, p.ID, "en", one("00:01.000 --> 99999999999999999999:00:00.000", "hi"), "captions_invalid"},
			{"times that go back", mei, p.ID, "en", one("00:05.000 --> 00:06.000", "b") + "\n" + at + "\na\n", "captions_invalid"},
			{"a lecture in one cue", mei, p.ID, "en", one(at, text(201)), "captions_invalid"},
			{"bytes that are no text", mei, p.ID, "en", one(at, "\xff\xfe"), "captions_invalid"},
			{"a zero byte", mei, p.ID, "en", one(at, "a\x00"), "captions_invalid"},
		} {
			err := w.Channel.SetCaptions(w.Ctx, tc.actor, tc.post, tc.lang, tc.body)
			if err == nil {
				t.Errorf("%s: taken", tc.name)
			}
			w.Refused(err, tc.code)
		}
		if list, _ := w.Channel.CaptionsOf(w.Ctx, []string{p.ID}); len(list) != 0 {
			t.Errorf("refused captions left %v", list)
		}
		w.OK(w.Channel.SetCaptions(w.Ctx, mei, p.ID, "en", many(channel.MaxCues)))
		w.OK(w.Channel.SetCaptions(w.Ctx, mei, p.ID, "en", one("29:59.000 --> 30:00.000", text(200))))
		w.Refused(w.Channel.RemoveCaptions(w.Ctx, bo, p.ID, "en"), "not_yours")
		w.OK(w.Channel.Hide(w.Ctx, op, p.ID, "spam"))
		_, _, err := w.Channel.Captions(w.Ctx, bo, p.ID, "en")
		w.Refused(err, "post_not_found")
		if _, _, err = w.Channel.Captions(w.Ctx, mei, p.ID, "en"); err != nil {
			t.Errorf("the team reads a hidden post's captions: %v", err)
		}
	})
}

func TestSetCaptions_NamesTheLine(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei := w.User("mei")
		p := videoPost(w, mei, w.Found(mei, "tea").ID)
		err := w.Channel.SetCaptions(w.Ctx, mei, p.ID, "en", "WEBVTT\n\n00:01.000 --> 00:02.000\nhi\n\nsecond\n00:03.000 --> 00:02.000\nho\n")
		if err == nil || !strings.Contains(err.Error(), "line 7") {
			t.Errorf("got %v, want line 7 named", err)
		}
	})
}
