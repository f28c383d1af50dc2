package roster

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"
)

// stays writes n rows under the agency's own titles: invented people, with reasons and countries as often as they come.
func stays(n int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	var b bytes.Buffer
	b.WriteString(agency)
	begin := time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		in := begin.Add(time.Duration(random.IntN(200*24*60)) * time.Minute)
		out, reason := "", ""
		if random.IntN(2) == 0 {
			out = in.Add(time.Duration(random.IntN(30*24*60)) * time.Minute).Format(time.DateTime)
			reason = pick("Transferred", "Transferred", "Removed", "Removed", "Bonded Out - IJ", "Voluntary departure", "Order of recognizance")
		}
		fmt.Fprintf(&b, "%09d,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,N\n", 10000000+i,
			pick("Martínez", "da Silva", "Pérez Gómez", "Okafor", "Nguyen"), pick("María", "João", "Chidi", "Linh"),
			time.Date(1950+random.IntN(50), 1, 1+random.IntN(365), 0, 0, 0, 0, time.UTC).Format(time.DateOnly),
			pick("MEXICO", "HONDURAS", "GUATEMALA", "CUBA", "NICARAGUA", "COLOMBIA", "VENEZUELA", "INDIA"), pick("Male", "Female"),
			in.Format(time.DateTime), in.Format(time.DateTime),
			pick(`"CCA, FLORENCE CORRECTIONAL CENTER"`, "FLORENCE SERVICE PROCESSING CENTER", "MONTGOMERY ICE PROCESSING CENTER", "STEWART DETENTION CENTER"),
			pick("FSF", "FLO", "MTGPCTX", "STWRT"), out, reason, pick("PHO", "HOU", "ATL"))
	}
	return b.Bytes()
}

func BenchmarkReader(b *testing.B) {
	const n = 20_000
	file := stays(n)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := Open(bytes.NewReader(file), options)
		if err != nil {
			b.Fatal(err)
		}
		rows := 0
		for ; ; rows++ {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || len(row.Rejects) > 0 {
				b.Fatal(err, row.Rejects)
			}
		}
		if rows != n {
			b.Fatalf("%d rows", rows)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
