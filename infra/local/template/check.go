package template

import "fmt"

// Check looks at the whole template: that every resource is of a type known here, that every value in
// it can be evaluated, also in parts that nothing on this machine uses, and what the other methods check.
func (t *Template) Check() error {
	for _, id := range t.order {
		if err := t.checkResource(t.resources[id]); err != nil {
			return err
		}
	}
	for name, output := range entries(t.outputs) {
		if condition := child(output, "Condition"); condition != nil {
			holds, err := t.condition(condition.Value, condition.Line)
			if err != nil {
				return err
			}
			if !holds {
				continue
			}
		}
		value := child(output, "Value")
		if value == nil {
			return fmt.Errorf("line %d: output %s has no Value", output.Line, name)
		}
		if _, err := t.evaluate(value); err != nil {
			return fmt.Errorf("output %s: %w", name, err)
		}
	}
	return t.checkModel()
}

func (t *Template) checkResource(r *resource) error {
	switch r.kind {
	case kindFunction, kindHTTPAPI, kindTable, kindQueue, kindTopic, kindSubscription, kindBucket, kindSecret,
		kindUserPool, kindUserClient, kindUserGroup, kindLogFilter, kindSMSSettings, kindMachine, kindKey:
	default:
		if !ignored(r.kind) {
			return fmt.Errorf("line %d: %s: the local runner does not know resources of type %s", r.line, r.id, r.kind)
		}
	}
	exists, err := t.exists(r)
	if err != nil || !exists || r.properties == nil {
		return err
	}
	if r.kind == kindHTTPAPI {
		for name, node := range entries(r.properties) {
			switch name {
			case "Auth", "CorsConfiguration", "DefinitionBody", "DefinitionUri", "StageName":
				return fmt.Errorf("line %d: %s: the local runner does not do %s of an HTTP API", node.Line, r.id, name)
			}
		}
	}
	if _, err := t.evaluate(r.properties); err != nil {
		return fmt.Errorf("%s: %w", r.id, err)
	}
	return nil
}

func (t *Template) checkModel() error {
	if apis, err := t.ofKind(kindHTTPAPI); err != nil {
		return err
	} else if len(apis) > 1 {
		return fmt.Errorf("line %d: %s: the local runner serves one HTTP API", apis[1].line, apis[1].id)
	}
	for _, part := range []func() error{
		func() error { _, err := t.Tables(); return err },
		func() error { _, err := t.Queues(); return err },
		func() error { _, err := t.Topics(); return err },
		func() error { _, err := t.Buckets(); return err },
		func() error { _, err := t.Secrets(); return err },
		func() error { _, err := t.Keys(); return err },
		func() error { _, err := t.SignIn(); return err },
		func() error { _, err := t.Functions(); return err },
		func() error { _, err := t.SMSEventGroups(); return err },
		func() error { _, err := t.Machines(); return err },
		func() error { _, err := t.Roles(); return err },
		func() error { _, err := t.ResourcePolicies(); return err },
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}
