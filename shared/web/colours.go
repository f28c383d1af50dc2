package web

import (
	"encoding/hex"
	"fmt"
	"math"
	"strings"
)

// Colours are a deployment's own, as #rrggbb. The zero value keeps those of the style sheet.
type Colours struct {
	Brand  string // of the bar at the top, behind white letters
	Action string // of links and buttons
}

// minContrast is what WCAG 2.2 asks of text (level AA).
const minContrast = 4.5

// What the style sheet puts behind links and under buttons: the darkest of its light grounds, the lightest of its dark
// ones, and the letters on a button in dark mode.
var lightGround, darkGround, darkLetters = colour{0xe7, 0xf2, 0xf5}, colour{0x1e, 0x25, 0x2d}, colour{0x0b, 0x14, 0x20}

// css is what makes the style sheet's custom properties those of the deployment. In dark mode the action's colour is made
// lighter until it can be read. A colour that would be hard to read is an error, so that the function does not start.
func (c Colours) css() (string, error) {
	var light, dark strings.Builder
	if c.Brand != "" {
		brand, err := parseColour(c.Brand)
		if err != nil {
			return "", fmt.Errorf("brand: %w", err)
		}
		if got := contrast(brand, white); got < minContrast {
			return "", fmt.Errorf("brand: white letters on %s have a contrast of %.1f, under %.1f", c.Brand, got, minContrast)
		}
		fmt.Fprintf(&light, "--brand:%s;", brand)
	}
	if c.Action != "" {
		action, err := parseColour(c.Action)
		if err != nil {
			return "", fmt.Errorf("action: %w", err)
		}
		if got := contrast(action, lightGround); got < minContrast {
			return "", fmt.Errorf("action: %s on %s has a contrast of %.1f, under %.1f", c.Action, lightGround, got, minContrast)
		}
		fmt.Fprintf(&light, "--action:%s;--press:%s;", action, action.mix(black, .3))
		lighter := action
		for contrast(lighter, darkGround) < 7 || contrast(lighter, darkLetters) < 7 {
			lighter = lighter.mix(white, .05)
		}
		fmt.Fprintf(&dark, "--action:%s;--press:%s;", lighter, lighter.mix(white, .4))
	}
	if light.Len() == 0 {
		return "", nil
	}
	css := ":root{" + light.String() + "}\n"
	if dark.Len() > 0 {
		css += "@media(prefers-color-scheme:dark){:root{" + dark.String() + "}}\n"
	}
	return css, nil
}

// colour is red, green and blue.
type colour [3]byte

var white, black = colour{255, 255, 255}, colour{}

func parseColour(text string) (c colour, err error) {
	raw, err := hex.DecodeString(strings.TrimPrefix(text, "#"))
	if err != nil || len(raw) != 3 || text[0] != '#' {
		return c, fmt.Errorf("%q is no colour such as #005ea2", text)
	}
	return colour(raw), nil
}

func (c colour) String() string { return "#" + hex.EncodeToString(c[:]) }

// mix goes a part of the way to another colour, at least one step in each channel that differs.
func (c colour) mix(to colour, part float64) colour {
	for i := range c {
		way := float64(to[i]) - float64(c[i])
		c[i] = byte(float64(c[i]) + math.Copysign(math.Ceil(math.Abs(way)*part), way))
	}
	return c
}

// luminance and contrast are those of WCAG 2.2.
func (c colour) luminance() float64 {
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		v := float64(c[i]) / 255
		if v <= .04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+.055)/1.055, 2.4)
		}
		sum += v * weight
	}
	return sum
}

func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + .05) / (min(x, y) + .05)
}
