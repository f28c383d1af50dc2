package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	_ "time/tzdata" // the pages' times are in the zone that the template names

	"github.com/chromedp/chromedp"

	"voice.example/infra/local/stacktest"
)

// made is the service, compiled once.
var made *stacktest.Binaries

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if made, err = stacktest.Compile(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer made.Remove()
		defer func() { closeChromium() }()
		return m.Run()
	}())
}

// closeChromium ends the browser, if there is one.
var closeChromium = func() {}

// chromium is the path of the browser, "" if this machine has none.
func chromium() string {
	if path := os.Getenv("CHROME_PATH"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// browse starts the one browser of all tests. Without Chromium a test is left out; it fails where VOICE_BROWSER says that
// it is required.
func browse(t *testing.T) context.Context {
	t.Helper()
	path := chromium()
	if path == "" {
		if os.Getenv("VOICE_BROWSER") == "required" {
			t.Fatal("there is no Chromium on the PATH or at CHROME_PATH, and VOICE_BROWSER says that it is required")
		}
		t.Skip("there is no Chromium on the PATH or at CHROME_PATH")
	}
	ctx, err := launched()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return ctx
}

// launched is the running browser. It has a profile of its own, and resolves no name, so that nothing can leave this
// machine.
var launched = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
		chromedp.Flag("lang", "en-US"),
	)
	allocator, free := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	closeChromium = func() { _ = chromedp.Cancel(ctx); cancel(); free() }
	return ctx, chromedp.Do(ctx)
})
