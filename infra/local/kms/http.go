package kms

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
)

// targetPrefix begins the header that names an operation.
const targetPrefix = "TrentService."

// maxRequest bounds what a caller sends: KMS takes 4 KiB of plaintext, in base 64.
const maxRequest = 64 << 10

// maxPlain is the most that Encrypt takes.
const maxPlain = 4096

// request is what the operations take, all together.
type request struct {
	KeyID             string `json:"KeyId"`
	Plaintext         []byte
	CiphertextBlob    []byte
	EncryptionContext map[string]string
	KeySpec           string
	NumberOfBytes     int
}

// problem is an error as AWS answers it.
type problem struct {
	status  int
	code    string
	message string
}

func invalid(message string) *problem {
	return &problem{http.StatusBadRequest, "ValidationException", message}
}

// Mux answers calls of KMS, and gives all others to next, for one port that speaks both.
func (s *Service) Mux(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		operation, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		s.serve(w, r, operation)
	})
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request, operation string) {
	var in request
	var out any
	var wrong *problem
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&in); err != nil {
		wrong = &problem{http.StatusBadRequest, "SerializationException", "the request is not JSON"}
	} else {
		switch operation {
		case "Encrypt":
			out, wrong = s.encrypt(in)
		case "Decrypt":
			out, wrong = s.decrypt(in)
		case "GenerateDataKey":
			out, wrong = s.generate(in)
		case "DescribeKey":
			out, wrong = s.describe(in)
		default:
			wrong = &problem{http.StatusBadRequest, "UnknownOperationException", "the local runner does not do " + operation}
		}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if wrong != nil {
		w.Header().Set("X-Amzn-Errortype", wrong.code)
		w.WriteHeader(wrong.status)
		out = map[string]string{"__type": wrong.code, "message": wrong.message}
	}
	_ = json.NewEncoder(w).Encode(out)
}

// encrypted is the answer of Encrypt and GenerateDataKey, and decrypted that of Decrypt.
type encrypted struct {
	KeyID               string `json:"KeyId"`
	CiphertextBlob      []byte
	Plaintext           []byte `json:",omitempty"`
	EncryptionAlgorithm string `json:",omitempty"`
}

type decrypted struct {
	KeyID               string `json:"KeyId"`
	Plaintext           []byte
	EncryptionAlgorithm string
}

const algorithm = "SYMMETRIC_DEFAULT"

func (s *Service) key(id string) (string, []byte, *problem) {
	arn, key, ok := s.find(id)
	if !ok {
		return "", nil, &problem{http.StatusBadRequest, "NotFoundException", "there is no such key"}
	}
	return arn, key, nil
}

func (s *Service) encrypt(in request) (any, *problem) {
	arn, key, wrong := s.key(in.KeyID)
	switch {
	case wrong != nil:
		return nil, wrong
	case len(in.Plaintext) == 0 || len(in.Plaintext) > maxPlain:
		return nil, invalid("plaintext has from 1 to 4096 bytes")
	}
	blob, err := seal(arn, key, in.Plaintext, in.EncryptionContext)
	if err != nil {
		return nil, internal()
	}
	return encrypted{KeyID: arn, CiphertextBlob: blob, EncryptionAlgorithm: algorithm}, nil
}

func (s *Service) decrypt(in request) (any, *problem) {
	arn, key, ok := s.ofBlob(in.CiphertextBlob)
	if !ok {
		return nil, &problem{http.StatusBadRequest, "InvalidCiphertextException", ""}
	}
	if in.KeyID != "" {
		named, _, wrong := s.key(in.KeyID)
		if wrong != nil {
			return nil, wrong
		}
		if named != arn {
			return nil, &problem{http.StatusBadRequest, "IncorrectKeyException", "it was encrypted by another key"}
		}
	}
	plain, err := open(key, in.CiphertextBlob, in.EncryptionContext)
	if err != nil { // tampered with, or another context: AWS does not say which
		return nil, &problem{http.StatusBadRequest, "InvalidCiphertextException", ""}
	}
	return decrypted{KeyID: arn, Plaintext: plain, EncryptionAlgorithm: algorithm}, nil
}

func (s *Service) generate(in request) (any, *problem) {
	arn, key, wrong := s.key(in.KeyID)
	if wrong != nil {
		return nil, wrong
	}
	length := in.NumberOfBytes
	switch {
	case in.KeySpec == "AES_256" && length == 0:
		length = 32
	case in.KeySpec == "AES_128" && length == 0:
		length = 16
	case in.KeySpec != "" || length < 1 || length > 1024:
		return nil, invalid("either KeySpec or NumberOfBytes, from 1 to 1024, is needed")
	}
	plain := make([]byte, length)
	rand.Read(plain) // never fails: crypto/rand ends the process instead
	blob, err := seal(arn, key, plain, in.EncryptionContext)
	if err != nil {
		return nil, internal()
	}
	return encrypted{KeyID: arn, CiphertextBlob: blob, Plaintext: plain}, nil
}

func (s *Service) describe(in request) (any, *problem) {
	arn, _, wrong := s.key(in.KeyID)
	if wrong != nil {
		return nil, wrong
	}
	return map[string]any{"KeyMetadata": map[string]any{
		"Arn": arn, "KeyId": arn[strings.LastIndex(arn, "/")+1:], "Enabled": true, "KeyState": "Enabled", "KeyUsage": "ENCRYPT_DECRYPT",
		"KeySpec": algorithm, "KeyManager": "CUSTOMER", "Origin": "AWS_KMS", "EncryptionAlgorithms": []string{algorithm},
	}}, nil
}

func internal() *problem { return &problem{http.StatusInternalServerError, "KMSInternalException", ""} }
