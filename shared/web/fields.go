package web

import "voice.example/shared/i18n"

// Post is the beginning of a form, ready to be shown.
type Post struct {
	Action, Token string
	Lang          i18n.Language
}

// Post describes a form that is sent to a path of this site.
func (v *view) Post(path string) Post {
	return Post{Action: path, Token: v.server.sign(path, v.bound), Lang: v.Lang}
}

// Act is a form that is one button.
type Act struct {
	Post
	Words string
}

// Act describes a form that is one button and is sent to a path of this site.
func (v *view) Act(path, words string) Act { return Act{v.Post(path), words} }

// Input is one field of a form, ready to be shown. Its words are the messages field.NAME.label and, when hinted,
// field.NAME.hint.
type Input struct {
	Name, Kind         string
	Label, Hint, Value string
	Error, ErrorPrefix string // the prefix is for those who do not see the colour
}

// Input describes a field with a hint. kind is text, name, digits, tel, second_tel, email, date or code.
func (v *view) Input(name, kind string) Input {
	in := v.Plain(name, kind)
	in.Hint = v.T("field." + name + ".hint")
	return in
}

// Plain describes a field without a hint.
func (v *view) Plain(name, kind string) Input {
	in := Input{Name: name, Kind: kind, Label: v.T("field." + name + ".label"), Value: v.Form[name]}
	v.mark(&in)
	return in
}

// Field describes a field in words, for pages in one language. A hint may be "".
func (v *view) Field(name, kind, label, hint string) Input {
	in := Input{Name: name, Kind: kind, Label: label, Hint: hint, Value: v.Form[name]}
	v.mark(&in)
	return in
}

// Option is one thing to choose in a select or among radio buttons.
type Option struct{ Value, Words string }

// Choice is a field where one of several things is chosen.
type Choice struct {
	Input
	Options []Option
}

// Choice describes such a field in words, for pages in one language. A hint may be "".
func (v *view) Choice(name, label, hint string, options []Option) Choice {
	return Choice{v.Field(name, "", label, hint), options}
}

// mark notes what is wrong with a field.
func (v *view) mark(in *Input) {
	for _, problem := range v.Problems {
		if problem.Name == in.Name {
			in.Error, in.ErrorPrefix = v.Problem(problem), v.T("page.error_prefix")
			return
		}
	}
}
