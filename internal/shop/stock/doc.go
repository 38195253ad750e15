// Package stock is the pure core of a SKU's counters.
//
// Nouns: available units can be bought; held units belong to unpaid orders; sold units are paid for.
// stocked = available + held + sold is what the merchant put in, less what was taken out.
//
// Invariant: no counter is ever negative, so no unit is sold twice. Package shop keeps the same
// guards in the WHERE of its UPDATEs; the simulator drives these functions.
package stock
