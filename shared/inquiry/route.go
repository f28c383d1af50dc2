package inquiry

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/i18n"
	"voice.example/shared/staff"
)

// Directory knows offices and their people; directory.Table does.
type Directory interface {
	// OfficeOf is the code of a county's office, or National where none is known to be for it.
	OfficeOf(ctx context.Context, county string) (string, error)
	// Choose is the person of an office who is to have the next inquiry that needs a role and a language; "" for nobody.
	Choose(ctx context.Context, office string, role staff.Role, language i18n.Language) (string, error)
	// LoadItem is the write that adds to how many open inquiries a person has.
	LoadItem(person string, by int) types.TransactWriteItem
}

// other is who stands in for somebody where an office has nobody of a role.
func other(r staff.Role) staff.Role {
	switch r {
	case staff.Officer:
		return staff.Specialist
	case staff.Specialist:
		return staff.Officer
	}
	return r
}

// route sends an inquiry to an office, and to a person there: of the county's office who have the role that is needed, else
// who stand in for them, else of those who have it for the whole country. Where nobody is there it waits in the national
// queue. Operators are given nothing: they take.
func (t *Table) route(ctx context.Context, i *Inquiry) error {
	i.State, i.Assignee = Open, ""
	switch {
	case i.Role == staff.Operator || t.Directory == nil:
		if i.Role == staff.Operator || i.Office == "" {
			i.Office = National
		}
		return nil
	case i.Office == "" && i.County != "":
		office, err := t.Directory.OfficeOf(ctx, i.County)
		if err != nil {
			return fmt.Errorf("inquiry: finding a county's office: %w", err)
		}
		i.Office = office
	case i.Office == "":
		i.Office = National
	}
	for _, try := range []struct {
		office string
		role   staff.Role
	}{{i.Office, i.Role}, {i.Office, other(i.Role)}, {National, i.Role}} {
		person, err := t.Directory.Choose(ctx, try.office, try.role, i.Language)
		if err != nil {
			return fmt.Errorf("inquiry: choosing who is to have it: %w", err)
		}
		if person != "" {
			i.Office, i.State, i.Assignee = try.office, Assigned, person
			return nil
		}
	}
	i.Office = National
	return nil
}
