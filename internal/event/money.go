package event

// PaymentPaid: a payment was collected in full and counts for its order.
type PaymentPaid struct {
	PaymentID   string `json:"paymentId"`
	OrderID     string `json:"orderId"`
	ShopID      string `json:"shopId"`
	BuyerID     string `json:"buyerId"`
	AmountMinor int64  `json:"amountMinor"`
	Currency    string `json:"currency"`
}

func (PaymentPaid) Subject() string { return "money.payment_paid" }

// RefundDone: a refund of a counted payment reached the buyer.
type RefundDone struct {
	RefundID    string `json:"refundId"`
	PaymentID   string `json:"paymentId"`
	OrderID     string `json:"orderId"`
	ShopID      string `json:"shopId"`
	AmountMinor int64  `json:"amountMinor"`
	Currency    string `json:"currency"`
}

func (RefundDone) Subject() string { return "money.refund_done" }
