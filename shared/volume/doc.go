// Package volume counts, by day, what the office does. Its counters come from streams; nothing is scanned for them.
package volume
