package event

// RoomStarted says that a room went on air.
type RoomStarted struct {
	RoomID    string `json:"roomId"`
	ChannelID string `json:"channelId"`
	At        int64  `json:"at"`
}

func (RoomStarted) Subject() string { return "live.room_started" }

// RoomEnded says that a room's broadcast is over.
type RoomEnded struct {
	RoomID    string `json:"roomId"`
	ChannelID string `json:"channelId"`
	By        string `json:"by"` // host, operator or lost
	At        int64  `json:"at"`
}

func (RoomEnded) Subject() string { return "live.room_ended" }

// ExplainStarted says that a host began to speak of a product.
type ExplainStarted struct {
	RoomID    string `json:"roomId"`
	ProductID string `json:"productId"`
	At        int64  `json:"at"`
}

func (ExplainStarted) Subject() string { return "live.explain_started" }
