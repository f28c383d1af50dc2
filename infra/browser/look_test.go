package browser

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"voice.example/shared/i18n"
)

//go:embed look.js
var look string

// rules are those of WCAG 2.2, levels A and AA, as axe-core calls them.
const rules = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]`

// axe is axe-core's source.
var axe = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile(filepath.Join("node_modules", "axe-core", "axe.min.js"))
	return string(source), err
})

// violation is a rule of axe-core that a page breaks, and where.
type violation struct {
	Rule  string
	Help  string
	Nodes []string
}

// audit runs axe-core by what runOnly says.
func (b *tab) audit(page, runOnly string) {
	b.t.Helper()
	source, err := axe()
	if err != nil {
		b.t.Fatalf("axe-core is missing, make browser-tools fetches it: %v", err)
	}
	var there bool
	if b.inspect(`"axe" in globalThis`, &there); !there {
		b.inspect(source+`;0`, nil)
	}
	var found []violation
	b.inspect(`axe.run(document, {`+runOnly+`, resultTypes: ["violations"]}).then(r => r.violations.map(v =>
		({rule: v.id, help: v.help, nodes: v.nodes.map(n => n.target.join(" ") + " (" + (n.any[0]?.message ?? n.all[0]?.message ?? "") + ")")})))`, &found)
	for _, v := range found {
		b.fault("%s: %s: axe %s: %s: %.500s", b.reader, page, v.Rule, v.Help, strings.Join(v.Nodes, "; "))
	}
}

// looked remembers what was audited, since the same markup at the same width, with JavaScript or without, has the same
// faults.
var looked sync.Map

// passing is what differs from one visit to the next: ids, tokens, times.
var passing = regexp.MustCompile(`value="[^"]*"|\d+`)

// look examines the page that is open, and takes a picture of it.
func (b *tab) look(page string) {
	b.t.Helper()
	b.keepsSecrets(page)
	var markup string
	b.inspect(`document.documentElement.outerHTML`, &markup)
	b.examine(page, markup)
	switch {
	case b.width == 1280: // at 200 % a page of this width has half as many CSS pixels
		b.resize(b.width / 2)
		b.examine(page+" at 200 %", markup)
		b.resize(b.width)
	case b.width == 390 && b.language == i18n.English && b.scripts: // the colours are the same for everybody
		b.colours(page, markup)
	}
}

func (b *tab) examine(page, markup string) {
	b.t.Helper()
	if b.scripts {
		b.picture(page)
	}
	if !b.first(page, markup) {
		return
	}
	var wrong []string
	b.inspect(look, &wrong)
	for _, w := range wrong {
		b.fault("%s: %s: %s", b.reader, page, w)
	}
	if _, ok := b.find(b.say("exit"), "link"); !ok && !b.staff {
		b.fault("%s: %s: there is no exit", b.reader, page)
	}
	b.audit(page, `runOnly: `+rules)
}

// first reports whether a page is seen for the first time in this way.
func (b *tab) first(page, markup string) bool {
	key := sha256.Sum256([]byte(fmt.Sprint(page, b.width, passing.ReplaceAllString(markup, ""))))
	_, again := looked.LoadOrStore(key, true)
	return !again
}

// colours looks at the page in the dark, and with colours that the reader forces. axe-core asks for the colours that the
// page wants, and not for those that are forced, so these are measured in the picture.
func (b *tab) colours(page, markup string) {
	b.t.Helper()
	if !b.first(page+" in colour", markup) {
		return
	}
	b.call("Emulation.setEmulatedMedia", dict{"features": []dict{{"name": "prefers-color-scheme", "value": "dark"}}}, nil)
	b.picture(page + " dark")
	b.audit(page+" dark", `runOnly: {type: "rule", values: ["color-contrast"]}`)
	b.call("Emulation.setEmulatedMedia", dict{"features": []dict{{"name": "forced-colors", "value": "active"}, {"name": "prefers-color-scheme", "value": "dark"}}}, nil)
	if shot := b.picture(page + " forced colours"); shot != nil {
		b.contrast(page+" forced colours", shot)
	}
	b.call("Emulation.setEmulatedMedia", dict{"features": []dict{}}, nil)
}

// contrast measures each text of the page that is open in its picture: the colour that most of its box has, and the one
// that differs most from it. None of a text can be read that has less than 4.5 to 1.
func (b *tab) contrast(page string, shot []byte) {
	b.t.Helper()
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		b.t.Fatal(err)
	}
	var texts []struct {
		Text                     string
		Left, Top, Right, Bottom float64
	}
	b.inspect(`(() => {
		const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let node; node = walk.nextNode();) {
			if (!node.data.trim() || node.parentElement.closest("option, script, noscript, [hidden]") || !node.parentElement.checkVisibility()) continue;
			const range = document.createRange();
			range.selectNodeContents(node);
			const box = range.getClientRects()[0];
			if (box && box.width > 2 && box.height > 2) found.push({text: node.data.trim().slice(0, 40),
				left: box.left + scrollX, top: box.top + scrollY, right: box.right + scrollX, bottom: box.bottom + scrollY});
		}
		return found;
	})()`, &texts)
	for _, text := range texts {
		box := image.Rect(int(text.Left), int(text.Top), int(text.Right), int(text.Bottom))
		if !box.In(picture.Bounds()) {
			continue // it is out of sight until it has the focus
		}
		if got := contrastIn(picture, box); got < 4.5 {
			b.fault("%s: %s: %q has a contrast of %.1f", b.reader, page, text.Text, got)
		}
	}
}

// contrastIn is the greatest contrast to a box's background in it.
func contrastIn(picture image.Image, box image.Rectangle) float64 {
	counts := map[color.Color]int{}
	var back color.Color = color.Black
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			c := picture.At(x, y)
			if counts[c]++; counts[c] > counts[back] {
				back = c
			}
		}
	}
	most := 0.0
	for c := range counts {
		light, dark := luminance(c), luminance(back)
		if light < dark {
			light, dark = dark, light
		}
		most = max(most, (light+0.05)/(dark+0.05))
	}
	return most
}

// luminance is a colour's relative luminance, as WCAG 2 defines it.
func luminance(c color.Color) float64 {
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}
