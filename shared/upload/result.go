package upload

import (
	"context"
	"fmt"
	"reflect"
)

// A unit of work leaves its result as an object, so that it can be done by any worker, in any order and again. A small
// upload keeps its results in memory.

func resultKey(step string, i int) string { return fmt.Sprintf("%s-%05d.json", step, i) }

func (p *Pipeline) keep(ctx context.Context, u *item, name string, result any) error {
	if !u.small() {
		return p.writeJSON(ctx, u.Bucket, workKey(u.ID, name), result)
	}
	if u.memory == nil {
		u.memory = new(memory)
	}
	if u.memory.result == nil {
		u.memory.result = map[string]any{}
	}
	u.memory.result[name] = result
	return nil
}

// kept reads a result; into is a pointer to one.
func (p *Pipeline) kept(ctx context.Context, u *item, name string, into any) error {
	if !u.small() {
		return p.readJSON(ctx, u.Bucket, workKey(u.ID, name), into)
	}
	if u.memory == nil {
		return fmt.Errorf("upload: the result %s is missing", name)
	}
	result, ok := u.memory.result[name]
	if !ok {
		return fmt.Errorf("upload: the result %s is missing", name)
	}
	reflect.ValueOf(into).Elem().Set(reflect.ValueOf(result))
	return nil
}
