#ifndef MAILWHY_EXPLAIN_H
#define MAILWHY_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/diagnose.h"
#include "reports/report.h"

/*
 * From what somebody pasted (one line, a log, the text of a screenshot, an
 * error number) to causes. Pure: no I/O, no clock; memory is bounded however
 * much is added.
 *
 *	struct explain *x = explain_new(&hints);
 *	while (more)
 *		explain_add(x, bytes);
 *	explain_end(x);
 *	known = who runs explain_name(x, 0), explain_name(x, 1), ...
 *	explain_judge(x, &known, clients, general, &told);
 *
 * The lines that look most like an answer or an error are kept, printable;
 * at the end secrets in them are blanked, before anything is looked at.
 */
#define EXPLAIN_LINES 64
#define EXPLAIN_LINE_CAP 960
#define EXPLAIN_NAMES 12

/* What is known of the place: by flags, or found in the text. */
struct explain_place {
	bool service_known, security_known;
	enum service service;
	enum security security;
	uint16_t port;			/* 0 unknown */
	char host[HOST_CAP];		/* "" unknown */
	char address[HOST_CAP];		/* a mail address, "" none */
	char mechanism[24];		/* "" none */
};

struct explain;

/* Hints win over what the text says. NULL: no memory. */
struct explain *explain_new(const struct explain_place *hints);
void explain_free(struct explain *x);
/* The next bytes, any bytes, cut anywhere. */
void explain_add(struct explain *x, struct span bytes);
void explain_end(struct explain *x);

/*
 * Host names and domains of addresses that stand in the text, most telling
 * first; NULL past the last.
 */
const char *explain_name(const struct explain *x, size_t n);
/* Something was added that is no white space. */
bool explain_has_text(const struct explain *x);

/*
 * Diagnosis and evidence are what the report writers take: one endpoint, as
 * far as it is known, and one step with the words that tell.
 */
struct explanation {
	struct explain_place place;
	struct evidence seen;
	struct diagnosis diagnosis;
	size_t line;			/* of the telling words, from 1; 0 none */
	size_t lines;			/* of the text */
};

/* The telling words in one line, cut to fit. */
void explain_quote(const struct reply *r, char *to, size_t cap);

/*
 * `clients` are the rules for what programs show, `general` those for what
 * servers answer; known->rules are tried before either.
 */
void explain_judge(const struct explain *x, const struct expectation *known,
		   const struct rules *clients, const struct rules *general,
		   struct explanation *ret);

/* The rules for what mail programs, libraries and devices show. */
struct rules *rules_clients(struct fault *why);

/* ---- writers; malloc'd, for the caller to free; NULL: no memory ---- */

char *explain_human(const struct explanation *e, const struct report_input *in,
		    const struct report_style *style);
char *explain_json(const struct explanation *e, const struct report_input *in,
		   const struct report_style *style);
/* The JSON Schema of explain_json. */
struct span explain_schema(void);

#endif
