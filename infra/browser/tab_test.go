package browser

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"voice.example/shared/i18n"
)

// reader is who uses a tab: in which language, on how wide a screen, with or without JavaScript, with a pointer or with
// the keyboard alone; and of the staff or not.
type reader struct {
	language i18n.Language
	width    int // CSS pixels
	scripts  bool
	keyboard bool
	staff    bool
}

func (r reader) String() string {
	name := fmt.Sprintf("%s-%d", r.language, r.width)
	if r.staff {
		name += "-staff"
	}
	if !r.scripts {
		name += "-noscript"
	}
	if r.keyboard {
		name += "-keyboard"
	}
	return name
}

// say gives a message of the catalogue in the reader's language. pairs are the names and values of its placeholders.
func (r reader) say(id string, pairs ...any) string {
	data := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		data[pairs[i].(string)] = pairs[i+1]
	}
	return r.language.Text(id, data)
}

// tab is one reader's browser window, with cookies and a history of its own.
type tab struct {
	reader
	t      *testing.T
	ctx    context.Context
	target *chromedp.Target
	site   string                             // the service's address
	signIn string                             // that of the staff's sign-in, where staff are led to
	typed  []string                           // what must not be in an address or a title
	fault  func(format string, values ...any) // takes what is wrong with a page

	beside   int64 // the world beside the page, and the load that it came with
	besideOf int

	mu       sync.Mutex
	loads    int
	requests []string
	answers  map[string]*network.Response // documents, by address
	said     []string                     // what the browser complains of
}

// within is how long a page may take, on a busy machine.
const within = 20 * time.Second

// open makes a tab for a reader.
func open(t *testing.T, site string, r reader) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browse(t), chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{reader: r, t: t, ctx: ctx, site: site, fault: t.Errorf, answers: map[string]*network.Response{}}
	var err error
	if b.target, err = chromedp.Run(ctx, func(_ context.Context, target *chromedp.Target) (*chromedp.Target, error) { return target, nil }); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatal(err)
	}
	b.call("Network.enable", nil, nil)
	b.call("Log.enable", nil, nil)
	b.call("Fetch.enable", dict{"patterns": []dict{{"urlPattern": "https://*"}}}, nil)
	b.call("Network.setExtraHTTPHeaders", dict{"headers": dict{"Accept-Language": string(r.language)}}, nil)
	b.resize(r.width)
	b.scripting(r.scripts)
	return b
}

type dict = map[string]any

// call sends one command of the DevTools protocol. Its parameters are as the protocol's documentation has them.
func (b *tab) call(method string, parameters dict, result any) {
	b.t.Helper()
	if err := b.try(method, parameters, result); err != nil {
		b.t.Fatalf("%s: %s: %v", b.reader, method, err)
	}
}

func (b *tab) try(method string, parameters dict, result any) error {
	ctx, cancel := context.WithTimeout(b.ctx, within)
	defer cancel()
	if parameters == nil {
		parameters = dict{}
	}
	return b.target.Call(ctx, method, parameters, result)
}

// note keeps what the browser tells of itself.
func (b *tab) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *page.EventLoadEventFired:
		b.loads++
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "data:") { // the browser's own, such as the mark of a date field
			b.requests = append(b.requests, e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			b.answers[e.Response.URL] = e.Response
		}
	case *log.EventEntryAdded:
		// Chromium reports each answer above 399 too, which is no fault of a page.
		if e.Entry.Level == "error" && e.Entry.Source != "network" {
			b.said = append(b.said, e.Entry.Text)
		}
	case *fetch.EventRequestPaused:
		// Everything by HTTPS is elsewhere; it is answered here with an empty page, as if it were there.
		go func() {
			_ = b.try("Fetch.fulfillRequest", dict{
				"requestId": e.RequestID, "responseCode": 200, "body": base64.StdEncoding.EncodeToString([]byte("<title>Elsewhere</title>")),
				"responseHeaders": []dict{{"name": "Content-Type", "value": "text/html"}},
			}, nil)
		}()
	}
}

// loading does something that brings up another page, and waits for it.
func (b *tab) loading(what string, do func()) {
	b.t.Helper()
	b.mu.Lock()
	before := b.loads
	b.mu.Unlock()
	do()
	for deadline := time.Now().Add(within); ; time.Sleep(5 * time.Millisecond) {
		b.mu.Lock()
		loaded := b.loads > before
		b.mu.Unlock()
		if loaded {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("%s: no page came within %s after %s", b.reader, within, what)
		}
	}
}

// visit types an address of the site.
func (b *tab) visit(path string) {
	b.t.Helper()
	b.loading("going to "+path, func() { b.call("Page.navigate", dict{"url": b.site + path}, nil) })
}

func (b *tab) resize(width int) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", dict{"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": false}, nil)
}

func (b *tab) scripting(on bool) {
	b.t.Helper()
	b.call("Emulation.setScriptExecutionDisabled", dict{"value": !on}, nil)
}

// inspect runs a test's own JavaScript beside the page, in a world that the page's scripts and its content policy have no
// part in. It works on pages whose scripts are off: those were left out when the page was read, and stay out.
func (b *tab) inspect(expression string, result any) {
	b.t.Helper()
	if !b.scripts {
		b.scripting(true)
		defer b.scripting(false)
	}
	b.evaluate(dict{"expression": expression, "contextId": b.world(), "returnByValue": true, "awaitPromise": true}, "Runtime.evaluate", result)
}

// inspectNode is inspect of a function whose this is a node.
func (b *tab) inspectNode(node int64, function string, result any) {
	b.t.Helper()
	if !b.scripts {
		b.scripting(true)
		defer b.scripting(false)
	}
	var resolved struct {
		Object struct {
			ID string `json:"objectId"`
		} `json:"object"`
	}
	b.call("DOM.resolveNode", dict{"backendNodeId": node, "executionContextId": b.world()}, &resolved)
	b.evaluate(dict{"functionDeclaration": function, "objectId": resolved.Object.ID, "returnByValue": true}, "Runtime.callFunctionOn", result)
}

func (b *tab) evaluate(parameters dict, method string, result any) {
	b.t.Helper()
	var answer struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	b.call(method, parameters, &answer)
	if answer.Exception != nil {
		b.t.Fatalf("%s: the test's own JavaScript: %s %s", b.reader, answer.Exception.Text, answer.Exception.Exception.Description)
	}
	if result == nil || len(answer.Result.Value) == 0 {
		return
	}
	if err := json.Unmarshal(answer.Result.Value, result); err != nil {
		b.t.Fatal(err)
	}
}

// world is the execution context beside the page that is open now.
func (b *tab) world() int64 {
	b.t.Helper()
	b.mu.Lock()
	loads := b.loads
	b.mu.Unlock()
	if b.beside != 0 && b.besideOf == loads {
		return b.beside
	}
	var tree struct {
		Tree struct {
			Frame struct {
				ID string `json:"id"`
			} `json:"frame"`
		} `json:"frameTree"`
	}
	b.call("Page.getFrameTree", nil, &tree)
	var made struct {
		ID int64 `json:"executionContextId"`
	}
	b.call("Page.createIsolatedWorld", dict{"frameId": tree.Tree.Frame.ID, "worldName": "tests"}, &made)
	b.beside, b.besideOf = made.ID, loads
	return made.ID
}

// entry is one of a tab's history.
type entry struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}

func (b *tab) history() []entry {
	b.t.Helper()
	var h struct {
		Entries []entry `json:"entries"`
	}
	for deadline := time.Now().Add(within); ; time.Sleep(10 * time.Millisecond) {
		err := b.try("Page.getNavigationHistory", nil, &h)
		if err == nil {
			return h.Entries
		}
		if time.Now().After(deadline) { // between two sites there is no page for a moment
			b.t.Fatalf("%s: the history: %v", b.reader, err)
		}
	}
}

// heading is the page's first heading.
func (b *tab) heading() string {
	b.t.Helper()
	var text string
	b.inspect(`document.querySelector("h1")?.innerText.trim() ?? ""`, &text)
	return text
}

// words are what the page shows.
func (b *tab) words() string {
	b.t.Helper()
	var text string
	b.inspect(`document.body.innerText`, &text)
	return strings.Join(strings.Fields(text), " ")
}

// at makes sure of the page that is open, by its heading.
func (b *tab) at(id string, pairs ...any) {
	b.t.Helper()
	if want, got := b.say(id, pairs...), b.heading(); got != want {
		words := b.words()
		b.t.Fatalf("%s: the page is %q, want %q: %.600s", b.reader, got, want, words)
	}
}

// shows makes sure that the page says something.
func (b *tab) shows(id string, pairs ...any) {
	b.t.Helper()
	want := strings.Join(strings.Fields(b.say(id, pairs...)), " ")
	if words := b.words(); !strings.Contains(words, want) {
		b.t.Errorf("%s: %q does not say %q: %.600s", b.reader, b.heading(), want, words)
	}
}

// keepsSecrets looks through addresses, titles, history, cookies and storage.
func (b *tab) keepsSecrets(page string) {
	b.t.Helper()
	b.mu.Lock()
	requests, answers, said := slices.Clone(b.requests), b.answers, b.said
	b.requests, b.answers, b.said = nil, map[string]*network.Response{}, nil
	b.mu.Unlock()
	for _, address := range requests {
		if !strings.HasPrefix(address, b.site+"/") && !(b.staff && strings.HasPrefix(address, b.signIn+"/")) {
			b.fault("%s: %s: something is asked for elsewhere: %s", b.reader, page, address)
		}
		b.holdsNothing(page, "an address", address)
	}
	for address, answer := range answers {
		if b.staff && strings.HasPrefix(address, b.signIn+"/") {
			continue // the provider's own pages are not ours
		}
		control := ""
		for name, value := range answer.Headers {
			if strings.EqualFold(name, "Cache-Control") {
				control = fmt.Sprint(value)
			}
		}
		if strings.Trim(control, `"`) != "no-store" {
			b.fault("%s: %s: Cache-Control of %s is %s", b.reader, page, address, control)
		}
	}
	for _, text := range said {
		b.fault("%s: %s: the browser complains: %s", b.reader, page, text)
	}
	for _, e := range b.history() {
		b.holdsNothing(page, "an address in the history", e.URL)
		b.holdsNothing(page, "a title in the history", e.Title)
	}
	for _, c := range b.cookies() {
		// Of staff, those that no script, no other site and no host beside ours can have.
		if !b.staff || !strings.HasPrefix(c.Name, "__Host-voice-") || !c.HTTPOnly || !c.Secure || c.SameSite != "Lax" || c.Path != "/" {
			b.fault("%s: %s: there are cookies: %+v", b.reader, page, c)
		}
	}
	var stored int
	b.inspect(`localStorage.length + sessionStorage.length`, &stored)
	if stored > 0 {
		b.fault("%s: %s: something is stored in the browser", b.reader, page)
	}
}

// cookie is one that a tab keeps, but for its value.
type cookie struct {
	Name     string `json:"name"`
	Path     string `json:"path"`
	SameSite string `json:"sameSite"`
	HTTPOnly bool   `json:"httpOnly"`
	Secure   bool   `json:"secure"`
}

func (b *tab) cookies() []cookie {
	b.t.Helper()
	var kept struct {
		Cookies []cookie `json:"cookies"`
	}
	b.call("Network.getCookies", dict{"urls": []string{b.site + "/", b.site + "/alerts", b.site + "/alerts/verify", b.site + "/staff"}}, &kept)
	return kept.Cookies
}

// holdsNothing makes sure that nothing that was typed is in a text.
func (b *tab) holdsNothing(page, what, text string) {
	b.t.Helper()
	if decoded, err := url.QueryUnescape(text); err == nil {
		text = decoded
	}
	for _, typed := range b.typed {
		if digits := digitsOf(typed); len(digits) >= 6 && strings.Contains(digitsOf(text), digits) ||
			strings.Contains(strings.ToLower(text), strings.ToLower(typed)) {
			b.fault("%s: %s: %s holds what was typed: %q in %q", b.reader, page, what, typed, text)
		}
	}
}

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
