package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	geo := func(zip, state, county string) string {
		return strings.Join([]string{"US", zip, "Place", "State", state, "County", county, "", "", "0", "0", "1"}, "\t") + "\n"
	}
	write("US.txt", geo("36003", "AL", "001")+geo("36004", "AL", "001")+geo("36006", "AL", "001")+geo("36007", "AL", "001")+geo("36008", "AL", "003")+
		geo("06066", "CT", "013")+geo("09001", "", ""))
	write("counties.csv", "statefp,countyfp,name\n01,001,Autauga County\n01,003,Baldwin County\n02,261,Valdez-Cordova Census Area\n"+
		"72,001,Adjuntas Municipio\n72,113,Ponce Municipio\n74,300,Midway\n"+
		"60,050,Western District\n66,010,Guam\n69,100,Rota\n69,110,Saipan\n69,120,Tinian\n")
	write("zip_county.csv", "zip,fips,county\n36007,1003,Baldwin\n36008,02261,Valdez\n601,72113,Ponce\n601,72001,Adjuntas\n602,72113,Ponce\n")
	write("places.csv", "zip,place\n601,Adjuntas\n602,Elsewhere\n603,Nowhere\n")
	out := filepath.Join(t.TempDir(), "facts.gz")
	if err := run(folder, out); err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"01001|Autauga County|36003+1 2\n", // two that follow each other, and a gap
		"01003|Baldwin County|36007+1\n",   // one corrected; one that HUD has under a retired code stays
		"09110|Capitol Planning Region|6066\n",
		"72001|Adjuntas Municipio|601\n",
		"72113|Ponce Municipio|602\n",
		"60050|Western District|96799\n",
	} {
		if !strings.Contains(string(text), line) {
			t.Errorf("no line %q", line)
		}
	}
	for _, no := range []string{"Midway", "Valdez", "9001"} {
		if strings.Contains(string(text), no) {
			t.Errorf("%s is in it", no)
		}
	}
}

func TestErrNoCounty(t *testing.T) {
	f := facts{names: map[string]string{"01001": "Autauga County"}, county: map[string]string{"36003": "01003"}}
	if _, err := f.text(); err == nil {
		t.Error("no error")
	}
}
