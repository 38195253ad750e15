package shopapi

import (
	"context"
	"net/http"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop"
)

func (h *door) mountShops(r *server.Router) {
	server.Register(r, act("shop-open", "/shops", "Open a shop; I become its owner"), h.openShop)
	server.Register(r, get("shop-mine", "/mine", "Shops of my teams", server.SignedIn), h.myShops)
	server.Register(r, get("shop-get", "/shops/{id}", "A shop", server.Public), h.getShop)
	server.Register(r, op("shop-update", http.MethodPatch, "/shops/{id}", "Change a shop; owners only"), h.changeShop)
	server.Register(r, get("shop-products", "/shops/{id}/products", "Products of a shop that are on sale", server.Public), h.shopProducts)
	server.Register(r, get("shop-summary", "/shops/{id}/summary", "Work and figures of a shop, for its team", server.SignedIn), h.summary)
}

type shopOut struct{ Body Shop }

type openIn struct {
	Body struct {
		Name        string `json:"name" minLength:"1" maxLength:"60"`
		Kind        string `json:"kind" enum:"individual,enterprise"`
		LogoAssetID string `json:"logoAssetId,omitempty" maxLength:"64"`
		ChannelID   string `json:"channelId,omitempty" maxLength:"64"`
		LicenceNo   string `json:"licenceNo,omitempty" maxLength:"18"`
	}
}

func (h *door) openShop(ctx context.Context, in *openIn) (*shopOut, error) {
	b := &in.Body
	s, err := h.Shop.OpenShop(ctx, server.ActorFrom(ctx), shop.ShopInput{Name: &b.Name, Kind: &b.Kind, Logo: &b.LogoAssetID,
		ChannelID: &b.ChannelID, LicenceNo: &b.LicenceNo})
	if err != nil {
		return nil, err
	}
	return &shopOut{renderShop(s, identity.Owner)}, nil
}

// ShopList is the shops of my teams.
type ShopList struct {
	Items []Shop `json:"items" maxItems:"200"`
}

func (h *door) myShops(ctx context.Context, _ *struct{}) (*struct{ Body ShopList }, error) {
	shops, roles, err := h.Shop.MyShops(ctx, server.ActorFrom(ctx))
	if err != nil {
		return nil, err
	}
	out := ShopList{Items: make([]Shop, 0, len(shops))}
	for _, s := range shops {
		out.Items = append(out.Items, renderShop(s, roles[s.ID]))
	}
	return &struct{ Body ShopList }{out}, nil
}

func (h *door) getShop(ctx context.Context, in *ByID) (*shopOut, error) {
	s, err := h.Shop.Shop(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	role, err := h.Identity.RoleIn(ctx, server.ActorFrom(ctx), identity.Scope{Kind: "shop", ID: in.ID})
	if err != nil {
		return nil, err
	}
	return &shopOut{renderShop(s, role)}, nil
}

type changeShopIn struct {
	ByID
	Body struct {
		Name         *string `json:"name,omitempty" maxLength:"60"`
		LogoAssetID  *string `json:"logoAssetId,omitempty" maxLength:"64"`
		ChannelID    *string `json:"channelId,omitempty" maxLength:"64"`
		LicenceNo    *string `json:"licenceNo,omitempty" maxLength:"18"`
		Announcement *string `json:"announcement,omitempty" maxLength:"400"`
		State        *string `json:"state,omitempty" enum:"open,closed"`
	}
}

func (h *door) changeShop(ctx context.Context, in *changeShopIn) (*shopOut, error) {
	b := in.Body
	s, err := h.Shop.ChangeShop(ctx, server.ActorFrom(ctx), in.ID, shop.ShopInput{Name: b.Name, Logo: b.LogoAssetID,
		ChannelID: b.ChannelID, LicenceNo: b.LicenceNo, Announcement: b.Announcement, State: b.State})
	if err != nil {
		return nil, err
	}
	return &shopOut{renderShop(s, identity.Owner)}, nil
}

// ProductList is a page of products on sale.
type ProductList struct {
	Items []ProductCard `json:"items" maxItems:"100"`
	Next  string        `json:"next,omitempty" maxLength:"64"`
}

type shopPageIn struct {
	ByID
	Page
}

func (h *door) shopProducts(ctx context.Context, in *shopPageIn) (*struct{ Body ProductList }, error) {
	cards, err := h.Shop.ShopProducts(ctx, in.ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := ProductList{Items: make([]ProductCard, 0, len(cards)), Next: next(cards, in.Limit, func(c shop.Card) string { return c.ID })}
	for _, c := range cards {
		out.Items = append(out.Items, RenderCard(c))
	}
	return &struct{ Body ProductList }{out}, nil
}

func (h *door) summary(ctx context.Context, in *ByID) (*struct{ Body ShopSummary }, error) {
	s, err := h.Shop.ShopSummary(ctx, server.ActorFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := ShopSummary{ToShip: s.ToShip, RefundsAsked: s.RefundsAsked, LowStock: s.LowStock, OrdersToday: s.Today.Orders,
		SalesTodayMinor: s.Today.Sales, OrdersYesterday: s.Yesterday.Orders, SalesYesterdayMinor: s.Yesterday.Sales,
		Series: make([]SalesDay, 0, len(s.Series)), Hours: make([]HourSales, 0, len(s.Hours)), Best: make([]BestSeller, 0, len(s.Best))}
	for _, d := range s.Series {
		out.Series = append(out.Series, SalesDay{d.Day, d.Orders, d.Sales})
	}
	for _, h := range s.Hours {
		out.Hours = append(out.Hours, HourSales{h.Day, h.Orders, h.Sales})
	}
	for _, b := range s.Best {
		out.Best = append(out.Best, BestSeller{b.ProductID, b.Title, identityapi.ImageURL(b.Image), b.Units, b.Sales})
	}
	return &struct{ Body ShopSummary }{out}, nil
}
