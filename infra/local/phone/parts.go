package phone

import "strings"

const (
	// The characters of GSM 03.38 that cost one septet, and those that cost two.
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "\f^{}\\[~]|€"

	gsmSingle, gsmJoined   = 160, 153 // septets in a lone text, in each part of a longer one
	ucs2Single, ucs2Joined = 70, 67   // the same in UTF-16 units
)

// Parts says how many texts carriers make of body and in which alphabet: GSM-7 or UCS-2. A character
// that takes two places is never split between parts. An empty body is one part.
func Parts(body string) (n int, encoding string) {
	if costs, ok := gsmCosts(body); ok {
		return count(costs, gsmSingle, gsmJoined), "GSM-7"
	}
	var costs []int
	for _, r := range body {
		if r > 0xFFFF {
			costs = append(costs, 2)
		} else {
			costs = append(costs, 1)
		}
	}
	return count(costs, ucs2Single, ucs2Joined), "UCS-2"
}

// gsmCosts gives the septets of each character; false when one is not in the alphabet.
func gsmCosts(body string) ([]int, bool) {
	costs := make([]int, 0, len(body))
	for _, r := range body {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			costs = append(costs, 1)
		case strings.ContainsRune(gsmExtended, r):
			costs = append(costs, 2)
		default:
			return nil, false
		}
	}
	return costs, true
}

// count packs characters into one part of size single, or else into parts of size joined.
func count(costs []int, single, joined int) int {
	total := 0
	for _, c := range costs {
		total += c
	}
	if total <= single {
		return 1
	}
	parts, used := 1, 0
	for _, c := range costs {
		if used+c > joined {
			parts, used = parts+1, 0
		}
		used += c
	}
	return parts
}
