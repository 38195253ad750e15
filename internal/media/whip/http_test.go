package whip

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
)

func TestPost_Refusals(t *testing.T) {
	w := newWorld(t, 0)
	vp8 := strings.ReplaceAll(someOffer, "H264/90000", "VP8/90000")
	for name, c := range map[string]struct {
		body   string
		header []string
		status int
		asked  int32 // calls of Publish
	}{
		"no key":              {someOffer, []string{"Authorization", ""}, 401, 0},
		"other scheme":        {someOffer, []string{"Authorization", "Basic abc"}, 401, 0},
		"endless key":         {someOffer, []string{"Authorization", "Bearer " + strings.Repeat("k", maxKey+1)}, 401, 0},
		"wrong key":           {someOffer, []string{"Authorization", "Bearer wrong"}, 403, 1},
		"JSON":                {"{}", []string{"Content-Type", "application/json"}, 415, 0},
		"no SDP":              {"hello", nil, 400, 0},
		"empty":               {"", nil, 400, 0},
		"too large":           {strings.Repeat("a", maxSDP+1), nil, 413, 0},
		"VP8 only":            {vp8, nil, 422, 0},
		"packetization 0":     {strings.ReplaceAll(someOffer, "packetization-mode=1", "packetization-mode=0"), nil, 422, 0},
		"High 4:4:4":          {strings.ReplaceAll(someOffer, "42e01f", "f4001f"), nil, 422, 0},
		"receiver":            {strings.ReplaceAll(someOffer, "a=sendonly", "a=recvonly"), nil, 422, 0},
		"simulcast":           {strings.ReplaceAll(someOffer, "a=sendonly", "a=sendonly\r\na=simulcast:send h;l"), nil, 422, 0},
		"two pictures":        {someOffer + someOffer[strings.Index(someOffer, "m=video"):], nil, 422, 0},
		"data channel":        {someOffer + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n", nil, 422, 0},
		"a hundred addresses": {someOffer + strings.Repeat("a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n", maxCandidates+1), nil, 422, 0},
	} {
		t.Run(name, func(t *testing.T) {
			before := w.asked.Load()
			got := w.post(c.body, c.header...)
			if got.status != c.status {
				t.Errorf("%d %s", got.status, got.body)
			}
			if kind := got.header.Get("Content-Type"); kind != "application/problem+json" {
				t.Errorf("answered as %q", kind)
			}
			if c.status == 401 && got.header.Get("WWW-Authenticate") != "Bearer" {
				t.Error("401 without WWW-Authenticate")
			}
			if asked := w.asked.Load() - before; asked != c.asked {
				t.Errorf("Publish was called %d times", asked)
			}
			w.h.mu.Lock()
			defer w.h.mu.Unlock()
			if w.h.slots != 0 || len(w.h.sessions) != 0 || len(w.sinks) != 0 {
				t.Errorf("left behind: %d slots, %d sessions, %d sinks", w.h.slots, len(w.h.sessions), len(w.sinks))
			}
		})
	}
}

func TestPost_OfferThatCannotBeAnsweredClosesItsSink(t *testing.T) {
	w := newWorld(t, 0)
	got := w.post(strings.ReplaceAll(someOffer, "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n", ""))
	if got.status != 422 {
		t.Errorf("%d %s", got.status, got.body)
	}
	s := <-w.sinks
	if cause := s.ended(t); cause == nil {
		t.Error("closed as if the publisher had said goodbye")
	}
	w.h.mu.Lock()
	defer w.h.mu.Unlock()
	if w.h.slots != 0 || len(w.h.sessions) != 0 {
		t.Errorf("left behind: %d slots, %d sessions", w.h.slots, len(w.h.sessions))
	}
}

func TestPost_NoRoomIsSaidBeforeTheKeyIsLookedUp(t *testing.T) {
	w := newWorld(t, 0)
	for range maxSessions {
		if err := w.h.reserve(); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.post(someOffer); got.status != 503 || w.asked.Load() != 0 {
		t.Errorf("%d after %d lookups", got.status, w.asked.Load())
	}
	for range maxSessions {
		w.h.release()
	}
	got := w.post(someOffer)
	if got.status != http.StatusCreated {
		t.Fatalf("%d %s", got.status, got.body)
	}
	<-w.sinks
}

func TestPost_AnswerNamesTheSession(t *testing.T) {
	w := newWorld(t, 0)
	got := w.post(someOffer)
	if got.status != http.StatusCreated || got.header.Get("Content-Type") != typeSDP || got.header.Get("Accept-Patch") != typeFragment {
		t.Fatalf("%d %v", got.status, got.header)
	}
	secret, ok := strings.CutPrefix(got.header.Get("Location"), testPath+"/")
	if !ok || len(secret) < 38 || strings.Contains(secret, "/") {
		t.Errorf("location %q", got.header.Get("Location"))
	}
	if tag := got.header.Get("ETag"); len(tag) < 8 || tag[0] != '"' || tag[len(tag)-1] != '"' {
		t.Errorf("etag %q", tag)
	}
	for _, want := range []string{"a=recvonly", "typ host", "packetization-mode=1", "a=rtcp-fb:102 nack\r\n", "a=rtcp-fb:102 nack pli", "a=end-of-candidates"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("answer without %q:\n%s", want, got.body)
		}
	}
	<-w.sinks
}

func TestPost_BaselineIsPreferredInTheAnswer(t *testing.T) {
	w := newWorld(t, 0)
	offer := strings.NewReplacer(
		"SAVPF 102\r\n", "SAVPF 98 99 100 102\r\n",
		"a=rtpmap:102", strings.Join([]string{
			"a=rtpmap:98 VP8/90000",
			"a=rtpmap:99 H264/90000", "a=fmtp:99 packetization-mode=1;profile-level-id=640c1f",
			"a=rtpmap:100 H264/90000", "a=fmtp:100 packetization-mode=0;profile-level-id=42e01f",
			"a=rtpmap:102",
		}, "\r\n")).Replace(someOffer)
	got := w.post(offer)
	if got.status != http.StatusCreated || !strings.Contains(got.body, "m=video 9 UDP/TLS/RTP/SAVPF 102 99\r\n") {
		t.Errorf("%d:\n%s", got.status, got.body)
	}
	<-w.sinks
}

func TestPost_PublicAddressesAreOfferedBesideOurOwn(t *testing.T) {
	d := Deps{
		Clock: clock.Real{}, Log: discard, IDs: id.NewSource(time.Now), Path: testPath, UDPAddr: "127.0.0.1:0", NAT1To1: []string{"203.0.113.7"},
		Publish: func(context.Context, string) (av.Sink, error) { return newSink(), nil },
	}
	h, err := New(d)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	req := httptest.NewRequest(http.MethodPost, testPath, strings.NewReader(someOffer))
	req.Header.Set("Content-Type", typeSDP)
	req.Header.Set("Authorization", "Bearer "+testKey)
	got := httptest.NewRecorder()
	h.ServeHTTP(got, req)
	for _, want := range []string{" 203.0.113.7 ", " 127.0.0.1 "} {
		if !strings.Contains(got.Body.String(), want) {
			t.Errorf("answer without%s:\n%s", want, got.Body)
		}
	}
}

func TestPost_ManyAtOnceAreAllAnsweredAndClosed(t *testing.T) {
	w := newWorld(t, 0)
	const n = 4 // the sinks' queue
	var all sync.WaitGroup
	locations := make(chan string, n)
	for range n {
		all.Go(func() { locations <- w.post(someOffer).header.Get("Location") })
	}
	all.Wait()
	seen := map[string]bool{}
	for range n {
		seen[<-locations] = true
	}
	if len(seen) != n || seen[""] {
		t.Errorf("locations %v", seen)
	}
	w.h.Close()
	for range n {
		if cause := (<-w.sinks).ended(t); cause != ErrClosed {
			t.Errorf("closed with %v", cause)
		}
	}
}

func TestSession_PatchAndDelete(t *testing.T) {
	w := newWorld(t, 0)
	created := w.post(someOffer)
	url, tag := w.http.URL+created.header.Get("Location"), created.header.Get("ETag")
	s := <-w.sinks
	fragment := "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n"
	patch := func(url, tag, kind, body string) int {
		return w.send("PATCH", url, body, "Content-Type", kind, "If-Match", tag).status
	}
	for name, c := range map[string]struct{ got, want int }{
		"candidate":            {patch(url, tag, typeFragment, fragment), 204},
		"end of candidates":    {patch(url, tag, typeFragment, "a=ice-ufrag:abcd\r\na=end-of-candidates\r\n"), 204},
		"no ETag":              {patch(url, "", typeFragment, fragment), 428},
		"stale ETag":           {patch(url, `"old"`, typeFragment, fragment), 412},
		"restart":              {patch(url, "*", typeFragment, fragment), 422},
		"other ufrag":          {patch(url, tag, typeFragment, strings.Replace(fragment, "abcd", "efgh", 1)), 422},
		"other type":           {patch(url, tag, typeSDP, fragment), 415},
		"no fragment":          {patch(url, tag, typeFragment, "hello"), 400},
		"candidate of nothing": {patch(url, tag, typeFragment, strings.Replace(fragment, "a=mid:0\r\n", "", 1)), 400},
		"torn candidate":       {patch(url, tag, typeFragment, "a=ice-ufrag:abcd\r\na=mid:0\r\na=candidate:1 1\r\n"), 400},
		"too large":            {patch(url, tag, typeFragment, strings.Repeat("a", maxFragment+1)), 413},
		"too many":             {patch(url, tag, typeFragment, fragment+strings.Repeat("a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n", maxCandidates)), 422},
		"wrong session":        {patch(url+"x", tag, typeFragment, fragment), 404},
		"delete wrong session": {w.send("DELETE", url+"x", "").status, 404},
		"deeper path":          {w.send("DELETE", url+"/x", "").status, 404},
		"get":                  {w.send("GET", url, "").status, 405},
		"post to session":      {w.send("POST", url, someOffer, "Content-Type", typeSDP, "Authorization", "Bearer "+testKey).status, 405},
		"beside the path":      {w.send("DELETE", w.http.URL+testPath+"x", "").status, 404},
		"get endpoint":         {w.send("GET", w.http.URL+testPath, "").status, 405},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", name, c.got, c.want)
		}
	}
	select {
	case <-s.over:
		t.Fatal("a refused request ended the session")
	default:
	}
	if got := w.send("DELETE", url, ""); got.status != 200 {
		t.Errorf("delete: %d", got.status)
	}
	if cause := s.ended(t); cause != nil {
		t.Errorf("closed with %v", cause)
	}
	if got := patch(url, tag, typeFragment, fragment); got != 404 {
		t.Errorf("patch after the end: %d", got)
	}
}

func TestOptions_TellWhatIsTaken(t *testing.T) {
	w := newWorld(t, 0)
	got := w.send("OPTIONS", w.http.URL+testPath, "", "Origin", "https://studio.example")
	if got.status != 204 || got.header.Get("Accept-Post") != typeSDP || got.header.Get("Access-Control-Allow-Origin") != "*" ||
		!strings.Contains(got.header.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("endpoint: %d %v", got.status, got.header)
	}
	got = w.send("OPTIONS", w.http.URL+testPath+"/anything", "")
	if got.status != 204 || got.header.Get("Accept-Patch") != typeFragment || !strings.Contains(got.header.Get("Access-Control-Allow-Methods"), "DELETE") {
		t.Errorf("session: %d %v", got.status, got.header)
	}
}

func TestNew_RefusesAddressesItCannotUse(t *testing.T) {
	for _, addr := range []string{"nonsense", "host.example:9", "127.0.0.1:x", "192.0.2.1:0"} {
		if h, err := New(Deps{UDPAddr: addr, Log: discard}); err == nil {
			h.Close()
			t.Errorf("%s was taken", addr)
		}
	}
	for _, addr := range []string{"", ":0", "0.0.0.0:0"} {
		h, err := New(Deps{UDPAddr: addr, Log: discard, NAT1To1: []string{"203.0.113.7"}})
		if err != nil {
			t.Errorf("%q: %v", addr, err)
			continue
		}
		h.Close()
	}
}
