// Package live runs live rooms: from preparing through the broadcast to its replay.
//
// Nouns: Room, shelf (products in order), explain (the product being spoken of), sequencer (the one
// goroutine that seals a room's ticks), attendant (the room's database work, beside the ticks), viewer, mute,
// sale (a paid order line that came from the room), Notice (an announced live), reservation, Reminder.
// Tables: live_rooms, live_recordings, live_shelf, live_explains, live_ticks, live_keyframes, live_comments,
// live_mutes, live_sales, live_placed; for the review live_minutes, live_opens, live_sources, live_marks.
// For notices live_notices, live_notice_products, live_notice_channels, live_reservations, live_reminders.
// Sub-packages: timeline (the pure core), fanout (a room's ticks to its sockets).
// Life: prepared -> live <-> reconnecting -> ended; prepared -> cancelled. One room per channel on air.
// A notice: planned -> live -> done with its room (LinkNotice, or the channel is on air once its time has come);
// planned -> cancelled; planned -> missed two hours late. Reservations change only while it is planned and under
// its row's lock; what people are told is a row each (live_reminders), once per kind and move; how many reserved
// is told to the channel's team alone. One job a notice (live.notice) reads what is due from the row.
// Invariants: a tick's URL never has two bodies: every (re)start of a sequencer takes a new epoch in SQL
// first; ticks are dense within an epoch and stored in batches at least once a second, so that a crash
// loses at most the last second of talk and never an order; a room that waits for its publisher longer
// than media.Grace ends by itself; replay is the same ticks read by the wall clock; acts on a channel take
// turns, so that the rows and what viewers hear change in one order; a room on air has a sequencer, and no
// sequencer waits for the database; the timeline of a room that is not recorded is kept for an hour (Trim). Audit lists stored rooms that break the rules.
// Figures: a minute's row holds absolute numbers and is written with the room's counters, in one transaction, so
// that the minutes add up to the room and a crash takes the same last second of both. Orders and GMV are never
// counted: they are read from live_sales, one row an order line. Who entered or opened a product is known in memory
// only: after a restart of the server a viewer who comes back counts once more.
// Events out: live.room_started, live.room_ended, live.explain_started,
// live.notice_posted, live.notice_moved, live.notice_cancelled, live.reserved. Events in: shop.order_paid (sales,
// ticker), shop.order_placed. Hints in: shop.stock (the shelf's numbers are read again at once, at most once a tick).
package live
