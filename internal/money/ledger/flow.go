package ledger

// Platform owns the fee and suspense accounts.
const Platform = "platform"

func clearing(provider, unit string) Account { return Account{"provider/" + provider, Clearing, unit} }

// EscrowOf, MerchantOf and ReceivableOf name a shop's accounts; FeeAccount is the platform's.
func EscrowOf(shop, unit string) Account     { return Account{shop, Escrow, unit} }
func MerchantOf(shop, unit string) Account   { return Account{shop, Merchant, unit} }
func ReceivableOf(shop, unit string) Account { return Account{shop, Receivable, unit} }
func FeeAccount(unit string) Account         { return Account{Platform, Fee, unit} }
func suspense(unit string) Account           { return Account{Platform, Suspense, unit} }

// Paid: the provider collected a total for an order; it waits in the shop's escrow.
func Paid(payment, order, provider, shop, unit string, total int64) Transfer {
	return Transfer{Key: "paid:" + payment, Kind: "paid", Ref: order, Phase: Single, Entries: []Entry{
		{clearing(provider, unit), -total}, {EscrowOf(shop, unit), total},
	}}
}

// Received: the provider collected money that counts for no order; it waits to go back.
func Received(payment, order, provider, unit string, amount int64) Transfer {
	return Transfer{Key: "received:" + payment, Kind: "received", Ref: order, Phase: Single, Entries: []Entry{
		{clearing(provider, unit), -amount}, {suspense(unit), amount},
	}}
}

// Settled: escrow goes to merchant and fee. owed is what the merchant owes the platform (>= 0) and
// is repaid first from the merchant's part.
func Settled(order, shop, unit string, total, fee, owed int64) Transfer {
	repay := min(owed, total-fee)
	t := Transfer{Key: "settled:" + order, Kind: "settled", Ref: order, Phase: Single}
	t.add(EscrowOf(shop, unit), -total)
	t.add(MerchantOf(shop, unit), total-fee-repay)
	t.add(ReceivableOf(shop, unit), repay)
	t.add(FeeAccount(unit), fee)
	return t
}

// Source says where a refund is taken from.
type Source struct {
	Escrow     int64 // not settled yet
	Merchant   int64 // settled: the merchant's part, as far as the balance reaches
	Receivable int64 // settled: the rest of the merchant's part, which the merchant now owes
	Fee        int64 // settled: the platform's part
	Suspense   int64 // never counted for an order
}

// RefundHeld reserves a refund from its sources until the provider has answered.
func RefundHeld(refund, order, provider, shop, unit string, from Source) Transfer {
	t := Transfer{Key: "refund-held:" + refund, Kind: "refund", Ref: order, Phase: Hold}
	t.add(EscrowOf(shop, unit), -from.Escrow)
	t.add(MerchantOf(shop, unit), -from.Merchant)
	t.add(ReceivableOf(shop, unit), -from.Receivable)
	t.add(FeeAccount(unit), -from.Fee)
	t.add(suspense(unit), -from.Suspense)
	t.add(clearing(provider, unit), from.Escrow+from.Merchant+from.Receivable+from.Fee+from.Suspense)
	return t
}

// RefundDone posts the reserved refund: the provider gave the money back.
func RefundDone(refund, order string) Transfer {
	return Transfer{Key: "refund-done:" + refund, Kind: "refund", Ref: order, Phase: Post, Of: "refund-held:" + refund}
}

func (t *Transfer) add(a Account, amount int64) {
	if amount != 0 {
		t.Entries = append(t.Entries, Entry{a, amount})
	}
}
