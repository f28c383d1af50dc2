package rig

import (
	"context"
	"net/http"
	"net/http/httptest"

	"voice.example/infra/local/gateway"
)

// openAPI makes the template's API, with the routes of the functions that the rig has.
func (r *Rig) openAPI() {
	r.t.Helper()
	all, err := r.template.Functions()
	if err != nil {
		r.t.Fatal(err)
	}
	var routes []gateway.Route
	for _, f := range all {
		if r.functions[f.Folder] == nil {
			continue
		}
		for _, route := range f.Routes {
			routes = append(routes, gateway.Route{Method: route.Method, Path: route.Path, Timeout: route.Timeout, Function: behind{r, f.Folder}})
		}
	}
	if r.api, err = gateway.New(routes, r.Now); err != nil {
		r.t.Fatal(err)
	}
}

// behind is a function behind the API.
type behind struct {
	rig  *Rig
	name string
}

// Invoke is for gateway.Invoker.
func (b behind) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	asked := ctx.Value(askedKey{}).(*asked)
	asked.result = b.rig.Invoke(b.name, payload, asked.fault)
	return asked.result.Answer, asked.result.Err
}

// asked is one request under way: what is to go wrong with it, and what became of it.
type asked struct {
	fault  Fault
	result Result
}

type askedKey struct{}

// Ask has the API answer a request, and the function behind it meet a fault. The result is zero when no function was asked.
func (r *Rig) Ask(request *http.Request, f Fault) (*httptest.ResponseRecorder, Result) {
	one := &asked{fault: f}
	answer := httptest.NewRecorder()
	r.api.ServeHTTP(answer, request.WithContext(context.WithValue(request.Context(), askedKey{}, one)))
	return answer, one.result
}
