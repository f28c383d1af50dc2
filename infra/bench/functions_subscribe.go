package main

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
)

// subscribes are people who ask for texts about somebody: each is sent a code.
type subscribes struct {
	scene  *scene
	tables tableSet
	phones *atomic.Int64 // that have asked: none asks twice
}

func (b *functionsBench) subscribes() task { return b.subscribesIn(nil) }

// subscribesIn are requests with tables that are there, or if there are none with each contender's own.
func (b *functionsBench) subscribesIn(tables tableSet) task {
	var phones atomic.Int64
	return task{Name: taskSubscribe, Title: "Asking for a subscription", Request: "request", parts: []string{"intake"}, work: func(ctx context.Context, _ contender) (exercise, error) {
		own, err := tables, error(nil)
		if own == nil {
			own, err = b.scene.freshTables(ctx)
		}
		return &subscribes{scene: b.scene, tables: own, phones: &phones}, err
	}}
}

func (s *subscribes) env(function string) map[string]string {
	env := s.scene.settings(s.scene.functions[function], s.tables)
	for _, limit := range []string{"CODES_PER_HOUR", "CODES_PER_DAY", "CODES_PER_BLOCK_PER_HOUR", "CODES_PER_ADDRESS_PER_HOUR"} {
		env[limit] = "1000000" // counted, and not reached
	}
	return env
}

func (s *subscribes) next() (phone string, event []byte, err error) {
	phone = fmt.Sprintf("+1202%07d", 2_000_000+s.phones.Add(1))
	event, err = httpEvent("/v1/subscriptions", map[string]string{"a_number": number(1), "country_of_birth": "MX", "phone": phone, "language": "en"})
	return phone, event, err
}

func (s *subscribes) first(context.Context) ([]byte, error) {
	_, event, err := s.next()
	return event, err
}

func (s *subscribes) request(_ context.Context, invoke invoker) error {
	_, event, err := s.next()
	if err != nil {
		return err
	}
	answer, err := invoke(0, event)
	if err != nil {
		return err
	}
	var got struct {
		ID string `json:"subscription_id"`
	}
	if err := httpAnswer(answer, http.StatusAccepted, &got); err != nil {
		return err
	}
	if len(got.ID) != 32 {
		return fmt.Errorf("the request's id is %q", got.ID)
	}
	return nil
}
