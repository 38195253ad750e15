package sim

import "github.com/hawker-live/hawker/internal/live/timeline"

func (l *loop) foldEvent(e *timeline.Event) {
	l.foldText(e.T)
	l.fold(uint64(e.V))
	l.fold(uint64(e.At))
	l.fold(uint64(e.Price))
	if e.ProductID != nil {
		l.foldText(*e.ProductID)
	}
	if e.Left != nil {
		l.fold(uint64(*e.Left))
	}
	l.foldItems(e.Items)
	if e.Comment != nil {
		l.foldText(e.Comment.ID)
	}
	l.foldText(e.CommentID)
	l.foldText(e.State)
}

func (l *loop) foldItems(items []timeline.Item) {
	for i := range items {
		it := &items[i]
		l.foldText(it.ProductID)
		l.fold(uint64(it.Price))
		l.fold(uint64(it.Left))
		l.fold(uint64(it.Sold))
	}
	l.fold(uint64(len(items)))
}

// hashTick stands for the tick's body where it is not written as JSON.
func hashTick(t *timeline.Tick) uint64 {
	var l loop
	l.reset(0)
	for _, v := range []int64{t.Epoch, t.N, t.At, t.Period, t.Next, t.Jitter, t.Online, t.Likes, t.NewLikes, int64(t.Said), int64(len(t.Events))} {
		l.fold(uint64(v))
	}
	for i := range t.Comments {
		l.foldText(t.Comments[i].ID)
		l.fold(uint64(t.Comments[i].Same))
	}
	for i := range t.Events {
		l.foldEvent(&t.Events[i])
	}
	return l.hash
}

// hashState is all a viewer sees.
func hashState(k *timeline.Keyframe) uint64 {
	var l loop
	l.reset(0)
	for _, v := range []int64{k.Epoch, k.N, k.At, k.Period, k.Next, k.Online, k.Likes, k.ExplainAt, int64(len(k.Comments))} {
		l.fold(uint64(v))
	}
	l.foldText(string(k.State))
	if k.Explain != nil {
		l.foldText(*k.Explain)
	}
	l.foldItems(k.Shelf)
	if k.Pin != nil {
		l.foldText(k.Pin.ID)
	}
	for i := range k.Comments {
		l.foldText(k.Comments[i].ID)
	}
	for _, kind := range []string{timeline.KindExplain, timeline.KindProduct, timeline.KindShelf, timeline.KindPin, timeline.KindRemove, timeline.KindRoom} {
		l.fold(uint64(k.Versions[kind]))
	}
	return l.hash
}
