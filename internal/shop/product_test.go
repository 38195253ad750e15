package shop_test

import (
	"context"
	"sync"
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/shop"
)

func matrix() shop.ProductInput {
	return shop.ProductInput{Title: "Dress", Images: []string{"ast_1", "ast_2"}, State: shop.On, Category: "wear",
		Options: []shop.Option{{Name: "Colour", Values: []string{"navy", "olive"}}, {Name: "Size", Values: []string{"S", "M"}}},
		Skus: []shop.SkuInput{
			{Specs: []shop.Spec{{Name: "Size", Value: "S"}, {Name: "Colour", Value: "navy"}}, Price: 19_900, ListPrice: 29_900, Stock: 3},
			{Specs: []shop.Spec{{Name: "Colour", Value: "olive"}, {Name: "Size", Value: "M"}}, Price: 17_900, Stock: 0, Code: "OL-M"},
		}}
}

func TestProduct_OptionsMatrixIsKeptInOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, err := w.shop.CreateProduct(w.ctx, w.seller, w.store.ID, matrix())
		w.must(err)
		got, err := w.shop.Product(w.ctx, p.ID)
		w.must(err)
		if got.Skus[0].Label != "navy / S" || got.Skus[1].Code != "OL-M" || got.Skus[0].Stock.Available != 3 {
			t.Fatalf("%+v", got.Skus)
		}
		cards, err := w.shop.CardsByID(w.ctx, []string{p.ID, "prd_none", p.ID})
		w.must(err)
		c := cards[p.ID]
		if len(cards) != 1 || c.Price != 17_900 || c.MaxPrice != 19_900 || c.Left != 3 || c.Image != "ast_1" || c.Skus != 2 {
			t.Fatalf("%+v", c)
		}
		if got.Card() != (shop.Card{ID: c.ID, ShopID: c.ShopID, Title: c.Title, Image: c.Image, State: c.State, Category: c.Category, Price: c.Price,
			MaxPrice: c.MaxPrice, Left: c.Left, Skus: c.Skus, UpdatedAt: c.UpdatedAt}) {
			t.Fatalf("%+v", got.Card())
		}
	})
}

func TestProduct_RefusesWhatMakesNoSense(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for code, edit := range map[string]func(*shop.ProductInput){
			"title_invalid":         func(in *shop.ProductInput) { in.Title = "  " },
			"images_invalid":        func(in *shop.ProductInput) { in.Images = nil },
			"asset_not_found":       func(in *shop.ProductInput) { in.Images = []string{"ast_foreign"} },
			"options_too_many":      func(in *shop.ProductInput) { in.Options = make([]shop.Option, 4) },
			"option_name_invalid":   func(in *shop.ProductInput) { in.Options[1].Name = "Colour" },
			"option_values_invalid": func(in *shop.ProductInput) { in.Options[0].Values = []string{"navy", "navy"} },
			"price_invalid":         func(in *shop.ProductInput) { in.Skus[0].Price = -1 },
			"list_price_invalid":    func(in *shop.ProductInput) { in.Skus[0].ListPrice = 1 },
			"stock_invalid":         func(in *shop.ProductInput) { in.Skus[0].Stock = -1 },
			"specs_twice":           func(in *shop.ProductInput) { in.Skus[1].Specs = in.Skus[0].Specs },
			"specs_incomplete":      func(in *shop.ProductInput) { in.Skus[1].Specs = in.Skus[1].Specs[:1] },
			"specs_unknown":         func(in *shop.ProductInput) { in.Skus[1].Specs[0].Value = "pink" },
			"skus_invalid":          func(in *shop.ProductInput) { in.Skus = nil },
			"sku_unknown":           func(in *shop.ProductInput) { in.Skus[0].ID = "sku_foreign" },
			"freight_invalid":       func(in *shop.ProductInput) { in.Freight = -1 },
			"limit_invalid":         func(in *shop.ProductInput) { in.LimitPerBuyer = -1 },
			"product_state_unknown": func(in *shop.ProductInput) { in.State = "gone" },
		} {
			in := matrix()
			edit(&in)
			if _, err := w.shop.CreateProduct(w.ctx, w.seller, w.store.ID, in); errs.CodeOf(err) != code {
				t.Errorf("wanted %s, got %v", code, err)
			}
		}
		stranger := w.user("stranger")
		_, err := w.shop.CreateProduct(w.ctx, stranger, w.store.ID, matrix())
		w.refuses(err, "not_yours")
		p, err := w.shop.CreateProduct(w.ctx, w.seller, w.store.ID, matrix())
		w.must(err)
		_, err = w.shop.UpdateProduct(w.ctx, stranger, p.ID, 1, matrix())
		w.refuses(err, "product_not_found")
		_, err = w.shop.SetProductState(w.ctx, stranger, p.ID, shop.Off)
		w.refuses(err, "product_not_found")
		_, err = w.shop.AdjustStock(w.ctx, stranger, p.Skus[0].ID, 5)
		w.refuses(err, "sku_not_found")
		w.refuses(w.shop.DeleteProduct(w.ctx, stranger, p.ID), "product_not_found")
	})
}

func TestProduct_SecondEditorIsRefusedAndHeldUnitsSurviveAnEdit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, err := w.shop.CreateProduct(w.ctx, w.seller, w.store.ID, matrix())
		w.must(err)
		ann := w.buyer("ann")
		w.order(ann, p, 2)
		in := matrix()
		in.Skus = in.Skus[1:]
		in.Skus[0].ID = p.Skus[1].ID
		next, err := w.shop.UpdateProduct(w.ctx, w.seller, p.ID, p.Version, in)
		w.must(err)
		if next.Version != 2 || len(next.Skus) != 1 {
			t.Fatalf("%+v", next)
		}
		_, err = w.shop.UpdateProduct(w.ctx, w.seller, p.ID, p.Version, in)
		w.refuses(err, "product_changed")
		_, err = w.input(ann, p.Skus[0].ID, 1)
		w.refuses(err, "not_on_sale") // the variant was taken off
		w.settle()
		w.pass(1e9)
		w.sound()
	})
}

func TestProduct_OffSaleIsHiddenAndDeletedOnlyThen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, ann := w.product(1_000, 5, 0), w.buyer("ann")
		w.refuses(w.shop.DeleteProduct(w.ctx, w.seller, p.ID), "product_on_sale")
		in, err := w.input(ann, p.Skus[0].ID, 1)
		w.must(err)
		_, err = w.shop.SetProductState(w.ctx, w.seller, p.ID, shop.Off)
		w.must(err)
		_, err = w.shop.PlaceOrder(w.ctx, ann.Actor, in)
		w.refuses(err, "not_on_sale")
		_, err = w.shop.ProductFor(w.ctx, ann.Actor, p.ID)
		w.refuses(err, "product_not_found")
		_, err = w.shop.ProductFor(w.ctx, identity.Actor{}, p.ID)
		w.refuses(err, "product_not_found")
		if _, err = w.shop.ProductFor(w.ctx, w.seller, p.ID); err != nil {
			t.Fatal(err)
		}
		_, counts, err := w.shop.ManageProducts(w.ctx, w.seller, w.store.ID, "off", "oran", "", 10)
		w.must(err)
		if counts != (shop.Counts{Off: 1}) {
			t.Fatalf("%+v", counts)
		}
		w.must(w.shop.DeleteProduct(w.ctx, w.seller, p.ID))
		_, err = w.shop.ProductFor(w.ctx, w.seller, p.ID)
		w.refuses(err, "product_not_found")
	})
}

func TestStock_AdjustNeverGoesBelowZeroAgainstBuyers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.product(1_000, 10, 0)
		sku := p.Skus[0].ID
		_, err := w.shop.AdjustStock(w.ctx, w.seller, sku, -11)
		w.refuses(err, "out_of_stock")
		_, err = w.shop.AdjustStock(w.ctx, w.seller, sku, 0)
		w.refuses(err, "delta_invalid")
		_, err = w.shop.AdjustStock(w.ctx, w.seller, sku, 1_000_000_000)
		w.refuses(err, "stock_too_large")
		k, err := w.shop.AdjustStock(w.ctx, w.seller, sku, 5)
		w.must(err)
		if k.Stock.Available != 15 {
			t.Fatalf("%+v", k.Stock)
		}
		var wg sync.WaitGroup
		tries := make([]shop.PlaceInput, 12)
		buyers := make([]buyer, len(tries))
		for i := range tries {
			buyers[i] = w.buyer(string(rune('a' + i)))
			tries[i], err = w.input(buyers[i], sku, 1)
			w.must(err)
		}
		for i := range tries {
			wg.Go(func() {
				_, err := w.shop.PlaceOrder(context.Background(), buyers[i].Actor, tries[i])
				if err != nil && errs.CodeOf(err) != "out_of_stock" {
					t.Error(err)
				}
			})
			wg.Go(func() {
				_, err := w.shop.AdjustStock(context.Background(), w.seller, sku, -2)
				if err != nil && errs.CodeOf(err) != "out_of_stock" && errs.CodeOf(err) != "stock_busy" {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := w.stock(p); got[0] < 0 || got[0]+got[1]+got[2] > 15 {
			t.Fatalf("%v", got)
		}
		w.sound()
	})
}

func TestShop_OpenRules(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.user("opener")
		_, err := w.shop.OpenShop(w.ctx, identity.Actor{}, shop.ShopInput{Name: ptr("x")})
		w.refuses(err, "sign_in_required")
		_, err = w.shop.OpenShop(w.ctx, a, shop.ShopInput{Name: ptr(" ")})
		w.refuses(err, "name_invalid")
		_, err = w.shop.OpenShop(w.ctx, a, shop.ShopInput{Name: ptr("x"), Kind: ptr(shop.Enterprise)})
		w.refuses(err, "licence_required")
		_, err = w.shop.OpenShop(w.ctx, a, shop.ShopInput{Name: ptr("x"), Logo: ptr("ast_foreign")})
		w.refuses(err, "asset_not_found")
		_, err = w.shop.OpenShop(w.ctx, a, shop.ShopInput{Name: ptr("x"), ChannelID: ptr("chn_foreign")})
		w.refuses(err, "not_yours")
		s, err := w.shop.OpenShop(w.ctx, a, shop.ShopInput{Name: ptr("Firm"), Kind: ptr(shop.Enterprise), LicenceNo: ptr("91330106MA2XXXXX0X")})
		w.must(err)
		mine, roles, err := w.shop.MyShops(w.ctx, a)
		w.must(err)
		if len(mine) != 1 || roles[s.ID] != identity.Owner {
			t.Fatalf("%v %v", mine, roles)
		}
		_, err = w.shop.ChangeShop(w.ctx, w.seller, s.ID, shop.ShopInput{Name: ptr("stolen")})
		w.refuses(err, "not_yours")
		s, err = w.shop.ChangeShop(w.ctx, a, s.ID, shop.ShopInput{State: ptr(shop.ShopClose), Announcement: ptr("holiday")})
		w.must(err)
		if s.State != shop.ShopClose || s.Name != "Firm" {
			t.Fatalf("%+v", s)
		}
	})
}
