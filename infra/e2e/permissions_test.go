package e2e

import (
	"flag"
	"fmt"
	"os"

	"voice.example/infra/local/permission"
)

// comparePermissions holds what functions did in a whole run of the suite against template.yaml, both ways, and
// prints what to do about each difference. A run of some tests uses some permissions, so it is not compared.
func comparePermissions() (same bool) {
	lines := made.Permissions()
	if path := os.Getenv("VOICE_PERMISSIONS"); path != "" {
		if err := os.WriteFile(path, []byte(permission.Table(lines, unused)), 0o600); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return false
		}
	}
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return true
		}
	}
	wrong := permission.Compare(lines, unused)
	for _, w := range wrong {
		fmt.Println("permissions:", w)
	}
	return len(wrong) == 0
}
