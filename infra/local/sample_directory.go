package main

import (
	"context"
	"fmt"
	"time"

	"voice.example/shared/directory"
	"voice.example/shared/numbering"
)

// sampleOffices are a few offices of the local service, of counties that there are. The numbers are for fiction.
const sampleOffices = `code,name,phone,county_fips
PHO,Phoenix Field Office,(602) 555-0110,04001|04003|04005|04007|04009|04011|04012|04013|04015|04017|04019|04021|04023|04025|04027
CHI,Chicago Field Office,(312) 555-0120,17031|17043|17089|17097|17111|17197
HOU,Houston Field Office,(713) 555-0130,48039|48071|48157|48167|48201|48291|48339|48473
ELP,El Paso Field Office,(915) 555-0140,48043|48109|48141|48229|48243|48301|48377|48389|35013|35029
SEA,Seattle Field Office,,53033|53053|53061
`

// sampleStaff are who works there: of Sample of the sign-in whoever talks to people who ask. Nobody works in Houston and
// Seattle, so what is asked there waits in the queue of the whole country; who works in El Paso cannot sign in.
const sampleStaff = `email,name,role,office,languages,phone,absent_from,absent_until
theo.marsh@voice.example,Theo Marsh,operator,national,en,(202) 555-0150,,
priya.nolan@voice.example,Priya Nolan,operator,national,en|es,(202) 555-0151,,
sofia.lindqvist@voice.example,Sofia Lindqvist,supervisor,national,en,(202) 555-0152,,
rosa.delgado-finch@voice.example,Rosa Delgado-Finch,officer,PHO,en|es,(602) 555-0111,,
hugo.brandvold@voice.example,Hugo Brandvold,officer,PHO,en,(602) 555-0112,,
ines.okafor@voice.example,Ines Okafor,specialist,PHO,en|fr,(602) 555-0113,,
leila.thornbury@voice.example,Leila Thornbury,specialist,PHO,en|es,(602) 555-0114,,
abel.norquist@voice.example,Abel Norquist,officer,CHI,en|pt,(312) 555-0121,,
mira.sandoval@voice.example,Mira Sandoval,specialist,ELP,en|es,(915) 555-0141,,
`

// loadDirectory loads invented offices and people into an empty directory, as a supervisor would. A template without a directory
// gets none.
func (s *stack) loadDirectory(ctx context.Context) error {
	name := s.table("directory")
	if name == "" {
		return nil
	}
	table := &directory.Table{Client: s.dynamodb(), Name: name, Now: time.Now, ReadPhone: numbering.ParseToCall}
	now, err := table.Read(ctx)
	if err != nil || len(now.Editions) > 0 {
		return err
	}
	loaded, err := fillDirectory(ctx, table)
	if err != nil {
		return err
	}
	s.console.say("loaded %d invented offices and %d people into the directory", loaded[0].Rows, loaded[1].Rows)
	return nil
}

// fillDirectory loads the files of the sample.
func fillDirectory(ctx context.Context, table *directory.Table) (loaded []directory.Edition, err error) {
	for _, f := range []struct {
		kind directory.Kind
		file string
	}{{directory.OfficesFile, sampleOffices}, {directory.PeopleFile, sampleStaff}} {
		plan, err := table.Plan(ctx, f.kind, []byte(f.file))
		if err != nil {
			return nil, err
		}
		if plan.Rejected > 0 {
			return nil, fmt.Errorf("the sample's %s: line %d: %s", f.kind, plan.Rejects[0].Line, plan.Rejects[0].Problem)
		}
		edition, err := table.Apply(ctx, f.kind, []byte(f.file), directory.Order{PlanHash: plan.Hash, By: "sample", ByName: "the local service"})
		if err != nil {
			return nil, err
		}
		loaded = append(loaded, edition)
	}
	return loaded, nil
}
