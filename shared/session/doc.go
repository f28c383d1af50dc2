// Package session knows the browsers in which somebody of the staff has signed in.
package session
