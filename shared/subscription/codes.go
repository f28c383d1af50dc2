package subscription

import (
	"context"
	"slices"
	"time"

	"voice.example/shared/limit"
	"voice.example/shared/phone"
)

// Texts reports whether phones like this one may be sent a first code: whether it is of one of TextCountries. Texts to some
// countries cost many times what they cost here, and whoever earns by them asks for codes in masses. Who has been confirmed is
// texted wherever they are.
func (s *Store) Texts(n phone.Number) bool {
	return len(s.TextCountries) == 0 || s.CountryOf != nil && slices.Contains(s.TextCountries, s.CountryOf(n))
}

// codeUses are the limits that one code counts towards: of its address, of the block of numbers that a phone is in ("" for an
// e-mail address), and of all. The narrow ones come first: whoever floods one phone uses up nothing of the others'.
func (s *Store) codeUses(address string, number phone.Number) []limit.Use {
	uses := []limit.Use{{Key: address, Most: s.CodesPerPhonePerHour, Window: time.Hour}}
	uses = append(uses, s.unconfirmed(address, number)...)
	uses = append(uses, limit.Use{Key: "codes/all", Most: s.CodesPerHour, Window: time.Hour})
	if s.CodesPerDay > 0 {
		uses = append(uses, limit.Use{Key: "codes/all/day", Most: s.CodesPerDay, Window: 24 * time.Hour})
	}
	return uses
}

// unconfirmed are those of them that count only codes which nobody confirms. A code that is confirmed shows that its phone
// wanted it; codes for phones of others, and for numbers that nobody has, are not confirmed.
func (s *Store) unconfirmed(address string, number phone.Number) []limit.Use {
	var uses []limit.Use
	if s.CodesPerPhonePerDay > 0 {
		uses = append(uses, limit.Use{Key: address + "/day", Most: s.CodesPerPhonePerDay, Window: 24 * time.Hour})
	}
	if s.CodesPerBlockPerHour > 0 && number != "" {
		uses = append(uses, limit.Use{Key: "codes/block/" + s.Keys.Hash("block", number.Block()), Most: s.CodesPerBlockPerHour, Window: time.Hour})
	}
	return uses
}

// wanted gives back what a code counted that was confirmed at the first try. A code which is confirmed again, or guessed at,
// gives nothing back.
func (s *Store) wanted(ctx context.Context, w waiting, address string, number phone.Number) error {
	if w.Tries != 1 {
		return nil
	}
	return s.Limits.GiveEachBack(ctx, s.unconfirmed(address, number)...)
}

// phoneCodes is what the codes of a phone are counted by.
func (s *Store) phoneCodes(n phone.Number) string { return "codes/phone/" + s.phoneHash(n) }
