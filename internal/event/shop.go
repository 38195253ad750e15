package event

// OrderLine is one thing that was ordered.
type OrderLine struct {
	ProductID string `json:"productId"`
	SkuID     string `json:"skuId"`
	Title     string `json:"title"`
	Quantity  int64  `json:"quantity"`
	// AmountMinor is price times quantity, before the order's freight and discount.
	AmountMinor int64 `json:"amountMinor,omitempty"`
}

// OrderPlaced: units are held and a payment was started.
type OrderPlaced struct {
	OrderID    string `json:"orderId"`
	ShopID     string `json:"shopId"`
	BuyerID    string `json:"buyerId"`
	RoomID     string `json:"roomId,omitempty"`
	PostID     string `json:"postId,omitempty"`
	TotalMinor int64  `json:"totalMinor"`
	At         int64  `json:"at"`
}

func (OrderPlaced) Subject() string { return "shop.order_placed" }

// OrderPaid: the payment counts and the units are sold.
type OrderPaid struct {
	OrderID    string      `json:"orderId"`
	ShopID     string      `json:"shopId"`
	BuyerID    string      `json:"buyerId"`
	BuyerName  string      `json:"buyerName"`
	RoomID     string      `json:"roomId,omitempty"`
	PostID     string      `json:"postId,omitempty"`
	Lines      []OrderLine `json:"lines"`
	TotalMinor int64       `json:"totalMinor"`
	At         int64       `json:"at"`
}

func (OrderPaid) Subject() string { return "shop.order_paid" }

// OrderClosed: it was never paid; its units are free again.
type OrderClosed struct {
	OrderID string `json:"orderId"`
	ShopID  string `json:"shopId"`
	BuyerID string `json:"buyerId"`
	Reason  string `json:"reason"` // hold_expired, cancelled
	At      int64  `json:"at"`
}

func (OrderClosed) Subject() string { return "shop.order_closed" }

// OrderShipped: the merchant handed it to a carrier.
type OrderShipped struct {
	OrderID    string `json:"orderId"`
	ShopID     string `json:"shopId"`
	BuyerID    string `json:"buyerId"`
	Carrier    string `json:"carrier"`
	TrackingNo string `json:"trackingNo"`
	At         int64  `json:"at"`
}

func (OrderShipped) Subject() string { return "shop.order_shipped" }

// OrderReceived: the buyer has it, or did not object in time; the merchant is paid.
type OrderReceived struct {
	OrderID string `json:"orderId"`
	ShopID  string `json:"shopId"`
	BuyerID string `json:"buyerId"`
	At      int64  `json:"at"`
}

func (OrderReceived) Subject() string { return "shop.order_received" }

// OrderRefunded: the whole payment went back to the buyer.
type OrderRefunded struct {
	OrderID     string `json:"orderId"`
	ShopID      string `json:"shopId"`
	BuyerID     string `json:"buyerId"`
	RoomID      string `json:"roomId,omitempty"`
	AmountMinor int64  `json:"amountMinor"`
	At          int64  `json:"at"`
}

func (OrderRefunded) Subject() string { return "shop.order_refunded" }
