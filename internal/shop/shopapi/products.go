package shopapi

import (
	"context"
	"net/http"

	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop"
)

func (h *door) mountProducts(r *server.Router) {
	server.Register(r, get("product-get", "/products/{id}", "A product; off sale only for its team", server.Public), h.getProduct)
	server.Register(r, get("product-manage", "/shops/{id}/manage/products", "The whole catalogue, for the team", server.SignedIn), h.manage)
	server.Register(r, act("product-create", "/shops/{id}/products", "Add a product"), h.createProduct)
	server.Register(r, op("product-update", http.MethodPut, "/products/{id}", "Replace a product; version guards against a second editor"), h.updateProduct)
	server.Register(r, op("product-state", http.MethodPost, "/products/{id}/state", "Put a product on or off sale"), h.setState)
	remove := op("product-delete", http.MethodDelete, "/products/{id}", "Remove a draft or a product off sale")
	remove.Status = http.StatusNoContent
	server.Register(r, remove, h.deleteProduct)
	server.Register(r, pays("sku-stock", "/skus/{id}/stock", "Add units, or take them away"), h.adjust)
}

type productOut struct{ Body Product }

func (h *door) product(ctx context.Context, p shop.Product) (*productOut, error) {
	s, err := h.Shop.Shop(ctx, p.ShopID)
	if err != nil {
		return nil, err
	}
	team := h.Shop.Staffed(ctx, server.ActorFrom(ctx), p.ShopID) == nil
	return &productOut{renderProduct(p, s, team)}, nil
}

func (h *door) getProduct(ctx context.Context, in *ByID) (*productOut, error) {
	p, err := h.Shop.ProductFor(ctx, server.ActorFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return h.product(ctx, p)
}

type manageIn struct {
	ByID
	Page
	State string `query:"state" enum:",on,off,draft,low"`
	Query string `query:"query" maxLength:"60"`
}

// ManagedProductList is a page of the catalogue.
type ManagedProductList struct {
	Items  []ManagedProduct `json:"items" maxItems:"100"`
	Counts ProductCounts    `json:"counts"`
	Next   string           `json:"next,omitempty" maxLength:"64"`
}

func (h *door) manage(ctx context.Context, in *manageIn) (*struct{ Body ManagedProductList }, error) {
	cards, counts, err := h.Shop.ManageProducts(ctx, server.ActorFrom(ctx), in.ID, in.State, in.Query, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := ManagedProductList{Items: make([]ManagedProduct, 0, len(cards)), Counts: ProductCounts(counts),
		Next: next(cards, in.Limit, func(c shop.Card) string { return c.ID })}
	for _, c := range cards {
		out.Items = append(out.Items, ManagedProduct{ProductCard: RenderCard(c), SkuCount: c.Skus, Held: c.Held, Category: c.Category, UpdatedAt: c.UpdatedAt})
	}
	return &struct{ Body ManagedProductList }{out}, nil
}

// SkuInput is one variant as typed.
type SkuInput struct {
	ID             string `json:"id,omitempty" maxLength:"64" doc:"empty for a new variant"`
	Specs          []Spec `json:"specs" maxItems:"3"`
	PriceMinor     int64  `json:"priceMinor" minimum:"1" maximum:"1000000000"`
	ListPriceMinor int64  `json:"listPriceMinor,omitempty" minimum:"0" maximum:"1000000000"`
	Stock          int64  `json:"stock,omitempty" minimum:"0" maximum:"1000000000" doc:"new variants only"`
	ImageAssetID   string `json:"imageAssetId,omitempty" maxLength:"64"`
	Code           string `json:"code,omitempty" maxLength:"60"`
}

// ProductInput is a whole product as typed.
type ProductInput struct {
	Title         string          `json:"title" minLength:"1" maxLength:"120"`
	Subtitle      string          `json:"subtitle" maxLength:"240"`
	Description   string          `json:"description" maxLength:"10000"`
	Category      string          `json:"category" maxLength:"80"`
	ImageAssetIDs server.IDs      `json:"imageAssetIds" minItems:"1" maxItems:"9"`
	Options       []ProductOption `json:"options" maxItems:"3"`
	Skus          []SkuInput      `json:"skus" minItems:"1" maxItems:"100"`
	LimitPerBuyer int64           `json:"limitPerBuyer" minimum:"0" maximum:"999" doc:"0 = none"`
	FreightMinor  int64           `json:"freightMinor" minimum:"0" maximum:"1000000000"`
	State         string          `json:"state" enum:"draft,on,off"`
}

func (in ProductInput) domain() shop.ProductInput {
	out := shop.ProductInput{Title: in.Title, Subtitle: in.Subtitle, Description: in.Description, Category: in.Category,
		Images: in.ImageAssetIDs, LimitPerBuyer: in.LimitPerBuyer, Freight: in.FreightMinor, State: in.State}
	for _, o := range in.Options {
		out.Options = append(out.Options, shop.Option{Name: o.Name, Values: o.Values})
	}
	for _, k := range in.Skus {
		sku := shop.SkuInput{ID: k.ID, Price: k.PriceMinor, ListPrice: k.ListPriceMinor, Stock: k.Stock, Image: k.ImageAssetID, Code: k.Code}
		for _, sp := range k.Specs {
			sku.Specs = append(sku.Specs, shop.Spec(sp))
		}
		out.Skus = append(out.Skus, sku)
	}
	return out
}

type createIn struct {
	ByID
	Body ProductInput
}

func (h *door) createProduct(ctx context.Context, in *createIn) (*productOut, error) {
	p, err := h.Shop.CreateProduct(ctx, server.ActorFrom(ctx), in.ID, in.Body.domain())
	if err != nil {
		return nil, err
	}
	return h.product(ctx, p)
}

// ProductUpdate is a product as typed over the version that was read.
type ProductUpdate struct {
	ProductInput
	Version int64 `json:"version" minimum:"1" maximum:"9007199254740991"`
}

type updateIn struct {
	ByID
	Body ProductUpdate
}

func (h *door) updateProduct(ctx context.Context, in *updateIn) (*productOut, error) {
	p, err := h.Shop.UpdateProduct(ctx, server.ActorFrom(ctx), in.ID, in.Body.Version, in.Body.domain())
	if err != nil {
		return nil, err
	}
	return h.product(ctx, p)
}

type stateIn struct {
	ByID
	Body struct {
		State string `json:"state" enum:"on,off"`
	}
}

func (h *door) setState(ctx context.Context, in *stateIn) (*productOut, error) {
	p, err := h.Shop.SetProductState(ctx, server.ActorFrom(ctx), in.ID, in.Body.State)
	if err != nil {
		return nil, err
	}
	return h.product(ctx, p)
}

func (h *door) deleteProduct(ctx context.Context, in *ByID) (*struct{}, error) {
	return nil, h.Shop.DeleteProduct(ctx, server.ActorFrom(ctx), in.ID)
}

type adjustIn struct {
	ByID
	Body struct {
		Delta int64 `json:"delta" minimum:"-1000000000" maximum:"1000000000"`
	}
}

func (h *door) adjust(ctx context.Context, in *adjustIn) (*struct{ Body Sku }, error) {
	k, err := h.Shop.AdjustStock(ctx, server.ActorFrom(ctx), in.ID, in.Body.Delta)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Sku }{renderSku(k, true)}, nil
}
