package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// element is one of a picture.
type element struct {
	name, text string
	attributes map[string]string
}

// parse reads a picture, which has to be well-formed and to have nothing that a page's policy would block.
func parse(t interface{ Fatalf(string, ...any) }, picture template.HTML) (elements []element) {
	in := xml.NewDecoder(strings.NewReader(string(picture)))
	var open []int
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, picture)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attributes: map[string]string{}}
			for _, a := range token.Attr {
				e.attributes[a.Name.Local] = a.Value
			}
			open, elements = append(open, len(elements)), append(elements, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			elements[open[len(open)-1]].text += string(token)
		}
	}
	for _, e := range elements {
		for name := range e.attributes {
			if name == "style" || strings.HasPrefix(name, "on") || strings.Contains(name, "href") {
				t.Fatalf("%s has %s", e.name, name)
			}
		}
		if !strings.Contains(" svg title desc path text ", " "+e.name+" ") {
			t.Fatalf("there is a %s", e.name)
		}
	}
	return elements
}

func texts(elements []element) (all []string) {
	for _, e := range elements {
		if e.name == "text" {
			all = append(all, e.text)
		}
	}
	return all
}

var column = regexp.MustCompile(`M([\d.]+) ([\d.]+)h([\d.]+)V([\d.]+)h-[\d.]+z`)

func number(t interface{ Fatalf(string, ...any) }, s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return f
}

func TestColumns(t *testing.T) {
	c := Chart{ID: "opened", Title: "Opened <b>", Desc: "More & more", Labels: []string{"1 Jun", "2 Jun"},
		Series: []Series{{"Custody \"status\"", []int64{30, 10}}, {"Alerts", []int64{20}}}}
	elements := parse(t, c.Columns())
	if svg := elements[0].attributes; svg["role"] != "img" || svg["aria-labelledby"] != "opened-title opened-desc" || svg["fill"] != "currentColor" {
		t.Errorf("got %v", svg)
	}
	if elements[1].text != "Opened <b>" || elements[1].attributes["id"] != "opened-title" || elements[2].text != "More & more" {
		t.Errorf("got %+v", elements[1:3])
	}
	if got := fmt.Sprint(texts(elements)); got != `[Custody "status" Alerts 0 10 20 30 40 50 1 Jun 2 Jun]` {
		t.Errorf("got %s", got)
	}
	t.Run("NoLegendForOneSeries", func(t *testing.T) {
		c := Chart{ID: "x", Labels: []string{"a"}, Series: []Series{{"Only", []int64{3}}}}
		if got := fmt.Sprint(texts(parse(t, c.Columns()))); got != "[0 1 2 3 a]" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("NothingAtAll", func(t *testing.T) {
		parse(t, Chart{}.Columns())
		parse(t, Chart{}.Rows())
	})
}

// TestColumnsAreAsHighAsTheirNumbers draws anything, and measures it.
func TestColumnsAreAsHighAsTheirNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Chart{ID: "x", Labels: make([]string, rapid.IntRange(1, 120).Draw(t, "labels"))}
		for i := range c.Labels {
			c.Labels[i] = fmt.Sprintf("day %d", i)
		}
		sums := make([]int64, len(c.Labels))
		for n := range rapid.IntRange(1, MaxSeries+2).Draw(t, "series") {
			s := Series{Name: fmt.Sprint("series ", n)}
			for i := range c.Labels {
				v := rapid.Int64Range(-2, 500).Draw(t, "value")
				s.Values, sums[i] = append(s.Values, v), sums[i]+max(0, v)
			}
			c.Series = append(c.Series, s)
		}
		elements := parse(t, c.Columns())
		var zero, top, least float64
		ends := map[float64]float64{} // the top of each column
		drawn := 0.0
		for _, e := range elements {
			if e.name == "path" && e.attributes["class"] == "grid" {
				y := number(t, strings.Fields(strings.TrimPrefix(strings.Split(e.attributes["d"], "H")[0], "M"))[1])
				if zero == 0 {
					zero = y
				}
				top = y
			}
			for _, m := range column.FindAllStringSubmatch(e.attributes["d"], -1) {
				x, from, wide, to := number(t, m[1]), number(t, m[2]), number(t, m[3]), number(t, m[4])
				if x < 0 || x+wide > width || from > zero+.1 || to < top-.1 || to > from {
					t.Fatalf("a bar at %s is out of the picture", m[0])
				}
				if below, ok := ends[x]; ok && below != from {
					t.Fatalf("there is a gap under %s", m[0])
				}
				ends[x] = to
				drawn += from - to
			}
		}
		var sum, most int64
		for _, n := range sums {
			sum, most = sum+n, max(most, n)
		}
		if most > 0 {
			step := tick(most)
			scale := (zero - top) / float64((most+step-1)/step*step)
			if least = float64(sum) * scale; drawn < least-.2*float64(len(c.Labels)) || drawn > least+.2*float64(len(c.Labels)) {
				t.Fatalf("drawn %.1f, should be %.1f", drawn, least)
			}
		}
		last := -100.0
		for _, e := range elements {
			if e.name == "text" && strings.HasPrefix(e.text, "day ") {
				x := number(t, e.attributes["x"])
				if x-last < 5*letter && e.attributes["text-anchor"] == "middle" {
					t.Fatalf("%s is written over another", e.text)
				}
				last = x
			}
		}
	})
}

func TestRows(t *testing.T) {
	c := Chart{ID: "outcomes", Title: "Outcomes", Labels: []string{"Answered", "Withdrawn", "Duplicate"}, Series: []Series{{"", []int64{12_000, 3_000, 0}}}}
	elements := parse(t, c.Rows())
	if got := fmt.Sprint(texts(elements)); got != "[Answered 12,000 Withdrawn 3,000 Duplicate 0]" {
		t.Errorf("got %s", got)
	}
	if bars := elements[len(elements)-1].attributes["d"]; bars != "M0 20h360v12h-360zM0 60h90v12h-90z" {
		t.Errorf("got %s", bars)
	}
}

func TestTick(t *testing.T) {
	for most, want := range map[int64]int64{1: 1, 5: 1, 6: 2, 10: 2, 11: 5, 25: 5, 26: 10, 50: 10, 51: 20, 999: 200, 1001: 500, 1_000_000: 200_000} {
		if got := tick(most); got != want {
			t.Errorf("%d: got %d", most, got)
		}
	}
}
