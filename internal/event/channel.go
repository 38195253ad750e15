package event

// PostPublished says that a channel published a post.
type PostPublished struct {
	PostID    string `json:"postId"`
	ChannelID string `json:"channelId"`
	At        int64  `json:"at"`
}

func (PostPublished) Subject() string { return "channel.post_published" }

// Followed says that somebody began to follow a channel.
type Followed struct {
	ChannelID string `json:"channelId"`
	UserID    string `json:"userId"`
	At        int64  `json:"at"`
}

func (Followed) Subject() string { return "channel.followed" }

// PostLiked says that somebody liked a post.
type PostLiked struct {
	PostID string `json:"postId"`
	UserID string `json:"userId"`
	At     int64  `json:"at"`
}

func (PostLiked) Subject() string { return "channel.post_liked" }
