package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hawker-live/hawker/internal/demo/assets"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/shop"
)

// stall is a shop of the sample world and the classes of goods it sells.
type stall struct {
	key, name, channel, kind string
	note                     string
	freight                  int64 // fen an order line adds, 0 = sent free
	classes                  []string
	merchants                bool // run by the merchant role, else by the channel's owner
}

var stalls = []stall{
	{key: "market", name: "禾巷市集小铺", channel: "market", kind: shop.Enterprise, note: "当天出摊当天发，冷的坐冷链。", freight: 600,
		classes: []string{"snacks", "steamed", "home", "books"}, merchants: true},
	{key: "studio", name: "阿檐陶舍", channel: "studio", kind: shop.Individual, note: "周四开窑，周五发货。碎了拍张照就补。",
		classes: []string{"ceramics", "tea"}, merchants: true},
	{key: "dress", name: "White Label", channel: "dress", kind: shop.Enterprise, note: "Each piece says its cloth and its workshop. Seven days to send it back.",
		classes: []string{"dresses", "knitwear", "accessories"}},
	{key: "hall", name: "West Bank Store", channel: "concert", kind: shop.Enterprise, note: "Printed matter and things from the hall, the court and the roof. Posted on Tuesdays.", freight: 600,
		classes: []string{"merch"}},
	{key: "fruit", name: "南坡果园", channel: "fruit", kind: shop.Individual, note: "熟了才摘，下雨顺延。坏果包赔。", freight: 1000,
		classes: []string{"fruit", "sweets"}},
}

// demoLicence has the length of a business licence number and cannot be one.
const demoLicence = "DEMO00000000000000"

// stallOf is the number of the stall that sells a product of the book.
func (sc *scene) stallOf(product int) int {
	class := sc.book.Products[product].Class
	return slices.IndexFunc(stalls, func(st stall) bool { return slices.Contains(st.classes, class) })
}

func (sc *scene) keeper(st stall) int {
	if st.merchants {
		return sc.merchant
	}
	return sc.ownerOf(st.channel)
}

func (s *seeding) shopStep() step {
	return step{what: "shops", units: len(stalls), batch: len(stalls), unit: func(ctx context.Context, i int) error {
		st := stalls[i]
		keeper, owner := s.keeper(st), s.ownerOf(st.channel)
		channel := identity.Scope{Kind: "channel", ID: s.known[key("channel", st.channel)]}
		s.ago(68*day - time.Duration(i)*time.Hour)
		if keeper != owner {
			// Binding a shop takes an owner of the channel; afterwards the merchant is one of its team.
			if _, err := s.past.Identity.SetMember(ctx, s.actor(owner), channel, login(keeper), identity.Owner); err != nil {
				return err
			}
		}
		logo, err := s.image(ctx, s.actor(keeper).UserID, s.channelFace(st.channel))
		if err != nil {
			return err
		}
		licence := ""
		if st.kind == shop.Enterprise {
			licence = demoLicence
		}
		opened, err := s.past.Shop.OpenShop(ctx, s.actor(keeper), shop.ShopInput{Name: &st.name, Kind: &st.kind, Logo: &logo, ChannelID: &channel.ID, LicenceNo: &licence, Announcement: &st.note})
		if err != nil {
			return fmt.Errorf("shop %s: %w", st.key, err)
		}
		if keeper != owner {
			if _, err := s.past.Identity.SetMember(ctx, s.actor(owner), channel, login(keeper), identity.Staff); err != nil {
				return err
			}
		}
		for _, staff := range s.staffOf(i) {
			if _, err := s.past.Identity.SetMember(ctx, s.actor(keeper), identity.Scope{Kind: "shop", ID: opened.ID}, login(staff), identity.Staff); err != nil {
				return err
			}
		}
		return s.put(ctx, key("shop", st.key), opened.ID)
	}}
}

func (sc *scene) channelFace(channel string) string {
	for _, c := range sc.book.Channels {
		if c.Key == channel {
			return c.Avatar
		}
	}
	return assets.AvatarFile(0)
}

// staffOf lists who shows goods of a stall on a channel the stall is not bound to: sellers must be in its team.
func (sc *scene) staffOf(i int) []int {
	var out []int
	shown := func(channel string, product int) {
		who := sc.ownerOf(channel)
		if product >= 0 && sc.stallOf(product) == i && who != sc.keeper(stalls[i]) && !slices.Contains(out, who) && (stalls[i].channel != channel || who == sc.host) {
			out = append(out, who)
		}
	}
	for _, p := range sc.book.Posts {
		if p.Product != nil {
			shown(p.Channel, *p.Product)
		}
	}
	for _, st := range stages {
		for _, k := range st.shelf {
			shown(st.channel, sc.productByKey(k))
		}
	}
	for _, sh := range shows {
		for _, k := range sh.shelf {
			shown(sh.channel, sc.productByKey(k))
		}
	}
	return out
}

// limits are products of which one person may buy only so many.
var limits = map[string]int64{"teapot-purple": 1, "bowl-celadon": 3, "poster": 2, "strawberry": 4}

// sized classes cost the same in every variant; elsewhere a later variant is the bigger one.
var sized = []string{"dresses", "knitwear", "accessories"}

// biggerPercent is what each following variant costs more.
const biggerPercent = 75

func variantPrice(p assets.Product, base int64, variant int) int64 {
	if slices.Contains(sized, p.Class) {
		return base
	}
	return base + base*biggerPercent*int64(variant)/100/100*100
}

func (s *seeding) productStep() step {
	return step{what: "products", units: len(s.book.Products), batch: 20, unit: func(ctx context.Context, i int) error {
		p, st := s.book.Products[i], stalls[s.stallOf(i)]
		keeper := s.actor(s.keeper(st))
		s.ago(66*day - time.Duration(i)*11*time.Minute)
		picture, err := s.image(ctx, keeper.UserID, p.File)
		if err != nil {
			return err
		}
		made, err := s.past.Shop.CreateProduct(ctx, keeper, s.known[key("shop", st.key)], s.listing(p, st, picture, i))
		if err != nil {
			return fmt.Errorf("product %s: %w", p.Key, err)
		}
		for v, k := range made.Skus {
			if err := s.put(ctx, key("sku", i, v), k.ID); err != nil {
				return err
			}
		}
		return s.put(ctx, key("product", i), made.ID)
	}}
}

func (s *seeding) listing(p assets.Product, st stall, picture string, i int) shop.ProductInput {
	english := s.listedInEnglish(p.Class)
	option := shop.Option{Name: either(english, "规格", "Kind")}
	if slices.Contains(sized, p.Class) {
		option.Name = either(english, "尺码", "Size")
	}
	d := dice("stock", i)
	in := shop.ProductInput{Title: either(english, p.NameZH, p.NameEN), Subtitle: either(english, p.NameEN, p.NameZH), Category: s.className(p.Class),
		Description: either(english, p.StoryZH+"\n\n"+p.StoryEN, p.StoryEN+"\n\n"+p.StoryZH), Images: []string{picture},
		LimitPerBuyer: limits[p.Key], Freight: st.freight, State: shop.On}
	for v, words := range p.Variants {
		value := either(english, words.ZH, words.EN)
		option.Values = append(option.Values, value)
		in.Skus = append(in.Skus, shop.SkuInput{Specs: []shop.Spec{{Name: option.Name, Value: value}}, Price: variantPrice(p, p.PriceMinor, v),
			ListPrice: variantPrice(p, p.ListPriceMinor, v), Stock: 160 + d.Int64N(140), Code: fmt.Sprintf("%s-%d", p.Key, v+1)})
	}
	in.Options = []shop.Option{option}
	return in
}

func (sc *scene) className(k string) string {
	for _, c := range sc.book.Classes {
		if c.Key == k {
			return either(c.Lang == "en", c.NameZH, c.NameEN)
		}
	}
	return k
}

// shortages are what is left of some products when the history ends: 0 is sold out.
var shortages = []struct {
	product string
	left    int64
}{{"knit-moss", 0}, {"teapot-purple", 2}, {"dried-persimmon", 4}, {"bowl-set", 3}, {"dress-persimmon", 5}, {"osmanthus-cake", 9}}

func (s *seeding) shortageStep() step {
	return step{what: "shortages", units: len(shortages), batch: len(shortages), unit: func(ctx context.Context, i int) error {
		n := s.productByKey(shortages[i].product)
		keeper := s.actor(s.keeper(stalls[s.stallOf(n)]))
		s.ago(time.Hour)
		p, err := s.past.Shop.Product(ctx, s.known[key("product", n)])
		if err != nil {
			return err
		}
		for v, k := range p.Skus {
			left := int64(0)
			if v == 0 {
				left = shortages[i].left
			}
			if delta := left - k.Stock.Available; delta != 0 {
				if _, err := s.past.Shop.AdjustStock(ctx, keeper, k.ID, delta); err != nil {
					return fmt.Errorf("stock of %s: %w", shortages[i].product, err)
				}
			}
		}
		return nil
	}}
}

// regions and lanes of fictional addresses; the numbers 138 0000 0000 to 9999 belong to nobody here.
var regions = []string{"浙江省 杭州市 西湖区", "江苏省 苏州市 姑苏区", "上海市 上海市 徐汇区", "四川省 成都市 锦江区", "北京市 北京市 东城区", "广东省 广州市 越秀区", "云南省 昆明市 五华区", "湖北省 武汉市 武昌区"}

func (s *seeding) addressStep() step {
	buyers := s.buyers()
	return step{what: "addresses", units: len(buyers), batch: len(buyers), unit: func(ctx context.Context, i int) error {
		d, who := dice("address", i), buyers[i]
		s.ago(62 * day)
		a, err := s.past.Shop.AddAddress(ctx, s.actor(who), shop.Address{Name: s.people[who].name, Phone: fmt.Sprintf("1380000%04d", 1000+i), Region: regions[d.IntN(len(regions))],
			Detail: fmt.Sprintf("禾巷%d号%d单元%d0%d室", 1+d.IntN(60), 1+d.IntN(4), 1+d.IntN(9), 1+d.IntN(4)), IsDefault: true})
		if err != nil {
			return err
		}
		return s.put(ctx, key("address", who), a.ID)
	}}
}
