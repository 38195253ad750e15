package identity_test

import (
	"fmt"
	"testing"

	"github.com/hawker-live/hawker/internal/identity"
)

var shop = identity.Scope{Kind: "shop", ID: "shp_1"}

// team founds the scope with an owner and adds one member of each other role.
func (w *world) team() (owner, moderator, staff, stranger identity.Actor) {
	w.t.Helper()
	owner, _ = w.open("owner")
	moderator, _ = w.open("moderator")
	staff, _ = w.open("staff")
	stranger, _ = w.open("stranger")
	w.ok(w.Found(w.ctx, shop, owner.UserID))
	for login, role := range map[string]identity.Role{"moderator": identity.Moderator, "staff": identity.Staff} {
		_, err := w.SetMember(w.ctx, owner, shop, login, role)
		w.ok(err)
	}
	return owner, moderator, staff, stranger
}

func TestRequire_GrantsWhatARowGrants(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		owner, moderator, staff, stranger := w.team()
		operator := w.operator("ops")
		for _, tc := range []struct {
			name  string
			actor identity.Actor
			scope identity.Scope
			roles []identity.Role
			code  string
		}{
			{"owner where owners only", owner, shop, nil, ""},
			{"owner where staff", owner, shop, []identity.Role{identity.Staff}, ""},
			{"staff where staff", staff, shop, []identity.Role{identity.Moderator, identity.Staff}, ""},
			{"staff where owners only", staff, shop, nil, "not_yours"},
			{"moderator where staff", moderator, shop, []identity.Role{identity.Staff}, "not_yours"},
			{"stranger", stranger, shop, []identity.Role{identity.Owner, identity.Moderator, identity.Staff}, "not_yours"},
			{"operator is nobody's member", operator, shop, []identity.Role{identity.Staff}, "not_yours"},
			{"visitor", identity.Actor{}, shop, []identity.Role{identity.Staff}, "sign_in_required"},
			{"owner of another kind with the same id", owner, identity.Scope{Kind: "channel", ID: shop.ID}, nil, "not_yours"},
			{"owner of another id", owner, identity.Scope{Kind: "shop", ID: "shp_2"}, nil, "not_yours"},
		} {
			if err := w.Require(w.ctx, tc.actor, tc.scope, tc.roles...); (err == nil) != (tc.code == "") {
				t.Errorf("%s: %v", tc.name, err)
			} else {
				w.refused(err, tc.code)
			}
		}
		scopes, err := w.ScopesOf(w.ctx, staff.UserID, "shop")
		w.ok(err)
		if len(scopes) != 1 || scopes[shop.ID] != identity.Staff {
			t.Errorf("scopes %v", scopes)
		}
	})
}

func TestSetMember_OwnersNameTheTeam(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		owner, _, staff, stranger := w.team()
		_, err := w.SetMember(w.ctx, staff, shop, "stranger", identity.Staff)
		w.refused(err, "not_yours")
		_, err = w.SetMember(w.ctx, owner, shop, "stranger", "king")
		w.refused(err, "role_unknown")
		_, err = w.SetMember(w.ctx, owner, shop, "nobody", identity.Staff)
		w.refused(err, "user_not_found")
		_, err = w.SetMember(w.ctx, owner, shop, "staff", identity.Moderator)
		w.ok(err)
		if role, _ := w.RoleIn(w.ctx, staff, shop); role != identity.Moderator {
			t.Errorf("the role is %q after the change", role)
		}
		members, err := w.Members(w.ctx, staff, shop)
		w.ok(err)
		if len(members) != 3 {
			t.Errorf("team %v", members)
		}
		_, err = w.Members(w.ctx, stranger, shop)
		w.refused(err, "not_yours")
	})
}

func TestSetMember_ATeamHasFifty(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		owner, _ := w.open("owner")
		w.ok(w.Found(w.ctx, shop, owner.UserID))
		for i := range 50 {
			login := fmt.Sprint("member-", i)
			_, err := w.CreateUser(w.ctx, identity.SignUp{Login: login, Name: login, Password: password})
			w.ok(err)
			_, err = w.SetMember(w.ctx, owner, shop, login, identity.Staff)
			if i < 49 {
				w.ok(err)
			} else {
				w.refused(err, "team_full")
			}
		}
		_, err := w.SetMember(w.ctx, owner, shop, "member-0", identity.Moderator) // a full team still changes
		w.ok(err)
	})
}

func TestRemoveMember_TheLastOwnerStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		owner, moderator, staff, stranger := w.team()
		w.refused(w.RemoveMember(w.ctx, owner, shop, owner.UserID), "last_owner")
		_, err := w.SetMember(w.ctx, owner, shop, "owner", identity.Staff)
		w.refused(err, "last_owner")
		w.refused(w.RemoveMember(w.ctx, staff, shop, moderator.UserID), "not_yours")
		w.refused(w.RemoveMember(w.ctx, stranger, shop, stranger.UserID), "member_not_found")
		w.ok(w.RemoveMember(w.ctx, staff, shop, staff.UserID)) // leaving by oneself
		w.refused(w.RemoveMember(w.ctx, owner, shop, staff.UserID), "member_not_found")
		_, err = w.SetMember(w.ctx, owner, shop, "moderator", identity.Owner)
		w.ok(err)
		w.ok(w.RemoveMember(w.ctx, owner, shop, owner.UserID))
		w.refused(w.Require(w.ctx, owner, shop, identity.Staff), "not_yours")
		w.ok(w.Require(w.ctx, moderator, shop))
	})
}

func TestOwners_TwoWhoLeaveAtOnceLeaveOneBehind(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, _ := w.open("first")
		b, _ := w.open("second")
		for round := range 8 {
			scope := identity.Scope{Kind: "channel", ID: fmt.Sprint("chn_", round)}
			w.ok(w.Found(w.ctx, scope, a.UserID))
			_, err := w.SetMember(w.ctx, a, scope, "second", identity.Owner)
			w.ok(err)
			got := atOnce(2, func(i int) error {
				switch {
				case i == 0 && round%2 == 0:
					return w.RemoveMember(w.ctx, a, scope, a.UserID)
				case i == 0:
					_, err := w.SetMember(w.ctx, a, scope, "first", identity.Staff)
					return err
				default:
					return w.RemoveMember(w.ctx, b, scope, b.UserID)
				}
			})
			if got[""] != 1 || got["last_owner"] != 1 {
				t.Errorf("round %d: outcomes %v", round, got)
			}
		}
	})
}
