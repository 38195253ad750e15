package whip

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"go.uber.org/goleak"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
)

const (
	testPath = "/api/v1/media/whip"
	testKey  = "secret-stream-key"
	fps      = 30
)

var discard = slog.New(slog.DiscardHandler)

// sink records what a session gave it. It answers Tracks or Write with fail once that is set, and
// Done works as the publication of package media.
type sink struct {
	mu      sync.Mutex
	tracks  [][]av.Track
	samples []arrived
	fail    error
	closed  int
	cause   error
	gone    chan struct{} // Done
	why     error
	over    chan struct{} // Close was called
}

type arrived struct {
	av.Sample
	tracks int // number of Tracks calls before it
}

func newSink() *sink { return &sink{gone: make(chan struct{}), over: make(chan struct{})} }

func (s *sink) Tracks(t []av.Track) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tracks = append(s.tracks, append([]av.Track(nil), t...))
	return s.fail
}

func (s *sink) Write(sample av.Sample) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.samples = append(s.samples, arrived{sample, len(s.tracks)})
	return s.fail
}

func (s *sink) Close(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed++; s.closed == 1 {
		s.cause = cause
		close(s.over)
	}
}

func (s *sink) Done() <-chan struct{} { return s.gone }
func (s *sink) Cause() error          { return s.why }

func (s *sink) kick(why error) { s.why = why; close(s.gone) }

func (s *sink) failWith(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

func (s *sink) snapshot() ([][]av.Track, []arrived) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]av.Track(nil), s.tracks...), append([]arrived(nil), s.samples...)
}

// ended waits for Close and checks that it came once.
func (s *sink) ended(t *testing.T) error {
	t.Helper()
	select {
	case <-s.over:
	case <-time.After(8 * time.Second):
		t.Fatal("the sink was not closed")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != 1 {
		t.Errorf("closed %d times", s.closed)
	}
	return s.cause
}

// until waits for a condition of the sink.
func (s *sink) until(t *testing.T, what string, ok func(tracks [][]av.Track, samples []arrived) bool) {
	t.Helper()
	for deadline := time.Now().Add(8 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if ok(s.snapshot()) {
			return
		}
	}
	tracks, samples := s.snapshot()
	t.Fatalf("never: %s; tracks %+v, %d samples", what, tracks, len(samples))
}

func flowing(_ [][]av.Track, samples []arrived) bool {
	n := map[int]int{}
	for _, s := range samples {
		n[s.Track]++
	}
	return n[av.VideoID] > 10 && n[av.AudioID] > 10
}

// world is a handler behind a real HTTP server. Every publish gets the next sink.
type world struct {
	t     *testing.T
	h     *Handler
	http  *httptest.Server
	sinks chan *sink
	asked atomic.Int32
}

var errWrongKey = errs.New(errs.Denied, "stream_key_wrong", "this stream key is not known")

func newWorld(t *testing.T, lost time.Duration) *world {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	w := &world{t: t, sinks: make(chan *sink, 4)}
	h, err := New(Deps{
		Clock: clock.Real{}, Log: discard, IDs: id.NewSource(time.Now), Path: testPath,
		UDPAddr: "127.0.0.1:0", LostAfter: lost,
		Publish: func(_ context.Context, key string) (av.Sink, error) {
			w.asked.Add(1)
			if key != testKey {
				return nil, errWrongKey
			}
			s := newSink()
			w.sinks <- s
			return s, nil
		},
		WriteError: func(w http.ResponseWriter, _ *http.Request, err error) {
			status := map[errs.Kind]int{errs.Unauthorized: 401, errs.Denied: 403, errs.NotFound: 404, errs.Unsupported: 415, errs.Invalid: 422, errs.Busy: 503}[errs.KindOf(err)]
			if status == 0 {
				status = 500
			}
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, errs.CodeOf(err))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.h, w.http = h, httptest.NewServer(h)
	t.Cleanup(func() {
		w.h.Close()
		w.http.Close()
		if err := goleak.Find(leaks); err != nil {
			t.Error(err)
		}
	})
	return w
}

// answer is what came back of a request.
type answer struct {
	status int
	header http.Header
	body   string
}

func (w *world) send(method, url, body string, header ...string) answer {
	w.t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	tr := &http.Transport{DisableKeepAlives: true}
	defer tr.CloseIdleConnections()
	resp, err := (&http.Client{Transport: tr, Timeout: 5 * time.Second}).Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(b)}
}

func (w *world) post(body string, header ...string) answer {
	w.t.Helper()
	return w.send(http.MethodPost, w.http.URL+testPath, body, append([]string{"Content-Type", typeSDP, "Authorization", "Bearer " + testKey}, header...)...)
}

// wire is a client's socket that can fall silent, as in a tunnel, and lose packets.
type wire struct {
	net.PacketConn
	mute  atomic.Bool
	every atomic.Int64 // lose each n-th large packet; 0 for none
	count atomic.Int64
}

func (c *wire) WriteTo(b []byte, to net.Addr) (int, error) {
	if c.mute.Load() {
		return len(b), nil
	}
	if n := c.every.Load(); n > 0 && len(b) > 500 && c.count.Add(1)%n == 0 {
		return len(b), nil
	}
	return c.PacketConn.WriteTo(b, to)
}

// client is a browser's part, played by pion.
type client struct {
	w            *world
	pc           *webrtc.PeerConnection
	wire         *wire
	mux          ice.UDPMux
	video, audio *webrtc.TrackLocalStaticSample
	url, etag    string
	sdp          string // the answer
	plis         atomic.Int64
	readers      sync.WaitGroup
}

// dial publishes; kinds is a subset of "va". munge changes the offer on its way.
func dial(w *world, kinds string, munge func(string) string) *client {
	t := w.t
	t.Helper()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &client{w: w, wire: &wire{PacketConn: udp}}
	c.mux = webrtc.NewICEUDPMux(quiet{discard}.NewLogger("client"), c.wire)
	var settings webrtc.SettingEngine
	settings.LoggerFactory = quiet{discard}
	settings.SetICEUDPMux(c.mux)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	if c.pc, err = webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	add := func(mime, name string) *webrtc.TrackLocalStaticSample {
		track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mime}, name, "stream")
		if err != nil {
			t.Fatal(err)
		}
		tr, err := c.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		if err != nil {
			t.Fatal(err)
		}
		c.readers.Add(1)
		go c.feedback(tr.Sender())
		return track
	}
	if strings.Contains(kinds, "v") {
		c.video = add(webrtc.MimeTypeH264, "video")
	}
	if strings.Contains(kinds, "a") {
		c.audio = add(webrtc.MimeTypeOpus, "audio")
	}
	offer, err := c.pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	body := c.pc.LocalDescription().SDP
	if munge != nil {
		body = munge(body)
	}
	got := w.post(body)
	if got.status != http.StatusCreated {
		t.Fatalf("post: %d %s", got.status, got.body)
	}
	c.url, c.etag, c.sdp = w.http.URL+got.header.Get("Location"), got.header.Get("ETag"), got.body
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: got.body}); err != nil {
		t.Fatal(err)
	}
	return c
}

// feedback keeps the client's interceptors running and counts key frame requests.
func (c *client) feedback(s *webrtc.RTPSender) {
	defer c.readers.Done()
	for {
		packets, _, err := s.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			if _, ok := p.(*rtcp.PictureLossIndication); ok {
				c.plis.Add(1)
			}
		}
	}
}

func (c *client) close() {
	_ = c.pc.GracefulClose()
	c.readers.Wait()
	_ = c.mux.Close()
}

// connected waits until media can flow.
func (c *client) connected() {
	c.w.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if c.pc.ConnectionState() == webrtc.PeerConnectionStateConnected {
			return
		}
	}
	c.w.t.Fatal("never connected: ", c.pc.ConnectionState())
}

// play sends pictures and sound in real time, from the same instant, until stop.
func (c *client) play(stop <-chan struct{}, pictures, sounds [][]byte) {
	c.w.t.Helper()
	c.connected()
	var sending sync.WaitGroup
	defer sending.Wait()
	pace := func(track *webrtc.TrackLocalStaticSample, data [][]byte, d time.Duration) {
		defer sending.Done()
		tick := time.NewTicker(d)
		defer tick.Stop()
		for _, b := range data {
			if err := track.WriteSample(media.Sample{Data: b, Duration: d}); err != nil && !errors.Is(err, io.ErrClosedPipe) {
				c.w.t.Error("send: ", err)
				return
			}
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}
	if c.video != nil {
		sending.Add(1)
		go pace(c.video, pictures, time.Second/fps)
	}
	if c.audio != nil {
		sending.Add(1)
		go pace(c.audio, sounds, 20*time.Millisecond)
	}
}

// start plays in the background; the returned function stops it and waits.
func (c *client) start(pictures, sounds [][]byte) (stop func()) {
	c.connected()
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		c.play(quit, pictures, sounds)
	}()
	var once sync.Once
	stop = func() { once.Do(func() { close(quit) }); <-done }
	c.w.t.Cleanup(stop)
	return stop
}
