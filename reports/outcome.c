#include "reports/outcome.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "reports/outcome_private.h"

static const char *const result_names[] = {
	[RESULT_PASSED] = "passed", [RESULT_FAILED] = "failed",
	[RESULT_ERROR] = "error", [RESULT_SKIPPED] = "skipped",
};

const char *result_name(enum account_result r)
{
	return result_names[r];
}

static const struct {
	const char *id;
	int exit_code;
} untried_rows[] = {
#define X(reason, id, code) [reason] = { id, code },
	UNTRIED_REASONS(X)
#undef X
};

const char *untried_id(enum untried s)
{
	return untried_rows[s].id;
}

int untried_exit_code(enum untried s)
{
	return untried_rows[s].exit_code;
}

bool untried_by_id(const char *id, enum untried *ret)
{
	for (unsigned s = 0; id && s < UNTRIED_COUNT; s++) {
		if (strcmp(id, untried_rows[s].id) != 0)
			continue;
		*ret = (enum untried)s;
		return true;
	}
	return false;
}

/* Where each exit code stands in the order of severity. */
static int severity(int code)
{
	static const int by_code[] = { 0, 3, 4, 1, 2, 5 };

	return code >= 0 && code <= 5 ? by_code[code] : 6;
}

int outcome_worse(int code, int other)
{
	return severity(other) > severity(code) ? other : code;
}

bool outcome_cert_days(const struct account_outcome *o,
		       const struct outcome_case *c, int *ret_days)
{
	epoch left = c->cert_end - o->made_at;

	if (c->cert_end == 0)
		return false;
	/* rounded down on both sides of now: -1 is a certificate that ended */
	*ret_days = (int)(left >= 0 ? left / 86400 :
			  -((-left + 86399) / 86400));
	return true;
}

/* ---- judgement ---- */

static bool starts(const char *id, const char *with)
{
	return strncmp(id, with, strlen(with)) == 0;
}

static const struct outcome_expectation *
expected(const struct account_outcome *o, const char *what, enum service s)
{
	for (size_t i = 0; i < o->expectations; i++) {
		const char *id = o->expectation[i].id;

		if (starts(id, what) && strcmp(id + strlen(what),
					       service_name(s)) == 0)
			return &o->expectation[i];
	}
	return NULL;
}

static bool expects(const struct account_outcome *o, const char *what,
		    bool met)
{
	for (size_t i = 0; i < o->expectations; i++)
		if (starts(o->expectation[i].id, what) &&
		    (!met || o->expectation[i].met))
			return true;
	return false;
}

/* Its failure is what was expected, or nobody asked for this service. */
static bool is_excused(const struct account_outcome *o, enum service s)
{
	const struct outcome_expectation *none = expected(o, "no_login.", s);

	if (expects(o, "cause", true))
		return true;
	if (none)
		return none->met;
	return expects(o, "login.", false) && !expected(o, "login.", s);
}

static enum account_result result_of_code(int code)
{
	return code == 0 ? RESULT_PASSED :
	       code == 1 || code == 4 ? RESULT_FAILED : RESULT_ERROR;
}

static bool is_failure(enum account_result r)
{
	return r == RESULT_FAILED || r == RESULT_ERROR;
}

/* true: every failure there is, is excused. */
static bool excuse_cases(struct account_outcome *o)
{
	bool all = o->cases > 0;

	for (size_t i = 0; i < o->cases; i++) {
		struct outcome_case *c = &o->case_of[i];

		if (!is_failure(c->result))
			continue;
		if (is_excused(o, c->endpoint.service))
			c->result = RESULT_PASSED;
		else
			all = false;
	}
	return all;
}

/* An account that passed has no case that fails a whole suite. */
static void settle_cases(struct account_outcome *o)
{
	for (size_t i = 0; i < o->cases && o->exit_code == 0; i++)
		if (is_failure(o->case_of[i].result))
			o->case_of[i].result = RESULT_SKIPPED;
}

void outcome_judge(struct account_outcome *o, int report_code)
{
	int code = excuse_cases(o) ? 0 : report_code;

	for (size_t i = 0; i < o->expectations; i++)
		if (!o->expectation[i].met && code == 0)
			/* a server that is down proves nothing */
			code = report_code ? report_code : 1;
	o->exit_code = code;
	o->result = result_of_code(code);
	settle_cases(o);
	if (o->reason == UNTRIED_NONE)
		return;
	o->exit_code = untried_exit_code(o->reason);
	o->result = o->reason == UNTRIED_BAD_INPUT ||
		    o->reason == UNTRIED_NO_SECRET ? RESULT_ERROR :
		    RESULT_SKIPPED;
}

const char *outcome_cause(const struct account_outcome *o)
{
	if (o->reason != UNTRIED_NONE)
		return untried_id(o->reason);
	return o->exit_code != 0 && cause_exit_code(o->verdict) == 0 ?
	       "expectation" : cause_id(o->verdict);
}

bool outcome_keep(const char *text, char **ret)
{
	struct span s = span_of(text);
	struct buf b;

	*ret = malloc(s.len * 4 + 1);	/* each byte as \xNN */
	if (!*ret)
		return false;
	b = buf_over(*ret, s.len * 4 + 1);
	text_printable(&b, s, false);
	return true;
}

void outcome_release(struct account_outcome *o)
{
	for (size_t i = 0; i < o->labels; i++) {
		free(o->label[i].name);
		free(o->label[i].value);
	}
	free(o->name);
	free(o->file);
	free(o->provider);
	free(o->why);
	free(o->title);
	free(o->brief);
	free(o->remedy);
	free(o->url);
	memset(o, 0, sizeof(*o));
}
