package wire

import (
	"bytes"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/hawker-live/hawker/internal/media/llhls"
)

const (
	lengthMark = "the-length"
	idMark     = "the-request"
)

// template is an answer's head in three pieces: up to the body's length, from there to the request's id, and from
// there to the date.
type template struct{ toLength, toID, toDate []byte }

// renderer writes the heads that net/http would write, headers in its order. One goroutine uses it.
type renderer struct {
	dress func(h http.Header, requestID string)
	made  map[*llhls.Head]*template
	date  []byte
	at    int64 // unix seconds of date
}

func newRenderer(dress func(http.Header, string)) *renderer {
	return &renderer{dress: dress, made: map[*llhls.Head]*template{}}
}

func (r *renderer) template(head *llhls.Head) *template {
	if t := r.made[head]; t != nil {
		return t
	}
	h := http.Header{}
	r.dress(h, idMark)
	maps.Copy(h, head.Header)
	h.Set("Content-Length", lengthMark)
	var text bytes.Buffer
	text.WriteString("HTTP/1.1 " + strconv.Itoa(head.Status) + " " + http.StatusText(head.Status) + "\r\n")
	_ = h.Write(&text) // sorted; a buffer takes everything
	text.WriteString("Date: ")
	t := &template{}
	var rest []byte
	t.toLength, rest, _ = bytes.Cut(text.Bytes(), []byte(lengthMark))
	t.toID, t.toDate, _ = bytes.Cut(rest, []byte(idMark))
	r.made[head] = t
	return t
}

// append writes the head of an answer given now; parting tells the peer that it is the connection's last.
func (r *renderer) append(out []byte, a llhls.Answer, requestID string, now time.Time, parting bool) []byte {
	t := r.template(a.Head)
	out = append(out, t.toLength...)
	out = strconv.AppendInt(out, int64(len(a.Body)), 10)
	out = append(out, t.toID...)
	out = append(out, requestID...)
	out = append(out, t.toDate...)
	if s := now.Unix(); s != r.at || r.date == nil {
		r.at, r.date = s, now.UTC().AppendFormat(r.date[:0], http.TimeFormat)
	}
	out = append(out, r.date...)
	if parting {
		out = append(out, "\r\nConnection: close"...)
	}
	return append(out, "\r\n\r\n"...)
}
