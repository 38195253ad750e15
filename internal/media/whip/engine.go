package whip

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/webrtc/v4"
)

const (
	// socketBuffer holds half a second of 128 publishers at 2 Mbit/s; the kernel may grant less.
	socketBuffer = 16 << 20
	// maxSockets bounds the addresses one machine listens on; container hosts have hundreds.
	maxSockets = 32
	// nackInterval is how often missing packets are asked for again: a few times within patience.
	nackInterval = 50 * time.Millisecond
	// hiccup is how long a quiet connection counts as connected.
	hiccup = 5 * time.Second
	// keepalive is how often ICE asks whether the publisher is still there.
	keepalive = 2 * time.Second
)

// engine makes peer connections that share their UDP sockets.
type engine struct {
	api *webrtc.API
	mux ice.UDPMux
}

func newEngine(deps Deps) (*engine, error) {
	media := &webrtc.MediaEngine{}
	if err := registerCodecs(media); err != nil {
		return nil, fmt.Errorf("register codecs: %w", err)
	}
	registry, err := interceptors(media)
	if err != nil {
		return nil, fmt.Errorf("make interceptors: %w", err)
	}
	var settings webrtc.SettingEngine
	settings.LoggerFactory = quiet{deps.Log}
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled) // a browser's hidden address shows itself when it asks us
	settings.DisableActiveTCP(true)
	settings.SetICETimeouts(min(hiccup, deps.LostAfter), deps.LostAfter, min(keepalive, deps.LostAfter/4))
	if len(deps.NAT1To1) > 0 {
		err = settings.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
			External: deps.NAT1To1, AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteAppend,
		})
		if err != nil {
			return nil, fmt.Errorf("announce public addresses: %w", err)
		}
	}
	mux, err := listen(deps)
	if err != nil {
		return nil, err
	}
	settings.SetICEUDPMux(mux)
	return &engine{mux: mux, api: webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(settings))}, nil
}

// close closes the sockets. All peer connections are gone by then.
func (e *engine) close() { _ = e.mux.Close() }

// profiles in the order we prefer them: baseline is what every browser can encode. A profile must be
// matched exactly in its first two bytes; 640c is what Apple calls its constrained High.
var profiles = []string{"42e01f", "42001f", "4d001f", "640c1f", "64001f"}

const firstProfileType = 102 // of the dynamic range; the offer's own numbers are used in its answer

func registerCodecs(m *webrtc.MediaEngine) error {
	feedback := []webrtc.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"}, {Type: webrtc.TypeRTCPFBTransportCC}}
	for i, profile := range profiles {
		err := m.RegisterCodec(webrtc.RTPCodecParameters{
			PayloadType: webrtc.PayloadType(firstProfileType + i),
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: webrtc.MimeTypeH264, ClockRate: videoRate, RTCPFeedback: feedback,
				SDPFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=" + profile,
			},
		}, webrtc.RTPCodecTypeVideo)
		if err != nil {
			return err
		}
	}
	return m.RegisterCodec(webrtc.RTPCodecParameters{
		PayloadType: 111,
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: audioRate, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
			RTCPFeedback: []webrtc.RTCPFeedback{{Type: webrtc.TypeRTCPFBTransportCC}},
		},
	}, webrtc.RTPCodecTypeAudio)
}

// interceptors are what a receiver needs: requests for lost packets, receiver reports, and arrival
// times, without which a browser's bandwidth estimate hardly grows.
func interceptors(m *webrtc.MediaEngine) (*interceptor.Registry, error) {
	registry := &interceptor.Registry{}
	nacks, err := nack.NewGeneratorInterceptor(nack.GeneratorInterval(nackInterval))
	if err != nil {
		return nil, err
	}
	reports, err := report.NewReceiverInterceptor()
	if err != nil {
		return nil, err
	}
	registry.Add(nacks)
	registry.Add(reports)
	return registry, webrtc.ConfigureTWCCSender(m, registry)
}

// listen opens one socket for a given address, or one for every address of the machine: a single
// unspecified socket would answer from whatever address the kernel prefers.
func listen(deps Deps) (ice.UDPMux, error) {
	host, port := "", 0
	if deps.UDPAddr != "" {
		h, p, err := net.SplitHostPort(deps.UDPAddr)
		if err == nil {
			port, err = strconv.Atoi(p)
		}
		if err != nil {
			return nil, fmt.Errorf("read UDP address %q: %w", deps.UDPAddr, err)
		}
		host = h
	}
	ips, err := localIPs(host)
	if err != nil {
		return nil, err
	}
	var muxes []ice.UDPMux
	var failures []error
	for _, ip := range ips {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: ip, Port: port})
		if err != nil {
			// An address may be gone or not yet usable; the others serve.
			failures = append(failures, err)
			continue
		}
		_ = conn.SetReadBuffer(socketBuffer) // a smaller buffer works, too
		muxes = append(muxes, webrtc.NewICEUDPMux(quiet{deps.Log}.NewLogger("mux"), conn))
	}
	if len(muxes) == 0 {
		return nil, fmt.Errorf("listen for WebRTC on %q: %w", deps.UDPAddr, errors.Join(failures...))
	}
	for _, err := range failures {
		deps.Log.Warn("an address is not used for WebRTC", "err", err)
	}
	return ice.NewMultiUDPMuxDefault(muxes...), nil
}

// localIPs lists where to listen, loopback last: a public address that is forwarded to us is tied to
// the first socket.
func localIPs(host string) ([]net.IP, error) {
	if host != "" {
		ip := net.ParseIP(host)
		if ip == nil {
			return nil, fmt.Errorf("listen for WebRTC: %q is no IP address", host)
		}
		if !ip.IsUnspecified() {
			return []net.IP{ip}, nil
		}
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list local addresses: %w", err)
	}
	var ips []net.IP
	for _, a := range addrs {
		// Link-local addresses need a zone and reach nobody whom another address does not.
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() {
			ips = append(ips, n.IP)
		}
	}
	slices.SortStableFunc(ips, func(a, b net.IP) int { return rank(a) - rank(b) })
	return ips[:min(len(ips), maxSockets)], nil
}

func rank(ip net.IP) int {
	switch {
	case ip.IsLoopback():
		return 2
	case ip.To4() == nil:
		return 1
	}
	return 0
}
