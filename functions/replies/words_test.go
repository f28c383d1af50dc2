package main

import (
	"strings"
	"testing"

	"voice.example/shared/i18n"
)

func TestRead(t *testing.T) {
	for message, want := range map[string]meaning{
		"STOP": stop, "stop": stop, " Stop. ": stop, "S T O P": stop, "STOP!!!\n": stop, "“Stop”": stop, "ＳＴＯＰ": stop,
		"STOPALL": stop, "stop all": stop, "end": stop, "Quit": stop, "cancel": stop, "Unsubscribe": stop, "revoke": stop,
		"OPT OUT": stop, "opt-out": stop, "OptOut": stop, "Arrêt": stop, "arret": stop, "ALTO": stop, "¡Basta!": stop, "parar": stop,
		"Cancelar": stop, "No más": stop, "DỪNG": stop, "停止": stop, "Please stop": stop, "alto por favor": stop,
		"STOP texting me": stop, "stop. I moved": stop, "opt out of this": stop, "Unsubscribe me now": stop, "Stop, thank you": stop,

		"START": start, "unstop": start, "Start please": start, "Iniciar": start,
		"HELP": help, "info": help, "Ayuda": help, "¿AYUDA?": help, "aide": help, "Èd": help,
		"STATUS": status, "estado": status, "Status?": status,
		"1": received, " 1. ": received, "２": callMe, "2": callMe, "2!": callMe,

		"End of August he gets out, right?": otherwise, "Alto riesgo": otherwise, "Cancel my appointment": otherwise,
		"When does it stop": otherwise, "Help me find him": otherwise, "YES": otherwise, "11": otherwise, "12": otherwise,
		"starting": otherwise, "stopped": otherwise, "": otherwise, "👍": otherwise, "?": otherwise, "please": otherwise,
	} {
		t.Run(message, func(t *testing.T) {
			if got, _ := read(message); got != want {
				t.Errorf("%q is %s, want %s", message, got, want)
			}
		})
	}
}

func TestReadLanguage(t *testing.T) {
	for message, want := range map[string]i18n.Language{"Ayuda": "es", "HELP": "", "Basta": "es", "Arrêt": "fr"} {
		if _, got := read(message); got != want {
			t.Errorf("%q is in %q, want %q", message, got, want)
		}
	}
}

// No word may stand for two things, and each must be as fold leaves it, or it would never be found.
func TestWords(t *testing.T) {
	seen := map[string]meaning{}
	for _, w := range words {
		for _, text := range w.words {
			if other, twice := seen[text]; twice {
				t.Errorf("%s is %s and %s", text, other, w.meaning)
			}
			seen[text] = w.meaning
			if fold(text) != text || strings.ContainsAny(text, " -") {
				t.Errorf("%s is not folded", text)
			}
		}
	}
}
