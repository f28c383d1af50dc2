package oidc

// Person is somebody who can sign in.
type Person struct {
	Subject string
	Name    string
	Email   string
	Groups  []string
}

// Sample is the invented staff of the local service: some of each role, and two more whom it takes to see that a role
// matters. Two data officers beside one who uploads, since a held upload takes two others to approve; two officers and two
// specialists of one office, between whom its requests are divided, and an officer of another, who sees none of them.
func Sample() []Person {
	return []Person{
		{"data-officer-1", "Dana Whitfield", "dana.whitfield@voice.example", []string{"data-officer"}},
		{"data-officer-2", "Omar Castellan", "omar.castellan@voice.example", []string{"data-officer"}},
		{"supervisor-1", "Sofia Lindqvist", "sofia.lindqvist@voice.example", []string{"supervisor"}},
		{"operator-1", "Theo Marsh", "theo.marsh@voice.example", []string{"operator"}},
		{"operator-2", "Priya Nolan", "priya.nolan@voice.example", []string{"operator"}},
		{"officer-1", "Rosa Delgado-Finch", "rosa.delgado-finch@voice.example", []string{"officer"}},
		{"officer-2", "Hugo Brandvold", "hugo.brandvold@voice.example", []string{"officer"}},
		{"officer-3", "Abel Norquist", "abel.norquist@voice.example", []string{"officer"}},
		{"specialist-1", "Ines Okafor", "ines.okafor@voice.example", []string{"specialist"}},
		{"specialist-2", "Leila Thornbury", "leila.thornbury@voice.example", []string{"specialist"}},
		{"auditor-1", "Walter Brandt", "walter.brandt@voice.example", []string{"auditor"}},
		{"newcomer-1", "Nell Ashby", "nell.ashby@voice.example", nil},
	}
}
