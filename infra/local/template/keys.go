package template

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
