package faults

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"
)

// studio publishes over WHIP once, as a browser does, and leaves in one of three ways.
func (g *stage) studio(key string, n int) {
	t := g.s.t
	t.Helper()
	var settings webrtc.SettingEngine
	settings.LoggerFactory = &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pc.GracefulClose() }()
	for _, mime := range []string{webrtc.MimeTypeH264, webrtc.MimeTypeOpus} {
		track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mime}, mime[:5], "studio")
		if err == nil {
			_, err = pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	connected := make(chan struct{}, 1)
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			connected <- struct{}{}
		}
	})
	offer, err := pc.CreateOffer(nil)
	gathered := webrtc.GatheringCompletePromise(pc)
	if err == nil {
		err = pc.SetLocalDescription(offer)
	}
	if err != nil {
		t.Fatal(err)
	}
	<-gathered
	a := g.s.whip(http.MethodPost, "/api/v1/media/whip", key, pc.LocalDescription().SDP)
	if a.status != http.StatusCreated {
		t.Fatalf("studio %d: %d %s", n, a.status, a.body)
	}
	if n%3 == 2 { // it goes before anything was connected, and says so; a client that cannot is the tunnel's case
		g.s.whip(http.MethodDelete, a.header.Get("Location"), key, "")
		return
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: string(a.body)}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-connected:
	case <-time.After(30 * time.Second):
		t.Fatalf("studio %d does not connect", n)
	}
	if n%3 == 0 {
		if a := g.s.whip(http.MethodDelete, a.header.Get("Location"), key, ""); a.status/100 != 2 {
			t.Errorf("studio %d leaves: %d %s", n, a.status, a.body)
		}
	} // and every third closes its connection without a word to the door
}

func (s *site) whip(method, path, key, sdp string) answer {
	s.t.Helper()
	if at := strings.Index(path, "/api/"); at > 0 {
		path = path[at:]
	}
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(sdp))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/sdp")
	req.Header.Set("Authorization", "Bearer "+key)
	return send(req)
}

// Studios come over WHIP and go: with a word, without one, and before they were connected. Their goroutines and
// sockets go with them.
func TestCycles_OfWHIPLeaveNothing(t *testing.T) {
	metrics := observed(t)
	s := newSite(t, t.TempDir(), "", 1, "--metrics-addr", metrics)
	s.start()
	g := &stage{s: s}
	key := g.open()
	for n := range 3 { // what is made once is there
		g.studio(key, n)
	}
	goroutines, files := calm(t, metrics)
	c := count(t, "studios over WHIP that come and go", 0)
	for n := range c.rounds(scale(6, 500)) {
		g.studio(key, n)
	}
	after, left := rests(t, metrics, goroutines, files)
	s.kill()
	s.audit()
	c.say("a third deleted, a third closed in silence, a third never connected; goroutines %d before, %d after; descriptors %d before, %d after", goroutines, after, files, left)
}
