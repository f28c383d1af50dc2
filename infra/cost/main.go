// Command cost estimates what VOICE costs in a month, for agencies of three sizes: what was measured of each operation, at the
// prices of shared/aws, times how much is assumed to happen. It asks nobody and knows no account.
//
// What is left out: free tiers (a small agency pays less), discounts for volume (a large one does), support, staff's time, and
// CloudFront and WAF, which are listed by themselves.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	asJSON := flag.Bool("json", false, "print one JSON document")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "Estimates what VOICE costs in a month, for agencies of three sizes. The assumptions are in infra/cost/agency.go.")
		flag.PrintDefaults()
	}
	flag.Parse()
	if *asJSON {
		all := map[string][]item{}
		for _, a := range agencies() {
			all[a.Name] = bill(a)
		}
		_ = json.NewEncoder(os.Stdout).Encode(all) // to a pipe that is gone, nobody is there to be told
		return
	}
	table(os.Stdout)
}

// table prints it as the runbook has it.
func table(w io.Writer) {
	all := agencies()
	head, line := []string{"dollars a month"}, []string{"---"}
	for _, a := range all {
		head, line = append(head, a.Name), append(line, "--:")
	}
	row := func(cells ...string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }
	of := func(name string, cell func(agency) string) {
		cells := []string{name}
		for _, a := range all {
			cells = append(cells, cell(a))
		}
		row(cells...)
	}
	row(head...)
	row(line...)
	of("people held", func(a agency) string { return number(a.Held) })
	of("subscriptions", func(a agency) string { return number(a.Subscribers) })
	of("stints that begin in a day", func(a agency) string { return number(a.Stints) })
	for i, one := range bill(all[0]) {
		of(one.Service, func(a agency) string { return dollars(bill(a)[i].Dollars) })
	}
	of("**All**", func(a agency) string { return "**" + dollars(sum(bill(a), func(item) bool { return true })) + "**" })
	of("of that, not paid to carriers", func(a agency) string { return dollars(sum(bill(a), func(i item) bool { return !i.Texts })) })
	of("CloudFront and WAF in front, if wanted", func(a agency) string { return dollars(edge(a)) })
}

func sum(items []item, which func(item) bool) (total float64) {
	for _, i := range items {
		if which(i) {
			total += i.Dollars
		}
	}
	return total
}

func dollars(d float64) string {
	if d >= 100 {
		return number(d)
	}
	return fmt.Sprintf("%.2f", d)
}

// number writes a whole number with commas.
func number(f float64) string {
	text := fmt.Sprintf("%.0f", f)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
