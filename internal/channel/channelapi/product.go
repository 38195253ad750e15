package channelapi

// ProductCard is a product at a glance.
type ProductCard struct {
	ID             string `json:"id" maxLength:"64"`
	ShopID         string `json:"shopId" maxLength:"64"`
	Title          string `json:"title" maxLength:"120"`
	ImageURL       string `json:"imageUrl" maxLength:"256"`
	PriceMinor     int64  `json:"priceMinor"`
	ListPriceMinor int64  `json:"listPriceMinor,omitempty"`
	MaxPriceMinor  int64  `json:"maxPriceMinor"`
	Sold           int64  `json:"sold"`
	Left           int64  `json:"left"`
	State          string `json:"state" enum:"draft,on,off"`
	Currency       string `json:"currency" enum:"CNY"`
}
