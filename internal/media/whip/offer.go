package whip

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pion/webrtc/v4"

	"github.com/hawker-live/hawker/internal/errs"
)

// maxCandidates bounds the addresses one publisher may make us probe, offered and trickled
// together; a laptop with several networks has about a dozen.
const maxCandidates = 64

// offer is what a browser wants to send.
type offer struct {
	sdp          string
	video, audio bool
	stereo       bool // the sound is announced with two channels
	candidates   int
}

// parseOffer reads an offer and refuses what could never become a broadcast.
func parseOffer(body string) (offer, error) {
	o := offer{sdp: body}
	desc := webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: body}
	parsed, err := desc.Unmarshal()
	if err != nil || len(parsed.MediaDescriptions) == 0 {
		return o, at(http.StatusBadRequest, "whip_sdp_invalid", "the body is no session description")
	}
	for _, m := range parsed.MediaDescriptions {
		s := section{}
		for _, a := range m.Attributes {
			s.attribute(a.Key, a.Value)
		}
		o.candidates += s.candidates
		kind := m.MediaName.Media
		if kind != "video" && kind != "audio" {
			return o, errs.ForProgram(errs.Invalid, "whip_offer", "only sound and picture are taken here, not %q", kind)
		}
		if s.silent || m.MediaName.Port.Value == 0 {
			continue
		}
		switch {
		case kind == "video" && o.video, kind == "audio" && o.audio:
			return o, errs.ForProgram(errs.Invalid, "whip_offer", "offer one picture and one sound")
		case s.simulcast:
			return o, errs.New(errs.Invalid, "whip_simulcast", "turn simulcast off: one quality is taken")
		case kind == "video" && !s.h264():
			return o, errs.New(errs.Invalid, "whip_codec", "the picture must be offered as H.264 baseline, main or high with packetization-mode=1")
		case kind == "audio" && !s.opus:
			return o, errs.New(errs.Invalid, "whip_codec", "the sound must be offered as Opus")
		}
		o.video = o.video || kind == "video"
		o.audio = o.audio || kind == "audio"
		o.stereo = o.stereo || s.stereo
	}
	switch {
	case !o.video && !o.audio:
		return o, errs.ForProgram(errs.Invalid, "whip_offer", "the offer sends neither sound nor picture")
	case o.candidates > maxCandidates:
		return o, errTooManyCandidates
	}
	return o, nil
}

var errTooManyCandidates = errs.ForProgram(errs.Invalid, "whip_candidates", "more than %d addresses", maxCandidates)

// section collects what matters of one media section.
type section struct {
	silent     bool
	simulcast  bool
	opus       bool
	stereo     bool
	candidates int
	h264Types  []string
	usable     []string // payload types with packetization-mode=1 and a profile we take
}

func (s *section) attribute(key, value string) {
	switch key {
	case "recvonly", "inactive":
		s.silent = true
	case "simulcast":
		s.simulcast = true
	case "candidate":
		s.candidates++
	case "rtpmap":
		payload, name, _ := strings.Cut(value, " ")
		switch name = strings.ToLower(name); {
		case strings.HasPrefix(name, "h264/90000"):
			s.h264Types = append(s.h264Types, payload)
		case strings.HasPrefix(name, "opus/48000"):
			s.opus = true
		}
	case "fmtp":
		payload, params, _ := strings.Cut(value, " ")
		modeOne, profile := false, true // no profile means baseline (RFC 6184 8.1)
		for p := range strings.SplitSeq(params, ";") {
			switch p = strings.ToLower(strings.TrimSpace(p)); {
			case p == "packetization-mode=1":
				modeOne = true
			case p == "stereo=1", p == "sprop-stereo=1":
				s.stereo = true
			case strings.HasPrefix(p, "profile-level-id="):
				profile = slices.ContainsFunc(profiles, func(own string) bool { return strings.HasPrefix(p, "profile-level-id="+own[:4]) })
			}
		}
		if modeOne && profile {
			s.usable = append(s.usable, payload)
		}
	}
}

func (s *section) h264() bool {
	return slices.ContainsFunc(s.h264Types, func(t string) bool { return slices.Contains(s.usable, t) })
}

// inviteStereo adds stereo=1 to the Opus parameters of an answer: browsers encode two channels only
// when the receiver says that it wants them (RFC 7587 6.1), whatever they announced.
func inviteStereo(sdp string) string {
	lines := strings.Split(sdp, "\r\n")
	opus := ""
	for i, line := range lines {
		if rest, ok := strings.CutPrefix(line, "a=rtpmap:"); ok && strings.Contains(strings.ToLower(rest), " opus/48000") {
			opus, _, _ = strings.Cut(rest, " ")
		}
		params, ok := strings.CutPrefix(line, "a=fmtp:"+opus+" ")
		if ok && opus != "" && !strings.Contains(";"+strings.ReplaceAll(params, " ", ""), ";stereo=1") {
			lines[i] = line + ";stereo=1"
		}
	}
	return strings.Join(lines, "\r\n")
}

// fragment is a trickle ICE fragment (RFC 8840).
type fragment struct {
	ufrag      string
	candidates []webrtc.ICECandidateInit
}

func parseFragment(body string) (fragment, error) {
	var f fragment
	var mid *string
	for line := range strings.Lines(body) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		switch key {
		case "a=ice-ufrag":
			f.ufrag = value
		case "a=mid":
			mid = &value
		case "a=candidate":
			if mid == nil {
				return f, at(http.StatusBadRequest, "whip_fragment_invalid", "a candidate without its a=mid")
			}
			if len(f.candidates) == maxCandidates {
				return f, errTooManyCandidates
			}
			f.candidates = append(f.candidates, webrtc.ICECandidateInit{Candidate: "candidate:" + value, SDPMid: mid})
		}
	}
	if f.ufrag == "" {
		return f, at(http.StatusBadRequest, "whip_fragment_invalid", "the fragment has no a=ice-ufrag")
	}
	return f, nil
}
