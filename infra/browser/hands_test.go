package browser

import (
	"strings"
	"time"

	"voice.example/shared/i18n"
)

// control is something on a page that can be used: its role and its name, as a screen reader gives them, and its node.
type control struct {
	role, name string
	node       int64
}

// controls lists the controls of a role.
func (b *tab) controls(role string) []control {
	b.t.Helper()
	var tree struct {
		Nodes []struct {
			Ignored bool `json:"ignored"`
			Name    struct {
				Value any `json:"value"`
			} `json:"name"`
			Node int64 `json:"backendDOMNodeId"`
		} `json:"nodes"`
	}
	if !b.scripts {
		b.scripting(true)
		defer b.scripting(false)
	}
	var document struct {
		Result struct {
			ID string `json:"objectId"`
		} `json:"result"`
	}
	b.call("Runtime.evaluate", dict{"expression": "document", "contextId": b.world()}, &document)
	b.call("Accessibility.queryAXTree", dict{"objectId": document.Result.ID, "role": role}, &tree)
	var found []control
	for _, n := range tree.Nodes {
		name, _ := n.Name.Value.(string)
		if !n.Ignored {
			found = append(found, control{role, strings.Join(strings.Fields(name), " "), n.Node})
		}
	}
	return found
}

// fields are the roles that a field with a label may have.
var fields = []string{"textbox", "combobox", "spinbutton", "Date", "radio", "checkbox"}

// find looks for the control with a name, or whose name begins with it, as a label with a hint's does.
func (b *tab) find(name string, roles ...string) (control, bool) {
	b.t.Helper()
	name = strings.Join(strings.Fields(name), " ")
	var close *control
	for _, role := range roles {
		for _, c := range b.controls(role) {
			if c.name == name {
				return c, true
			}
			if close == nil && strings.HasPrefix(c.name, name) {
				close = &c
			}
		}
	}
	if close != nil {
		return *close, true
	}
	return control{}, false
}

func (b *tab) need(name string, roles ...string) control {
	b.t.Helper()
	c, ok := b.find(name, roles...)
	if !ok {
		var there []string
		for _, role := range roles {
			for _, other := range b.controls(role) {
				there = append(there, other.name)
			}
		}
		b.t.Fatalf("%s: %q has no %s called %q, but %q", b.reader, b.heading(), strings.Join(roles, " or "), name, there)
	}
	return c
}

// follow uses a link.
func (b *tab) follow(name string) {
	b.t.Helper()
	c := b.need(name, "link")
	b.loading("following "+name, func() { b.use(c) })
}

// press uses a button that brings up a page.
func (b *tab) press(name string) {
	b.t.Helper()
	c := b.need(name, "button")
	b.loading("pressing "+name, func() { b.use(c) })
}

// read changes the page to another language, by a link or, on a page that came of a form, a button.
func (b *tab) read(in i18n.Language) {
	b.t.Helper()
	c := b.need(in.Name(), "link", "button")
	b.loading("changing to "+in.Name(), func() { b.use(c) })
}

// use clicks a control, or goes to it and presses Enter, or Space where Enter would send the form.
func (b *tab) use(c control) {
	b.t.Helper()
	if !b.keyboard {
		b.click(c)
		return
	}
	b.tabTo(c)
	switch {
	case c.role == "checkbox":
		b.key("Space", " ")
	case c.role != "radio": // which is chosen when it is gone to
		b.key("Enter", "\r")
	}
}

// fill writes into a field, or chooses in it: a checkbox and a radio button by any text, a select by what it shows.
func (b *tab) fill(c control, text string) {
	b.t.Helper()
	made.People.Typed(text)
	switch {
	case c.role == "radio" || c.role == "checkbox":
		b.use(c)
		return
	case b.keyboard:
		b.tabTo(c)
	case c.role == "combobox": // a click would open the native picker, which is not a part of the page
		b.call("DOM.focus", dict{"backendNodeId": c.node}, nil)
	default:
		b.click(c)
	}
	if c.role == "combobox" {
		b.choose(c, text)
		return
	}
	b.inspectNode(c.node, `function() { this.select?.() }`, nil)
	switch {
	case c.role == "Date": // its parts are keyed in, in the order of the browser's language: month, day, year
		parts := strings.Split(text, "-")
		b.keys(parts[1] + parts[2] + parts[0])
	case b.keyboard && len(text) < 100:
		if text == "" {
			b.key("Delete", "")
		}
		b.keys(text)
	default:
		b.call("Input.insertText", dict{"text": text}, nil)
	}
}

// choose types ahead in a select, and again if the machine was too slow for the browser to take it as one word.
func (b *tab) choose(c control, text string) {
	b.t.Helper()
	for range 4 {
		b.keys(text)
		var chosen string
		b.inspectNode(c.node, `function() { return this.selectedOptions ? this.selectedOptions[0].text : this.value }`, &chosen)
		if strings.TrimSpace(chosen) == text {
			return
		}
		time.Sleep(1100 * time.Millisecond) // after a second it begins a new word
	}
	b.t.Fatalf("%s: %q cannot be chosen in %q", b.reader, text, c.name)
}

// click clicks in the middle of a control, or of its label if it is drawn as a part of that.
func (b *tab) click(c control) {
	b.t.Helper()
	var at struct{ X, Y float64 }
	b.inspectNode(c.node, `function() {
		const boxes = [this, ...(this.labels ?? [])].map(element => {
			element.scrollIntoView({block: "center", inline: "nearest"});
			return element.getClientRects()[0];
		});
		const box = boxes.find(box => box && box.width > 4 && box.height > 4 && box.left >= 0 && box.right <= innerWidth + 1) ?? boxes.at(-1);
		return {x: box.left + box.width / 2, y: box.top + box.height / 2};
	}`, &at)
	for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", dict{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil)
	}
}

// keyCodes are of the keys that are no letters.
var keyCodes = map[string]int{"Tab": 9, "Enter": 13, "Escape": 27, "Space": 32, "ArrowDown": 40, "Delete": 46}

// key presses and lets go of a key.
func (b *tab) key(name, text string) {
	b.t.Helper()
	key := name
	if name == "Space" {
		key = " "
	}
	down := dict{"type": "rawKeyDown", "key": key, "code": name, "windowsVirtualKeyCode": keyCodes[name]}
	if text != "" {
		down["type"], down["text"] = "keyDown", text
	}
	b.call("Input.dispatchKeyEvent", down, nil)
	// The key may have closed the page, and there is nobody left to take it up.
	_ = b.try("Input.dispatchKeyEvent", dict{"type": "keyUp", "key": key, "code": name, "windowsVirtualKeyCode": keyCodes[name]}, nil)
}

// keys types letters.
func (b *tab) keys(text string) {
	b.t.Helper()
	for _, letter := range text {
		b.call("Input.dispatchKeyEvent", dict{"type": "keyDown", "key": string(letter), "text": string(letter), "unmodifiedText": string(letter)}, nil)
		b.call("Input.dispatchKeyEvent", dict{"type": "keyUp", "key": string(letter)}, nil)
	}
}

// tabTo goes to a control by Tab alone, and among radio buttons by arrows. At each stop on the way one has to see where
// one is.
func (b *tab) tabTo(c control) {
	b.t.Helper()
	b.inspectNode(c.node, `function() { globalThis.sought = this }`, nil)
	const where = `(() => {
		const at = document.activeElement;
		if (!at || at === document.body) return {};
		// A date field draws each of its parts by itself, and itself only at the first.
		const drawn = at.type === "date" || [at, ...(at.labels ?? [])].flatMap(e => [[e], [e, "::before"], [e, "::after"]]).some(([e, part]) => {
			const style = getComputedStyle(e, part);
			return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 || style.boxShadow !== "none";
		});
		const seen = [at, ...(at.labels ?? [])].some(e => {
			const box = e.getClientRects()[0];
			if (!box || box.width < 2 || box.height < 2) return false;
			const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1), y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
			const top = document.elementFromPoint(x, y);
			return top && (e.contains(top) || top.contains(e));
		});
		return {hit: at === globalThis.sought, group: at.type === "radio" && at.name === globalThis.sought.name, drawn, seen,
			what: at.tagName.toLowerCase() + " " + (at.innerText || at.labels?.[0]?.innerText || at.name || "").slice(0, 40)};
	})()`
	for pressed := range 80 {
		var stop struct {
			Hit, Group, Drawn, Seen bool
			What                    string
		}
		b.inspect(where, &stop)
		if pressed > 0 && stop.What != "" && (!stop.Drawn || !stop.Seen) {
			b.fault("%s: %q: the focus cannot be seen on %s (drawn: %t, in view: %t)", b.reader, b.heading(), stop.What, stop.Drawn, stop.Seen)
		}
		if stop.Hit {
			return
		}
		if stop.Group {
			b.key("ArrowDown", "")
		} else {
			b.key("Tab", "")
		}
	}
	b.t.Fatalf("%s: %q: Tab does not come to the %s %q", b.reader, b.heading(), c.role, c.name)
}
