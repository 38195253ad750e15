package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// origin stands between nginx and the sample world and counts.
type origin struct {
	*httptest.Server
	mu   sync.Mutex
	asks map[string]int // by path and query
}

func newOrigin(t *testing.T, to string) *origin {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	o := &origin{asks: map[string]int{}}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(u); r.Out.Host = r.In.Host }}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		o.mu.Lock()
		o.asks[req.URL.RequestURI()]++
		o.mu.Unlock()
		if req.Header.Get("Cookie") != "" && strings.Contains(req.URL.Path, "/media/") {
			t.Error("a session reached what everybody gets")
		}
		proxy.ServeHTTP(w, req)
	}))
	t.Cleanup(o.Close)
	return o
}

// startWorld runs the sample world on a free port.
func startWorld(t *testing.T) *program {
	t.Helper()
	p := &program{t: t, data: t.TempDir(), gone: make(chan error, 1)}
	p.cmd = child(t.Context(), "demo", "--data", p.data, "--addr", "127.0.0.1:0", "--rtmp-addr", "", "--webrtc-addr", "")
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "open "); ok {
			p.url = strings.TrimSpace(url)
			break
		}
	}
	if p.url == "" {
		t.Fatalf("the sample world does not open: %v\n%s", lines.Err(), p.output())
	}
	go func() {
		_, _ = io.Copy(io.Discard, out)
		p.gone <- p.cmd.Wait()
	}()
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); <-p.gone })
	return p
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// startEdge runs nginx with deploy/nginx/hawker.conf, as edge.sh fills it in, and gives its address.
func startEdge(t *testing.T, node string) string {
	t.Helper()
	dir, deploy := t.TempDir(), filepath.Join("..", "..", "deploy", "nginx")
	cert, key := selfSigned(t)
	site, addr := filepath.Join(dir, "site.conf"), freePort(t)
	fill := exec.Command("sh", filepath.Join(deploy, "edge.sh"))
	fill.Env = append(os.Environ(), "HAWKER_NODES="+node, "CONF="+filepath.Join(deploy, "hawker.conf"), "OUT="+site, "NGINX=true")
	if out, err := fill.CombinedOutput(); err != nil {
		t.Fatalf("edge.sh: %v %s", err, out)
	}
	b, err := os.ReadFile(site)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for from, to := range map[string]string{"listen 443 ": "listen " + addr + " ", "listen 80;": "listen " + freePort(t) + ";", "/tls/fullchain.pem": cert, "/tls/privkey.pem": key, "/var/cache/nginx/hawker": filepath.Join(dir, "cache")} {
		if strings.Count(text, from) != 1 {
			t.Fatalf("%q is not in the configuration once:\n%s", from, text)
		}
		text = strings.Replace(text, from, to, 1)
	}
	main := filepath.Join(dir, "nginx.conf")
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;\n"
	}
	whole := user + "worker_processes 2;\npid " + filepath.Join(dir, "pid") + ";\nerror_log " + filepath.Join(dir, "error.log") + " warn;\nevents { worker_connections 2048; }\nhttp {\naccess_log off;\n" +
		"client_body_temp_path " + dir + "/b; proxy_temp_path " + dir + "/p; fastcgi_temp_path " + dir + "/f; uwsgi_temp_path " + dir + "/u; scgi_temp_path " + dir + "/s;\n" + text + "}\n"
	if err := os.WriteFile(main, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	nginx := "nginx"
	if _, err := exec.LookPath(nginx); err != nil {
		nginx = "/usr/sbin/nginx"
	}
	if out, err := exec.Command(nginx, "-t", "-c", main, "-p", dir).CombinedOutput(); err != nil {
		t.Fatalf("nginx refuses the configuration (make deps-apt installs it): %v\n%s", err, out)
	}
	run := exec.Command(nginx, "-c", main, "-p", dir, "-g", "daemon off;")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Process.Signal(os.Interrupt); _ = run.Wait() })
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			return "https://" + addr
		}
		if time.Now().After(end) {
			t.Fatal("nginx does not listen")
		}
	}
}

// watching is one audience: it asks as players do, everybody at the same time.
type watching struct {
	t     *testing.T
	http  *http.Client
	edge  string
	asked atomic.Int64
}

func (v *watching) get(path string) string {
	req, err := http.NewRequest("GET", v.edge+path, nil)
	if err != nil {
		v.t.Error(err)
		return ""
	}
	req.Header.Set("Cookie", "hawker_session=mine")
	r, err := v.http.Do(req)
	if err != nil {
		v.t.Error(err)
		return ""
	}
	b, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil || r.StatusCode != http.StatusOK {
		v.t.Errorf("%s: %d %v", path, r.StatusCode, err)
	}
	v.asked.Add(1)
	return string(b)
}

var (
	partLine    = regexp.MustCompile(`URI="(part-[^"]+)"`)
	playlistURL = regexp.MustCompile(`/media/live/[^"]+/index\.m3u8`)
	sequence    = regexp.MustCompile(`#EXT-X-MEDIA-SEQUENCE:(\d+)`)
)

// onAir waits for a room with pictures, and tells where they are.
func (v *watching) onAir() (room, base string) {
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		var rooms struct{ Items []struct{ ID string } }
		if err := json.Unmarshal([]byte(v.get("/api/v1/live/rooms?state=live")), &rooms); err != nil {
			v.t.Fatal(err)
		}
		for _, r := range rooms.Items {
			if u := playlistURL.FindString(v.get("/api/v1/live/rooms/" + r.ID)); u != "" {
				return r.ID, strings.TrimSuffix(u, "index.m3u8")
			}
		}
	}
	v.t.Fatal("no room is on air")
	return "", ""
}

// follow watches pictures: it waits for each coming segment's first part and takes every part it is told of.
func (v *watching) follow(base string, turns int) {
	text := v.get(base + "video.m3u8")
	m := sequence.FindStringSubmatch(text)
	if m == nil {
		v.t.Error("no playlist: ", text)
		return
	}
	first, _ := strconv.Atoi(m[1])
	next := first + strings.Count(text, "#EXTINF")
	had := map[string]bool{}
	for range turns {
		text = v.get(fmt.Sprintf("%svideo.m3u8?_HLS_msn=%d&_HLS_part=0", base, next))
		next++
		for _, p := range partLine.FindAllStringSubmatch(text, -1) {
			if !had[p[1]] && strings.HasPrefix(p[1], fmt.Sprintf("part-%d-", next-1)) {
				had[p[1]] = true
				v.get(base + p[1])
			}
		}
	}
}

// listen reads a room's ticks as clock-paced readers do.
func (v *watching) listen(room string, turns int) {
	last := int64(0)
	for range turns {
		var head struct{ E, N int64 }
		if err := json.Unmarshal([]byte(v.get("/api/v1/live/rooms/"+room+"/head")), &head); err != nil {
			v.t.Error(err)
			return
		}
		for n := max(last+1, head.N-3); n <= head.N; n++ {
			v.get(fmt.Sprintf("/api/v1/live/rooms/%s/ticks/%d-%d", room, head.E, n))
		}
		last = head.N
		time.Sleep(300 * time.Millisecond)
	}
}

// The claim of the edge configuration: whatever the audience, the origin is asked once for each object.
func TestEdge_AsksTheOriginOnceForEachObject(t *testing.T) {
	world := startWorld(t)
	from := newOrigin(t, world.url)
	edge := startEdge(t, strings.TrimPrefix(from.URL, "http://"))
	const viewers = 40
	v := &watching{t: t, edge: edge, http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 4 * viewers}}}
	room, base := v.onAir()
	// Everybody is connected before anybody asks: a tick's readers wait 60 ms for each other at the edge, and eighty
	// TLS handshakes at once, under the race detector, take longer.
	var audience, connected sync.WaitGroup
	for _, watch := range []func(){func() { v.follow(base, 3) }, func() { v.listen(room, 12) }} {
		for range viewers {
			connected.Add(1)
			audience.Go(func() {
				v.get("/api/v1/live/rooms/" + room + "/head")
				connected.Done()
				connected.Wait()
				watch()
			})
		}
	}
	audience.Wait()
	objects := map[string]int{"/ticks/": 0, "part-": 0, "_HLS_msn": 0}
	from.mu.Lock()
	defer from.mu.Unlock()
	for uri, n := range from.asks {
		for kind := range objects {
			if strings.Contains(uri, kind) {
				objects[kind]++
				if n > 1 {
					t.Errorf("the origin was asked %d times for %s", n, uri)
				}
			}
		}
	}
	for kind, n := range objects {
		if n < 3 {
			t.Errorf("only %d objects of kind %s", n, kind)
		}
	}
	all := 0
	for _, n := range from.asks {
		all += n
	}
	t.Logf("%d viewers, %d requests, %d at the origin, objects %v", viewers, v.asked.Load(), all, objects)
	if v.asked.Load() < int64(10*all) {
		t.Errorf("%d requests cost the origin %d", v.asked.Load(), all)
	}
}
