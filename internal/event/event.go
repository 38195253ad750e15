package event

// Fact is one thing that happened.
type Fact interface {
	// Subject names the kind of fact, "<domain>.<past tense>", for example "shop.order_paid". It
	// does not depend on the value, so the zero value of a fact names it too.
	Subject() string
}
