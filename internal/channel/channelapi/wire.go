package channelapi

import (
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/media/mediaapi"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
)

// ChannelCard is a channel beside its posts and rooms.
type ChannelCard struct {
	ID         string `json:"id" maxLength:"64"`
	Handle     string `json:"handle" maxLength:"30"`
	Name       string `json:"name" maxLength:"64"`
	AvatarURL  string `json:"avatarUrl" maxLength:"256" doc:"empty: draw initials"`
	Kind       string `json:"kind" enum:"personal,bluev,media"`
	Verified   bool   `json:"verified"`
	Followed   bool   `json:"followed" doc:"by who asks"`
	LiveRoomID string `json:"liveRoomId,omitempty" maxLength:"64" doc:"the room on air, if any"`
}

// Channel is a channel's home.
type Channel struct {
	ChannelCard
	Bio       string `json:"bio" maxLength:"400"`
	CoverURL  string `json:"coverUrl" maxLength:"256"`
	Followers int64  `json:"followers" minimum:"0"`
	Posts     int64  `json:"posts" minimum:"0"`
	Likes     int64  `json:"likes" minimum:"0" doc:"received by all posts"`
	OwnerID   string `json:"ownerId" maxLength:"64"`
	Role      string `json:"role,omitempty" enum:"owner,moderator,staff" doc:"of who asks"`
	ShopID    string `json:"shopId,omitempty" maxLength:"64"`
	CreatedAt int64  `json:"createdAt" doc:"unix ms"`
}

// Post is a video, or pictures with text.
type Post struct {
	ID           string               `json:"id" maxLength:"64"`
	Kind         string               `json:"kind" enum:"video,pictures"`
	Channel      ChannelCard          `json:"channel"`
	Text         string               `json:"text" maxLength:"1000"`
	Tags         []string             `json:"tags" maxItems:"5"`
	Video        *mediaapi.Video      `json:"video,omitempty"`
	Captions     []PostCaption        `json:"captions" maxItems:"2"`
	Pictures     []string             `json:"pictures" maxItems:"9"`
	CoverURL     string               `json:"coverUrl" maxLength:"256" doc:"empty: show the first frame"`
	Product      *shopapi.ProductCard `json:"product,omitempty"`
	Pinned       bool                 `json:"pinned"`
	Likes        int64                `json:"likes" minimum:"0"`
	Comments     int64                `json:"comments" minimum:"0"`
	Saves        int64                `json:"saves" minimum:"0"`
	Shares       int64                `json:"shares" minimum:"0"`
	Liked        bool                 `json:"liked"`
	Saved        bool                 `json:"saved"`
	State        string               `json:"state" enum:"live,hidden"`
	HiddenReason string               `json:"hiddenReason,omitempty" maxLength:"400" doc:"why an operator hid it; seen by its team"`
	CreatedAt    int64                `json:"createdAt" doc:"unix ms"`
}

// PostCaption is one language of a video's captions.
type PostCaption struct {
	Lang string `json:"lang" enum:"zh-CN,en"`
	URL  string `json:"url" maxLength:"256" doc:"WebVTT; another address once the words change"`
}

// PostComment is a comment under a post.
type PostComment struct {
	ID        string               `json:"id" maxLength:"64"`
	User      identityapi.UserCard `json:"user"`
	Text      string               `json:"text" maxLength:"300"`
	Likes     int64                `json:"likes" minimum:"0"`
	Liked     bool                 `json:"liked"`
	ByAuthor  bool                 `json:"byAuthor" doc:"written by the owner of the post's channel"`
	Hidden    bool                 `json:"hidden"`
	CreatedAt int64                `json:"createdAt" doc:"unix ms"`
	ReplyTo   string               `json:"replyTo,omitempty" maxLength:"64" doc:"the comment it answers"`
}
