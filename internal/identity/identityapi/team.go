package identityapi

import (
	"context"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/server"
)

type sessionList struct {
	Body struct {
		Items []Session `json:"items" maxItems:"20"`
	}
}

type sessionIn struct {
	ID string `path:"id" maxLength:"64"`
}

// Team names a channel's or shop's team. It is exported because huma looks only into exported embedded
// inputs.
type Team struct {
	Kind string `query:"kind" enum:"channel,shop" required:"true"`
	ID   string `query:"id" maxLength:"64" required:"true"`
}

type teamOut struct {
	Body struct {
		Items []TeamMember `json:"items" maxItems:"50"`
	}
}

type memberIn struct {
	Body struct {
		Kind  string `json:"kind" enum:"channel,shop"`
		ID    string `json:"id" maxLength:"64"`
		Login string `json:"login" minLength:"3" maxLength:"64"`
		Role  string `json:"role" enum:"owner,moderator,staff"`
	}
}

type removeIn struct {
	Team
	UserID string `query:"userId" maxLength:"64" required:"true"`
}

func (h *door) sessions(ctx context.Context, _ *struct{}) (*sessionList, error) {
	a := server.ActorFrom(ctx)
	list, err := h.Identity.Sessions(ctx, a)
	if err != nil {
		return nil, err
	}
	var out sessionList
	out.Body.Items = make([]Session, len(list))
	for i, s := range list {
		out.Body.Items[i] = Session{ID: s.ID, Current: s.ID == a.SessionID, UserAgent: s.UserAgent, CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt}
	}
	return &out, nil
}

func (h *door) endSession(ctx context.Context, in *sessionIn) (*struct{}, error) {
	return nil, h.Identity.EndSession(ctx, server.ActorFrom(ctx), in.ID)
}

func (h *door) team(ctx context.Context, in *Team) (*teamOut, error) {
	members, err := h.Identity.Members(ctx, server.ActorFrom(ctx), identity.Scope{Kind: in.Kind, ID: in.ID})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m.UserID
	}
	cards, err := h.Identity.CardsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out teamOut
	out.Body.Items = make([]TeamMember, len(members))
	for i, m := range members {
		out.Body.Items[i] = TeamMember{User: Card(cards[m.UserID]), Role: string(m.Role)}
	}
	return &out, nil
}

func (h *door) setMember(ctx context.Context, in *memberIn) (*struct{ Body TeamMember }, error) {
	m, err := h.Identity.SetMember(ctx, server.ActorFrom(ctx), identity.Scope{Kind: in.Body.Kind, ID: in.Body.ID}, in.Body.Login, identity.Role(in.Body.Role))
	if err != nil {
		return nil, err
	}
	cards, err := h.Identity.CardsByID(ctx, []string{m.UserID})
	if err != nil {
		return nil, err
	}
	return &struct{ Body TeamMember }{TeamMember{User: Card(cards[m.UserID]), Role: string(m.Role)}}, nil
}

func (h *door) removeMember(ctx context.Context, in *removeIn) (*struct{}, error) {
	return nil, h.Identity.RemoveMember(ctx, server.ActorFrom(ctx), identity.Scope{Kind: in.Kind, ID: in.ID}, in.UserID)
}
