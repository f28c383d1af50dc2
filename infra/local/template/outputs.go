package template

// Output gives the value of an output; ok is false when the template has none of the name, or its condition does not
// hold.
func (t *Template) Output(name string) (value string, ok bool, err error) {
	output := child(t.outputs, name)
	if output == nil {
		return "", false, nil
	}
	if condition := child(output, "Condition"); condition != nil {
		holds, err := t.condition(condition.Value, condition.Line)
		if err != nil || !holds {
			return "", false, err
		}
	}
	found, err := t.evaluate(child(output, "Value"))
	if err != nil {
		return "", false, err
	}
	value, err = text(found)
	return value, err == nil, err
}
