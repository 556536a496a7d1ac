#ifndef MAILWHY_SETTINGS_H
#define MAILWHY_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/compare.h"
#include "reports/program.h"
#include "reports/report.h"

/*
 * What is known of the settings of one account, for `mailwhy settings`:
 * values only, in the language of the report, borrowed from whoever found
 * them. The writers decide nothing.
 */
struct settings_step {
	const char *text, *url;		/* url NULL: none */
};

#define SETTINGS_STEPS_MAX 10
#define SETTINGS_TEXTS_MAX 12

struct settings_steps {
	size_t n;
	struct settings_step step[SETTINGS_STEPS_MAX];
};

struct settings_texts {
	size_t n;
	const char *text[SETTINGS_TEXTS_MAX];
};

/* The date of a fact, and how sure it is. */
struct settings_date {
	const char *month;		/* "2026-08"; "" not known */
	bool sure;
};

struct settings {
	struct settings_known known;	/* servers, user names, provider */
	const char *address;
	const char *provider_id;	/* "" not known */
	const char *how_found;		/* name of the source that won; "" none */
	const char *found_at;		/* domain, URL, ...: where exactly */
	const struct search *search;	/* how they were looked for; NULL */
	struct settings_date date, servers_date, secret_date;
	/* what a server said of itself just now; NULL: nobody was asked */
	const struct report_input *live;
	int live_index[SETTINGS_SERVERS_MAX];	/* into live->seen; -1 not asked */
	bool offline;			/* asked not to use the network */
	bool mistyped;			/* a known slip: nobody has mail there */

	/* "any", "app_password", "separate", ...; "" not known */
	const char *secret;
	struct secret_shape shape;	/* min 0: not known */
	const char *secret_separators;	/* NULL not known */
	const char *secret_url;		/* where it is made; NULL */
	struct settings_steps secret_steps;
	const char *access[SERVICE_COUNT];	/* "on", "off", "admin"; "" */
	struct settings_steps access_steps;
	const char *user_hint;		/* "" */
	struct report_help help;
	const char *lockout;		/* NULL not known */
	struct settings_texts quirks, doubts, sources;
	const char *did_you_mean;	/* an address much like this one; NULL */

	const struct program *program;	/* --for; NULL */
	bool not_compared;		/* --compare, but with what? */
	size_t compared;		/* --compare; 0: not asked for */
	struct compared_server comparison[CUSTOMER_SERVERS_MAX];
	int exit_code;
	const char *version;
	epoch made_at;
};

/* The whole report, malloc'd, for the caller to free. NULL: no memory. */
char *settings_human(const struct settings *s,
		     const struct report_style *style);
char *settings_json(const struct settings *s,
		    const struct report_style *style);
struct span settings_schema(void);

/*
 * The server a program should use for a service: the best that was not seen
 * to fail just now, else the best. NULL: none is known.
 */
const struct settings_server *settings_choice(const struct settings *s,
					      enum service service);
/* What mail is received by: IMAP, else POP3. */
enum service settings_receiver(const struct settings *s);

#endif
