package shopapi

import (
	"context"
	"net/http"

	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop"
)

func (h *door) mountAddresses(r *server.Router) {
	server.Register(r, get("address-list", "/addresses", "My addresses, the default first", server.SignedIn), h.addresses)
	server.Register(r, op("address-add", http.MethodPost, "/addresses", "Add an address"), h.addAddress)
	server.Register(r, op("address-update", http.MethodPut, "/addresses/{id}", "Replace an address"), h.changeAddress)
	remove := op("address-delete", http.MethodDelete, "/addresses/{id}", "Remove an address")
	remove.Status = http.StatusNoContent
	server.Register(r, remove, h.deleteAddress)
}

// AddressList is all addresses of a person.
type AddressList struct {
	Items []Address `json:"items" maxItems:"20"`
}

func (h *door) addresses(ctx context.Context, _ *struct{}) (*struct{ Body AddressList }, error) {
	found, err := h.Shop.Addresses(ctx, server.ActorFrom(ctx))
	if err != nil {
		return nil, err
	}
	out := AddressList{Items: make([]Address, 0, len(found))}
	for _, a := range found {
		out.Items = append(out.Items, renderAddress(a))
	}
	return &struct{ Body AddressList }{out}, nil
}

// AddressInput is an address as typed.
type AddressInput struct {
	Name      string `json:"name" minLength:"1" maxLength:"60"`
	Phone     string `json:"phone" minLength:"5" maxLength:"24"`
	Region    string `json:"region" minLength:"2" maxLength:"120"`
	Detail    string `json:"detail" minLength:"2" maxLength:"240"`
	IsDefault bool   `json:"isDefault,omitempty"`
}

func (in AddressInput) domain() shop.Address {
	return shop.Address{Name: in.Name, Phone: in.Phone, Region: in.Region, Detail: in.Detail, IsDefault: in.IsDefault}
}

type addressOut struct{ Body Address }

func (h *door) addAddress(ctx context.Context, in *struct{ Body AddressInput }) (*addressOut, error) {
	a, err := h.Shop.AddAddress(ctx, server.ActorFrom(ctx), in.Body.domain())
	if err != nil {
		return nil, err
	}
	return &addressOut{renderAddress(a)}, nil
}

type changeAddressIn struct {
	ByID
	Body AddressInput
}

func (h *door) changeAddress(ctx context.Context, in *changeAddressIn) (*addressOut, error) {
	a, err := h.Shop.ChangeAddress(ctx, server.ActorFrom(ctx), in.ID, in.Body.domain())
	if err != nil {
		return nil, err
	}
	return &addressOut{renderAddress(a)}, nil
}

func (h *door) deleteAddress(ctx context.Context, in *ByID) (*struct{}, error) {
	return nil, h.Shop.DeleteAddress(ctx, server.ActorFrom(ctx), in.ID)
}
