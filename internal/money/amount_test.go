package money

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestAmount_AddAgreesWithBigIntegersOrRefuses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		want := new(big.Int).Add(big.NewInt(a), big.NewInt(b))
		got, err := Yuan(a).Add(Yuan(b))
		if want.IsInt64() != (err == nil) {
			t.Fatalf("%d+%d: fits=%v err=%v", a, b, want.IsInt64(), err)
		}
		if err == nil && got.Minor != want.Int64() {
			t.Fatalf("%d+%d = %d", a, b, got.Minor)
		}
	})
}

func TestAmount_TimesAgreesWithBigIntegersOrRefuses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Min(math.MinInt64+1).Draw(t, "a")
		n := rapid.Int64Min(0).Draw(t, "n")
		want := new(big.Int).Mul(big.NewInt(a), big.NewInt(n))
		got, err := Yuan(a).Times(n)
		if err == nil && (!want.IsInt64() || got.Minor != want.Int64()) {
			t.Fatalf("%d*%d = %d", a, n, got.Minor)
		}
		if err != nil && want.IsInt64() && want.Int64() != math.MinInt64 {
			t.Fatalf("%d*%d refused: %v", a, n, err)
		}
	})
}

func TestAmount_RefusesMixedCurrenciesAndNegativeQuantities(t *testing.T) {
	if _, err := Yuan(1).Add(Amount{1, "USD"}); err == nil {
		t.Fatal("mixed currencies were added")
	}
	if _, err := Yuan(1).Sub(Amount{math.MinInt64, CNY}); err == nil {
		t.Fatal("overflow was not refused")
	}
	if _, err := Yuan(1).Times(-1); err == nil {
		t.Fatal("negative quantity was taken")
	}
}

func TestSplitFee_SumsExactlyAndFavoursTheMerchant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Min(0).Draw(t, "total")
		bps := rapid.Int64Range(0, MaxFeeBps).Draw(t, "bps")
		m, f, err := SplitFee(Yuan(total), bps)
		if err != nil {
			t.Fatal(err)
		}
		if m.Minor+f.Minor != total || m.Minor < 0 || f.Minor < 0 {
			t.Fatalf("split of %d at %d: %d + %d", total, bps, m.Minor, f.Minor)
		}
		// fee = floor(total*bps/10000)
		want := new(big.Int).Mul(big.NewInt(total), big.NewInt(bps))
		want.Div(want, big.NewInt(MaxFeeBps))
		if f.Minor != want.Int64() {
			t.Fatalf("fee %d, want %s", f.Minor, want)
		}
	})
	for _, bad := range []int64{-1, MaxFeeBps + 1} {
		if _, _, err := SplitFee(Yuan(100), bad); err == nil {
			t.Fatalf("fee of %d basis points was taken", bad)
		}
	}
}
