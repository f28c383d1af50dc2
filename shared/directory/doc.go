// Package directory knows the agency's offices, which counties each is for, and the people who work there. Staff load it from
// files; nothing of it is in the code.
package directory
