package e2e

import (
	"net/http"
	"testing"

	"voice.example/infra/local/stacktest"
)

// TestVolumes follows an alert and an inquiry into the counters, through their streams.
func TestVolumes(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, phone := s.person(), s.phone()
	s.subscribe(t, p.application(phone))
	s.upload(t, key("held"), file(t, p.held(ago(40))))
	s.awaitAlerts(t, phone, 1, textWithin)
	s.says(t, phone, "2") // call me
	boss := s.employee(t, "supervisor-1")

	var delivery struct {
		Now struct {
			Inquiries map[string]int `json:"inquiries"`
		} `json:"now"`
		Total struct {
			Alerts  map[string]int            `json:"alerts"`
			ByEvent map[string]map[string]int `json:"by_event"`
		} `json:"total"`
	}
	stacktest.Eventually(t, 4*textWithin, "the alert is counted as delivered, and the inquiry as open", func() bool {
		boss.ask(t, "GET", "/v1/staff/delivery", "").decode(t, http.StatusOK, &delivery)
		return delivery.Total.Alerts["delivered"] == 1 && delivery.Now.Inquiries["open"] == 1
	})
	if a := delivery.Total.ByEvent["booked_in"]; a["planned"] != 1 || a["sent"] != 1 || a["failed"] != 0 {
		t.Errorf("got %v", delivery.Total)
	}
	var volumes struct {
		Total struct {
			Opened int                       `json:"opened"`
			By     map[string]map[string]int `json:"by"`
		} `json:"total"`
	}
	boss.ask(t, "GET", "/v1/staff/volumes", "").decode(t, http.StatusOK, &volumes)
	if v := volumes.Total; v.Opened != 1 || v.By["reason"]["call_me"] != 1 || v.By["channel"]["text"] != 1 || v.By["office"]["national"] != 1 {
		t.Errorf("got %+v", v)
	}
	if r := s.employee(t, "operator-1").ask(t, "GET", "/v1/staff/volumes", ""); r.status != http.StatusForbidden {
		t.Errorf("an operator got %d", r.status)
	}
}
