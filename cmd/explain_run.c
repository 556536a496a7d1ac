#include "cmd/explain_run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/check.h"
#include "probes/base/text.h"

bool explain_tools_load(struct explain_tools *ret, struct fault *why)
{
	*ret = (struct explain_tools){ .clients = rules_clients(why) };
	if (ret->clients)
		ret->general = rules_general(why);
	if (ret->general)
		return true;
	explain_tools_release(ret);
	return false;
}

void explain_tools_release(struct explain_tools *t)
{
	rules_free(t->clients);
	rules_free(t->general);
	*t = (struct explain_tools){ .clients = NULL };
}

/* ---- whose mailbox ---- */

/* A server's name, then the domains it lies in: smtp.gmail.com, gmail.com. */
static bool provider_of_host(const struct provider_own *own, const char *host,
			     struct provider **ret, struct fault *why)
{
	for (const char *at = host; at && strchr(at, '.');) {
		why->kind = FAULT_NONE;
		if (provider_by_domain(own, at, ret, why))
			return true;
		if (why->kind != FAULT_NONE)
			return false;
		at = strchr(at, '.') + 1;
	}
	return provider_by_mx(own, host, ret, why);
}

static void find_provider(const struct explain_request *r,
			  const struct explain *x, struct explain_result *ret,
			  struct fault *why)
{
	const char *name;

	ret->how_found = "asked";
	if (r->provider) {
		if (provider_by_name(r->own, r->provider, &ret->provider, why))
			return;
		ret->provider_unknown = why->kind == FAULT_NONE;
	}
	ret->how_found = "address";
	if (r->hints.host[0] &&
	    provider_of_host(r->own, r->hints.host, &ret->provider, why))
		return;
	if (strchr(r->hints.address, '@') &&
	    provider_of_host(r->own, strchr(r->hints.address, '@') + 1,
			     &ret->provider, why))
		return;
	ret->how_found = "text";
	for (size_t i = 0; (name = explain_name(x, i)) != NULL; i++)
		if (provider_of_host(r->own, name, &ret->provider, why))
			return;
}

bool explain_run(const struct explain_request *r, const struct explain *x,
		 const struct explain_tools *tools, struct explain_result *ret,
		 struct fault *why)
{
	struct expectation known = {
		.provider = r->provider ? r->provider : "",
		.ordinary_refusal = CAUSE_COUNT,
	};

	memset(ret, 0, sizeof(*ret));
	why->kind = FAULT_NONE;
	find_provider(r, x, ret, why);
	if (!ret->provider && why->kind != FAULT_NONE)
		return false;
	if (ret->provider)
		check_expect_provider(ret->provider, &known);
	explain_judge(x, &known, tools->clients, tools->general, &ret->told);
	return true;
}

void explain_result_release(struct explain_result *r)
{
	provider_free(r->provider);
	r->provider = NULL;
}

char *explain_report(const struct explain_result *r, bool as_json,
		     const struct report_style *style)
{
	struct remedy remedy[REMEDIES_MAX];
	const struct evidence *seen[1] = { &r->told.seen };
	struct report_input in = {
		.n = 1, .seen = seen, .diagnosis = &r->told.diagnosis,
		.address = r->told.place.address, .user = "",
		.version = MAILWHY_VERSION, .made_at = (epoch)time(NULL),
	};

	check_report_provider(r->provider, r->how_found, style->lang, remedy,
			      &in);
	return as_json ? explain_json(&r->told, &in, style)
		       : explain_human(&r->told, &in, style);
}
