#include <string.h>

#include "probes/base/json_where.h"
#include "providers/provider.h"
#include "providers/provider_name.h"
#include "test/fuzz/fuzz.h"

static void servers_are_hosts(const struct provider *p)
{
	HOLDS(p->servers <= PROVIDER_SERVERS_MAX);
	for (size_t i = 0; i < p->servers; i++) {
		const char *host = p->server[i].host;

		HOLDS(*host && p->server[i].port > 0);
		HOLDS(p->is_template[i] == (strchr(host, '{') != NULL));
		/* nothing that could end a line or a shell word */
		HOLDS(!strpbrk(host, " \t\r\n\"'\\/;&|$`<>"));
	}
}

static void texts_are_whole(const struct provider *p)
{
	struct provider_step step[PROVIDER_STEPS_MAX];

	HOLDS(p->quirks <= PROVIDER_TEXTS_MAX);
	HOLDS(p->doubts <= PROVIDER_TEXTS_MAX);
	for (size_t i = 0; i < p->quirks; i++)
		HOLDS(p->quirk[i].text[LANG_EN] && p->quirk[i].text[LANG_JA]);
	for (size_t i = 0; i < p->doubts; i++)
		HOLDS(p->doubt[i].text[LANG_EN] && p->doubt[i].text[LANG_JA]);
	HOLDS(!p->lockout.text[LANG_EN] == !p->lockout.text[LANG_JA]);
	for (int c = 0; c < CAUSE_COUNT; c++) {
		size_t n = provider_remedy(p, (enum cause)c, step);

		HOLDS(n <= PROVIDER_STEPS_MAX);
		for (size_t i = 0; i < n; i++)
			HOLDS(strlen(step[i].text[LANG_JA]) <
			      PROVIDER_TEXT_CAP);
	}
}

static void facts_are_dated(const struct provider *p)
{
	HOLDS(strlen(p->checked) == 7);
	for (size_t i = 0; i < PART_COUNT; i++)
		HOLDS(p->part[i].checked && strlen(p->part[i].checked) == 7);
	HOLDS(*secret_kind_name(p->secret));
	HOLDS(secret_kind_cause(p->secret) < CAUSE_COUNT);
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		HOLDS(access_switch_name(p->access[i]) && p->user_form[i]);
}

static void lists_end(const struct provider *p)
{
	static const enum provider_list lists[] = {
		PROVIDER_ALIASES, PROVIDER_DOMAINS, PROVIDER_MX_SUFFIXES,
		PROVIDER_SOURCES
	};
	char key[PROVIDER_KEY_CAP];

	for (size_t l = 0; l < sizeof(lists) / sizeof(lists[0]); l++) {
		const char *item;

		for (size_t i = 0; (item = provider_list_at(p, lists[l], i));
		     i++) {
			HOLDS(*item);
			provider_name_key(item, key);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct provider *p = NULL;
	struct fault why, lacks;

	if (!provider_parse(fuzz_span(data, size), "fuzz.json", &p, &why)) {
		HOLDS(why.kind != FAULT_NONE);
		json_line_of(fuzz_span(data, size), "servers[1].host");
		return 0;
	}
	HOLDS(p->id && *p->id && strlen(p->id) < PROVIDER_ID_CAP);
	servers_are_hosts(p);
	texts_are_whole(p);
	facts_are_dated(p);
	lists_end(p);
	provider_is_complete(p, "fuzz.json", &lacks);
	provider_free(p);
	return 0;
}
