package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// reportWithin is how long the links to a report's files hold: long enough to click, short enough to be worth little in
// somebody's mail.
const reportWithin = 5 * time.Minute

// maxSummary is how long a summary can be, in bytes.
const maxSummary = 1 << 20

// reportFiles are the files of a report, in the order in which people want them.
func reportFiles() []string {
	return []string{"report.html", "rejects.csv", "warnings.csv", "missing.csv", "summary.json"}
}

// report is what became of an upload. Summary is null and Files empty until it has been written.
type report struct {
	UploadID string          `json:"upload_id"`
	State    upload.State    `json:"state"`
	Summary  json.RawMessage `json:"summary"`
	Files    []reportFile    `json:"files"`
}

type reportFile struct {
	Name      string    `json:"name"`
	Size      int64     `json:"size"`
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// report answers GET /v1/staff/uploads/{id}/report.
func (h *handler) report(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	u, err := h.desk.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	answer := report{UploadID: u.UploadID, State: u.State}
	if answer.Files, err = h.filesOf(r.Context(), u.UploadID); err != nil {
		return err
	}
	if answer.Summary, err = h.summary(r.Context(), u.UploadID); err != nil {
		return err
	}
	web.Outcome(r.Context(), "report_shown")
	return web.WriteJSON(w, http.StatusOK, answer)
}

func reportKey(uploadID, name string) string { return "reports/" + uploadID + "/" + name }

// filesOf links to the files of a report that are there.
func (h *handler) filesOf(ctx context.Context, uploadID string) ([]reportFile, error) {
	files := []reportFile{}
	for _, name := range reportFiles() {
		file, found, err := h.reportFile(ctx, uploadID, name)
		if err != nil {
			return nil, err
		}
		if found {
			files = append(files, file)
		}
	}
	return files, nil
}

// reportFile links to a file of a report, if it is there.
func (h *handler) reportFile(ctx context.Context, uploadID, name string) (reportFile, bool, error) {
	key, disposition := reportKey(uploadID, name), fmt.Sprintf(`attachment; filename="%s-%s"`, uploadID, name)
	head, err := h.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &h.bucket, Key: &key})
	if isCode(err, "NotFound", "NoSuchKey") {
		return reportFile{}, false, nil
	}
	if err != nil {
		return reportFile{}, false, fmt.Errorf("look for a file of a report: %w", err)
	}
	signed, err := s3.NewPresignClient(h.s3, s3.WithPresignExpires(reportWithin)).PresignGetObject(ctx,
		&s3.GetObjectInput{Bucket: &h.bucket, Key: &key, ResponseContentDisposition: &disposition})
	if err != nil {
		return reportFile{}, false, fmt.Errorf("sign a file of a report: %w", err)
	}
	file := reportFile{Name: name, URL: signed.URL, ExpiresAt: h.now().UTC().Add(reportWithin)}
	if head.ContentLength != nil {
		file.Size = *head.ContentLength
	}
	return file, true, nil
}

// summary reads summary.json, and gives null if it is not there.
func (h *handler) summary(ctx context.Context, uploadID string) (json.RawMessage, error) {
	key := reportKey(uploadID, "summary.json")
	out, err := h.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &h.bucket, Key: &key})
	if isCode(err, "NoSuchKey") {
		return json.RawMessage("null"), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a summary: %w", err)
	}
	defer out.Body.Close()
	text, err := io.ReadAll(io.LimitReader(out.Body, maxSummary))
	if err != nil || !json.Valid(text) {
		return nil, fmt.Errorf("a summary is no JSON: %w", err)
	}
	return text, nil
}
