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
	s := start(t, "--param", "TransferHoldMinutes=1", "--param", "RepeatAfterMinutes=1", "--param", "SecondContactAfterMinutes=2",
		"--param", "OfficerAfterMinutes=3", "--param", "EmailFrom=voice@agency.example", "--param", "StaffEmail=staff@agency.example")
	const step = 2*time.Minute + 15*time.Second // a minute, the rest of the next one, and the way to the phone
	answered, silent := s.person(), s.person()
	s.book(t, ago(30), answered, silent)
	phone, second, mail, other := s.phone(), s.phone(), "ada.reader@example.org", s.phone()

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

	to := func(p person, facility, code string, hours int) stint {
		return stint{person: p, stay: ago(30), in: ago(hours), facility: facility, code: code}
	}
	s.upload(t, key("moved"), file(t, to(answered, "SOUTHFIELD EXAMPLE CENTER", "SFEX", 20)))
	s.upload(t, key("moved"), file(t, to(answered, "WESTFIELD EXAMPLE CENTER", "WFEX", 19)))
	if got := s.awaitAlerts(t, phone, 1, step)[0].Body; !strings.Contains(got, "moved to WESTFIELD") {
		t.Errorf("two transfers are told as %q", got)
	}

	s.upload(t, key("freed"), file(t, answered.out(ago(30), ago(2), "Paroled"), silent.out(ago(30), ago(2), "Paroled")))
	for _, address := range []string{phone, mail} {
		n := map[string]int{phone: 2, mail: 2}[address]
		if got := s.awaitAlerts(t, address, n, textWithin)[n-1].Body; !strings.Contains(got, "RELEASED") {
			t.Errorf("%s", got)
		}
	}
	again := s.awaitAlerts(t, phone, 3, step)[2].Body
	if !strings.Contains(again, "RELEASED") || again == s.alerts(t, phone)[1].Body {
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
	if len(staff) != 1 || strings.Count(staff[0].Body, "please call the subscriber") != 1 {
		t.Errorf("staff read %+v", staff)
	}
	if got := s.scan(t, "InquiriesTable", "reference"); len(got) != 1 {
		t.Errorf("%d inquiries", len(got))
	}
	s.has(t, phone, 3)
}
