package e2e

import "testing"

// TestService is what the service promises while all goes well, on one stack. What has to be quick is timed
// first, alone; the rest runs side by side, as users do.
func TestService(t *testing.T) {
	s := start(t)
	on := func(test func(*testing.T, *stack)) func(*testing.T) {
		return func(t *testing.T) { test(t, s) }
	}
	t.Run("Removed", on(testRemoved))
	t.Run("Stays", on(testStays))
	t.Run("InventedStays", on(testInventedStays))
	t.Run("SideBySide", func(t *testing.T) {
		for _, test := range []struct {
			name string
			run  func(*testing.T, *stack)
		}{
			{"NoOracle", testNoOracle},
			{"Pages", testPages},
			{"Manage", testManage},
			{"BeforeTheRecord", testBeforeTheRecord},
			{"Preferences", testPreferences},
			{"DesignNames", testDesignNames},
			{"Story", testStory},
			{"Codes", testCodes},
			{"Checks", testChecks},
			{"Replies", testReplies},
			{"Informed", testInformed},
			{"Rejects", testRejects},
		} {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				test.run(t, s)
			})
		}
	})
	t.Run("CtrlCLeavesNoProcess", func(t *testing.T) { s.Stop(t) })
	t.Run("EachInvocationLeavesOneLine", func(t *testing.T) { s.leavesLines(t) })
}
