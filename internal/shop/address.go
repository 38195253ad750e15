package shop

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// MaxAddresses of one person.
const MaxAddresses = 20

// Address is where things are sent.
type Address struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Phone     string `json:"phone"`
	Region    string `json:"region"` // province, city, district
	Detail    string `json:"detail"`
	IsDefault bool   `json:"isDefault"`
}

// A mainland mobile number, or an international number (E.164).
var phoneShape = regexp.MustCompile(`^(1[3-9]\d{9}|\+[1-9]\d{6,14})$`)

func (in *Address) check() error {
	in.Name, in.Region, in.Detail = strings.TrimSpace(in.Name), strings.TrimSpace(in.Region), strings.TrimSpace(in.Detail)
	in.Phone = strings.NewReplacer(" ", "", "-", "").Replace(in.Phone)
	within := func(s string, low, high int) bool {
		n := utf8.RuneCountInString(s)
		return n >= low && n <= high
	}
	switch {
	case !within(in.Name, 1, 30):
		return invalid("name", "name_invalid", "the name needs 1 to %d characters", 30).With("max", 30)
	case !phoneShape.MatchString(in.Phone):
		return invalid("phone", "phone_invalid", "give a mobile number, abroad with +country code")
	case !within(in.Region, 2, 60):
		return invalid("region", "region_invalid", "choose province, city and district")
	case !within(in.Detail, 2, 120):
		return invalid("detail", "detail_invalid", "give street and house, 2 to %d characters", 120).With("max", 120)
	}
	return nil
}

const addressByID = `SELECT id, user_id, name, phone, region, detail, is_default FROM shop_addresses WHERE id IN`

// owned is an address with the person it belongs to.
type owned struct {
	Address
	userID string
}

func scanOwned(r db.Row) (id string, v owned, err error) {
	var isDefault int64
	err = r.Scan(&v.ID, &v.userID, &v.Name, &v.Phone, &v.Region, &v.Detail, &isDefault)
	v.IsDefault = isDefault == 1
	return v.ID, v, err
}

func scanAddress(r db.Row) (Address, error) {
	var v Address
	var isDefault int64
	err := r.Scan(&v.ID, &v.Name, &v.Phone, &v.Region, &v.Detail, &isDefault)
	v.IsDefault = isDefault == 1
	return v, err
}

// Addresses lists the actor's addresses, the default first.
func (s *Service) Addresses(ctx context.Context, a identity.Actor) ([]Address, error) {
	if a.Anonymous() {
		return nil, identity.ErrSignIn
	}
	return db.List(ctx, s.DB, scanAddress, `SELECT id, name, phone, region, detail, is_default FROM shop_addresses
		WHERE user_id = $1 ORDER BY is_default DESC, id DESC LIMIT $2`, a.UserID, int64(MaxAddresses))
}

// address reads one of the user's own addresses; buyers of one moment share a read.
func (s *Service) address(ctx context.Context, userID, id string) (Address, error) {
	v, ok, err := s.addresses.Load(ctx, id)
	if err != nil {
		return Address{}, fmt.Errorf("read address: %w", err)
	}
	if !ok || v.userID != userID {
		return Address{}, errs.New(errs.NotFound, "address_not_found", "choose one of your addresses").In("addressId")
	}
	return v.Address, nil
}

// AddAddress saves a new address; the first one is the default.
func (s *Service) AddAddress(ctx context.Context, a identity.Actor, in Address) (Address, error) {
	if a.Anonymous() {
		return Address{}, identity.ErrSignIn
	}
	if err := in.check(); err != nil {
		return Address{}, err
	}
	in.ID = s.IDs.New("adr")
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		n, _, err := db.Get(ctx, s.DB, scanInt, `SELECT count(*) FROM shop_addresses WHERE user_id = $1`, a.UserID)
		if err != nil {
			return fmt.Errorf("count addresses: %w", err)
		}
		if n >= MaxAddresses {
			return errs.New(errs.TooMany, "addresses_too_many", "keep at most %d addresses", MaxAddresses).With("max", MaxAddresses)
		}
		in.IsDefault = in.IsDefault || n == 0
		if err := s.clearDefault(ctx, a.UserID, in.IsDefault); err != nil {
			return err
		}
		_, err = s.DB.Exec(ctx, `INSERT INTO shop_addresses (id, user_id, name, phone, region, detail, is_default, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, in.ID, a.UserID, in.Name, in.Phone, in.Region, in.Detail, flag(in.IsDefault), s.now())
		return err
	})
	return in, err
}

// ChangeAddress replaces one of the actor's addresses. The default is changed by making another the default.
func (s *Service) ChangeAddress(ctx context.Context, a identity.Actor, id string, in Address) (Address, error) {
	if a.Anonymous() {
		return Address{}, identity.ErrSignIn
	}
	if err := in.check(); err != nil {
		return Address{}, err
	}
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		old, err := s.address(ctx, a.UserID, id)
		if err != nil {
			return err
		}
		in.ID, in.IsDefault = id, in.IsDefault || old.IsDefault
		if err := s.clearDefault(ctx, a.UserID, in.IsDefault); err != nil {
			return err
		}
		_, err = s.DB.Exec(ctx, `UPDATE shop_addresses SET name = $1, phone = $2, region = $3, detail = $4, is_default = $5
			WHERE id = $6 AND user_id = $7`, in.Name, in.Phone, in.Region, in.Detail, flag(in.IsDefault), id, a.UserID)
		return err
	})
	return in, err
}

// DeleteAddress removes one; when it was the default, the newest of the others becomes it.
func (s *Service) DeleteAddress(ctx context.Context, a identity.Actor, id string) error {
	if a.Anonymous() {
		return identity.ErrSignIn
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		old, err := s.address(ctx, a.UserID, id)
		if err != nil {
			return err
		}
		if _, err := s.DB.Exec(ctx, `DELETE FROM shop_addresses WHERE id = $1 AND user_id = $2`, id, a.UserID); err != nil {
			return fmt.Errorf("delete address: %w", err)
		}
		if !old.IsDefault {
			return nil
		}
		_, err = s.DB.Exec(ctx, `UPDATE shop_addresses SET is_default = 1 WHERE id = (SELECT id FROM shop_addresses
			WHERE user_id = $1 ORDER BY id DESC LIMIT 1)`, a.UserID)
		return err
	})
}

func (s *Service) clearDefault(ctx context.Context, userID string, wanted bool) error {
	if !wanted {
		return nil
	}
	_, err := s.DB.Exec(ctx, `UPDATE shop_addresses SET is_default = 0 WHERE user_id = $1 AND is_default = 1`, userID)
	return err
}
