package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
	"github.com/hawker-live/hawker/bench/report"
	"github.com/hawker-live/hawker/bench/site"
)

type options struct {
	binary  string
	viewers int
	seconds int
	talkers int
	rate    int
	peers   bool
}

// settling lets joins and their garbage pass before anything counts.
const settling = 4 * time.Second

const (
	// vanguard viewers are there before memory is counted.
	vanguard = 1000
	// idleFor is how long a silent room is looked at.
	idleFor = 8 * time.Second
)

func main() {
	var o options
	asCrowd := flag.String("crowd", "", "be viewers, described by this JSON (the bench starts itself so)")
	asNATS := flag.Int("nats", 0, "be nats-server with its WebSocket on this port (the bench starts itself so)")
	flag.StringVar(&o.binary, "binary", "", "the hawker to start; built from the sources when empty")
	flag.IntVar(&o.viewers, "viewers", 19_000, "WebSocket viewers of one room; a process here has at most 20,000 descriptors")
	flag.IntVar(&o.seconds, "seconds", 10, "how long each window counts")
	flag.IntVar(&o.talkers, "talkers", 320, "users who comment; each may say 0.7 a second")
	flag.IntVar(&o.rate, "rate", 200, "comments a second")
	flag.BoolVar(&o.peers, "peers", true, "run the peers too")
	flag.Parse()
	var err error
	switch {
	case *asCrowd != "":
		err = crowdMain(*asCrowd)
	case *asNATS != 0:
		err = natsMain(*asNATS)
	default:
		err = bench(context.Background(), o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "room:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) error {
	r := report.New("room")
	ours, ticks, err := hawker(ctx, r, o)
	if err != nil {
		return err
	}
	if o.peers {
		if err := peers(ctx, r, o, ours, ticks); err != nil {
			return err
		}
	}
	r.Note("without TLS; over loopback the kernel charges a receiver's TCP work to the sender's CPU")
	return r.Print(os.Stdout)
}

// hawker measures the real binary, and returns its viewer-ticks per CPU second and the ticks of the window.
func hawker(ctx context.Context, r *report.Run, o options) (float64, [][]byte, error) {
	if o.binary == "" {
		var err error
		if o.binary, err = site.Binary(ctx); err != nil {
			return 0, nil, err
		}
	}
	s, err := site.Start(ctx, site.Options{Binary: o.binary, World: "serve", Env: serverEnv})
	if err != nil {
		return 0, nil, err
	}
	defer func() { s.Stop() }()
	stage, err := open(ctx, s, o)
	if err != nil {
		return 0, nil, err
	}
	defer stage.push.Kill()

	talking, hush := context.WithCancel(ctx)
	defer hush()
	talk(talking, stage.room, stage.users, o.rate)
	time.Sleep(settling)
	begun, used := time.Now(), s.CPU()
	time.Sleep(5 * time.Second)
	alone := (s.CPU() - used).Seconds() / time.Since(begun).Seconds()
	hush()
	time.Sleep(time.Second)

	// The first thousand bring the loops and their buffers with them; what counts is what each further one costs.
	job := crowdJob{Port: portOf(s.Addr), Path: "/api/v1/live/rooms/" + stage.room + "/ws?viewer=bench-%08d", Viewers: min(vanguard, o.viewers/2), Deflate: true}
	first, err := gather(ctx, job)
	defer first.leave()
	if err != nil {
		return 0, nil, err
	}
	before := quietest(s, idleFor)
	at := time.Now()
	job.Viewers, job.Block = o.viewers-job.Viewers, crowdsPerRun
	all, err := gather(ctx, job)
	all.crowds = append(all.crowds, first.crowds...)
	first.crowds = nil
	defer all.leave()
	if err != nil {
		return 0, nil, err
	}
	joined := time.Since(at)
	idle := quietest(s, idleFor)
	r.Figure("viewers", float64(o.viewers), "sockets", fmt.Sprintf("all in one room; the last %d joined in %.1f s", job.Viewers, joined.Seconds()))
	r.Figure("bytes_per_idle_conn", float64(idle-before)/float64(job.Viewers), "bytes", fmt.Sprintf("resident memory of the server for each of the last %d viewers of a silent room, %.0f to %.0f MB (goal 1,024)", job.Viewers, float64(before)/1e6, float64(idle)/1e6))

	talking, hush = context.WithCancel(ctx)
	defer hush()
	taken, refused := talk(talking, stage.room, stage.users, o.rate)
	record := recordTicks(talking, "ws://"+s.Addr+"/api/v1/live/rooms/"+stage.room+"/ws?viewer=bench-recorder")
	time.Sleep(settling)
	said := taken.Load()
	begun, used = time.Now(), s.CPU()
	seen, err := all.watch(time.Duration(o.seconds) * time.Second)
	wall, cpu := time.Since(begun).Seconds(), (s.CPU() - used).Seconds()
	said = taken.Load() - said
	hush()
	if err != nil {
		return 0, nil, err
	}
	if refused.Load() > 0 {
		return 0, nil, fmt.Errorf("%d comments were refused", refused.Load())
	}
	perCPU := float64(seen.Ticks) / cpu
	shown := float64(seen.Shown) / float64(seen.Decoded)
	r.Figure("tick_ms", 1000*float64(o.viewers)*wall/float64(seen.Ticks), "ms", "between two ticks of a viewer, as received")
	r.Figure("viewer_ticks_per_cpu_s", perCPU, "ticks", fmt.Sprintf("%d in %.1f s with %.2f CPU s of the whole server: ingest, %d comments posted, storage and fan-out (goal 150,000)", seen.Ticks, wall, cpu, said))
	r.Figure("fanout_viewer_ticks_per_cpu_s", float64(seen.Ticks)/(cpu-alone*wall), "ticks", fmt.Sprintf("without the %.2f cores the same room takes with nobody watching", alone))
	r.Figure("tick_bytes", float64(seen.Bytes)/float64(seen.Decoded), "bytes", "payload of a tick as it travels, compressed once for all (goal 3,000 at most)")
	r.Figure("delivered_msgs_per_s", float64(seen.Ticks)*shown/wall, "comments/s", fmt.Sprintf("%.1f comments shown in a tick, for %.1f said", shown, float64(seen.Said)/float64(seen.Decoded)))
	r.Figure("p50_seal_read_ms", seen.age(0.5), "ms", fmt.Sprintf("from the tick's seal to a viewer's read, %d decoded", seen.Decoded))
	r.Figure("p99_seal_read_ms", seen.age(0.99), "ms", "goal 150")
	r.Figure("fewest_ticks", float64(seen.Fewest), "ticks", fmt.Sprintf("of the viewer who got the fewest; %d ticks missed by the %d who decode", seen.Gaps, (o.viewers+50)/100))
	return perCPU, record(), nil
}

// stage is a room on air with people who will talk.
type stage struct {
	room  string
	users []*site.Person
	push  interface{ Kill() }
}

// serverEnv: a line of log for each of 200 comments a second belongs to no room.
var serverEnv = []string{"HAWKER_ACCESS_LOG=false"}

func open(ctx context.Context, s *site.Site, o options) (*stage, error) {
	host, err := s.SignUp(ctx, "Host")
	if err != nil {
		return nil, err
	}
	channel, err := host.OpenChannel(ctx, "Bench")
	if err != nil {
		return nil, err
	}
	st := &stage{}
	if st.users, err = people(ctx, s, o.talkers); err != nil {
		return nil, err
	}
	// Hundreds of password hashes leave hundreds of megabytes of garbage: the room is measured in a fresh process.
	s.Process.Stop()
	args := []string{"serve", "--data", s.Data, "--addr", s.Addr, "--rtmp-addr", strings.TrimSuffix(strings.TrimPrefix(s.RTMP, "rtmp://"), "/live"), "--webrtc-addr", "127.0.0.1:0", "--log-level", "error"}
	if s.Process, err = proc.Start(ctx, proc.Options{Env: serverEnv, Ready: proc.Dials("tcp", s.Addr)}, o.binary, args...); err != nil {
		return nil, err
	}
	push, err := publish(ctx, channel.Push)
	if err != nil {
		return nil, err
	}
	st.push = push
	if _, err := host.Playing(ctx, channel); err != nil {
		return nil, err
	}
	var room struct{ ID string }
	if err := host.Call(ctx, http.MethodPost, "/live/channels/"+channel.ID+"/rooms", map[string]any{"title": "One room", "record": false}, &room); err != nil {
		return nil, err
	}
	st.room = room.ID
	return st, host.Call(ctx, http.MethodPost, "/live/rooms/"+room.ID+"/start", nil, nil)
}

// quietest is the least memory seen within a time: joins leave garbage, which is not theirs to keep.
func quietest(s *site.Site, d time.Duration) int64 {
	least := s.Memory()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		least = min(least, s.Memory())
	}
	return least
}

func portOf(addr string) int {
	n, _ := strconv.Atoi(addr[strings.LastIndexByte(addr, ':')+1:])
	return n
}
