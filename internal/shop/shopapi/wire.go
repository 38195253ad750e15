package shopapi

import (
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/money/moneyapi"
	"github.com/hawker-live/hawker/internal/server"
)

// ShopCard is a shop at a glance.
type ShopCard struct {
	ID        string `json:"id" maxLength:"64"`
	Name      string `json:"name" maxLength:"64"`
	LogoURL   string `json:"logoUrl" maxLength:"256"`
	Kind      string `json:"kind" enum:"individual,enterprise"`
	ChannelID string `json:"channelId,omitempty" maxLength:"64"`
	State     string `json:"state" enum:"open,closed"`
}

// Shop is a merchant's front.
type Shop struct {
	ShopCard
	Role         string `json:"role,omitempty" enum:"owner,staff,moderator"`
	FeeBps       int64  `json:"feeBps" doc:"platform fee of new orders, basis points"`
	Products     int64  `json:"products" doc:"on sale"`
	CreatedAt    int64  `json:"createdAt" doc:"unix ms"`
	Announcement string `json:"announcement" maxLength:"400"`
}

// ProductCard is a product at a glance.
type ProductCard struct {
	ID             string `json:"id" maxLength:"64"`
	ShopID         string `json:"shopId" maxLength:"64"`
	Title          string `json:"title" maxLength:"120"`
	ImageURL       string `json:"imageUrl" maxLength:"256"`
	PriceMinor     int64  `json:"priceMinor" doc:"lowest price of its variants, fen"`
	ListPriceMinor int64  `json:"listPriceMinor,omitempty" doc:"struck-through price, fen"`
	MaxPriceMinor  int64  `json:"maxPriceMinor" doc:"highest price of its variants, fen"`
	Sold           int64  `json:"sold"`
	Left           int64  `json:"left"`
	State          string `json:"state" enum:"draft,on,off"`
	Currency       string `json:"currency" enum:"CNY"`
}

// Spec is one chosen value of an option.
type Spec struct {
	Name  string `json:"name" minLength:"1" maxLength:"60"`
	Value string `json:"value" minLength:"1" maxLength:"60"`
}

// ProductOption is one way a product varies.
type ProductOption struct {
	Name   string       `json:"name" minLength:"1" maxLength:"60"`
	Values server.Words `json:"values" minItems:"1" maxItems:"20"`
}

// Sku is a variant with its price and units.
type Sku struct {
	ID             string `json:"id" maxLength:"64"`
	Specs          []Spec `json:"specs" maxItems:"3"`
	Label          string `json:"label" maxLength:"200"`
	ImageURL       string `json:"imageUrl,omitempty" maxLength:"256"`
	ImageAssetID   string `json:"imageAssetId,omitempty" maxLength:"64" doc:"team only: to edit"`
	PriceMinor     int64  `json:"priceMinor"`
	ListPriceMinor int64  `json:"listPriceMinor,omitempty"`
	Left           int64  `json:"left"`
	Sold           int64  `json:"sold"`
	Held           int64  `json:"held" doc:"in unpaid orders"`
	Code           string `json:"code,omitempty" maxLength:"60" doc:"team only: the merchant's own code"`
}

// Product is a thing for sale with all its variants.
type Product struct {
	ProductCard
	Subtitle      string          `json:"subtitle" maxLength:"240"`
	Description   string          `json:"description" maxLength:"10000"`
	Images        []string        `json:"images" maxItems:"9" doc:"addresses"`
	ImageAssetIDs []string        `json:"imageAssetIds,omitempty" maxItems:"9" doc:"team only: to edit"`
	Options       []ProductOption `json:"options" maxItems:"3"`
	Skus          []Sku           `json:"skus" maxItems:"100"`
	Category      string          `json:"category" maxLength:"80"`
	LimitPerBuyer int64           `json:"limitPerBuyer" doc:"0 = none"`
	FreightMinor  int64           `json:"freightMinor"`
	Shop          ShopCard        `json:"shop"`
	Version       int64           `json:"version" doc:"send it back when editing"`
}

// ManagedProduct is a row of the merchant's catalogue.
type ManagedProduct struct {
	ProductCard
	SkuCount  int64  `json:"skuCount"`
	Held      int64  `json:"held"`
	Category  string `json:"category" maxLength:"80"`
	UpdatedAt int64  `json:"updatedAt" doc:"unix ms"`
}

// ProductCounts of a catalogue; low counts those on sale that run out.
type ProductCounts struct {
	On    int64 `json:"on"`
	Off   int64 `json:"off"`
	Draft int64 `json:"draft"`
	Low   int64 `json:"low"`
}

// Address is where things are sent.
type Address struct {
	ID        string `json:"id" maxLength:"64"`
	Name      string `json:"name" maxLength:"60"`
	Phone     string `json:"phone" maxLength:"20"`
	Region    string `json:"region" maxLength:"120"`
	Detail    string `json:"detail" maxLength:"240"`
	IsDefault bool   `json:"isDefault"`
}

// QuoteLine is a wanted line with what it costs now.
type QuoteLine struct {
	SkuID      string `json:"skuId" maxLength:"64"`
	ProductID  string `json:"productId" maxLength:"64"`
	Title      string `json:"title" maxLength:"120"`
	Label      string `json:"label" maxLength:"200"`
	ImageURL   string `json:"imageUrl,omitempty" maxLength:"256"`
	PriceMinor int64  `json:"priceMinor"`
	Quantity   int64  `json:"quantity"`
	TotalMinor int64  `json:"totalMinor"`
	Left       int64  `json:"left"`
}

// Quote is a price to order with.
type Quote struct {
	ID            string      `json:"id" maxLength:"64"`
	ShopID        string      `json:"shopId" maxLength:"64"`
	Lines         []QuoteLine `json:"lines" maxItems:"50"`
	GoodsMinor    int64       `json:"goodsMinor"`
	FreightMinor  int64       `json:"freightMinor"`
	DiscountMinor int64       `json:"discountMinor"`
	TotalMinor    int64       `json:"totalMinor"`
	Currency      string      `json:"currency" enum:"CNY"`
	ExpiresAt     int64       `json:"expiresAt" doc:"unix ms"`
}

// OrderLine is one thing of an order, its price frozen.
type OrderLine struct {
	ID         string `json:"id" maxLength:"64"`
	ProductID  string `json:"productId" maxLength:"64"`
	SkuID      string `json:"skuId" maxLength:"64"`
	Title      string `json:"title" maxLength:"120"`
	Label      string `json:"label" maxLength:"200"`
	ImageURL   string `json:"imageUrl,omitempty" maxLength:"256"`
	PriceMinor int64  `json:"priceMinor"`
	Quantity   int64  `json:"quantity"`
	TotalMinor int64  `json:"totalMinor"`
}

// OrderShipment is how it travels.
type OrderShipment struct {
	Carrier    string `json:"carrier" maxLength:"60"`
	TrackingNo string `json:"trackingNo" maxLength:"40"`
	ShippedAt  int64  `json:"shippedAt" doc:"unix ms"`
}

// OrderRefund is the latest wish to have the money back.
type OrderRefund struct {
	ID          string   `json:"id" maxLength:"64"`
	State       string   `json:"state" enum:"asked,approved,refused,refunding,done"`
	Reason      string   `json:"reason" maxLength:"400"`
	Reply       string   `json:"reply" maxLength:"400"`
	ProofURLs   []string `json:"proofUrls,omitempty" maxItems:"6"`
	AmountMinor int64    `json:"amountMinor"`
	CreatedAt   int64    `json:"createdAt" doc:"unix ms"`
}

// OrderEvent is a row of the timeline; clients translate the code.
type OrderEvent struct {
	At     int64             `json:"at" doc:"unix ms"`
	Code   string            `json:"code" maxLength:"64"`
	Params map[string]string `json:"params,omitempty"`
}

// Order is what a buyer bought from one shop.
type Order struct {
	ID            string               `json:"id" maxLength:"64"`
	Number        string               `json:"number" maxLength:"32" doc:"to read to each other"`
	State         string               `json:"state" enum:"unpaid,paid,shipped,received,closed,refunded"`
	Shop          ShopCard             `json:"shop"`
	Buyer         identityapi.UserCard `json:"buyer"`
	Lines         []OrderLine          `json:"lines" maxItems:"50"`
	GoodsMinor    int64                `json:"goodsMinor"`
	FreightMinor  int64                `json:"freightMinor"`
	DiscountMinor int64                `json:"discountMinor"`
	TotalMinor    int64                `json:"totalMinor"`
	FeeMinor      *int64               `json:"feeMinor,omitempty" doc:"platform fee; merchant and operator only"`
	Currency      string               `json:"currency" enum:"CNY"`
	Address       Address              `json:"address"`
	Note          string               `json:"note" maxLength:"400"`
	RoomID        string               `json:"roomId,omitempty" maxLength:"64"`
	PostID        string               `json:"postId,omitempty" maxLength:"64"`
	HoldUntil     int64                `json:"holdUntil,omitempty" doc:"unix ms; unpaid orders only"`
	ReceiveBy     int64                `json:"receiveBy,omitempty" doc:"unix ms; when a shipped order is received by itself"`
	PaymentID     string               `json:"paymentId,omitempty" maxLength:"64"`
	Shipment      *OrderShipment       `json:"shipment,omitempty"`
	Refund        *OrderRefund         `json:"refund,omitempty"`
	Timeline      []OrderEvent         `json:"timeline" maxItems:"200"`
	ClosedReason  string               `json:"closedReason,omitempty" maxLength:"64"`
	CreatedAt     int64                `json:"createdAt" doc:"unix ms"`
	PaidAt        int64                `json:"paidAt,omitempty" doc:"unix ms"`
	ReceivedAt    int64                `json:"receivedAt,omitempty" doc:"unix ms"`
	SettledAt     int64                `json:"settledAt,omitempty" doc:"unix ms"`
}

// PlacedOrder is an order and the payment that waits for the buyer.
type PlacedOrder struct {
	Order   Order            `json:"order"`
	Payment moneyapi.Payment `json:"payment"`
}

// SalesDay is one point of a merchant's chart.
type SalesDay struct {
	Day        int64 `json:"day" doc:"unix ms of the day's beginning"`
	Orders     int64 `json:"orders"`
	SalesMinor int64 `json:"salesMinor"`
}

// ShopSummary is a merchant's to-do list and figures.
type ShopSummary struct {
	ToShip              int64        `json:"toShip"`
	RefundsAsked        int64        `json:"refundsAsked"`
	LowStock            int64        `json:"lowStock"`
	OrdersToday         int64        `json:"ordersToday"`
	SalesTodayMinor     int64        `json:"salesTodayMinor"`
	OrdersYesterday     int64        `json:"ordersYesterday"`
	SalesYesterdayMinor int64        `json:"salesYesterdayMinor"`
	Series              []SalesDay   `json:"series" maxItems:"30"`
	Hours               []HourSales  `json:"hours" maxItems:"48" doc:"48 hours from yesterday's midnight, oldest first"`
	Best                []BestSeller `json:"best" maxItems:"5" doc:"of today, most units first"`
}

// HourSales is what was paid in one hour.
type HourSales struct {
	At         int64 `json:"at" doc:"unix ms, the hour's start"`
	Orders     int64 `json:"orders"`
	SalesMinor int64 `json:"salesMinor"`
}

// BestSeller is what one product sold today, before freight and discount.
type BestSeller struct {
	ProductID  string `json:"productId" maxLength:"64"`
	Title      string `json:"title" maxLength:"120"`
	ImageURL   string `json:"imageUrl" maxLength:"512"`
	Units      int64  `json:"units"`
	SalesMinor int64  `json:"salesMinor"`
}
