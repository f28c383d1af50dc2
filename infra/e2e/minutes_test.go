package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/stacktest"
)

// TestMinutes runs a deployment in which everything that waits does so for a minute: transfers, repeats, the second
// contact and the officer.
func TestMinutes(t *testing.T) {
	t.Parallel()
	s := start(t, "--param", "TransferHoldMinutes=1", "--param", "RepeatAfterMinutes=1", "--param", "SecondContactAfterMinutes=1",
		"--param", "OfficerAfterMinutes=1", "--param", "EmailFrom=voice@agency.example", "--param", "StaffEmail=staff@agency.example")
	const step = 2*time.Minute + 30*time.Second // a minute, the rest of the next one, and the way to the phone
	answered, silent, mover := s.person(), s.person(), s.person()
	s.book(t, ago(30), answered, silent, mover)
	phone, second, mail, other, third := s.phone(), s.phone(), "ada.reader@example.org", s.phone(), s.phone()

	a := answered.application(phone)
	a["second_phone"], a["email"] = second, mail
	id, _ := s.subscribe(t, a)
	for address, kind := range map[string]string{second: "second_phone", mail: "email"} {
		var confirmed struct{ Confirmed string }
		s.verify(t, id, s.code(t, address)).decode(t, http.StatusOK, &confirmed)
		if confirmed.Confirmed != kind {
			t.Fatalf("%+v, want %s", confirmed, kind)
		}
	}
	s.subscribe(t, silent.application(other))

	s.subscribe(t, mover.application(third))

	to := func(facility, code string, hours int) stint {
		return stint{person: mover, stay: ago(30), in: ago(hours), facility: facility, code: code}
	}
	s.upload(t, key("moved"), file(t, to("SOUTHFIELD EXAMPLE CENTER", "SFEX", 20)))
	s.upload(t, key("moved"), file(t, to("WESTFIELD EXAMPLE CENTER", "WFEX", 19)))
	s.upload(t, key("freed"), file(t, answered.out(ago(30), ago(2), "Paroled"), silent.out(ago(30), ago(2), "Paroled")))
	for _, address := range []string{phone, mail} {
		if got := s.awaitAlerts(t, address, 1, textWithin)[0].Body; !strings.Contains(got, "RELEASED") {
			t.Errorf("%s", got)
		}
	}
	again := s.awaitAlerts(t, phone, 2, step)[1].Body
	if !strings.Contains(again, "RELEASED") || again == s.alerts(t, phone)[0].Body {
		t.Errorf("repeated as %q", again)
	}
	if got := s.awaitAlerts(t, second, 1, step)[0].Body; !strings.Contains(got, "RELEASED") || !strings.Contains(got, "second contact") {
		t.Errorf("the second contact reads %q", got)
	}
	s.says(t, second, "1")
	s.awaitAlerts(t, other, 3, step) // the release, and twice more
	var staff []text
	stacktest.Eventually(t, step, "staff hear of whom they must call", func() bool {
		staff = staff[:0]
		for _, m := range s.texts(t, "staff@agency.example") {
			if strings.Contains(m.Body, "nobody has acknowledged it") {
				staff = append(staff, m)
			}
		}
		return len(staff) > 0
	})
	// Book subscribed a phone to each, too, and nobody answers there.
	if len(staff) != 1 || strings.Count(staff[0].Body, "please call the subscriber") != 3 {
		t.Errorf("staff read %+v", staff)
	}
	handed, acknowledged := 0, 0
	for id, a := range s.ledger(t) {
		_, has := a["inquiry"]
		if has {
			handed++
		}
		if a["state"] == "acknowledged" {
			if acknowledged++; has {
				t.Errorf("%s was acknowledged, and somebody is to call", id)
			}
		}
	}
	if inquiries := s.scan(t, "InquiriesTable", "reference"); handed != 3 || acknowledged != 2 || len(inquiries) != 3 {
		t.Errorf("%d alerts are handed over in %d inquiries, %d acknowledged", handed, len(inquiries), acknowledged)
	}
	s.has(t, phone, 2)
	if got := s.awaitAlerts(t, third, 1, step)[0].Body; !strings.Contains(got, "moved to WESTFIELD") {
		t.Errorf("two transfers are told as %q", got)
	}
}
