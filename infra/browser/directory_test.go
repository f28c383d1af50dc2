package browser

import (
	"os"
	"path/filepath"
	"testing"

	"voice.example/shared/i18n"
)

// give chooses a file in the field that takes one. Which dialog a browser opens for that is not the page's.
func (b *tab) give(label, path string) {
	b.t.Helper()
	c := b.need(label, "button")
	if b.keyboard {
		b.tabTo(c)
	}
	b.call("DOM.setFileInputFiles", dict{"files": []string{path}, "backendNodeId": c.node}, nil)
}

// TestDirectory has a supervisor load files and an officer go away, on a phone and at a desk by the keyboard alone.
func TestDirectory(t *testing.T) {
	browse(t)
	s := serve(t)
	folder := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	wrong := write("wrong.csv", "code,name,county_fips\nPHO,=Phoenix,04013\nXY,Office,99999\n")
	few := write("few.csv", "email,name,role,office\nrosa.delgado-finch@voice.example,Rosa Delgado-Finch,officer,PHO\n")
	for _, r := range []reader{
		{language: i18n.English, width: 390, scripts: true},
		{language: i18n.English, width: 320},
		{language: i18n.English, width: 1280, scripts: true, keyboard: true},
	} {
		t.Run(r.String(), func(t *testing.T) {
			b := atWork(t, s, r, "Sofia Lindqvist")
			b.follow("Directory")
			b.reads("Directory")
			b.has("Phoenix Field Office")
			b.unfold()
			b.look("directory")
			b.fill(b.need("Role", fields...), "community relations officer")
			b.press("Show")
			b.has("Hugo Brandvold")
			b.fill(b.need("Offices", "radio"), "yes")
			b.press("See what it would change")
			b.has("Choose a file.")
			b.look("directory, no file")
			b.fill(b.need("Offices", "radio"), "yes")
			b.give("File", wrong)
			b.press("See what it would change")
			b.reads("What the file would change")
			b.has("not the FIPS code of a county")
			b.has("the name begins like a formula")
			b.look("directory, a file that cannot be used")
			b.follow("Back to the directory; nothing is changed")
			b.fill(b.need("People", "radio"), "yes")
			b.give("File", few)
			b.press("See what it would change")
			b.has("This removes more than half of what is there.")
			b.has("nobody would work in this office")
			b.look("directory, what a file would change")
			b.press("Load the file")
			b.has("Say that you mean to remove more than half.")
			b.look("directory, removes most")
			b.follow("Back to the directory; nothing is changed")
			b.has("Hugo Brandvold")

			b = atWork(t, s, r, "Rosa Delgado-Finch")
			b.follow("Directory")
			b.unfold()
			b.fill(b.need("Last day away", fields...), "2099-12-31")
			b.press("Save the days")
			b.reads("Directory")
			b.has("away through Dec 31")
			b.unfold()
			b.fill(b.need("First day away", fields...), "2099-12-31")
			b.fill(b.need("Last day away", fields...), "2099-12-30")
			b.press("Save the days")
			b.has("The last day away is before the first.")
			b.look("directory, an absence refused")
		})
	}
}
