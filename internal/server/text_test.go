package server

import (
	"net/url"
	"testing"
)

func TestHasNUL_KnowsTheEscapeFromTheTextOfIt(t *testing.T) {
	for body, want := range map[string]bool{
		`{"a":"\u0000"}`: true, `{"a":"x\\\u0000"}`: true, `{"a":"\\u0000"}`: false, `{"a":"\\\\u0000"}`: false,
		`{"a":"\\u0000\u0000"}`: true, `{"a":"u0000"}`: false, `\u0000`: true, ``: false,
	} {
		if hasNUL([]byte(body)) != want {
			t.Errorf("%s: want %t", body, want)
		}
	}
}

func TestCheckAddress_TakesTextOnly(t *testing.T) {
	for raw, ok := range map[string]bool{
		"/a/b?c=d": true, "/%E5%90%86?q=%E5%96%9D": true, "/a%00": false, "/%ff": false, "/a?q=%00": false, "/a?q=%ff": false, "/a?q=%zz": true,
	} {
		u, err := url.Parse(raw)
		if err != nil {
			u = &url.URL{Path: "/a", RawQuery: raw[3:]} // what the mux hands on for a broken escape
		}
		if got := checkAddress(u) == nil; got != ok {
			t.Errorf("%s: %t, want %t", raw, got, ok)
		}
	}
}

func FuzzHasNUL(f *testing.F) {
	f.Add([]byte(`{"a":"\u0000\\u0000"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var text string
		if formats()["json"].Unmarshal(body, &text) == nil && !storable(text) {
			t.Fatalf("%q was read as %q", body, text)
		}
	})
}
