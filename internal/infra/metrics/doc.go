// Package metrics counts what a node does and shows it to Prometheus.
//
// Nouns: a Registry (every metric of one process), a Source set (functions that are asked at a scrape), meters
// (the implementations of the ports that lanes and the HTTP door declare). It is the only package that knows
// Prometheus; those who are counted declare a port of one or two methods, or answer a question.
//
// Names are hawker_<domain>_<what>[_unit][_total]. Labels come from closed sets: a route's pattern, a
// method, a status code, a lane, a protocol, a state. Never an id, an address, a key or anything a person typed: a
// metric is read by people who may not read the data.
//
// Questions that cost a query are asked at most every freshFor, so that no number of scrapers loads the
// database; a question that fails leaves its metrics out and counts in hawker_metrics_failures_total.
package metrics
