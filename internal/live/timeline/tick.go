package timeline

import "encoding/json"

// State of a room.
type State string

const (
	Prepared     State = "prepared"
	Live         State = "live"
	Reconnecting State = "reconnecting"
	Ended        State = "ended"
	Cancelled    State = "cancelled"
)

// Comment is one line of talk. JSON keys are short because every viewer pays for them.
type Comment struct {
	ID     string `json:"id"`
	User   string `json:"u"`
	Name   string `json:"name"`
	Avatar string `json:"avatar"`
	Text   string `json:"text"`
	At     int64  `json:"at"`              // unix ms
	Badge  string `json:"badge,omitempty"` // host or moderator
	Ask    bool   `json:"ask,omitempty"`   // reads as a question
	Same   int    `json:"n,omitempty"`     // how many said the same in this tick, when more than one
	Demo   bool   `json:"demo,omitempty"`  // said by an actor of the sample world
}

// Item is one product on the shelf, as hinted to viewers.
type Item struct {
	ProductID string `json:"productId"`
	Number    int    `json:"number"`
	Title     string `json:"title"`
	ImageURL  string `json:"imageUrl"`
	Price     int64  `json:"priceMinor"`
	ListPrice int64  `json:"listPriceMinor,omitempty"`
	Left      int64  `json:"left"`
	Sold      int64  `json:"sold"`
	State     string `json:"state"`
}

// Kinds of must-arrive events.
const (
	KindExplain = "explain"
	KindProduct = "product"
	KindShelf   = "shelf"
	KindPin     = "pin"
	KindRemove  = "remove"
	KindMute    = "mute"
	KindRoom    = "room"
)

// Event is a must-arrive state with its version. Which fields matter depends on T.
type Event struct {
	T         string   `json:"t"`
	V         int64    `json:"v"`
	ProductID *string  `json:"productId,omitempty"` // explain (null: nothing), product
	At        int64    `json:"at,omitempty"`        // explain: when it began
	Price     int64    `json:"priceMinor,omitempty"`
	ListPrice int64    `json:"listPriceMinor,omitempty"`
	Left      *int64   `json:"left,omitempty"`
	Sold      *int64   `json:"sold,omitempty"`
	Items     []Item   `json:"items,omitempty"`
	Comment   *Comment `json:"comment,omitempty"`
	CommentID string   `json:"commentId,omitempty"`
	UserID    string   `json:"userId,omitempty"`
	Until     *int64   `json:"until,omitempty"` // mute: unix ms, 0 lifted
	State     string   `json:"state,omitempty"` // room: the room's; product: the product's
}

// MarshalJSON writes null where null is the message: nothing explained, nothing pinned.
func (e Event) MarshalJSON() ([]byte, error) {
	type plain Event
	switch e.T {
	case KindExplain:
		return json.Marshal(struct {
			T         string  `json:"t"`
			V         int64   `json:"v"`
			ProductID *string `json:"productId"`
			At        int64   `json:"at"`
		}{e.T, e.V, e.ProductID, e.At})
	case KindPin:
		return json.Marshal(struct {
			T       string   `json:"t"`
			V       int64    `json:"v"`
			Comment *Comment `json:"comment"`
		}{e.T, e.V, e.Comment})
	case KindShelf:
		items := e.Items
		if items == nil {
			items = []Item{}
		}
		return json.Marshal(struct {
			T     string `json:"t"`
			V     int64  `json:"v"`
			Items []Item `json:"items"`
		}{e.T, e.V, items})
	}
	return json.Marshal(plain(e))
}

// Bought is one line of the purchase ticker: lossy, for show.
type Bought struct {
	Name      string `json:"name"`
	ProductID string `json:"productId"`
	Title     string `json:"title"`
	Quantity  int    `json:"qty"`
}

// Tick is what happened since the tick before. Sealed once, never changed.
type Tick struct {
	V        int       `json:"v"`
	Room     string    `json:"room"`
	Epoch    int64     `json:"e"`
	N        int64     `json:"n"`
	At       int64     `json:"at"`   // sealed, unix ms
	Period   int64     `json:"p"`    // ms
	Next     int64     `json:"next"` // when n+1 is due, unix ms
	Jitter   int64     `json:"j"`    // ms a clock-paced reader spreads its request over
	Online   int64     `json:"o"`
	Likes    int64     `json:"lt"`
	NewLikes int64     `json:"l,omitempty"`
	Comments []Comment `json:"c,omitempty"`
	Said     int       `json:"k,omitempty"` // comments received; shown len(Comments) of Said
	Events   []Event   `json:"s,omitempty"`
	Bought   []Bought  `json:"b,omitempty"`
}

// Over reports whether the tick carries the room's end.
func (t Tick) Over() bool {
	for _, e := range t.Events {
		if e.T == KindRoom && State(e.State) == Ended {
			return true
		}
	}
	return false
}

// Keyframe is the room's state after tick N.
type Keyframe struct {
	V         int              `json:"v"`
	Key       bool             `json:"key"`
	Room      string           `json:"room"`
	Epoch     int64            `json:"e"`
	N         int64            `json:"n"`
	At        int64            `json:"at"`
	Period    int64            `json:"p"`
	Next      int64            `json:"next"`
	Jitter    int64            `json:"j"`
	Online    int64            `json:"o"`
	Likes     int64            `json:"lt"`
	State     State            `json:"state"`
	Explain   *string          `json:"explain"`
	ExplainAt int64            `json:"explainAt,omitempty"`
	Shelf     []Item           `json:"shelf"`
	Pin       *Comment         `json:"pin"`
	Comments  []Comment        `json:"comments"`
	Versions  map[string]int64 `json:"versions"`
}
