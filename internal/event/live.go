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

// NoticePosted says that a channel announced a live.
type NoticePosted struct {
	NoticeID  string `json:"noticeId"`
	ChannelID string `json:"channelId"`
	StartsAt  int64  `json:"startsAt"`
	At        int64  `json:"at"`
}

func (NoticePosted) Subject() string { return "live.notice_posted" }

// NoticeMoved says that an announced live has another time.
type NoticeMoved struct {
	NoticeID  string `json:"noticeId"`
	ChannelID string `json:"channelId"`
	StartsAt  int64  `json:"startsAt"`
	At        int64  `json:"at"`
}

func (NoticeMoved) Subject() string { return "live.notice_moved" }

// NoticeCancelled says that an announced live will not be.
type NoticeCancelled struct {
	NoticeID  string `json:"noticeId"`
	ChannelID string `json:"channelId"`
	At        int64  `json:"at"`
}

func (NoticeCancelled) Subject() string { return "live.notice_cancelled" }

// Reserved says that a person asked to be told of a live.
type Reserved struct {
	NoticeID string `json:"noticeId"`
	UserID   string `json:"userId"`
	At       int64  `json:"at"`
}

func (Reserved) Subject() string { return "live.reserved" }
