package subscription

import (
	"context"
	"errors"
)

// Managed is a subscription and a token that manages it.
type Managed struct {
	Subscription Subscription
	ManageToken  string
}

// TokensOfPhone gives a new manage token for each of a phone's subscriptions, to whoever holds the phone. A subscription has
// one token: those before do not work any more. That is meant so: the phone decides, and a token that was lost, or that
// somebody else kept, ends here.
func (s *Store) TokensOfPhone(ctx context.Context, phoneHash string) ([]Managed, error) {
	var all []Managed
	for sub, err := range s.EachOfPhone(ctx, phoneHash) {
		if errors.Is(err, ErrUnreadable) {
			continue
		}
		if err != nil {
			return nil, err
		}
		token, hash := s.newToken(sub)
		var e edit
		e.set("token_hash", hash, true)
		sub, err = s.write(ctx, sub, e)
		if errors.Is(err, ErrManageToken) {
			continue // ended or replaced at the same moment
		}
		if err != nil {
			return nil, err
		}
		all = append(all, Managed{sub, token})
	}
	return all, nil
}
