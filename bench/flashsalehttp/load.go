package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/hawker-live/hawker/bench/report"
)

const (
	// connecting is how many buyers arrive at once: before a sale people come one after another.
	connecting = 128
	// patience is how long a buyer tries: who has no decision by then is counted as unanswered.
	patience = 30 * time.Second
	// answerBytes is more than any answer here has.
	answerBytes = 64 << 10
)

// order is what a load process is told.
type order struct {
	Addr, Sku, Source string
	Buyers            []buyer
}

// load plays the buyers: they connect and ask for a quote, wait for the word, and press.
func load(ctx context.Context, _ string) error {
	if _, err := descriptors(); err != nil {
		return err
	}
	in := bufio.NewReader(os.Stdin)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return err
	}
	var o order
	if err := json.Unmarshal(line, &o); err != nil {
		return err
	}
	people := make([]*person, len(o.Buyers))
	if err := arrive(ctx, o, people); err != nil {
		return err
	}
	fmt.Println("ready")
	if _, err := in.ReadString('\n'); err != nil {
		return err
	}
	var mu sync.Mutex
	var total outcome
	var wg sync.WaitGroup
	deadline := time.Now().Add(patience)
	for _, p := range people {
		wg.Go(func() {
			begin := time.Now()
			sold, busy, err := p.insist(deadline)
			took := time.Since(begin)
			mu.Lock()
			defer mu.Unlock()
			total.Busy += busy
			switch {
			case err != nil:
				total.Unanswered++
				total.FirstError = err.Error()
				return
			case sold:
				total.Sold++
			default:
				total.SoldOut++
			}
			total.Waited.Add(took)
		})
	}
	wg.Wait()
	return json.NewEncoder(os.Stdout).Encode(struct {
		*outcome
		Waited *report.Latencies
	}{&total, &total.Waited})
}

// arrive connects everybody and lets each ask what it costs.
func arrive(ctx context.Context, o order, people []*person) error {
	slots := make(chan struct{}, connecting)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for i, b := range o.Buyers {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			p, err := meet(ctx, o, b)
			if err != nil {
				mu.Lock()
				failed = err
				mu.Unlock()
			}
			people[i] = p
		})
	}
	wg.Wait()
	return failed
}

// person is a buyer with its connection and its order ready to send.
type person struct {
	net.Conn
	in    *bufio.Reader
	order []byte
}

// portForPair lets Linux choose the port when it knows the other end. Chosen at bind, it is searched for among
// all ports that the last sale's connections still hold, which took longer than the quotes of the next sale.
func portForPair(_, _ string, c syscall.RawConn) error {
	const bindNoPort = 24 // IP_BIND_ADDRESS_NO_PORT
	if runtime.GOOS != "linux" {
		return nil
	}
	var err error
	if e := c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, bindNoPort, 1) }); e != nil {
		return e
	}
	return err
}

func meet(ctx context.Context, o order, b buyer) (*person, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(o.Source)}, Control: portForPair}
	c, err := d.DialContext(ctx, "tcp", o.Addr)
	if err != nil {
		return nil, err
	}
	p := &person{Conn: c, in: bufio.NewReaderSize(c, 2<<10)}
	a, err := p.ask(time.Now().Add(patience), request(o.Addr, b.Token, "/api/v1/shop/quotes", "", fmt.Sprintf(`{"lines":[{"skuId":%q,"quantity":1}]}`, o.Sku)))
	if err != nil {
		return nil, err
	}
	var quote struct {
		ID         string `json:"id"`
		TotalMinor int64  `json:"totalMinor"`
	}
	if err := json.Unmarshal(a.body, &quote); err != nil || a.status != http.StatusOK || quote.ID == "" {
		return nil, fmt.Errorf("quote: %d %s", a.status, a.body)
	}
	p.order = request(o.Addr, b.Token, "/api/v1/shop/orders", "press-"+b.Address, fmt.Sprintf(`{"quoteId":%q,"expectedTotalMinor":%d,"addressId":%q,"provider":"sandbox"}`,
		quote.ID, quote.TotalMinor, b.Address))
	return p, nil
}

func request(host, token, path, key, body string) []byte {
	head := "POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nOrigin: http://" + host + "\r\nCookie: hawker_session=" + token + "\r\nContent-Type: application/json\r\n"
	if key != "" {
		head += "Idempotency-Key: " + key + "\r\n"
	}
	return []byte(head + "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
}

// insist presses until it is decided. It keeps its key, so that it can only ever get one order.
func (p *person) insist(deadline time.Time) (sold bool, busy int, err error) {
	for {
		a, err := p.ask(deadline, p.order)
		if err != nil {
			return false, busy, err
		}
		var said struct {
			Code string `json:"code"`
		}
		if a.status != http.StatusOK && a.status != http.StatusCreated {
			if err := json.Unmarshal(a.body, &said); err != nil {
				return false, busy, fmt.Errorf("%d %s", a.status, a.body)
			}
		}
		switch {
		case said.Code == "":
			return true, busy, nil
		case said.Code == "out_of_stock":
			return false, busy, nil
		case a.status != http.StatusServiceUnavailable && a.status != http.StatusTooManyRequests:
			return false, busy, fmt.Errorf("%d %s", a.status, a.body)
		}
		busy++
		if time.Now().Add(a.after).After(deadline) {
			return false, busy, errors.New("still busy when patience ended")
		}
		time.Sleep(a.after)
	}
}

type answer struct {
	status int
	body   []byte
	after  time.Duration
}

func (p *person) ask(deadline time.Time, req []byte) (answer, error) {
	if err := p.SetDeadline(deadline); err != nil {
		return answer{}, err
	}
	if _, err := p.Write(req); err != nil {
		return answer{}, err
	}
	res, err := http.ReadResponse(p.in, nil)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, answerBytes))
	seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
	return answer{res.StatusCode, body, max(time.Duration(seconds)*time.Second, 100*time.Millisecond)}, errors.Join(err, res.Body.Close())
}
