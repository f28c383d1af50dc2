package browser

import (
	"strings"
	"testing"

	"voice.example/infra/local/stacktest"
	"voice.example/shared/i18n"
)

// atWork opens a tab for somebody of the staff, who signs in by name at the provider's page and comes to the console.
func atWork(t *testing.T, s service, r reader, name string) *tab {
	t.Helper()
	r.staff = true
	// The console is at the one name that the provider leads back to; by another one is led there first.
	b := open(t, strings.Replace(s.API, "127.0.0.1", "localhost", 1), r)
	b.signIn = s.SignIn
	b.visit("/staff")
	b.press(name)
	b.reads("Your work")
	return b
}

// reads makes sure of the page of the console that is open, by its heading.
func (b *tab) reads(heading string) {
	b.t.Helper()
	if got := b.heading(); got != heading {
		words := b.words()
		b.t.Fatalf("%s: the page is %q, want %q: %.600s", b.reader, got, heading, words)
	}
}

// has makes sure that the page shows something.
func (b *tab) has(words string) {
	b.t.Helper()
	if shown := b.words(); !strings.Contains(shown, words) {
		b.t.Errorf("%s: %q does not say %q: %.600s", b.reader, b.heading(), words, shown)
	}
}

// TestConsole goes through the console's shell as staff do: on a phone and at a desk, there by the keyboard alone.
func TestConsole(t *testing.T) {
	browse(t)
	s := serve(t)
	for _, r := range []reader{
		{language: i18n.English, width: 390, scripts: true},
		{language: i18n.English, width: 320, scripts: true},
		{language: i18n.English, width: 1280, scripts: true, keyboard: true},
		{language: i18n.English, width: 1280, keyboard: true},
		{language: i18n.Spanish, width: 390, scripts: true}, // whose browser asks for it; the console is in English all the same
	} {
		t.Run(r.String(), func(t *testing.T) {
			t.Run("SignInAndOut", func(t *testing.T) {
				b := atWork(t, s, r, "Rosa Delgado-Finch")
				b.typed = []string{"Rosa", "Delgado"}
				b.look("console home")
				if len(b.cookies()) != 1 {
					t.Errorf("the browser keeps %+v", b.cookies())
				}
				b.fill(b.need("Show times in", fields...), "Hawaii")
				b.press("Save")
				b.has("Times are in HST.")
				b.press("Sign out")
				stacktest.Eventually(t, within, "the provider leads back", func() bool {
					pages := b.history()
					return strings.HasSuffix(pages[len(pages)-1].URL, "/staff/signed-out") && b.heading() == "You have signed out"
				})
				b.look("console signed out")
				if kept := b.cookies(); len(kept) != 1 || kept[0].Name != "__Host-voice-zone" {
					t.Errorf("the browser keeps %+v", kept)
				}
				b.visit("/staff")
				b.reads("Who do you want to be?")
			})
			t.Run("Denied", func(t *testing.T) {
				b := atWork(t, s, r, "Theo Marsh")
				b.visit("/staff/volumes")
				b.reads("Your role does not allow this")
				b.look("console denied")
				b.follow("Back to your work")
				b.reads("Your work")
				b.visit("/staff/nowhere")
				b.look("console not found")
			})
			t.Run("NoRole", func(t *testing.T) {
				b := atWork(t, s, r, "Nell Ashby")
				b.has("You have no role yet")
				b.look("console without a role")
			})
			t.Run("NotSignedIn", func(t *testing.T) {
				b := atWork(t, s, r, "Sofia Lindqvist")
				b.call("Network.clearBrowserCookies", nil, nil)
				b.press("Save")
				b.reads("Your sign-in has ended")
				b.look("console sign-in ended")
				b.follow("Sign in")
				b.reads("Who do you want to be?")
			})
		})
	}
}
