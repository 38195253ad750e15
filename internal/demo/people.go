package demo

import (
	"fmt"
	"slices"

	"github.com/hawker-live/hawker/internal/demo/assets"
	"github.com/hawker-live/hawker/internal/identity"
)

// Roles a visitor of the demo may take.
const (
	RoleViewer   = "viewer"
	RoleHost     = "host"
	RoleMerchant = "merchant"
	RoleOperator = "operator"
)

// person of the sample world, in the order of the book; roles that are nobody in the book come last.
type person struct {
	name   string
	avatar int
	role   string
}

// The viewer is 小满 of the book; the other roles have their own people.
const viewerInBook = 1

// owners are who of the book runs a channel; market and studio are the host's, official the operator's.
var owners = map[string]int{
	"chestnut": 58, "stars": 48, "reader": 41, "dress": 52, "fruit": 49, "concert": 59, "court": 40, "school": 22, "island": 36,
}

// scene is the cast with what the seed made of it.
type scene struct {
	book   *assets.World
	people []person
	known  map[string]string // things, by key

	host, merchant, operator int
}

func newScene() (scene, error) {
	book, err := assets.Manifest()
	if err != nil {
		return scene{}, err
	}
	sc := scene{book: book, known: map[string]string{}}
	for i, u := range book.Users {
		p := person{name: u.Name, avatar: u.Avatar}
		if i == viewerInBook {
			p.role = RoleViewer
		}
		sc.people = append(sc.people, p)
	}
	n := len(sc.people)
	sc.host, sc.merchant, sc.operator = n, n+1, n+2
	sc.people = append(sc.people, person{"阿檐", 0, RoleHost}, person{"禾巷掌柜", 8, RoleMerchant}, person{"吆喝管理员", 21, RoleOperator})
	return sc, nil
}

func login(i int) string { return fmt.Sprintf("demo-%02d", i) }

// actor is a person as the domains know it.
func (sc *scene) actor(i int) identity.Actor {
	p := sc.people[i]
	return identity.Actor{UserID: sc.known[key("user", i)], Name: p.name, Operator: p.role == RoleOperator}
}

// ownerOf is who runs a channel of the book.
func (sc *scene) ownerOf(channel string) int {
	switch channel {
	case "market", "studio":
		return sc.host
	case "official":
		return sc.operator
	}
	return owners[channel]
}

// buyers are the people who are customers only: the viewer first, then the regulars.
func (sc *scene) buyers() []int {
	runs := map[int]bool{viewerInBook: true}
	for _, i := range owners {
		runs[i] = true
	}
	out := []int{viewerInBook}
	for i := range sc.book.Users {
		if !runs[i] {
			out = append(out, i)
		}
	}
	return out
}

// productByKey is the number of a product in the book, -1 when it is not there.
func (sc *scene) productByKey(k string) int {
	for i, p := range sc.book.Products {
		if p.Key == k {
			return i
		}
	}
	return -1
}

// english reports whether a channel of the book speaks English; the others speak Chinese, so that a reader of
// either language finds a part of the sample world in it.
func (sc *scene) english(channel string) bool {
	return slices.ContainsFunc(sc.book.Channels, func(c assets.Channel) bool { return c.Key == channel && c.Lang == "en" })
}

// listedInEnglish is the same of a class of goods.
func (sc *scene) listedInEnglish(class string) bool {
	return slices.ContainsFunc(sc.book.Classes, func(c assets.Class) bool { return c.Key == class && c.Lang == "en" })
}

// either picks the words of a language.
func either(english bool, zh, en string) string {
	if english {
		return en
	}
	return zh
}

func (sc *scene) clip(k string) assets.Clip {
	for _, c := range sc.book.Clips {
		if c.Key == k {
			return c
		}
	}
	return assets.Clip{}
}
