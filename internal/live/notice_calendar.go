package live

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// calendarLength is how long the entry blocks a calendar; nobody knows how long a live will be.
const calendarLength = "PT1H"

var calendarEscape = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// Calendar is the notice as an iCalendar object (RFC 5545) with an alarm ten minutes before. A moved or
// cancelled notice carries the same UID and a higher SEQUENCE (3.8.7.4), so that calendars replace the entry.
// by is the channel's name, url the notice's page.
func (n Notice) Calendar(by, url string, now time.Time) []byte {
	const utc = "20060102T150405Z"
	stamp := func(t time.Time) string { return t.UTC().Format(utc) }
	status, sequence := "CONFIRMED", n.Moves
	if n.State == NoticeCancelled {
		status, sequence = "CANCELLED", n.Moves+1
	}
	lines := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hawker//Live notices//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		"BEGIN:VEVENT", "UID:" + n.ID + "@hawker", "DTSTAMP:" + stamp(now), "SEQUENCE:" + strconv.FormatInt(sequence, 10), "STATUS:" + status,
		"DTSTART:" + stamp(time.UnixMilli(n.StartsAt)), "DURATION:" + calendarLength,
		"SUMMARY:" + calendarEscape.Replace(n.Title), "DESCRIPTION:" + calendarEscape.Replace(by+"\n"+url), "URL:" + url,
		"BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "DESCRIPTION:" + calendarEscape.Replace(n.Title), "END:VALARM",
		"END:VEVENT", "END:VCALENDAR",
	}
	var b strings.Builder
	for _, l := range lines {
		fold(&b, l)
	}
	return []byte(b.String())
}

// fold writes a content line in pieces of at most 75 octets, never inside a character (RFC 5545 3.1).
func fold(b *strings.Builder, line string) {
	room := 75
	for _, r := range line {
		if size := utf8.RuneLen(r); size > room {
			b.WriteString("\r\n ")
			room = 74 // the space counts
		}
		b.WriteRune(r)
		room -= utf8.RuneLen(r)
	}
	b.WriteString("\r\n")
}
