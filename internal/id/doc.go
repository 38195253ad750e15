// Package id makes prefixed, time-sortable ids (ord_01j9…) and random secrets.
package id
