// Command licences lists the licence of everything that VOICE is built from: the Go modules of its functions, those of its
// tools and tests, and the npm packages of the lock files. It runs in the root of the repository.
//
//	licences            prints the list, as Markdown
//	licences --check F  exits 1 if F is not the list, or if a licence is none of those that this project accepts
//
// A licence is what its text says, by Google's licensecheck; for npm it is what the lock file says.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/google/licensecheck"
)

// accepted are the licences (SPDX) that let an agency run and change the whole without publishing it. MPL-2.0 asks to
// publish changes of its own files only. The Unicode and W3C ones are for data and notices.
var accepted = []string{
	"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC-BY-4.0", "CC0-1.0", "ISC", "MIT", "MIT-0", "MPL-2.0",
	"OFL-1.1", "Python-2.0", "Unicode-DFS-2016", "Unicode-3.0", "Unlicense",
}

// read are npm packages whose package.json does not name the licence that they come with, and what is in their LICENSE.
var read = map[string]string{
	"parse-cache-control": "BSD-3-Clause",
	"@uswds/uswds":        "CC0-1.0 AND Apache-2.0 AND MIT AND OFL-1.1", // icons are Apache's, fonts OFL's; VOICE uses neither
}

// component is one thing that somebody else wrote.
type component struct {
	name, version, licence, in string
}

func main() {
	check := flag.String("check", "", "exit 1 if this `file` is not the list")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "licences lists the licences of what VOICE is built from, as Markdown.")
		flag.PrintDefaults()
	}
	flag.Parse()
	if err := run(os.Stdout, *check); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, check string) error {
	all, err := components()
	if err != nil {
		return err
	}
	var refused []string
	for _, c := range all {
		for _, one := range strings.FieldsFunc(c.licence, func(r rune) bool { return strings.ContainsRune(" ()", r) }) {
			if one != "AND" && one != "OR" && !slices.Contains(accepted, one) {
				refused = append(refused, fmt.Sprintf("%s %s: %s", c.name, c.version, c.licence))
			}
		}
	}
	if refused != nil {
		return fmt.Errorf("not among the licences that are accepted:\n%s", strings.Join(refused, "\n"))
	}
	list := markdown(all)
	if check == "" {
		_, err = out.Write(list)
		return err
	}
	was, err := os.ReadFile(check)
	if err != nil {
		return err
	}
	if !bytes.Equal(was, list) {
		return fmt.Errorf("%s is not the list any more: make licences", check)
	}
	return nil
}

func components() ([]component, error) {
	deployed, err := modules("./functions/...")
	if err != nil {
		return nil, err
	}
	others, err := modules("-test", "./...")
	if err != nil {
		return nil, err
	}
	var all []component
	for path, m := range others {
		in := "tools and tests"
		if _, ok := deployed[path]; ok {
			in = "functions"
		}
		licence, err := licenceOf(m.Dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, component{path, m.Version, licence, in})
	}
	locks, err := filepath.Glob("infra/*/package-lock.json")
	if err != nil {
		return nil, err
	}
	for _, lock := range locks {
		packages, err := npm(lock)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", lock, err)
		}
		all = append(all, packages...)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		return strings.Join([]string{a.in, a.name, a.version}, "\x00") < strings.Join([]string{b.in, b.name, b.version}, "\x00")
	})
	return slices.Compact(all), nil
}

type module struct{ Path, Version, Dir string }

// modules are those whose packages are compiled into what the patterns name.
func modules(patterns ...string) (map[string]module, error) {
	args := append([]string{"list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}"}, patterns...)
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	found := map[string]module{}
	for _, line := range strings.Split(string(text), "\n") {
		if path, rest, ok := strings.Cut(line, "\t"); ok {
			version, dir, _ := strings.Cut(rest, "\t")
			found[path] = module{path, version, dir}
		}
	}
	if len(found) == 0 {
		return nil, errors.New("go list names no module")
	}
	return found, nil
}

// licenceOf reads the licence in a module's folder.
func licenceOf(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var ids []string
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.IsDir() || !strings.HasPrefix(name, "LICENSE") && !strings.HasPrefix(name, "LICENCE") && !strings.HasPrefix(name, "COPYING") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		for _, m := range licensecheck.Scan(text).Match {
			if id := m.ID; !m.IsURL && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	if ids == nil {
		return "", errors.New("no licence that is known")
	}
	sort.Strings(ids)
	return strings.Join(ids, " AND "), nil
}

// npm reads a lock file.
func npm(lock string) ([]component, error) {
	text, err := os.ReadFile(lock)
	if err != nil {
		return nil, err
	}
	var file struct {
		Packages map[string]struct{ Version, License string }
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	var found []component
	for path, p := range file.Packages {
		if path == "" {
			continue // the project itself
		}
		_, name, _ := strings.Cut(path, "node_modules/")
		if at := strings.LastIndex(name, "node_modules/"); at >= 0 {
			name = name[at+len("node_modules/"):]
		}
		if licence, ok := read[name]; ok {
			p.License = licence
		}
		if p.License == "" {
			return nil, fmt.Errorf("%s has no licence", name)
		}
		found = append(found, component{name, p.Version, p.License, "npm, " + filepath.Dir(lock)})
	}
	return found, nil
}

func markdown(all []component) []byte {
	var b bytes.Buffer
	b.WriteString("# Licences\n\nWhat VOICE is built from, by `make licences`; `make lint` fails when this list is not true any more. Only what is under\n" +
		"\"functions\" runs on AWS.\n")
	in := ""
	for _, c := range all {
		if c.in != in {
			in = c.in
			fmt.Fprintf(&b, "\n## %s\n\n| what | version | licence |\n|---|---|---|\n", strings.ToUpper(in[:1])+in[1:])
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.name, c.version, c.licence)
	}
	return b.Bytes()
}
