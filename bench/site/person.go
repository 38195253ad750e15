package site

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Person is somebody signed in.
type Person struct {
	site  *Site
	Token string
}

// SignUp makes an account.
func (s *Site) SignUp(ctx context.Context, name string) (*Person, error) {
	p := &Person{site: s}
	login := "bench-" + strings.ToLower(rand.Text()[:12])
	return p, p.Call(ctx, http.MethodPost, "/identity/sign-up", map[string]string{"login": login, "name": name, "password": rand.Text()}, nil)
}

// Call asks the API for one operation; in and out are JSON, either may be nil. Every call has a key of
// its own, so that operations that want one take it.
func (p *Person) Call(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	if in == nil {
		body = nil
	}
	res, err := p.Do(ctx, method, "/api/v1"+path, bytes.NewReader(body), map[string]string{"Content-Type": "application/json", "Idempotency-Key": rand.Text()})
	if err != nil {
		return err
	}
	text, err := io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %s", method, path, res.Status, text)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// Do sends any request with the person's session. The caller closes the body.
func (p *Person) Do(ctx context.Context, method, path string, body io.Reader, header map[string]string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.site.URL+path, body)
	if err != nil {
		return nil, err
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	if p.Token != "" {
		req.Header.Set("Authorization", "Bearer "+p.Token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	for _, c := range res.Cookies() {
		if c.Name == "hawker_session" {
			p.Token = c.Value
		}
	}
	return res, nil
}

// Channel is a channel with the key to publish on it.
type Channel struct {
	ID   string
	Push string // the RTMP address with the key
}

// OpenChannel makes a channel of the person's and a stream key.
func (p *Person) OpenChannel(ctx context.Context, name string) (Channel, error) {
	var c struct{ ID string }
	if err := p.Call(ctx, http.MethodPost, "/channel/channels", map[string]string{"name": name, "handle": "b" + strings.ToLower(rand.Text()[:10])}, &c); err != nil {
		return Channel{}, err
	}
	var k struct{ Key string }
	err := p.Call(ctx, http.MethodPost, "/live/channels/"+c.ID+"/ingest/key", nil, &k)
	return Channel{ID: c.ID, Push: p.site.RTMP + "/" + k.Key}, err
}

// OpenRoom makes a room on the channel, which must be on air, and starts it.
func (p *Person) OpenRoom(ctx context.Context, c Channel, title string) (id string, err error) {
	var room struct{ ID string }
	if err := p.Call(ctx, http.MethodPost, "/live/channels/"+c.ID+"/rooms", map[string]any{"title": title, "record": false}, &room); err != nil {
		return "", err
	}
	return room.ID, p.Call(ctx, http.MethodPost, "/live/rooms/"+room.ID+"/start", nil, nil)
}

// onAirWait is longer than a stream needs to its first segment.
const onAirWait = 20 * time.Second

// Playing waits until the channel is on air and returns the path of its HLS presentation.
func (p *Person) Playing(ctx context.Context, c Channel) (string, error) {
	until := time.Now().Add(onAirWait)
	for {
		var in struct {
			OnAir  bool   `json:"onAir"`
			HLSURL string `json:"hlsUrl"`
		}
		if err := p.Call(ctx, http.MethodGet, "/live/channels/"+c.ID+"/ingest", nil, &in); err != nil {
			return "", err
		}
		if in.OnAir && in.HLSURL != "" {
			return in.HLSURL, nil
		}
		if time.Now().After(until) {
			return "", fmt.Errorf("the channel was not on air within %s", onAirWait)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
