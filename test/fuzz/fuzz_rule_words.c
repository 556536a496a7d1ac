#include <string.h>

#include "reports/rule.h"
#include "test/fuzz/fuzz.h"

/* The general rules against a refusal of any text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rules *rules;
	struct reply reply = { .answer = ANSWER_NO };
	struct symptom symptom = {
		.service = SERVICE_IMAP, .service_known = true,
		.stage = STAGE_LOGIN, .stage_known = true,
		.fault = FAULT_REJECTED, .reply = &reply, .alert = -1,
		.mechanism = "", .provider = "",
		.own_words = { "taro@mail.test", "taro", "imap.mail.test" }
	};
	struct rule_match match;
	struct fault why;

	if (!rules)
		rules = rules_general(&why);
	HOLDS(rules != NULL);
	span_copy(fuzz_span(data, size), reply.text, sizeof(reply.text));
	if (rules_match(NULL, rules, &symptom, &match)) {
		HOLDS(match.causes > 0 && match.causes <= RULE_CAUSES_MAX);
		HOLDS(match.cause[0].cause < CAUSE_WORKS);
	}
	return 0;
}
