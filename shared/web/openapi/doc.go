// Package openapi writes the description of the JSON API (OpenAPI 3.1) from the Go types that the handlers read and write, and
// holds it to them. It is for tests: each function that answers JSON describes its own operations in openapi_test.go, and Check
// fails when the description in infra/openapi.json is not what they give, or when a route is not described.
//
// `make openapi` writes the file anew.
package openapi
