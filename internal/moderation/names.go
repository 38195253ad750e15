package moderation

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
)

// maxName of a subject in characters: the beginning tells a post from its neighbour.
const maxName = 60

// Names reads what the subjects of log lines are called, by subject id: a user's name, a room's title, the
// beginning of a post's or a comment's text. What is gone since then has no name. A page of the log has few
// subjects, so they are read one by one.
func (s *Service) Names(ctx context.Context, a identity.Actor, lines []Entry) (map[string]string, error) {
	if err := identity.RequireOperator(a); err != nil {
		return nil, err
	}
	out := make(map[string]string, len(lines))
	for _, e := range lines {
		if _, known := out[e.SubjectID]; known {
			continue
		}
		name, err := s.subjectName(ctx, a, e)
		if err != nil && !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Gone) {
			return nil, fmt.Errorf("name %s %s: %w", e.SubjectKind, e.SubjectID, err)
		}
		out[e.SubjectID] = begin(name)
	}
	return out, nil
}

func (s *Service) subjectName(ctx context.Context, a identity.Actor, e Entry) (string, error) {
	switch e.SubjectKind {
	case "user":
		cards, err := s.Identity.CardsByID(ctx, []string{e.SubjectID})
		return cards[e.SubjectID].Name, err
	case "room":
		r, err := s.Rooms.Room(ctx, e.SubjectID)
		return r.Title, err
	case "post":
		p, err := s.Channel.Post(ctx, a, e.SubjectID)
		return p.Text, err
	case StuckJob, StuckFact, StuckRefund:
		return "", nil // its id says most: the consumer's name stands in it, and a job is gone when it is done
	case "comment":
		return s.Channel.CommentText(ctx, a, e.SubjectID)
	}
	return "", nil
}

func begin(text string) string {
	if runes := []rune(text); len(runes) > maxName {
		return string(runes[:maxName-1]) + "…"
	}
	return text
}
