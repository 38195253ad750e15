package shop

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// Shop kinds: an enterprise shows a business licence number, an individual needs none.
const (
	Individual = "individual"
	Enterprise = "enterprise"
)

// Shop states. A closed shop sells nothing; its open orders run on.
const (
	Open      = "open"
	ShopClose = "closed"
)

// Limits of what a merchant types, in characters, and of how many shops one person opens.
const (
	maxShopName     = 30
	maxAnnouncement = 300
	maxShops        = 20
)

// Shop is a merchant's front.
type Shop struct {
	ID, Name, Kind, Logo string
	ChannelID            string
	LicenceNo            string
	Announcement         string
	State                string
	FeeBps               int64 // platform fee of new orders, in basis points
	Products             int64 // products on sale
	CreatedAt            int64
}

// ShopInput is what opening or changing a shop takes; nil fields of a change stay.
type ShopInput struct {
	Name, Kind, Logo, ChannelID, LicenceNo, Announcement, State *string
}

func scope(shopID string) identity.Scope { return identity.Scope{Kind: "shop", ID: shopID} }

// Staffed denies everyone who is not in the shop's team.
func (s *Service) Staffed(ctx context.Context, a identity.Actor, shopID string) error {
	return s.Identity.Require(ctx, a, scope(shopID), identity.Owner, identity.Staff)
}

// OpenShop opens a shop and makes the actor its owner.
func (s *Service) OpenShop(ctx context.Context, a identity.Actor, in ShopInput) (Shop, error) {
	if a.Anonymous() {
		return Shop{}, identity.ErrSignIn
	}
	shop := Shop{ID: s.IDs.New("shp"), Kind: Individual, State: Open, FeeBps: s.FeeBps, CreatedAt: s.now()}
	if in.Kind != nil {
		shop.Kind = *in.Kind
	}
	in.Kind, in.State = nil, nil
	if err := s.editShop(ctx, a, &shop, in); err != nil {
		return Shop{}, err
	}
	mine, err := s.Identity.ScopesOf(ctx, a.UserID, "shop")
	if err != nil {
		return Shop{}, err
	}
	if len(mine) >= maxShops {
		return Shop{}, errs.New(errs.TooMany, "shops_too_many", "one person runs at most %d shops", maxShops).With("max", maxShops)
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.DB.Exec(ctx, `INSERT INTO shop_shops (id, name, kind, logo, channel_id, licence_no, announcement, state,
			fee_bps, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, shop.ID, shop.Name, shop.Kind, shop.Logo,
			shop.ChannelID, shop.LicenceNo, shop.Announcement, shop.State, shop.FeeBps, shop.CreatedAt); err != nil {
			return fmt.Errorf("insert shop: %w", err)
		}
		return s.Identity.Found(ctx, scope(shop.ID), a.UserID)
	})
	return shop, err
}

// ChangeShop changes what the team may change. Owners only, because a shop's face and channel are its identity.
func (s *Service) ChangeShop(ctx context.Context, a identity.Actor, id string, in ShopInput) (Shop, error) {
	if err := s.Identity.Require(ctx, a, scope(id), identity.Owner); err != nil {
		return Shop{}, err
	}
	shop, err := s.Shop(ctx, id)
	if err != nil {
		return Shop{}, err
	}
	in.Kind = nil // a change of legal subject is a new shop
	if err := s.editShop(ctx, a, &shop, in); err != nil {
		return Shop{}, err
	}
	_, err = s.DB.Exec(ctx, `UPDATE shop_shops SET name = $1, logo = $2, channel_id = $3, licence_no = $4, announcement = $5,
		state = $6 WHERE id = $7`, shop.Name, shop.Logo, shop.ChannelID, shop.LicenceNo, shop.Announcement, shop.State, id)
	return shop, err
}

func (s *Service) editShop(ctx context.Context, a identity.Actor, shop *Shop, in ShopInput) error {
	set := func(to *string, from *string) {
		if from != nil {
			*to = strings.TrimSpace(*from)
		}
	}
	logo, channel := shop.Logo, shop.ChannelID
	set(&shop.Name, in.Name)
	set(&shop.Logo, in.Logo)
	set(&shop.ChannelID, in.ChannelID)
	set(&shop.LicenceNo, in.LicenceNo)
	set(&shop.Announcement, in.Announcement)
	set(&shop.State, in.State)
	if n := utf8.RuneCountInString(shop.Name); n < 1 || n > maxShopName {
		return errs.New(errs.Invalid, "name_invalid", "the name needs 1 to %d characters", maxShopName).In("name").With("max", maxShopName)
	}
	if utf8.RuneCountInString(shop.Announcement) > maxAnnouncement {
		return errs.New(errs.Invalid, "announcement_long", "keep the announcement within %d characters", maxAnnouncement).In("announcement").With("max", maxAnnouncement)
	}
	if shop.Kind != Individual && shop.Kind != Enterprise {
		return errs.New(errs.Invalid, "shop_kind_unknown", "choose individual or enterprise").In("kind")
	}
	if shop.Kind == Enterprise && len(shop.LicenceNo) != licenceLength {
		return errs.New(errs.Invalid, "licence_required", "an enterprise needs its %d-character licence number", licenceLength).In("licenceNo").With("length", licenceLength)
	}
	if shop.State != Open && shop.State != ShopClose {
		return errs.New(errs.Invalid, "shop_state_unknown", "a shop is open or closed").In("state")
	}
	if shop.Logo != "" && shop.Logo != logo {
		if err := s.Images.OwnImage(ctx, a.UserID, shop.Logo); err != nil {
			return err
		}
	}
	if shop.ChannelID != "" && shop.ChannelID != channel {
		return s.Identity.Require(ctx, a, identity.Scope{Kind: "channel", ID: shop.ChannelID}, identity.Owner)
	}
	return nil
}

// licenceLength is that of a unified social credit code (GB 32100-2015).
const licenceLength = 18

const shopColumns = `id, name, kind, logo, channel_id, licence_no, announcement, state, fee_bps, created_at,
	(SELECT count(*) FROM shop_products p WHERE p.shop_id = shop_shops.id AND p.state = 'on')`

func scanShop(r db.Row) (Shop, error) {
	var v Shop
	err := r.Scan(&v.ID, &v.Name, &v.Kind, &v.Logo, &v.ChannelID, &v.LicenceNo, &v.Announcement, &v.State, &v.FeeBps, &v.CreatedAt, &v.Products)
	return v, err
}

// Shop reads one shop.
func (s *Service) Shop(ctx context.Context, id string) (Shop, error) {
	v, ok, err := db.Get(ctx, s.DB, scanShop, `SELECT `+shopColumns+` FROM shop_shops WHERE id = $1`, id)
	if err == nil && !ok {
		err = errs.New(errs.NotFound, "shop_not_found", "there is no such shop")
	}
	return v, err
}

// ShopByChannel is the oldest open shop bound to a channel.
func (s *Service) ShopByChannel(ctx context.Context, channelID string) (Shop, bool, error) {
	return db.Get(ctx, s.DB, scanShop, `SELECT `+shopColumns+` FROM shop_shops
		WHERE channel_id = $1 AND channel_id <> '' AND state = 'open' ORDER BY id LIMIT 1`, channelID)
}

// ShopsByID reads many shops at once; unknown ids are left out.
func (s *Service) ShopsByID(ctx context.Context, ids []string) (map[string]Shop, error) {
	out := map[string]Shop{}
	err := inChunks(unique(ids), func(part []string) error {
		found, err := db.List(ctx, s.DB, scanShop, `SELECT `+shopColumns+` FROM shop_shops WHERE id IN (`+
			db.Placeholders(1, len(part))+`)`, anys(part)...)
		for _, v := range found {
			out[v.ID] = v
		}
		return err
	})
	return out, err
}

// MyShops lists the shops of the actor's teams with the role in each.
func (s *Service) MyShops(ctx context.Context, a identity.Actor) ([]Shop, map[string]identity.Role, error) {
	if a.Anonymous() {
		return nil, nil, identity.ErrSignIn
	}
	roles, err := s.Identity.ScopesOf(ctx, a.UserID, "shop")
	if err != nil {
		return nil, nil, err
	}
	ids := make([]string, 0, len(roles))
	for id := range roles {
		ids = append(ids, id)
	}
	shops, err := s.ShopsByID(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	return sortedBy(shops, func(v Shop) string { return v.ID }), roles, nil
}
