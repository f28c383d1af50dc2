// Package audit keeps who has seen or changed what, and finds out when somebody tampers with that.
package audit
