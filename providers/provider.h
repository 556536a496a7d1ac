#ifndef MAILWHY_PROVIDER_H
#define MAILWHY_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/fault.h"
#include "probes/base/span.h"
#include "probes/endpoint.h"
#include "reports/cause.h"
#include "reports/rule.h"
#include "reports/text.h"

/*
 * What we know of a provider: one JSON file each (providers/<id>.json, format
 * in providers/schema/provider.schema.json), built into the program; found by
 * the domain of an address. Only the file that is asked for is parsed.
 */
enum secret_kind {
	SECRET_ANY,			/* the account's password */
	SECRET_APP_PASSWORD,		/* app password, made on a page */
	SECRET_SEPARATE,		/* a password for mail alone */
	SECRET_OAUTH			/* no password at all */
};

struct provider_step {
	const char *text[LANG_COUNT];
	const char *url;		/* NULL none */
};

#define PROVIDER_SERVERS_MAX 8
#define PROVIDER_STEPS_MAX 10

struct provider {
	const char *id;
	const char *name[LANG_COUNT];
	size_t servers;
	struct endpoint server[PROVIDER_SERVERS_MAX];
	/* user-name form per service: "address", "local", "other" */
	const char *user_form[SERVICE_COUNT];
	enum secret_kind secret;
	/* shape of the provider's own kind of secret; 0 / NULL: not known */
	size_t secret_min, secret_max;	/* characters, without separators */
	const char *secret_alphabet;	/* "lower", "alnum", ... */
	const char *secret_separators;	/* what it is displayed with: " ", "-" */
	bool secret_sure;		/* all secrets that work look like this */
	/* behind an ordinary "wrong password" */
	enum cause ordinary_refusal;	/* CAUSE_COUNT: nothing special */
	bool ordinary_refusal_sure;
	bool answers_more[SERVICE_COUNT];
	bool starttls_offered;
	/* what to do, per cause */
	const struct rules *rules;	/* its own, or NULL */
	const char *checked;		/* "2026-08": when the facts were */
	bool sure;			/* false: tell as "probably" */
	/* private */
	void *store;
};

/* false with FAULT_NONE: nobody we know. Else a broken file (its name, key). */
bool provider_by_domain(const char *domain, struct provider **ret,
			struct fault *why);
bool provider_by_id(const char *id, struct provider **ret, struct fault *why);
bool provider_parse(struct span json_text, const char *name,
		    struct provider **ret, struct fault *why);
void provider_free(struct provider *p);

/* The steps that mend `cause` at this provider; 0: it says nothing of it. */
size_t provider_remedy(const struct provider *p, enum cause cause,
		       struct provider_step ret[PROVIDER_STEPS_MAX]);

/* Every built-in id, for tests and listings; false past the end. */
bool provider_id_at(size_t index, char *ret_id, size_t cap);

#endif
