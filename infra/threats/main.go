package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

func main() {
	page, err := os.ReadFile("infra/threats.md")
	if err == nil {
		err = run(string(page), os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "threats:", err)
		os.Exit(1)
	}
}

// run runs the tests, package by package, and prints each threat with how they ended.
func run(page string, out io.Writer) error {
	threats, _, err := Read(page)
	if err != nil {
		return err
	}
	wanted := map[string][]string{} // by package, the functions
	for _, threat := range threats {
		for _, t := range threat.Tests {
			if !slices.Contains(wanted[t.Package], t.Func()) {
				wanted[t.Package] = append(wanted[t.Package], t.Func())
			}
		}
	}
	ended := map[Test]string{}
	for _, pkg := range slices.Sorted(maps.Keys(wanted)) {
		if err := test(pkg, wanted[pkg], ended); err != nil {
			return err
		}
	}
	bad := 0
	for _, threat := range threats {
		_, _ = fmt.Fprintln(out, threat.What)
		for _, t := range threat.Tests {
			how := ended[t]
			if how == "" {
				how = "not run"
			}
			if how != "pass" {
				bad++
			}
			_, _ = fmt.Fprintf(out, "  %-8s %s\n", how, t)
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of the tests did not pass", bad)
	}
	_, _ = fmt.Fprintf(out, "%d threats, and all tests passed\n", len(threats))
	return nil
}

// test runs functions of one package, and notes how each test in them ended.
func test(pkg string, functions []string, ended map[Test]string) error {
	cmd := exec.Command("go", "test", "-json", "-timeout", "20m", "-run", "^("+strings.Join(functions, "|")+")$", "./"+pkg) // #nosec G204 -- names of our own page
	cmd.Stderr = os.Stderr
	output, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e struct{ Action, Test, Output string }
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Test == "" {
			continue
		}
		switch e.Action {
		case "pass", "fail", "skip":
			ended[Test{pkg, e.Test}] = e.Action
		}
	}
	// A test that fails is said beside its threat; that go itself cannot be run shows as tests that were not.
	_ = cmd.Wait()
	return lines.Err()
}
