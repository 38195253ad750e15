// Package moderationapi is the operators' HTTP door: the site at a glance, lists of everything, acts with
// their reasons, stuck work, the check of the books and the log.
package moderationapi
