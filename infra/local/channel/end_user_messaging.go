package channel

import (
	"encoding/json"
	"errors"
	"net/http"

	"voice.example/infra/local/phone"
)

// targetPrefix begins the names of End User Messaging's actions in the header X-Amz-Target.
const targetPrefix = "PinpointSMSVoiceV2."

// refusal is an error of End User Messaging as its protocol, AWS JSON 1.0, tells it.
type refusal struct {
	status  int
	Type    string  `json:"__type"`
	Message string  `json:"Message"`
	Reason  string  `json:"Reason,omitempty"`
	Fields  []field `json:"Fields,omitempty"`
}

type field struct{ Name, Message string }

func invalidField(name, message string) refusal {
	return refusal{http.StatusBadRequest, "ValidationException", "A field is not valid.", "INVALID_PARAMETER", []field{{name, message}}}
}

func (s *service) serveEndUserMessaging(w http.ResponseWriter, r *http.Request) {
	if action := r.Header.Get("X-Amz-Target"); action != targetPrefix+"SendTextMessage" {
		refuse(w, refusal{http.StatusBadRequest, "ValidationException", "The local End User Messaging only knows SendTextMessage.", "UNKNOWN_OPERATION", nil})
		return
	}
	var in struct{ DestinationPhoneNumber, MessageBody, MessageType string }
	if read(w, r, &in) != nil {
		refuse(w, refusal{http.StatusBadRequest, "ValidationException", "The request is not JSON.", "CANNOT_PARSE", nil})
		return
	}
	id, err := s.phones.Send(r.Context(), phone.SMS{To: in.DestinationPhoneNumber, Body: in.MessageBody, SMSType: in.MessageType, ByEndUserMessaging: true})
	// Never name the number: callers log errors.
	switch {
	case errors.Is(err, phone.ErrInvalidNumber):
		refuse(w, invalidField("DestinationPhoneNumber", "It is not a number that can be texted."))
	case errors.Is(err, phone.ErrInvalidBody):
		refuse(w, invalidField("MessageBody", "A text has between 1 and 1,600 characters."))
	case errors.Is(err, phone.ErrOptedOut):
		refuse(w, refusal{http.StatusBadRequest, "ConflictException", "The phone is on the opt-out list.", "DESTINATION_PHONE_NUMBER_OPTED_OUT", nil})
	case errors.Is(err, phone.ErrThrottled):
		refuse(w, refusal{http.StatusBadRequest, "ThrottlingException", "Rate exceeded", "", nil})
	case err != nil:
		s.log.Error("send a text", "error", err)
		refuse(w, refusal{http.StatusInternalServerError, "InternalServerException", "The text could not be accepted.", "", nil})
	default:
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		json.NewEncoder(w).Encode(map[string]string{"MessageId": id})
	}
}

func refuse(w http.ResponseWriter, f refusal) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(f.status)
	json.NewEncoder(w).Encode(f)
}
