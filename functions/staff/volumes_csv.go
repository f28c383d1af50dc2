package main

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"voice.example/shared/reject"
	"voice.example/shared/staff"
	"voice.example/shared/volume"
	"voice.example/shared/web"
)

// sendVolumes answers GET /staff/volumes.csv?from&to&per: each counter of each span in a line of its own, so that a column
// always means the same. RFC 4180, with a head. What is 0 is left out.
func (h *handler) sendVolumes(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	var check web.Check
	p := h.period(r, usualDays, &check)
	if err := check.Err(); err != nil {
		return err
	}
	days, err := h.volumes.Days(r.Context(), volume.Inquiries, p.From, p.To)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "volumes_sent")
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="volumes-`+string(p.From)+`-`+string(p.To)+`-`+string(p.Per)+`.csv"`)
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write([]string{"period", "from", "to", "counter", "value", "count"}); err != nil {
		return err
	}
	for _, s := range volume.Sum(days, p.Per) {
		for _, name := range s.Counts.Names() {
			counter, value, _ := strings.Cut(name, ":")
			if err := out.Write([]string{s.Label, string(s.From), string(s.To), reject.Inert(counter), reject.Inert(value),
				strconv.FormatInt(s.Counts[name], 10)}); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
