package permission

import (
	"strings"

	"voice.example/infra/local/template"
)

// behind is what a service needs of KMS, in the name of whoever calls it, to do what it was asked with a resource that is
// encrypted by a key of ours. Nil for a resource that is not.
//
// Source: of each service the chapter on encryption at rest in its developer guide.
func (p *Policies) behind(need Need) []Need {
	service, action, _ := strings.Cut(need.Action, ":")
	key := p.keys[encryptedPart(need.Resource)]
	if key == "" {
		return nil
	}
	var actions []string
	switch {
	case service == "dynamodb", action == "GetObject", action == "GetObjectVersion", action == "ReceiveMessage":
		actions = []string{"kms:Decrypt"}
	case action == "PutObject":
		actions = []string{"kms:GenerateDataKey"}
	case action == "Publish", action == "SendMessage":
		actions = []string{"kms:GenerateDataKey", "kms:Decrypt"}
	}
	return viaService(service, key, actions...)
}

// viaService are uses of a key by a service in somebody's name.
func viaService(service, key string, actions ...string) (needs []Need) {
	for _, action := range actions {
		needs = append(needs, Need{Action: action, Resource: key,
			Context: map[string]string{"kms:viaservice": service + "." + template.Region + ".amazonaws.com"}})
	}
	return needs
}

// encryptedPart is the table of an index or a stream, and the bucket of an object.
func encryptedPart(resource string) string {
	switch {
	case strings.HasPrefix(resource, "arn:aws:dynamodb:"):
		resource, _, _ = strings.Cut(resource, "/index/")
		resource, _, _ = strings.Cut(resource, "/stream/")
	case strings.HasPrefix(resource, "arn:aws:s3:::"):
		resource, _, _ = strings.Cut(resource, "/")
	}
	return resource
}
