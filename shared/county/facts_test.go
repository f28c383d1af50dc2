package county

import (
	"bytes"
	"compress/gzip"
	"testing"
)

func pack(t *testing.T, text string) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func TestUnpack(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		f, err := unpack(pack(t, "01001|Autauga County|36003 3+2 1\n09001|Fairfield County|\n"))
		if err != nil || len(f.counties) != 2 || f.counties[0].Name != "Autauga County" || !f.counties[1].Former {
			t.Fatalf("%+v, %v", f.counties, err)
		}
		for zip, want := range map[int]uint16{36003: 1, 36004: 0, 36006: 1, 36007: 1, 36008: 1, 36009: 1, 36010: 0} {
			if f.zips[zip] != want {
				t.Errorf("%d: %d", zip, f.zips[zip])
			}
		}
	})
	for name, text := range map[string]string{
		"Parts": "01001|Autauga County\n", "Code": "0100|Autauga County|\n", "State": "03001|Nowhere|\n", "Gap": "01001|Autauga County|x\n",
		"Follow": "01001|Autauga County|1+x\n", "Beyond": "01001|Autauga County|99998+2\n", "Back": "01001|Autauga County|5 -9\n",
	} {
		t.Run("Err"+name, func(t *testing.T) {
			if _, err := unpack(pack(t, text)); err == nil {
				t.Error("no error")
			}
		})
	}
	t.Run("ErrNotPacked", func(t *testing.T) {
		if _, err := unpack([]byte("plain")); err == nil {
			t.Error("no error")
		}
	})
}

// BenchmarkRead is what the first question costs.
func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := unpack(packed); err != nil {
			b.Fatal(err)
		}
	}
}
