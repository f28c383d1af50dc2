package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/local/localtest"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

func TestShow(t *testing.T) {
	o := newOffice(t)
	o.put(t, "one", upload.Held, "brake", upload.Brake{Reasons: []string{"it would end too much"}, Ends: 900})
	t.Run("OK", func(t *testing.T) {
		var u upload.Upload
		decode(t, o.ask("theo", "GET", "/v1/staff/uploads/one", ""), http.StatusOK, &u)
		if u.UploadID != "one" || u.State != upload.Held || u.Brake == nil || u.Brake.Ends != 900 || u.UploadedBy != "dana" {
			t.Errorf("%+v", u)
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		for _, path := range []string{"/v1/staff/uploads/none", "/v1/staff/uploads/none/report", "/v1/staff/uploads/none/plan"} {
			refused(t, o.ask("dana", "GET", path, ""), http.StatusNotFound, web.UploadNotFound)
		}
	})
	t.Run("ErrMethod", func(t *testing.T) {
		if p, _ := refused(t, o.ask("dana", "DELETE", "/v1/staff/uploads/one", ""), http.StatusMethodNotAllowed, web.WrongMethod); p.Status != 405 {
			t.Errorf("%+v", p)
		}
	})
}

func TestList(t *testing.T) {
	o := newOffice(t)
	for i := range 7 {
		state := []upload.State{upload.Done, upload.Held}[i%2]
		o.put(t, fmt.Sprintf("u%d", i), state, "received_at", noon.Add(time.Duration(i)*time.Minute))
	}
	page := func(t *testing.T, query string) (ids, next string) {
		t.Helper()
		var l uploadList
		decode(t, o.ask("walter", "GET", "/v1/staff/uploads"+query, ""), http.StatusOK, &l)
		for _, u := range l.Uploads {
			ids += " " + u.UploadID
		}
		return strings.TrimSpace(ids), l.Next
	}
	t.Run("LatestFirst", func(t *testing.T) {
		if ids, next := page(t, ""); ids != "u6 u5 u4 u3 u2 u1 u0" || next != "" {
			t.Errorf("%q, next %q", ids, next)
		}
	})
	t.Run("OfOneState", func(t *testing.T) {
		if ids, _ := page(t, "?state=held"); ids != "u5 u3 u1" {
			t.Errorf("%q", ids)
		}
	})
	t.Run("PageByPage", func(t *testing.T) {
		for _, test := range []struct{ query, ids string }{{"?limit=3", "u6 u5 u4 u3 u2 u1 u0"}, {"?limit=2&state=done", "u6 u4 u2 u0"}} {
			ids, next := page(t, test.query)
			for next != "" {
				var more string
				more, next = page(t, test.query+"&after="+next)
				ids = strings.TrimSpace(ids + " " + more)
			}
			if ids != test.ids {
				t.Errorf("%s: %q", test.query, ids)
			}
		}
	})
	t.Run("EmptyIsAList", func(t *testing.T) {
		if w := o.ask("walter", "GET", "/v1/staff/uploads?state=failed", ""); w.Body.String() != `{"uploads":[]}`+"\n" {
			t.Errorf("%s", w.Body)
		}
	})
	for name, test := range map[string]struct{ query, field string }{
		"ErrState": {"?state=lost", "state"}, "ErrLimit": {"?limit=0", "limit"}, "ErrLimitText": {"?limit=x", "limit"}, "ErrAfter": {"?after=none", "after"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, fields := refused(t, o.ask("walter", "GET", "/v1/staff/uploads"+test.query, ""), http.StatusBadRequest, web.Invalid); fields != test.field {
				t.Errorf("fields %q", fields)
			}
		})
	}
}

func TestReport(t *testing.T) {
	o := newOffice(t)
	o.put(t, "one", upload.Done)
	put := func(name, body string) {
		bucket, key := localtest.Bucket, reportKey("one", name)
		if _, err := o.s3.PutObject(context.Background(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(body)}); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("NotYet", func(t *testing.T) {
		if w := o.ask("walter", "GET", "/v1/staff/uploads/one/report", ""); w.Body.String() != `{"upload_id":"one","state":"done","summary":null,"files":[]}`+"\n" {
			t.Errorf("%s", w.Body)
		}
	})
	put("summary.json", `{"rows":3}`)
	put("rejects.csv", "line,column\n")
	var r report
	decode(t, o.ask("walter", "GET", "/v1/staff/uploads/one/report", ""), http.StatusOK, &r)
	t.Run("SummaryAndTheFilesThatAreThere", func(t *testing.T) {
		if string(r.Summary) != `{"rows":3}` || len(r.Files) != 2 || r.Files[0].Name != "rejects.csv" || r.Files[0].Size != 12 || r.Files[1].Name != "summary.json" {
			t.Fatalf("%+v", r)
		}
	})
	t.Run("LinkWorks", func(t *testing.T) {
		response, err := http.Get(r.Files[0].URL)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if text, err := io.ReadAll(response.Body); err != nil || string(text) != "line,column\n" {
			t.Errorf("%s %v", text, err)
		}
		if !strings.Contains(r.Files[0].URL, "X-Amz-Expires=300") {
			t.Error(r.Files[0].URL)
		}
	})
}

func TestApprove(t *testing.T) {
	approve := func(o *office, as, hash string) (w response) {
		return response{o.ask(as, "POST", "/v1/staff/uploads/one/approve", `{"plan_hash":"`+hash+`"}`)}
	}
	t.Run("TwoOthersLetItGoOn", func(t *testing.T) {
		o := newOffice(t)
		o.put(t, "one", upload.Held)
		if u := approve(o, "omar", "hash").upload(t, http.StatusOK); u.State != upload.Held || len(o.started) != 0 {
			t.Errorf("after one: %+v, started %v", u, o.started)
		}
		if u := approve(o, "sofia", "hash").upload(t, http.StatusOK); u.State != upload.PlanReady || len(u.Decisions) != 2 {
			t.Errorf("after two: %+v", u)
		}
		if strings.Join(o.started, " ") != "one" {
			t.Errorf("started %v", o.started)
		}
		t.Run("AgainIsTheSame", func(t *testing.T) {
			if u := approve(o, "sofia", "hash").upload(t, http.StatusOK); u.State != upload.PlanReady || len(u.Decisions) != 2 || len(o.started) != 2 {
				t.Errorf("%+v, started %v", u, o.started)
			}
		})
		t.Run("ErrAgainOfAnotherPlan", func(t *testing.T) {
			refused(t, approve(o, "sofia", "other").ResponseRecorder, http.StatusConflict, web.NotHeld)
		})
		t.Run("ErrTooLate", func(t *testing.T) {
			if p, _ := refused(t, approve(o, "ines", "hash").ResponseRecorder, http.StatusConflict, web.NotHeld); p.State != "planned" || !strings.Contains(p.Detail, "planned") {
				t.Errorf("%+v", p)
			}
		})
		t.Run("NothingIsStartedOnceItIsDone", func(t *testing.T) {
			o.put(t, "one", upload.Done, "decisions", []upload.Decision{{By: "sofia", What: upload.Approved, At: noon}})
			o.started = nil
			if u := approve(o, "sofia", "hash").upload(t, http.StatusOK); u.State != upload.Done || len(o.started) != 0 {
				t.Errorf("%+v, started %v", u, o.started)
			}
		})
	})
	t.Run("LostAnnouncementIsMadeUpFor", func(t *testing.T) {
		o := newOffice(t)
		o.put(t, "one", upload.Held)
		approve(o, "omar", "hash").upload(t, http.StatusOK)
		o.fail = context.DeadlineExceeded
		refused(t, approve(o, "sofia", "hash").ResponseRecorder, http.StatusServiceUnavailable, web.NotStarted)
		o.fail = nil
		if approve(o, "sofia", "hash").upload(t, http.StatusOK); strings.Join(o.started, " ") != "one" {
			t.Errorf("started %v", o.started)
		}
	})
	o := newOffice(t)
	o.put(t, "one", upload.Held)
	approve(o, "omar", "hash").upload(t, http.StatusOK)
	for name, test := range map[string]struct {
		as, hash string
		code     web.Code
	}{
		"ErrOwnUpload": {"dana", "hash", web.SamePerson}, "ErrTwice": {"omar", "hash", web.SamePerson}, "ErrOtherPlan": {"sofia", "another", web.OtherPlan},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, approve(o, test.as, test.hash).ResponseRecorder, http.StatusConflict, test.code)
		})
	}
	t.Run("ErrNoHash", func(t *testing.T) {
		if _, fields := refused(t, approve(o, "sofia", "").ResponseRecorder, http.StatusBadRequest, web.Invalid); fields != "plan_hash" {
			t.Error(fields)
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		refused(t, o.ask("sofia", "POST", "/v1/staff/uploads/none/approve", `{"plan_hash":"x"}`), http.StatusNotFound, web.UploadNotFound)
	})
}

func TestReject(t *testing.T) {
	o := newOffice(t)
	o.put(t, "one", upload.Held)
	reject := func(as, why string) response {
		return response{o.ask(as, "POST", "/v1/staff/uploads/one/reject", `{"why":"`+why+`"}`)}
	}
	for name, why := range map[string]string{"ErrNoReason": "  ", "ErrLong": strings.Repeat("x", 501)} {
		t.Run(name, func(t *testing.T) {
			if _, fields := refused(t, reject("dana", why).ResponseRecorder, http.StatusBadRequest, web.Invalid); fields != "why" {
				t.Error(fields)
			}
		})
	}
	for range 2 { // the second time the same
		if u := reject("dana", "the wrong month").upload(t, http.StatusOK); u.State != upload.Rejected || len(u.Decisions) != 1 || u.Decisions[0].Why != "the wrong month" {
			t.Errorf("%+v", u)
		}
	}
	if len(o.started) != 0 {
		t.Errorf("started %v", o.started)
	}
	t.Run("ErrTooLate", func(t *testing.T) {
		refused(t, reject("omar", "me too").ResponseRecorder, http.StatusConflict, web.NotHeld)
	})
}

func TestRetract(t *testing.T) {
	o := newOffice(t)
	retract := func(as, id string) response {
		return response{o.ask(as, "POST", "/v1/staff/uploads/"+id+"/retract", `{"why":"it was last year's file"}`)}
	}
	o.put(t, "held", upload.Held)
	o.put(t, "dry", upload.Done, "dry_run", true)
	o.put(t, "one", upload.Done)
	child := retract("omar", "one").upload(t, http.StatusCreated)
	if child.Kind != upload.Retraction || child.Of != "one" || child.UploadedBy != "omar" || child.State != upload.Received || strings.Join(o.started, " ") != child.UploadID {
		t.Errorf("%+v, started %v", child, o.started)
	}
	t.Run("AgainIsTheSame", func(t *testing.T) {
		if again := retract("omar", "one").upload(t, http.StatusOK); again.UploadID != child.UploadID || len(o.started) != 2 {
			t.Errorf("%+v, started %v", again, o.started)
		}
	})
	t.Run("ErrByAnother", func(t *testing.T) {
		refused(t, retract("dana", "one").ResponseRecorder, http.StatusConflict, web.NotDone)
	})
	t.Run("ErrNotDone", func(t *testing.T) {
		for id, state := range map[string]string{"held": "held", "dry": "done"} {
			if p, _ := refused(t, retract("dana", id).ResponseRecorder, http.StatusConflict, web.NotDone); p.State != state {
				t.Errorf("%s: %+v", id, p)
			}
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		refused(t, retract("dana", "none").ResponseRecorder, http.StatusNotFound, web.UploadNotFound)
	})
}
