package browser

import (
	"strings"
	"testing"

	"voice.example/shared/country"
	"voice.example/shared/i18n"
)

// TestPages makes every journey for every reader.
func TestPages(t *testing.T) {
	browse(t)
	s := serve(t)
	t.Cleanup(func() {
		if err := writeSheet(); err != nil {
			t.Error(err)
		}
	})
	t.Run("Readers", func(t *testing.T) {
		for _, width := range []int{390, 320, 1280} {
			for _, language := range i18n.PageLanguages() {
				for _, scripts := range []bool{true, false} {
					r := reader{language: language, width: width, scripts: scripts, keyboard: width == 1280}
					t.Run(r.String(), func(t *testing.T) {
						t.Parallel()
						for _, journey := range []struct {
							name string
							make func(*testing.T, service, reader)
						}{
							{"Read", read}, {"LookUp", lookUp}, {"LookUpByName", lookUpByName}, {"NotFound", notFound},
							{"Subscribe", subscribe}, {"Contacts", contacts}, {"Statuses", statuses}, {"Mistakes", mistakes}, {"Verify", verify}, {"Manage", manage}, {"Ask", ask}, {"Exit", exit},
						} {
							t.Run(journey.name, func(t *testing.T) { journey.make(t, s, r) })
						}
					})
				}
			}
		}
	})
}

// unfold opens what a page has folded away, as somebody does who wants to answer everything.
func (b *tab) unfold() {
	b.t.Helper()
	b.inspect(`document.querySelectorAll("main details:not([open]) > summary").forEach(s => s.click())`, nil)
}

// answers are what a person answers on a form, by the message that is the field's label; all other fields stay as they are.
type answers []struct{ label, text string }

// through fills in what is asked, on as many pages as it takes, and goes on by the first of the buttons that a page has,
// until the page with a heading.
func (b *tab) through(all answers, until string, buttons ...string) {
	b.t.Helper()
	for range 6 {
		b.unfold()
		for _, a := range all {
			if c, ok := b.find(b.say(a.label), fields...); ok {
				b.fill(c, a.text)
			}
		}
		pressed := false
		for _, id := range buttons {
			if c, ok := b.find(b.say(id), "button"); ok {
				b.loading("pressing "+id, func() { b.use(c) })
				pressed = true
				break
			}
		}
		if !pressed {
			break
		}
		if b.heading() == b.say(until) {
			return
		}
	}
	b.at(until)
}

func (r reader) country(code string) string { return country.Code(code).Name(string(r.language)) }

// read goes through the pages that are only read, and changes the language and back.
func read(t *testing.T, s service, r reader) {
	b := open(t, s.API, r)
	b.visit("/")
	b.at("home.title")
	b.look("home")
	b.follow(b.say("nav.help"))
	b.at("help.title")
	b.look("help")
	b.follow(b.say("nav.privacy"))
	b.at("privacy.title")
	b.look("privacy")
	b.thereAndBack("privacy.title")
	b.visit("/nowhere")
	b.at("problem.not_found.title")
	b.look("no such page")
}

// thereAndBack reads the page that is open in the other language, and in the reader's own again.
func (b *tab) thereAndBack(title string) {
	b.t.Helper()
	other := i18n.Spanish
	if b.language == i18n.Spanish {
		other = i18n.English
	}
	b.read(other)
	if want := other.Text(title, nil); b.heading() != want {
		b.t.Errorf("%s: the other language's page is %q, want %q", b.reader, b.heading(), want)
	}
	b.read(b.language)
	b.at(title)
}

func lookUp(t *testing.T, s service, r reader) {
	b := open(t, s.API, r)
	b.typed = []string{"900000003", "A900-000-003"}
	b.visit("/")
	b.follow(b.say("home.lookup"))
	b.at("custody.title")
	b.look("look-up")
	b.through(answers{{"field.a_number.label", "A900-000-003"}, {"field.country_of_birth.label", r.country("TR")}}, "answer.title", "custody.submit")
	b.shows("status.released.bond.means")
	b.look("answer released on bond")
	b.thereAndBack("answer.title")
	b.follow(b.say("answer.again"))
	b.at("custody.title")
}

// statuses reads the answer for each thing that can have become of a person, once in each language.
func statuses(t *testing.T, s service, r reader) {
	if r.width != 390 || !r.scripts {
		t.Skip("the others differ in nothing")
	}
	b := open(t, s.API, r)
	for _, person := range []struct{ number, country, means string }{
		{"900000002", "BR", "status.in_custody.means"},
		{"900000004", "MX", "status.removed.means"},
		{"900000005", "HT", "status.released.recognizance.means"},
		{"900000006", "PL", "status.departed.means"},
		{"900000007", "IN", "status.transferred_out.means"},
		{"900000008", "CO", "status.escaped.means"},
		{"900000009", "RU", "status.deceased.means"},
	} {
		b.typed = []string{person.number}
		b.visit("/custody")
		b.through(answers{{"field.a_number.label", person.number}, {"field.country_of_birth.label", r.country(person.country)}}, "answer.title", "custody.submit")
		b.shows(person.means)
		b.look("answer " + strings.TrimSuffix(strings.TrimPrefix(person.means, "status."), ".means"))
	}
}

func lookUpByName(t *testing.T, s service, r reader) {
	b := open(t, s.API, r)
	b.typed = []string{"Amostra", "Beatriz"}
	b.visit("/custody")
	b.follow(b.say("custody.by_name"))
	b.look("look-up by name")
	b.through(answers{{"field.last_name.label", "Amostra"}, {"field.first_name.label", "Beatriz"}, {"field.country_of_birth.label", r.country("BR")}},
		"answer.title", "custody.submit")
	b.shows("answer.sure")
	b.shows("status.in_custody.means")
	b.look("answer by name")
}

func notFound(t *testing.T, s service, r reader) {
	b := open(t, s.API, r)
	b.typed = []string{"900000012", "900-000-012"}
	b.visit("/custody")
	b.through(answers{{"field.a_number.label", "900-000-012"}, {"field.country_of_birth.label", r.country("SV")}}, "missing.title", "custody.submit")
	b.look("not found")
	b.follow(b.say("missing.again"))
	b.at("custody.title")
}

// subscribe goes on from an answer to texts, and then stops them.
func subscribe(t *testing.T, s service, r reader) {
	b, number := open(t, s.API, r), phone()
	b.typed = []string{"900000001", "900 000 001", number, digitsOf(number), "Heron 7"}
	b.visit("/custody")
	b.through(answers{{"field.a_number.label", "900 000 001"}, {"field.country_of_birth.label", r.country("HN")}}, "answer.title", "custody.submit")
	b.look("answer in custody")
	b.press(b.say("answer.text_me"))
	b.at("alerts.title")
	b.shows("alerts.shared")
	b.look("alerts")
	b.through(answers{
		{"field.phone.label", number}, {"field.discreet.label", "yes"}, {"field.code_word.label", "Heron 7"}, {"field.quiet.label", "yes"},
	}, "code.title", "alerts.submit")
	b.shows("code.lead_to", "Digits", digitsOf(number)[8:])
	b.look("code")
	code := s.code(t, number)
	wrong := "135790"
	if code == wrong {
		wrong = "097531"
	}
	b.through(answers{{"field.code.label", wrong}}, "code.title", "code.submit")
	b.shows("problem.code.wrong", "Count", 4)
	b.look("code wrong")
	b.through(answers{{"field.code.label", code}}, "done.title", "code.submit")
	b.shows("done.word", "Word", "Heron 7")
	b.shows("done.discreet")
	b.look("done")
	b.press(b.say("done.stop"))
	b.at("stopped.title")
	b.look("stopped")
}

// contacts subscribes from an empty form, with a second phone and an address for mail.
func contacts(t *testing.T, s service, r reader) {
	b, number, second := open(t, s.API, r), phone(), phone()
	b.typed = []string{"900000002", digitsOf(number), digitsOf(second), "advocate@"}
	b.visit("/")
	b.follow(b.say("home.texts"))
	b.at("alerts.title")
	b.look("alerts empty")
	b.through(answers{
		{"field.a_number.label", "900000002"}, {"field.country_of_birth.label", r.country("BR")}, {"field.phone.label", number},
		{"field.second_phone.label", second}, {"field.email.label", "advocate@example.org"},
	}, "code.title", "alerts.submit")
	b.through(answers{{"field.code.label", s.code(t, number)}}, "done.title", "code.submit")
	b.shows("done.wait.second_phone")
	b.look("done, contacts wait")
	b.through(answers{{"field.code.label", s.code(t, second)}}, "done.title", "done.wait.submit")
	b.shows("done.confirmed.second_phone")
	b.look("done, second contact confirmed")
}

// mistakes makes those that people make, and reads what the page says of each.
func mistakes(t *testing.T, s service, r reader) {
	b := open(t, s.API, r)
	b.visit("/custody")
	b.through(nil, "custody.title", "custody.submit")
	for _, problem := range []string{"form.problems", "problem.a_number.missing", "problem.country_of_birth.missing"} {
		b.shows(problem)
	}
	b.refusedWell("look-up refused")
	letters := answers{{"field.a_number.label", "ABCDEFG"}, {"field.country_of_birth.label", r.country("HN")}}
	b.typed = []string{"ABCDEFG"}
	b.through(letters, "custody.title", "custody.submit")
	b.shows("problem.a_number.digits")
	if c := b.need(b.say("field.a_number.label"), "textbox"); b.value(c) != "ABCDEFG" {
		t.Errorf("%s: what was typed is gone: %q", r, b.value(c))
	}
	b.look("look-up with letters")

	b.visit("/custody?by=name")
	b.through(nil, "custody.title", "custody.submit")
	b.shows("problem.last_name.missing")
	b.refusedWell("look-up by name refused")

	b.visit("/alerts")
	b.through(nil, "alerts.title", "alerts.submit")
	b.shows("problem.phone.missing")
	b.refusedWell("alerts refused")
	for _, bad := range []struct{ phone, problem string }{
		{"202 555", "problem.phone.length"}, {"800 555 0199", "problem.phone.kind"}, {"\U0001F4DE\U0001F4DE", "problem.phone.number"},
	} {
		b.typed = append(b.typed, bad.phone)
		b.through(answers{{"field.phone.label", bad.phone}}, "alerts.title", "alerts.submit")
		b.shows(bad.problem)
	}
	b.look("alerts, wrong phone")
}

func (b *tab) value(c control) string {
	b.t.Helper()
	var value string
	b.inspectNode(c.node, `function() { return this.value }`, &value)
	return value
}

// refusedWell looks at a form that was not taken: its title says so, its list of problems has the focus, each item leads to
// a field, and each field has what is wrong with it beside it.
func (b *tab) refusedWell(page string) {
	b.t.Helper()
	var seen struct {
		Title, Focused string
		Broken         []string
		Invalid, Alone int
	}
	b.inspect(`(() => {
		const links = [...document.querySelectorAll("main a[href^='#']")];
		const invalid = [...document.querySelectorAll("[aria-invalid=true]")];
		return {
			title: document.title,
			focused: document.activeElement === document.body ? "" : document.activeElement.innerText ?? "",
			broken: links.filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.innerText),
			invalid: invalid.length,
			alone: invalid.filter(e => !(e.getAttribute("aria-describedby") ?? "").split(" ").some(id => links.some(a => document.getElementById(id)?.innerText.includes(a.innerText)))).length,
		};
	})()`, &seen)
	if !strings.HasPrefix(seen.Title, b.say("page.error_prefix")) {
		b.t.Errorf("%s: %s: the title does not say that something is wrong: %q", b.reader, page, seen.Title)
	}
	if !strings.Contains(seen.Focused, b.say("form.problems")) {
		b.t.Errorf("%s: %s: the list of problems does not have the focus", b.reader, page)
	}
	if seen.Invalid == 0 || seen.Alone > 0 || len(seen.Broken) > 0 {
		b.t.Errorf("%s: %s: of %d fields that are wrong, %d do not say why; links to nowhere: %q", b.reader, page, seen.Invalid, seen.Alone, seen.Broken)
	}
	b.look(page)
}
