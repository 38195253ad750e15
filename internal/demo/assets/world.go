package assets

// World is the whole demo manifest.
type World struct {
	Clips    []Clip    `json:"clips"`
	Classes  []Class   `json:"classes"`
	Products []Product `json:"products"`
	Channels []Channel `json:"channels"`
	Posts    []Post    `json:"posts"`
	Comments Comments  `json:"comments"`
	Users    []User    `json:"users"`
}

// Clip is one MP4 of 540 x 960 at 25 frames a second.
type Clip struct {
	Key        string `json:"key"`
	File       string `json:"file"`
	Cover      string `json:"cover"` // JPEG of the clip's own size
	Scene      string `json:"scene"`
	TitleZH    string `json:"title_zh"`
	TitleEN    string `json:"title_en"`
	DurationMS int    `json:"duration_ms"`
	Loop       bool   `json:"loop"` // the last frame meets the first
	Live       bool   `json:"live"` // long enough to feed a room
}

// Class is a shelf of the catalogue.
type Class struct {
	Key    string `json:"key"`
	NameZH string `json:"name_zh"`
	NameEN string `json:"name_en"`
	Lang   string `json:"lang,omitempty"` // of its goods' listings; Chinese when empty
}

// Product is one thing for sale. Prices are in minor units of the demo currency
// (fen); ListPriceMinor is never below PriceMinor, and equal when nothing is
// reduced.
type Product struct {
	Key            string  `json:"key"`
	File           string  `json:"file"` // WebP, 480 x 480
	Class          string  `json:"class"`
	NameZH         string  `json:"name_zh"`
	NameEN         string  `json:"name_en"`
	PriceMinor     int64   `json:"price_minor"`
	ListPriceMinor int64   `json:"list_price_minor"`
	Variants       []Words `json:"variants"`
	StoryZH        string  `json:"story_zh"`
	StoryEN        string  `json:"story_en"`
}

// Words is a short text in both languages.
type Words struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// ChannelKind says how a channel is verified.
type ChannelKind string

// The kinds a channel can have.
const (
	Personal   ChannelKind = "personal"
	BlueV      ChannelKind = "bluev"
	Unverified ChannelKind = "unverified"
)

// Channel is a voice of the demo world.
type Channel struct {
	Key    string      `json:"key"`
	Handle string      `json:"handle"`
	NameZH string      `json:"name_zh"`
	NameEN string      `json:"name_en"`
	BioZH  string      `json:"bio_zh"`
	BioEN  string      `json:"bio_en"`
	Avatar string      `json:"avatar"` // WebP, 160 x 160
	Kind   ChannelKind `json:"kind"`
	Scene  string      `json:"scene"`
	Lang   string      `json:"lang,omitempty"` // what it speaks: English is "en", Chinese when empty
}

// Post shows either one clip (by key) or pictures (by file), never both.
type Post struct {
	Channel  string   `json:"channel"`
	Clip     string   `json:"clip,omitempty"`
	Pictures []string `json:"pictures,omitempty"`
	TextZH   string   `json:"text_zh"`
	TextEN   string   `json:"text_en"`
	Tags     []string `json:"tags"`    // Chinese, without the leading mark
	Product  *int     `json:"product"` // index into World.Products; nil sells nothing
}

// Comments are lines a viewer may say, by language. The lists are independent.
type Comments struct {
	ZH []string `json:"zh"`
	EN []string `json:"en"`
}

// User is a viewer of the scripted life; Avatar is an index for AvatarFile.
type User struct {
	Name   string `json:"name"`
	Avatar int    `json:"avatar"`
}
