package channel

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/fuzztest"
)

// FuzzCaptions: what is taken is rendered without markup, and reads back as the same captions.
func FuzzCaptions(f *testing.F) {
	f.Add("WEBVTT\n\n00:01.000 --> 00:04.000\n吆喝 <b>tea</b> &amp; more\n")
	f.Add("\ufeffWEBVTT x\r\n\r\nNOTE a\r\n\r\n1\r\n100:00:01.000 --> 00:04.000 line:0\r\n&lt;script&gt;\r\n")
	f.Add("WEBVTT\n\n00:01.000 --> 00:04.000\n&amp;lt;c&amp;gt; --&gt; x\n<i>\n</i>\n.\n")
	f.Fuzz(func(t *testing.T, vtt string) {
		// Each line costs a string header, each cue two passes of a replacement.
		fuzztest.Within(t, len(vtt), fuzztest.Cost{Fixed: 2 << 20, PerByte: 512}, func() {
			cues, err := parseCaptions(vtt)
			if err != nil {
				if e := (*errs.Error)(nil); !errors.As(err, &e) || e.Code == "" || e.Kind != errs.Invalid {
					t.Fatal(err)
				}
				return
			}
			if len(vtt) > MaxCaptionBytes || len(cues) > MaxCues || len(cues) == 0 {
				t.Fatalf("%d cues of %d bytes", len(cues), len(vtt))
			}
			out := renderCaptions(cues)
			if strings.Contains(out, "<") || !utf8.ValidString(out) || strings.ContainsRune(out, 0) {
				t.Fatalf("%q was rendered", out)
			}
			checkAgain(t, cues, out)
		})
	})
}

// checkAgain reads the rendered file as a player would. Escapes may make it longer than an upload may be.
func checkAgain(t *testing.T, cues []cue, out string) {
	t.Helper()
	if len(out) > MaxCaptionBytes {
		return
	}
	again, err := parseCaptions(out)
	if err != nil || len(again) != len(cues) {
		t.Fatalf("%d cues became %d, %v:\n%q", len(cues), len(again), err, out)
	}
	for i, c := range again {
		if c.startMS != cues[i].startMS || c.endMS != cues[i].endMS || c.endMS <= c.startMS || c.endMS > MaxVideoMS {
			t.Fatalf("cue %d at %d..%d became %d..%d", i, cues[i].startMS, cues[i].endMS, c.startMS, c.endMS)
		}
	}
}
