package template

import "strings"

// Keys gives the ARNs of the template's keys of KMS.
func (t *Template) Keys() ([]string, error) {
	found, err := t.ofKind(kindKey)
	if err != nil {
		return nil, err
	}
	var arns []string
	for _, r := range found {
		name, err := t.name(r)
		if err != nil {
			return nil, err
		}
		arns = append(arns, arn(r.kind, name))
	}
	return arns, nil
}

// EncryptedBy gives the ARN of the key of KMS by which each table, queue, topic and bucket is encrypted that has one of ours,
// by the ARN of the resource.
func (t *Template) EncryptedBy() (map[string]string, error) {
	keys := map[string]string{}
	for _, kind := range []string{kindTable, kindQueue, kindTopic, kindBucket} {
		found, err := t.ofKind(kind)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			var p struct {
				SSESpecification struct{ KMSMasterKeyId string }
				KmsMasterKeyId   string
				BucketEncryption struct {
					ServerSideEncryptionConfiguration []struct {
						ServerSideEncryptionByDefault struct{ KMSMasterKeyID string }
					}
				}
			}
			if err := t.decode(r, &p); err != nil {
				return nil, err
			}
			key := p.SSESpecification.KMSMasterKeyId + p.KmsMasterKeyId
			for _, rule := range p.BucketEncryption.ServerSideEncryptionConfiguration {
				key += rule.ServerSideEncryptionByDefault.KMSMasterKeyID
			}
			if !strings.HasPrefix(key, "arn:") {
				continue // AWS's own keys need no permission
			}
			name, err := t.name(r)
			if err != nil {
				return nil, err
			}
			keys[arn(r.kind, name)] = key
		}
	}
	return keys, nil
}
