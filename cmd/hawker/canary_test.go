package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// call sends JSON as somebody and reads the answer; a status is not looked at.
func (p *program) call(token, method, path, body string) (map[string]any, http.Header) {
	p.t.Helper()
	req, err := http.NewRequest(method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", fmt.Sprintf("key-%d", time.Now().UnixNano()))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil {
		p.t.Fatal(err)
	}
	out := map[string]any{}
	_ = json.Unmarshal(text, &out) // a plain answer stays empty
	return out, r.Header
}

// signUp opens an account and gives its session token.
func (p *program) signUp(login, password string) string {
	p.t.Helper()
	_, header := p.call("", "POST", "/api/v1/identity/sign-up", fmt.Sprintf(`{"login":%q,"name":%q,"password":%q}`, login, login, password))
	for _, c := range (&http.Response{Header: header}).Cookies() {
		if strings.HasSuffix(c.Name, "hawker_session") { // over TLS it carries a prefix
			return c.Value
		}
	}
	p.t.Fatalf("no session for %s\n%s", login, p.output())
	return ""
}

func text(v map[string]any, name string) string { s, _ := v[name].(string); return s }

// A run in which every secret passes every door that takes it, right and wrong; afterwards none of them is in
// what operators read.
func TestServe_SecretsAreInNoLogLineAndNoMetric(t *testing.T) {
	p := start(t, t.TempDir(), "--metrics-addr", "127.0.0.1:0", "--log-level", "debug", "--log-format", "json")
	const password, wrong = "canary-password-right", "canary-password-wrong"
	token := p.signUp("canary", password)
	p.call("", "POST", "/api/v1/identity/sign-in", `{"login":"canary","password":"`+wrong+`"}`)
	p.call("", "POST", "/api/v1/identity/sign-in", `{"login":"canary","password":"`+password+`"}`)
	channel, _ := p.call(token, "POST", "/api/v1/channel/channels", `{"name":"Canary","handle":"canary"}`)
	id := text(channel, "id")
	key, _ := p.call(token, "POST", "/api/v1/live/channels/"+id+"/ingest/key", "{}")
	publish, _ := p.call(token, "POST", "/api/v1/live/channels/"+id+"/ingest/token", "{}")
	secrets := map[string]string{"password": password, "wrong password": wrong, "session": token, "stream key": text(key, "key"), "publish token": text(publish, "token"), "query": "canary-query", "path": "canary-path"}
	for name, s := range secrets {
		if len(s) < 8 {
			t.Fatalf("there is no %s to look for: %v %v %v", name, channel, key, publish)
		}
	}
	for _, s := range secrets {
		p.call(s, "POST", "/api/v1/media/whip", "v=0")
		p.call(s, "GET", "/api/v1/identity/me?token="+s, "")
		p.call(token, "GET", "/api/v1/nothing/"+s+"?key="+s, "")
		p.call(token, "GET", "/media/live/"+s+"/index.m3u8?canary-query", "")
		p.call(s, "BREW", "/api/v1/media/whip/"+s, "")
	}
	p.rtmp(text(key, "rtmpUrl")+"/"+text(key, "key"), 2*time.Second)
	p.rtmp(text(key, "rtmpUrl")+"/canary-path", time.Second)
	shown := p.scrape()
	p.signal(syscall.SIGTERM)
	if err := p.ends(15 * time.Second); err != nil {
		t.Errorf("%v\n%s", err, p.output())
	}
	log := p.output()
	for name, s := range secrets {
		if strings.Contains(log, s) {
			t.Errorf("the log holds the %s", name)
		}
		if strings.Contains(shown, s) {
			t.Errorf("the metrics hold the %s", name)
		}
	}
	p.checkLines(log)
	if !strings.Contains(shown, `route="/api/v1/live/channels/{id}/ingest/key"`) || strings.Contains(shown, "\nhawker_media_received_bytes_total 0\n") {
		t.Error("the run is not in the metrics: this test shows nothing")
	}
}

// checkLines reads every line as JSON and wants the access lines to be whole.
func (p *program) checkLines(log string) {
	lines := 0
	for line := range strings.Lines(log) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			p.t.Errorf("no JSON: %s", line)
			continue
		}
		if v["msg"] != "request" {
			continue
		}
		lines++
		for _, name := range []string{"method", "route", "status", "ms", "bytes", "request"} {
			if v[name] == nil {
				p.t.Errorf("no %s in %s", name, line)
			}
		}
		if route, _ := v["route"].(string); strings.ContainsAny(route, "?") || strings.Contains(route, "canary") {
			p.t.Errorf("the route is an address: %s", line)
		}
	}
	if lines < 30 {
		p.t.Errorf("%d access lines", lines)
	}
}

// rtmp publishes a test picture for a while; a refusal is fine too.
func (p *program) rtmp(url string, d time.Duration) {
	p.t.Helper()
	out, err := exec.Command("ffmpeg", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "testsrc=s=160x90:r=15", "-t", fmt.Sprint(d.Seconds()),
		"-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-f", "flv", url).CombinedOutput()
	if err != nil && len(out) == 0 {
		p.t.Fatalf("these tests need ffmpeg in PATH: %v", err)
	}
}

// scrape reads the metrics from the address the program wrote into its log.
func (p *program) scrape() string {
	p.t.Helper()
	r, err := http.Get("http://" + p.addrOf("metrics are open") + "/metrics")
	if err != nil {
		p.t.Fatal(err)
	}
	b, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil {
		p.t.Fatal(err)
	}
	return string(b)
}

func TestServe_ProblemsCarryTheRequestID(t *testing.T) {
	p := start(t, t.TempDir())
	body, header := p.call("", "GET", "/api/v1/nothing", "")
	if id := header.Get("X-Request-Id"); id == "" || text(body, "requestId") != id {
		t.Errorf("%q in the header, %v in the answer", id, body)
	}
}
