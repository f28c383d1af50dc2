package country

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// namesText has a line for each Code, in the order of the English names: code, alpha-3 code, name in English and in Spanish,
// place among the Spanish names, and what Unicode calls it besides, parted by semicolons. The tables that it is made of are
// those of golang.org/x/text, which are a megabyte and more in a program; a test makes it, and keeps it alike.
//
//go:embed names.txt
var namesText string

// entry is one line.
type entry struct {
	Country         // in English
	alpha3, spanish string
	more            string
}

// table is the lines: in English order, by code, by alpha-3 code, and as countries in Spanish.
type table struct {
	english, spanish []Country
	byCode           map[Code]entry
	byAlpha3         map[string]Code
}

var countries = sync.OnceValue(func() table {
	t := table{english: make([]Country, 0, len(codes)/2), spanish: make([]Country, len(codes)/2), byCode: make(map[Code]entry, len(codes)/2),
		byAlpha3: make(map[string]Code, len(codes)/2)}
	for line := range strings.Lines(namesText) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		place, err := strconv.Atoi(cells[4])
		if err != nil {
			panic("country: names.txt: " + err.Error())
		}
		e := entry{Country{Code(cells[0]), cells[2]}, cells[1], cells[3], cells[5]}
		t.english, t.spanish[place] = append(t.english, e.Country), Country{e.Code, e.spanish}
		t.byCode[e.Code], t.byAlpha3[e.alpha3] = e, e.Code
	}
	return t
})
