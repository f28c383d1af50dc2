package browser

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// screens is where the pictures go.
func screens() string { return filepath.Join(made.Root, "build", "screens") }

// picture is one of a page: of its state, for a reader.
type picture struct{ Page, Reader, File string }

var (
	picturesMu sync.Mutex
	pictures   []picture
)

// picture takes a picture of the whole page, unless there is one of it already.
func (b *tab) picture(page string) []byte {
	b.t.Helper()
	reader := fmt.Sprintf("%s-%d", b.language, b.width)
	file := strings.NewReplacer(" ", "-", "%", "", ",", "").Replace(page) + "-" + reader + ".png"
	picturesMu.Lock()
	taken := slices.ContainsFunc(pictures, func(p picture) bool { return p.File == file })
	if !taken {
		pictures = append(pictures, picture{page, reader, file})
	}
	picturesMu.Unlock()
	if taken {
		return nil
	}
	var shot struct {
		Data string `json:"data"`
	}
	b.call("Page.captureScreenshot", dict{"format": "png", "captureBeyondViewport": true, "optimizeForSpeed": true}, &shot)
	image, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.MkdirAll(screens(), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(screens(), file), image, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return image
}

var sheet = template.Must(template.New("sheet").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>The pages of VOICE</title>
<style>body{font:14px sans-serif;margin:1em}section{display:flex;gap:1em;overflow:auto;align-items:start;padding-bottom:1em}
figure{margin:0}img{width:260px;border:1px solid #888}</style>
<h1>The pages of VOICE</h1>
{{range .}}<h2>{{(index . 0).Page}}</h2><section>{{range .}}<figure><figcaption>{{.Reader}}</figcaption><a href="{{.File}}"><img src="{{.File}}" alt="" loading="lazy"></a></figure>
{{end}}</section>{{end}}</html>
`))

// writeSheet writes the page that shows all pictures, in the order in which they were first taken.
func writeSheet() error {
	picturesMu.Lock()
	defer picturesMu.Unlock()
	var rows [][]picture
	for _, p := range pictures {
		at := slices.IndexFunc(rows, func(row []picture) bool { return row[0].Page == p.Page })
		if at < 0 {
			rows = append(rows, nil)
			at = len(rows) - 1
		}
		rows[at] = append(rows[at], p)
	}
	for _, row := range rows {
		slices.SortFunc(row, func(a, b picture) int { return strings.Compare(a.Reader, b.Reader) })
	}
	if len(rows) == 0 {
		return nil
	}
	file, err := os.Create(filepath.Join(screens(), "index.html"))
	if err != nil {
		return err
	}
	defer file.Close()
	return sheet.Execute(file, rows)
}
