package channel

import (
	"encoding/json"
	"errors"
	"net/http"

	"voice.example/infra/local/phone"
)

// mailPrefix begins the paths of SES, API version 2.
const mailPrefix = "/v2/email/"

// sendEmail is what is read of a SendEmail.
type sendEmail struct {
	FromEmailAddress string
	Destination      struct{ ToAddresses, CcAddresses, BccAddresses []string }
	Content          struct {
		Simple *struct {
			Subject struct{ Data string }
			Body    struct{ Text struct{ Data string } }
		}
	}
}

func (s *service) serveSES(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != mailPrefix+"outbound-emails" {
		fail(w, http.StatusNotFound, "NotFoundException", "The local SES only knows SendEmail.")
		return
	}
	var in sendEmail
	if read(w, r, &in) != nil {
		fail(w, http.StatusBadRequest, "BadRequestException", "The request is not JSON.")
		return
	}
	to, mail := in.Destination, in.Content.Simple
	if mail == nil || in.FromEmailAddress == "" || len(to.ToAddresses) != 1 || len(to.CcAddresses)+len(to.BccAddresses) > 0 {
		fail(w, http.StatusBadRequest, "BadRequestException", "The local SES sends simple mail, from an address to one address.")
		return
	}
	id, err := s.phones.SendMail(r.Context(), phone.Mail{To: to.ToAddresses[0], Subject: mail.Subject.Data, Body: mail.Body.Text.Data})
	// Never name the address: callers log errors.
	switch {
	case errors.Is(err, phone.ErrInvalidAddress), errors.Is(err, phone.ErrInvalidMail):
		fail(w, http.StatusBadRequest, "BadRequestException", err.Error())
	case errors.Is(err, phone.ErrRejected):
		fail(w, http.StatusBadRequest, "MessageRejected", err.Error())
	case errors.Is(err, phone.ErrThrottled):
		fail(w, http.StatusTooManyRequests, "TooManyRequestsException", "Too many requests")
	case err != nil:
		s.log.Error("send a mail", "error", err)
		fail(w, http.StatusInternalServerError, "InternalServiceErrorException", "The mail could not be accepted.")
	default:
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"MessageId": id})
	}
}

// fail answers as the REST protocol tells errors.
func fail(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-ErrorType", code)
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"message": message})
}
