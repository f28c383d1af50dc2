package infra_test

import (
	"os"
	"strings"
	"testing"
)

// TestEdgeTemplate holds infra/edge.yaml to what the functions expect of it, and to what it promises.
func TestEdgeTemplate(t *testing.T) {
	s := load(t, "edge.yaml")
	content, err := os.ReadFile("../shared/web/edge.go")
	if err != nil {
		t.Fatal(err)
	}
	edge, guard := s.Resources["Edge"].Properties, s.Resources["Guard"].Properties
	config := at(edge, "DistributionConfig")
	t.Run("HeadersAreThoseOfTheFunctions", func(t *testing.T) {
		text, err := os.ReadFile("edge.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, header := range []string{"voice-origin", "voice-viewer"} {
			if !strings.Contains(string(content), `"`+header+`"`) || !strings.Contains(strings.ToLower(string(text)), header) {
				t.Errorf("%s is not in both", header)
			}
		}
	})
	t.Run("KeepsNoLogAndNoSamples", func(t *testing.T) {
		if at(config, "Logging") != nil || len(s.of("AWS::WAFv2::LoggingConfiguration")) > 0 {
			t.Error("it logs who asks")
		}
		rules, _ := at(guard, "Rules").([]any)
		for _, rule := range append(rules, guard) {
			if at(rule, "VisibilityConfig", "SampledRequestsEnabled") != false {
				t.Errorf("%v keeps samples", at(rule, "Name"))
			}
		}
		if len(rules) < 6 {
			t.Errorf("%d rules", len(rules))
		}
	})
	t.Run("KeepsNoAnswer", func(t *testing.T) {
		if at(config, "DefaultCacheBehavior", "CachePolicyId") != "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" {
			t.Error("answers are cached")
		}
		behaviors, _ := at(config, "CacheBehaviors").([]any)
		if len(behaviors) != 1 || at(behaviors[0], "PathPattern") != "/assets/*" {
			t.Errorf("%v", behaviors)
		}
	})
	t.Run("SaysFromWhereItWasAsked", func(t *testing.T) {
		behaviors, _ := at(config, "CacheBehaviors").([]any)
		for _, b := range append(behaviors, at(config, "DefaultCacheBehavior")) {
			if list, _ := at(b, "FunctionAssociations").([]any); len(list) != 1 {
				t.Errorf("%v does not", at(b, "PathPattern"))
			}
		}
	})
	t.Run("JudgesNobodysWords", func(t *testing.T) {
		rules, _ := at(guard, "Rules").([]any)
		for _, rule := range rules {
			if at(rule, "Name") != "Common" {
				continue
			}
			counted := map[any]bool{}
			overrides, _ := at(rule, "Statement", "ManagedRuleGroupStatement", "RuleActionOverrides").([]any)
			for _, o := range overrides {
				counted[at(o, "Name")] = at(o, "ActionToUse", "Count") != nil
			}
			for _, name := range []string{"SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "EC2MetaDataSSRF_BODY"} {
				if !counted[name] {
					t.Errorf("%s blocks", name)
				}
			}
		}
	})
}
