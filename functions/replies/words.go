package main

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"voice.example/shared/i18n"
)

// meaning is what a reply asks for.
type meaning string

const (
	stop      meaning = "stop"
	start     meaning = "start"
	help      meaning = "help"
	status    meaning = "status"
	received  meaning = "received" // 1
	callMe    meaning = "call_me"  // 2
	otherwise meaning = "other"
)

// word is what people may reply, folded, and the language it is a word of; "" says nothing about the language.
type word struct {
	meaning  meaning
	language i18n.Language
	words    []string
}

// words is every reply that is understood. A reply is one of them when the whole message is, whatever its case, accents,
// punctuation and spaces, and whatever polite words stand around it.
//
// Sources: [F] the FCC's list, 47 CFR 64.1200(a)(10), in any case and, by the same rule, in other words that a
// reasonable person would understand; [A] the words that AWS obeys by itself (AWS End User Messaging SMS user guide,
// "Required opt-out list keywords"); [C] what US carriers and gateways ask for (CTIA Messaging Principles, toll-free
// UNSTOP). The rest are what our own texts name, and the same in the languages that our readers speak.
//
// YES, which some gateways take for START, is not here: it may be the answer to anything.
var words = []word{
	{stop, "", []string{
		"STOP", "QUIT", "END", "CANCEL", "UNSUBSCRIBE", // [F] [A] [C]
		"REVOKE", "OPTOUT", // [F]; AWS obeys OPTOUT and not REVOKE
		"REMOVE", "TD", // [A]
		"STOPALL", // [C]
		"STOPP", "STOPIT", "STOPTEXTS", "STOPTEXTING", "STOPTEXTINGME", "NOMORE", "REMOVEME",
	}},
	{stop, i18n.Spanish, []string{"ALTO", "BASTA", "PARAR", "PARE", "PAREN", "CANCELAR", "TERMINAR", "DETENER", "BAJA", "NOMAS", "FIN"}},
	{stop, "fr", []string{"ARRET", "ARRETER", "ARRETEZ", "DESABONNER"}}, // ARRET: [A], for Canada
	{stop, "pt", []string{"SAIR", "CHEGA"}},
	{stop, "ht", []string{"KANPE", "SISPANN"}},
	{stop, "vi", []string{"DUNG", "DUNGLAI", "HUY"}},
	{stop, "zh", []string{"停止", "停", "退订", "退訂", "取消"}},

	{start, "", []string{"START", "UNSTOP"}}, // [C]
	{start, i18n.Spanish, []string{"INICIAR", "INICIO", "EMPEZAR", "COMENZAR", "REANUDAR"}},
	{start, "fr", []string{"COMMENCER", "REPRENDRE"}},
	{start, "ht", []string{"KOMANSE"}},
	{start, "zh", []string{"开始", "開始"}},

	{help, "", []string{"HELP", "INFO"}}, // [C]
	{help, i18n.Spanish, []string{"AYUDA", "AUXILIO"}},
	{help, "fr", []string{"AIDE"}},
	{help, "pt", []string{"AJUDA"}},
	{help, "ht", []string{"ED"}},
	{help, "vi", []string{"TROGIUP"}},
	{help, "zh", []string{"帮助", "幫助"}},

	{status, "", []string{"STATUS"}},
	{status, i18n.Spanish, []string{"ESTADO", "ESTATUS"}},
	{status, "fr", []string{"STATUT"}},
	{status, "zh", []string{"状态", "狀態"}},

	{received, "", []string{"1"}},
	{callMe, "", []string{"2"}},
}

// opening are the words that stop when a message only begins with them, as in "STOP texting me". AWS takes every message
// that begins with STOP for one, and a STOP must never be missed. The other words are left out on purpose: "End of
// August he gets out, right?" and "Alto riesgo" are no STOP, and to stop a victim's alerts by mistake is to say nothing
// when the person is free. Whoever is stopped by mistake is told so at once, and how to undo it.
var opening = []string{"STOP", "STOPALL", "UNSUBSCRIBE", "REVOKE", "OPTOUT"}

// polite words say nothing: "please stop", "por favor alto", "STOP thanks".
var polite = []string{"PLEASE", "PLS", "PLZ", "POR", "FAVOR", "THANKS", "THANK", "YOU", "THX", "GRACIAS", "SVP", "MERCI", "TANPRI"}

var known = func() map[string]word {
	all := map[string]word{}
	for _, w := range words {
		for _, text := range w.words {
			all[text] = w
		}
	}
	return all
}()

// read says what a message asks for, and in what language it asks, if it shows.
func read(message string) (meaning, i18n.Language) {
	said := strings.FieldsFunc(fold(message), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	plain := slices.DeleteFunc(slices.Clone(said), func(w string) bool { return slices.Contains(polite, w) })
	if w, ok := known[strings.Join(plain, "")]; ok {
		return w.meaning, w.language
	}
	if len(plain) > 0 && slices.Contains(opening, plain[0]) || len(plain) > 1 && plain[0]+plain[1] == "OPTOUT" {
		return stop, ""
	}
	return otherwise, ""
}

// fold takes case, accents, widths and apostrophes out of a text.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
			return -1
		case r == 'đ', r == 'Đ':
			return 'D'
		}
		return unicode.ToUpper(r)
	}, norm.NFKD.String(text))
}
