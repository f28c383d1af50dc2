package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// round is one of the files of the same people.
type round string

const (
	first  round = "first"  // everyone booked in
	second round = "second" // the same, one in a hundred released or transferred since
	daily  round = "daily"  // second as a daily roster: every row also says that it is of a later moment
)

// people are invented: so many of them, always the same for a seed.
type people struct {
	rows int
	seed uint64
}

// changedEvery is how many people there are to one who is released or transferred between the rounds.
const changedEvery = 100

// titles are the agency's own.
var titles = []string{"A-Number", "Last Name", "First Name", "Date of Birth", "Birth Country", "Gender", "Stay Book In Date Time",
	"Book In Date Time", "Detention Facility", "Detention Facility Code", "Book Out Date Time", "Detention Release Reason", "Book In AOR", "Protected"}

// born are countries of birth as agencies write them, with their codes for peers that cannot read them.
var born = [][2]string{{"MEXICO", "MX"}, {"HONDURAS", "HN"}, {"GUATEMALA", "GT"}, {"EL SALVADOR", "SV"}, {"VENEZUELA", "VE"}, {"COLOMBIA", "CO"},
	{"NICARAGUA", "NI"}, {"CHINA, PEOPLES REPUBLIC OF", "CN"}, {"INDIA", "IN"}, {"HAITI", "HT"}, {"TURKEY", "TR"}, {"BRAZIL", "BR"}}

var (
	lastNames = []string{"Ejemplo Muestra", "Beispiel", "Exemple", "O'Sample", "da Amostra", "Muñoz Prueba", "Örnek", "Udaharan", "Nguyễn Mẫu",
		"Testsen", "Pérez Ficticio", "Inventado", "Al-Mithal", "Przykład"}
	firstNames = []string{"Ana María", "João", "Wei", "Amina", "Jean-Paul", "Sofía", "Chidi", "Lakshmi", "José", "Émile", "Olga", "Dmitri"}
)

// count is what a load of a round must come to.
type count struct{ rows, changed, released int }

func (p people) count(r round) count {
	c := count{rows: p.rows}
	if r == first {
		c.changed = p.rows
		return c
	}
	for i := range p.rows {
		if changes, released := change(i); changes {
			c.changed++
			if released {
				c.released++
			}
		}
	}
	return c
}

// change says whether a person's row differs after the first round, and whether it is by a release or by a transfer.
func change(i int) (changes, released bool) {
	return i%changedEvery == changedEvery/2, i/changedEvery%2 == 0
}

// write writes a round's file.
func (p people) write(to io.Writer, r round) error {
	buffered := bufio.NewWriterSize(to, 64<<10)
	out := csv.NewWriter(buffered)
	header := titles
	if r == daily {
		header = append(header[:len(header):len(header)], "As Of")
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for i := range p.rows {
		if err := out.Write(p.row(i, r)); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

// row is one person's row of a round. All moments lie well in the past of any machine's clock.
func (p people) row(i int, r round) []string {
	dice := rand.New(rand.NewPCG(p.seed, uint64(i)))
	pick := func(from []string) string { return from[dice.IntN(len(from))] }
	stay := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(dice.IntN(60*24*60)) * time.Minute)
	in := stay.Add(time.Duration(dice.IntN(20*24*60)) * time.Minute)
	country := born[dice.IntN(len(born))][0]
	birth := time.Date(1955, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, dice.IntN(50*365))
	site, gender, protected := dice.IntN(60), pick([]string{"Male", "Female"}), "N"
	if dice.IntN(200) == 0 {
		protected = "Y"
	}
	last, given := pick(lastNames), pick(firstNames)
	var out, reason string
	if changes, released := change(i); changes && r != first {
		later := in.Add(time.Duration(1+dice.IntN(20*24*60)) * time.Minute)
		if released {
			out, reason = later.Format(time.DateTime), pick([]string{"Paroled", "Order of recognizance", "Bonded Out - IJ"})
		} else {
			in, site = later, site+60 // a new stint, at another facility
		}
	}
	row := []string{number(i), last, given, birth.Format(time.DateOnly), country, gender, stay.Format(time.DateTime), in.Format(time.DateTime),
		fmt.Sprintf("EXAMPLE CENTER, No. %d", site), "EX" + strconv.Itoa(site), out, reason, "EX" + string(rune('A'+site%20)), protected}
	if r == daily {
		row = append(row, "2025-07-01 06:00:00")
	}
	return row
}

// number is a person's A-number. No two of the first 900 million people share one, and neighbours in the file are far
// apart, as in a real one.
func number(i int) string {
	const all, step = 900_000_000, 618_033_989 // without a common divisor
	return strconv.Itoa(100_000_000 + int(uint64(i)*step%all))
}
