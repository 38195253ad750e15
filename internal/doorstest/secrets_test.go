package doorstest

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"testing"
)

func (s *transcript) count(word string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Count(s.text.Bytes(), []byte(word))
}

// spill puts secrets where careless clients put them: into addresses, queries and the wrong headers.
func (w *world) spill(secret string) {
	for _, path := range []string{"/api/v1/media/whip/" + secret, "/api/v1/live/rooms/" + secret, "/media/live/" + secret + "/index.m3u8", "/" + secret, "/?key=" + secret,
		"/api/v1/shop/orders?cursor=" + secret[:min(60, len(secret))], "/media/rec/" + secret + "/index.m3u8", "/demo/as/" + secret} {
		for _, method := range []string{"GET", "DELETE"} {
			w.ask(nil, call{method: method, path: path, header: map[string]string{"Authorization": "Bearer " + secret, "X-Forwarded-For": secret, "User-Agent": "test", "Referer": w.base + "/?key=" + secret}})
		}
	}
	w.ask(nil, call{method: "POST", path: "/api/v1/media/whip", body: []byte("v=0\r\n"), header: map[string]string{"Authorization": "Bearer " + secret, "Content-Type": "application/sdp"}})
	w.ask(nil, call{method: "POST", path: "/api/v1/identity/sign-in", body: fields{"login": "nobody-at-all", "password": secret}})
	w.ask(nil, call{method: "POST", path: "/api/v1/identity/sign-in", body: fields{"login": []string{secret}, "password": secret}})
	w.ask(nil, call{method: "POST", path: "/api/v1/identity/sign-up", body: fields{"login": "x", "name": "", "password": secret, "more": secret}})
}

// keepsSecrets searches everything that was answered and logged so far.
func (w *world) keepsSecrets(t *testing.T) {
	a := w.tenant["A"]
	channel := "/api/v1/live/channels/" + a.ids["channel"]
	key := w.must(a.owner, "POST", channel+"/ingest/key", nil).get("key")
	token := w.must(a.owner, "POST", channel+"/ingest/token", nil).get("token")
	w.spill(key)
	w.spill(token)
	w.spill(a.owner.token)
	w.spill(a.owner.password)
	for _, path := range []string{"", "/ingest"} {
		w.ask(a.owner, call{method: "GET", path: channel + path})
	}
	figures := w.metrics()
	words, found := 0, 0
	check := func(what, secret string, handed int) {
		words++
		if len(secret) < 12 {
			t.Errorf("%s is no secret: %q", what, secret)
			return
		}
		if n := w.said.count(secret); n != handed {
			found++
			t.Errorf("%s was answered %d times, handed out %d times", what, n, handed)
		}
		if n := w.log.count(secret); n != 0 {
			found++
			t.Errorf("%s stands in the log %d times", what, n)
		}
		if bytes.Contains(figures, []byte(secret)) {
			found++
			t.Errorf("%s stands in the metrics", what)
		}
	}
	check("a stream key", key, 1)
	check("a publish token", token, 1)
	for _, x := range w.tenant {
		check("the stream key of "+x.letter, x.streamKey, 1)
	}
	for _, p := range w.people {
		check("the password of "+p.name, p.password, 0)
		check("the session of "+p.name, p.token, 0)
	}
	if w.said.count(a.shown) < 100 { // what may be said must be found, or the search proves nothing
		t.Errorf("the answers hold a public text %d times: were they kept?", w.said.count(a.shown))
	}
	if w.log.len() < 10_000 || !w.log.has(a.ids["channel"]) && !w.log.has("/api/v1/") {
		t.Errorf("the log holds %d bytes: was it read?", w.log.len())
	}
	t.Logf("%d secrets searched in %d KB of answers, %d KB of log and %d KB of metrics: %d found", words, w.said.len()>>10, w.log.len()>>10, len(figures)>>10, found)
}

var metricsAddr = regexp.MustCompile(`"metrics are open","addr":"([^"]+)"`)

// metrics scrapes the operator's figures.
func (w *world) metrics() []byte {
	w.t.Helper()
	w.log.mu.Lock()
	found := metricsAddr.FindSubmatch(w.log.text.Bytes())
	w.log.mu.Unlock()
	if found == nil {
		w.t.Fatal("nobody opened the metrics")
	}
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, "http://"+string(found[1])+"/metrics", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := w.http.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	text, err := io.ReadAll(res.Body)
	if err != nil || len(text) < 1000 {
		w.t.Fatalf("%d bytes of metrics: %v", len(text), err)
	}
	return text
}
