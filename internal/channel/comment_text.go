package channel

import (
	"context"

	"github.com/hawker-live/hawker/internal/identity"
)

// CommentText reads what a comment says, hidden or shown; a deleted one is not found. Operators only.
func (s *Service) CommentText(ctx context.Context, a identity.Actor, commentID string) (string, error) {
	if err := identity.RequireOperator(a); err != nil {
		return "", err
	}
	c, err := s.comment(ctx, commentID)
	return c.Text, err
}
