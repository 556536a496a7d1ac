#include "reports/rule.h"
#include "test/fuzz/fuzz.h"

static void match_examples(const struct rules *r)
{
	struct rule_example example;
	struct rule_match match;

	for (size_t rule = 0; rule < rules_count(r); rule++)
		for (size_t n = 0; rules_example(r, rule, n, &example); n++)
			if (rules_match(r, NULL, &example.symptom, &match)) {
				HOLDS(match.rule != NULL);
				HOLDS(match.causes > 0);
				HOLDS(match.causes <= RULE_CAUSES_MAX);
			}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rules *rules = NULL;
	struct fault why;

	if (!rules_parse(fuzz_span(data, size), "fuzz", &rules, &why)) {
		HOLDS(why.kind != FAULT_NONE);
		return 0;
	}
	match_examples(rules);
	rules_free(rules);
	return 0;
}
