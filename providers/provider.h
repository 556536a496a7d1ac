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
 * the domain of an address, by its mail exchanger or by name. Only the file
 * that is asked for is parsed.
 *
 * To add a provider write providers/<id>.json, let
 *
 *	mailwhy providers --check providers/<id>.json
 *
 * read it (what is wrong is named with its line and member) and build: CMake
 * takes every file of the folder in, and the tests demand of each what its
 * kind of secret makes necessary.
 */
enum secret_kind {
	SECRET_ANY,			/* the account's password */
	SECRET_APP_PASSWORD,		/* app password, made on a page */
	SECRET_APP_PASSWORD_2FA,	/* the account's until 2FA is on */
	SECRET_SEPARATE,		/* a password for mail alone */
	SECRET_OAUTH,			/* no password at all */
	SECRET_API_KEY,			/* a key made on a page */
	SECRET_NONE,			/* mail programs have no access */
	SECRET_KINDS
};

/* Access by mail programs, as an account is delivered. */
enum access_switch {
	SWITCH_UNKNOWN,
	SWITCH_ON,			/* nothing to switch */
	SWITCH_OFF,			/* has to be switched on */
	SWITCH_ADMIN			/* the organisation decides */
};

/* Parts of the facts that may be older or less sure than the rest. */
enum provider_part {
	PART_SERVERS, PART_USER_FORM, PART_SECRET, PART_SWITCHES,
	PART_REMEDIES, PART_COUNT
};

struct provider_fact {
	const char *checked;		/* "2026-08": when it was compared */
	bool sure;			/* false: tell as "probably" */
};

struct provider_text {
	const char *text[LANG_COUNT];	/* both or none (NULL) */
};

struct provider_step {
	const char *text[LANG_COUNT];
	const char *url;		/* NULL none */
};

/* Whom to ask, of a company's own file; any may be NULL. */
struct provider_help {
	const char *text[LANG_COUNT];
	const char *url, *phone;
};

/*
 * Who usually signs for its servers: parts of the authorities' names. That
 * ages faster than the rest, so it has a date and a source of its own.
 */
#define PROVIDER_ISSUERS_MAX 6

struct provider_issuers {
	size_t n;			/* 0: not known */
	const char *name[PROVIDER_ISSUERS_MAX];
	const char *source, *checked;
};

#define PROVIDER_ID_CAP 48
#define PROVIDER_SERVERS_MAX 12
#define PROVIDER_STEPS_MAX 10
#define PROVIDER_TEXTS_MAX 12
#define PROVIDER_TEXT_CAP 640		/* bytes of one text */
#define PROVIDER_URL_CAP 300

struct provider {
	const char *id;
	const char *name[LANG_COUNT];
	/*
	 * Best first; 0: no access for mail programs (SECRET_NONE), or the
	 * servers are not known. A host with a placeholder in braces,
	 * "{server}.example.jp", differs per customer: is_template is true,
	 * and it is for showing only, never to be looked up.
	 */
	size_t servers;
	struct endpoint server[PROVIDER_SERVERS_MAX];
	bool is_template[PROVIDER_SERVERS_MAX];
	/* user-name form per service: "address", "local", "other" */
	const char *user_form[SERVICE_COUNT];
	struct provider_text user_hint;	/* what "other" is */
	enum secret_kind secret;
	/* shape of the provider's own kind of secret; 0 / NULL: not known */
	size_t secret_min, secret_max;	/* characters, without separators */
	const char *secret_alphabet;	/* "lower", "alnum", ... */
	const char *secret_separators;	/* what it is displayed with: " ", "-" */
	bool secret_sure;		/* all secrets that work look like this */
	const char *app_password_url;	/* where it is made; NULL */
	/* behind an ordinary "wrong password" */
	enum cause ordinary_refusal;	/* CAUSE_COUNT: nothing special */
	bool ordinary_refusal_sure;
	enum access_switch access[SERVICE_COUNT];
	bool answers_more[SERVICE_COUNT];
	bool starttls_offered;
	struct provider_issuers issuers;
	const struct rules *rules;	/* its own, or NULL */
	struct provider_help help;
	struct provider_text lockout;
	size_t quirks, doubts;
	struct provider_text quirk[PROVIDER_TEXTS_MAX];
	struct provider_text doubt[PROVIDER_TEXTS_MAX];
	const char *checked;		/* "2026-08": when the facts were */
	bool sure;			/* false: tell as "probably" */
	struct provider_fact part[PART_COUNT];
	/* private */
	void *store;
};

/*
 * The user's own files ($XDG_CONFIG_HOME/mailwhy/providers), which go before
 * the built-in ones. NULL everywhere: none.
 */
struct provider_own;

/* false with FAULT_NONE: nobody we know. Else a broken file (its name, key). */
bool provider_by_domain(const struct provider_own *own, const char *domain,
			struct provider **ret, struct fault *why);
bool provider_by_id(const struct provider_own *own, const char *id,
		    struct provider **ret, struct fault *why);
/*
 * By a mail exchanger's name (a dot at its end does not matter): the longest
 * suffix that fits on whole labels. Ask by domain first: some exchangers serve
 * several providers.
 */
bool provider_by_mx(const struct provider_own *own, const char *mx_host,
		    struct provider **ret, struct fault *why);
/*
 * By what people call it: a domain, the id, a name in any language, another
 * name; case, width and punctuation make no difference.
 */
bool provider_by_name(const struct provider_own *own, const char *name,
		      struct provider **ret, struct fault *why);
/* By a server for mail programs; of several that share it the first. */
bool provider_by_server(const char *host, struct provider **ret,
			struct fault *why);
/*
 * Faults: PROTOCOL, "x.json:12: servers[2].host: expected a host name" or
 * "x.json: not JSON at line 3, column 14"; NO_MEMORY.
 */
bool provider_parse(struct span json_text, const char *name,
		    struct provider **ret, struct fault *why);
void provider_free(struct provider *p);
/*
 * Has it what the built-in files need beside what parses: a way out of every
 * refusal its own facts make likely? Else *why names the member that lacks.
 */
bool provider_is_complete(const struct provider *p, const char *name,
			  struct fault *why);

/* The steps that mend `cause` at this provider; 0: it says nothing of it. */
size_t provider_remedy(const struct provider *p, enum cause cause,
		       struct provider_step ret[PROVIDER_STEPS_MAX]);

enum provider_list {
	PROVIDER_ALIASES, PROVIDER_DOMAINS, PROVIDER_MX_SUFFIXES,
	PROVIDER_SOURCES
};

/* The n-th of a list; NULL past its end. */
const char *provider_list_at(const struct provider *p,
			     enum provider_list list, size_t index);

/* A host of provider files that no resolver knows: "{server}.example.jp". */
bool provider_host_is_template(const char *host);
/* "any", "app_password", ... as in the files. */
const char *secret_kind_name(enum secret_kind kind);
/* "on", "off", "admin"; "" unknown. */
const char *access_switch_name(enum access_switch s);
/* What is wrong for a login with another kind of secret than this. */
enum cause secret_kind_cause(enum secret_kind kind);

/* Every built-in id, for tests and listings; false past the end. */
bool provider_id_at(size_t index, char *ret_id, size_t cap);

#endif
