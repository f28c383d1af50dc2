package openapi

import "reflect"

// Security is what an operation wants to see of who asks.
type Security string

const (
	Nobody      Security = ""            // anybody may ask
	ManageToken Security = "manageToken" // the token of a subscription, as a bearer's
	Staff       Security = "staff"       // an ID token of the staff's sign-in, as a bearer's
)

// Operation is one route.
type Operation struct {
	Method, Path string
	// Name is the operationId: one word of letters, unique in the API.
	Name string
	// Summary is a few words; Details, which may be empty, says what a caller has to know beside.
	Summary, Details string
	Key              Security
	Query            []Param
	Headers          []Param
	// Body is a value of the type that is read, nil for none; of the media type BodyType, "" for JSON.
	Body     any
	BodyType string
	// Answers are those of success.
	Answers []Answer
	// Problems are the statuses, with what they mean here, that are answered by a problem document. Every operation may also
	// answer 400, 413, 415, 429, 500 and 503 by one.
	Problems map[int]string
}

// Param is a parameter in the query or a header.
type Param struct {
	Name, Means string
	// Value is a value of its type; "" for any text.
	Value    any
	Required bool
}

// Answer is an answer of success. Body is a value of the type that is written, nil for none.
type Answer struct {
	Status int
	Means  string
	Body   any
}

// Either is the body of an answer that is of one type or of another.
type Either [2]any

// Enums are the values that types can have.
type Enums map[reflect.Type][]any

// Enum adds a type's values.
func Enum[T any](e Enums, values ...T) {
	var all []any
	for _, v := range values {
		all = append(all, v)
	}
	e[reflect.TypeFor[T]()] = all
}

// Part is what one function describes.
type Part struct {
	// Function is its name, of which its types in the document have theirs.
	Function string
	// Routes are all "METHOD /path" that it serves; those that begin with /v1/ must be described.
	Routes     []string
	Operations []Operation
	Enums      Enums
}
