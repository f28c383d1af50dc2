package permission

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
)

// refuse answers that access is denied, as the service does.
func refuse(w http.ResponseWriter, r *http.Request, service, message string) {
	h := w.Header()
	switch service {
	case "s3":
		h.Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusForbidden)
		if r.Method != http.MethodHead {
			_ = xml.NewEncoder(w).Encode(struct {
				XMLName       xml.Name `xml:"Error"`
				Code, Message string
			}{Code: "AccessDenied", Message: message})
		}
	case "sns":
		h.Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusForbidden)
		_ = xml.NewEncoder(w).Encode(struct {
			XMLName xml.Name `xml:"http://sns.amazonaws.com/doc/2010-03-31/ ErrorResponse"`
			Type    string   `xml:"Error>Type"`
			Code    string   `xml:"Error>Code"`
			Message string   `xml:"Error>Message"`
		}{Type: "Sender", Code: "AuthorizationError", Message: message})
	case "ses", "lambda":
		h.Set("Content-Type", "application/json")
		h.Set("X-Amzn-ErrorType", "AccessDeniedException")
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(map[string]string{"Message": message})
	case "sqs":
		h.Set("Content-Type", "application/x-amz-json-1.0")
		h.Set("x-amzn-query-error", "AccessDenied;Sender")
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": "com.amazon.coral.service#AccessDeniedException", "Message": message})
	default:
		h.Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": "com.amazon.coral.service#AccessDeniedException", "Message": message})
	}
}
