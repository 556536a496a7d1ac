#ifndef MAILWHY_REPORT_H
#define MAILWHY_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "probes/candidate.h"
#include "probes/evidence.h"
#include "reports/diagnose.h"
#include "reports/right.h"
#include "reports/secret_shape.h"
#include "reports/text.h"

/*
 * A report writer gets evidence and diagnosis and decides nothing. One file a
 * writer: human.c, report_json.c.
 */

/* A numbered instruction for the owner of the mailbox, ready to print. */
struct remedy {
	char text[640];
	char url[300];			/* "" none */
};

/* Whom to ask: a company's own help desk. Each may be NULL. */
struct report_help {
	const char *text, *url, *phone;
};

#define REMEDIES_MAX 10
#define DOUBTS_MAX 12

struct report_input {
	size_t n;
	const struct evidence *const *seen;
	const struct diagnosis *diagnosis;
	const struct trials *trials;	/* experiments; NULL: none */
	const char *address;		/* "" when only a host was given */
	const char *user;
	/* provider; id "" unknown */
	const char *provider_id, *provider_name, *how_found;	/* how_found: "domain", "mx", ... */
	const struct right *right;	/* its servers, or NULL */
	struct secret_shape shape;	/* of the secrets it gives out */
	size_t remedies;		/* the provider's own, in the language of the report;
					 * 0: the general ones of the texts are used */
	const struct remedy *remedy;
	bool remedy_uncertain;		/* "probably": the facts are not sure */
	char remedy_checked[12];	/* month the facts were checked, "" */
	/* how well the provider's facts are known; doubts in words */
	const char *provider_checked;	/* "2026-08"; "" or NULL */
	bool provider_sure;
	size_t doubts;
	const char *doubt[DOUBTS_MAX];
	/* of the servers that were tried; NULL or "": they are not its own */
	const char *servers_checked;
	bool servers_uncertain;
	struct report_help help;
	const struct search *search;	/* how servers were looked for, or NULL */
	unsigned login_budget;
	const char *demonstration;	/* name of the scenario played, NULL: real */
	const char *version;
	epoch made_at;
	msec took;			/* of the whole run */
};

struct report_style {
	enum lang lang;
	int verbosity;			/* 0; 1: -v the transcript */
	bool color;			/* ANSI colours */
	bool unicode;			/* marks and lines beyond ASCII */
	unsigned width;			/* columns to fit, >= 40; 0: never wrap */
};

/* The whole report as text, malloc'd, for the caller to free. NULL: no memory. */
char *report_human(const struct report_input *in, const struct report_style *style);
char *report_json(const struct report_input *in, const struct report_style *style);

/* The JSON Schema of report_json, for `mailwhy --schema` and the tests. */
struct span report_schema(void);

#endif
