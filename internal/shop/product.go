package shop

import (
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/shop/order"
	"github.com/hawker-live/hawker/internal/shop/stock"
)

// Product states. Gone products are kept for the orders that name them.
const (
	Draft       = "draft"
	On          = "on"
	Off         = "off"
	productGone = "gone"
)

// Limits of a product; the web shows the same numbers.
const (
	MaxTitle       = 60
	MaxSubtitle    = 120
	MaxDescription = 5000
	MaxCategory    = 40
	MaxImages      = 9
	MaxOptions     = 3
	MaxValues      = 20
	MaxSkus        = 100
	MaxSpecText    = 30
	MaxLimit       = 999
)

// Option is one way a product varies: a name and its values.
type Option struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Spec is one chosen value.
type Spec struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Sku is a variant with its price and counters.
type Sku struct {
	ID, ProductID, ShopID string
	Specs                 []Spec
	Label                 string // the values in a row, "" for the only variant
	Image                 string // media asset, "" = the product's
	Price, ListPrice      int64  // fen; ListPrice 0 = none
	Code                  string // the merchant's own
	Stock                 stock.Counter
}

// Product is a thing for sale with all its variants.
type Product struct {
	ID, ShopID                   string
	Title, Subtitle, Description string
	Category                     string
	Images                       []string // media assets, the first is the cover
	Options                      []Option
	Skus                         []Sku
	LimitPerBuyer                int64 // 0 = none
	Freight                      int64 // fen
	State                        string
	Version                      int64
	CreatedAt, UpdatedAt         int64

	priceFrom, priceTo, listPrice int64 // over the variants, for cards
	goneSold                      int64 // sold of variants that were taken off
}

// SkuInput is one variant of a ProductInput. Stock counts for new variants only; later changes go
// through AdjustStock, so that an edit cannot undo a sale made while the form was open.
type SkuInput struct {
	ID               string
	Specs            []Spec
	Price, ListPrice int64
	Stock            int64
	Image, Code      string
}

// ProductInput is a whole product as typed.
type ProductInput struct {
	Title, Subtitle, Description, Category string
	Images                                 []string
	Options                                []Option
	Skus                                   []SkuInput
	LimitPerBuyer, Freight                 int64
	State                                  string
}

func invalid(field, code, format string, args ...any) *errs.Error {
	return errs.New(errs.Invalid, code, format, args...).In(field)
}

// check trims and validates; nothing of it is taken when anything is wrong.
func (in *ProductInput) check() error {
	for _, text := range []*string{&in.Title, &in.Subtitle, &in.Description, &in.Category} {
		*text = strings.TrimSpace(*text)
	}
	switch n := utf8.RuneCountInString(in.Title); {
	case n < 1 || n > MaxTitle:
		return invalid("title", "title_invalid", "the title needs 1 to %d characters", MaxTitle).With("max", MaxTitle)
	case utf8.RuneCountInString(in.Subtitle) > MaxSubtitle:
		return invalid("subtitle", "subtitle_long", "keep the subtitle within %d characters", MaxSubtitle).With("max", MaxSubtitle)
	case utf8.RuneCountInString(in.Description) > MaxDescription:
		return invalid("description", "description_long", "keep the description within %d characters", MaxDescription).With("max", MaxDescription)
	case utf8.RuneCountInString(in.Category) > MaxCategory:
		return invalid("category", "category_long", "keep the category within %d characters", MaxCategory).With("max", MaxCategory)
	case len(in.Images) < 1 || len(in.Images) > MaxImages:
		return invalid("imageAssetIds", "images_invalid", "a product shows 1 to %d pictures", MaxImages).With("max", MaxImages)
	case in.LimitPerBuyer < 0 || in.LimitPerBuyer > MaxLimit:
		return invalid("limitPerBuyer", "limit_invalid", "a limit is 0 (none) to %d", MaxLimit).With("max", MaxLimit)
	case in.Freight < 0 || in.Freight > order.MaxPrice:
		return invalid("freightMinor", "freight_invalid", "freight cannot be negative")
	case in.State != Draft && in.State != On && in.State != Off:
		return invalid("state", "product_state_unknown", "a product is a draft, on or off sale")
	}
	if err := in.checkOptions(); err != nil {
		return err
	}
	return in.checkSkus()
}

func (in *ProductInput) checkOptions() error {
	if len(in.Options) > MaxOptions {
		return invalid("options", "options_too_many", "a product varies in at most %d ways", MaxOptions).With("max", MaxOptions)
	}
	names := map[string]bool{}
	for i := range in.Options {
		o := &in.Options[i]
		o.Name = strings.TrimSpace(o.Name)
		if badText(o.Name) || names[o.Name] {
			return invalid("options", "option_name_invalid", "every option needs its own name of 1 to %d characters", MaxSpecText).With("max", MaxSpecText)
		}
		names[o.Name] = true
		if len(o.Values) < 1 || len(o.Values) > MaxValues {
			return invalid("options", "option_values_invalid", "an option has 1 to %d values", MaxValues).With("max", MaxValues)
		}
		values := map[string]bool{}
		for j := range o.Values {
			o.Values[j] = strings.TrimSpace(o.Values[j])
			if badText(o.Values[j]) || values[o.Values[j]] {
				return invalid("options", "option_values_invalid", "every value appears once, with 1 to %d characters", MaxSpecText).With("max", MaxSpecText)
			}
			values[o.Values[j]] = true
		}
	}
	return nil
}

func badText(s string) bool {
	n := utf8.RuneCountInString(s)
	return n < 1 || n > MaxSpecText
}

func (in *ProductInput) checkSkus() error {
	if len(in.Skus) < 1 || len(in.Skus) > MaxSkus {
		return invalid("skus", "skus_invalid", "a product has 1 to %d variants", MaxSkus).With("max", MaxSkus)
	}
	combos, ids := map[string]bool{}, map[string]bool{}
	for i := range in.Skus {
		k := &in.Skus[i]
		switch {
		case k.Price < 1 || k.Price > order.MaxPrice:
			return invalid("skus", "price_invalid", "a price is more than zero")
		case k.ListPrice < 0 || k.ListPrice > order.MaxPrice || (k.ListPrice > 0 && k.ListPrice < k.Price):
			return invalid("skus", "list_price_invalid", "a list price is not below the price")
		case k.Stock < 0 || k.Stock > stock.MaxUnits:
			return invalid("skus", "stock_invalid", "stock cannot be negative")
		case utf8.RuneCountInString(k.Code) > MaxSpecText:
			return invalid("skus", "code_long", "keep the merchant code within %d characters", MaxSpecText).With("max", MaxSpecText)
		case k.ID != "" && ids[k.ID]:
			return invalid("skus", "sku_twice", "a variant is listed twice")
		}
		ids[k.ID] = true
		combo, err := in.combo(k)
		if err != nil {
			return err
		}
		if combos[combo] {
			return invalid("skus", "specs_twice", "two variants have the same options").With("label", combo)
		}
		combos[combo] = true
	}
	return nil
}

// combo puts a variant's specs into the options' order and names the combination.
func (in *ProductInput) combo(k *SkuInput) (string, error) {
	if len(k.Specs) != len(in.Options) {
		return "", invalid("skus", "specs_incomplete", "a variant chooses one value of every option")
	}
	chosen := map[string]string{}
	for _, sp := range k.Specs {
		chosen[strings.TrimSpace(sp.Name)] = strings.TrimSpace(sp.Value)
	}
	k.Specs = k.Specs[:0:0]
	labels := make([]string, 0, len(in.Options))
	for _, o := range in.Options {
		v, ok := chosen[o.Name]
		found := false
		for _, have := range o.Values {
			found = found || have == v
		}
		if !ok || !found {
			return "", invalid("skus", "specs_unknown", "a variant names an option or value the product does not have")
		}
		k.Specs = append(k.Specs, Spec{o.Name, v})
		labels = append(labels, v)
	}
	return strings.Join(labels, " / "), nil
}
