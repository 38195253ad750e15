package archtest

import (
	"path"
	"slices"
	"strings"
	"testing"
)

const floorsRule = `Rule: import downward only. Reason: a reader of a lower floor need not know the upper ones, and a
domain can be changed, tested or split off alone. Ways out: call down; upward and sideways declare a
port of 1-3 methods that internal/app joins, or emit an event.`

const (
	floorBase    = 0 // event errs id
	floorInfra   = 1 // infra/* config, and the web files
	floorDomains = 2
	floorDoors   = 3
	floorApp     = 4
	floorCmd     = 5
)

// shelves of the domains: things one can do alone, things offered, people together, watch and steer.
var shelves = map[string]int{
	"identity": 1, "media": 1, "money": 1,
	"channel": 2, "shop": 2, "social": 2,
	"live": 3, "messaging": 3, "article": 3, "contact": 3,
	"feed": 4, "promotion": 4, "insights": 4, "moderation": 4, "openplatform": 4, "affiliate": 4,
}

// doorDirs speak a protocol to the outside without being called …api. The payment providers are
// listed because a provider is HTTP in both directions; money itself must not import them. The fan-out
// speaks WebSocket on hijacked connections, the wire HTTP for live media; a room and a stream know nothing of sockets.
var doorDirs = []string{"internal/server", "internal/media/rtmp", "internal/media/whip", "internal/media/wire", "internal/live/fanout", "internal/money/sandbox"}

// originDirs belong to the media domain, which holds them, and are the part of it that may speak
// net/http: ranges, conditional requests and tus are HTTP by nature.
var originDirs = []string{"internal/media/tus", "internal/media/llhls", "internal/media/vod"}

// leafDirs are pure formats of the media domain: they import only floor 0 and each other, so anyone
// from the domains up may use them, and a door may sit on them without knowing the domain.
var leafDirs = []string{"internal/media/av", "internal/media/codec", "internal/media/mp4", "internal/media/cmaf"}

// doorOrder: a door may reuse the wire cards of doors before it.
var doorOrder = []string{"identity", "media", "money", "social", "shop", "channel", "live", "messaging", "article", "contact",
	"feed", "promotion", "insights", "moderation", "openplatform", "affiliate"}

type place struct {
	floor  int
	domain string // "" outside the domains
	known  bool
	leaf   bool
}

func within(dir string, dirs []string) bool {
	return slices.ContainsFunc(dirs, func(d string) bool { return dir == d || strings.HasPrefix(dir, d+"/") })
}

func locate(dir string) place {
	parts := strings.Split(dir, "/")
	if parts[0] == "cmd" {
		return place{floor: floorCmd, known: true}
	}
	if parts[0] == "web" {
		return place{floor: floorInfra, known: true}
	}
	if parts[0] != "internal" || len(parts) < 2 {
		return place{}
	}
	name, domain := parts[1], ""
	if shelves[name] > 0 {
		domain = name
	}
	switch {
	case within(dir, doorDirs), domain != "" && len(parts) == 3 && parts[2] == name+"api":
		return place{floor: floorDoors, domain: domain, known: true}
	case domain != "":
		return place{floor: floorDomains, domain: domain, known: true, leaf: within(dir, leafDirs)}
	case name == "app", name == "demo", name == "sim", name == "doorstest", name == "faults":
		return place{floor: floorApp, known: true}
	case name == "infra", name == "config":
		return place{floor: floorInfra, known: true}
	case name == "event", name == "errs", name == "id":
		return place{floor: floorBase, known: true}
	}
	return place{}
}

// forbidden says why from may not import to, "" when it may.
func forbidden(from, to string) string {
	f, t := locate(from), locate(to)
	if within(from, []string{"internal/archtest"}) {
		return ""
	}
	if !t.known {
		return to + " stands on no floor: give it a place in internal/archtest/floors_test.go"
	}
	switch {
	case to == "internal/config" && from != "internal/app" && from != "internal/doorstest" && f.floor != floorCmd:
		return "only internal/app and the commands read the configuration; others get values in their Deps"
	case f.leaf && !t.leaf && t.floor > floorBase:
		return "a media format imports only floor 0 and other formats, so that it can be used and fuzzed alone"
	case t.leaf && f.floor >= floorDomains:
		return ""
	case t.floor > f.floor:
		return "it is on a higher floor"
	case t.floor < f.floor || f.floor == floorInfra || f.floor >= floorApp:
		return ""
	case f.floor == floorBase:
		if from == "internal/event" {
			return ""
		}
		return "floor 0 imports nothing but, for the events, errs and id"
	case f.domain == t.domain:
		return ""
	case f.floor == floorDoors && f.domain == "":
		return "the server carries doors, it does not know one"
	case f.floor == floorDoors && t.domain == "":
		return ""
	case f.floor == floorDoors:
		if slices.Index(doorOrder, t.domain) < slices.Index(doorOrder, f.domain) {
			return ""
		}
		return "a door reuses the wire cards of earlier doors only: " + strings.Join(doorOrder, " < ")
	case shelves[t.domain] < shelves[f.domain]:
		return ""
	}
	return "a domain imports lower shelves only, and the first shelf imports no domain"
}

func TestFloors_ImportsGoDown(t *testing.T) {
	var broken []string
	for _, p := range packages(t) {
		if !locate(p.dir).known && p.dir != "internal/archtest" {
			broken = append(broken, p.dir+" stands on no floor: give it a place in internal/archtest/floors_test.go")
		}
		for _, s := range p.files {
			for _, to := range s.imports() {
				ours := strings.HasPrefix(to, "internal/") || strings.HasPrefix(to, "cmd/") || to == "web"
				if !ours || (s.test && forTests(to)) {
					continue
				}
				if why := forbidden(p.dir, to); why != "" && (!s.test || !testMay(p.dir, to)) {
					broken = append(broken, s.name+" imports "+to+": "+why)
				}
			}
		}
	}
	report(t, floorsRule, broken)
}

// testMay lets a test drive its domain through a real door or provider of that domain or of one
// below, instead of through a mock.
func testMay(from, to string) bool {
	f, t := locate(from), locate(to)
	if f.floor == floorApp && to == "internal/config" {
		return true // a test of the whole program builds it, and app.Build takes the settings
	}
	return f.domain != "" && t.floor == floorDoors &&
		(t.domain == f.domain || t.domain == "" || shelves[t.domain] < shelves[f.domain])
}

// forTests tells the packages that exist for tests: a test may use them from any floor.
func forTests(dir string) bool { return strings.HasSuffix(path.Base(dir), "test") }

func TestForbidden(t *testing.T) {
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"internal/shop", "internal/money", true},
		{"internal/shop", "internal/infra/db", true},
		{"internal/shop", "internal/errs", true},
		{"internal/shop/order", "internal/shop", true},
		{"internal/live", "internal/shop", true},
		{"internal/feed", "internal/live", true},
		{"internal/shop/shopapi", "internal/server", true},
		{"internal/live/liveapi", "internal/shop/shopapi", true},
		{"internal/media/rtmp", "internal/media/av", true},
		{"internal/live", "internal/media/av", true},
		{"internal/app", "internal/demo", true},
		{"internal/app", "internal/config", true},
		{"internal/event", "internal/errs", true},
		{"cmd/hawker", "internal/app", true},
		{"internal/infra/bus", "internal/infra/db", true},
		{"internal/infra/bus", "internal/event", true},

		{"internal/money", "internal/shop", false},          // up a shelf
		{"internal/money", "internal/media", false},         // beside it on shelf 1
		{"internal/shop", "internal/channel", false},        // beside it on shelf 2
		{"internal/shop", "internal/live", false},           // up a shelf
		{"internal/shop", "internal/server", false},         // up a floor
		{"internal/shop", "internal/shop/shopapi", false},   // its own door
		{"internal/money", "internal/money/sandbox", false}, // its provider
		{"internal/shop", "internal/config", false},
		{"internal/infra/db", "internal/config", false},
		{"internal/infra/db", "internal/shop", false},
		{"internal/errs", "internal/id", false},
		{"internal/id", "internal/infra/clock", false},
		{"internal/server", "internal/shop/shopapi", false},
		{"internal/shop/shopapi", "internal/live/liveapi", false},
		{"internal/shop", "internal/app", false},
		{"internal/media/mp4", "internal/media", false},
		{"internal/media/mp4", "internal/infra/blob", false},
		{"internal/infra/blob", "internal/media/mp4", false},
		{"internal/shop", "internal/newthing", false},
		{"internal/media", "internal/media/llhls", true},
		{"internal/media", "internal/media/rtmp", false},
	} {
		if why := forbidden(c.from, c.to); (why == "") != c.ok {
			t.Errorf("%s imports %s: %q", c.from, c.to, why)
		}
	}
}

func TestTestMay(t *testing.T) {
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"internal/demo", "internal/config", true},
		{"internal/shop", "internal/config", false},
		{"internal/money", "internal/money/sandbox", true},
		{"internal/shop", "internal/money/sandbox", true},
		{"internal/media/normal", "internal/media/rtmp", true},
		{"internal/money", "internal/shop/shopapi", false},
		{"internal/money", "internal/shop", false},
		{"internal/infra/db", "internal/server", false},
	} {
		if testMay(c.from, c.to) != c.ok {
			t.Errorf("a test in %s imports %s: not %v", c.from, c.to, c.ok)
		}
	}
}

// report fails with the rule and everything that breaks it.
func report(t *testing.T, rule string, broken []string) {
	t.Helper()
	if len(broken) > 0 {
		slices.Sort(broken)
		t.Errorf("%s\n\n  %s", rule, strings.Join(slices.Compact(broken), "\n  "))
	}
}
