#include <limits.h>
#include <string.h>

#include "probes/base/civil.h"
#include "probes/base/text.h"
#include "reports/diagnose.h"
#include "reports/outcome_private.h"

/* The model, from the document of a line, wherever that came from. */

static bool no_memory(struct fault *why)
{
	return fail(why, FAULT_NO_MEMORY, "no memory for an account");
}

static bool wants(struct fault *why, const char *what)
{
	return fail(why, FAULT_PROTOCOL, "outcome.slip.%s", what);
}

#define COPY_MAX 256			/* bytes of the fields in place */

/* Cut at `cap`, never inside a character. */
static size_t cut(const char *text, size_t len, size_t cap)
{
	if (len < cap)
		return len;
	for (len = cap - 1; len > 0 && (text[len] & 0xc0) == 0x80;)
		len--;
	return len;
}

static void copy_lines(const struct json *o, const char *name, char *to,
		       size_t cap, bool lines)
{
	struct span s = span_of(json_get_str(o, name));
	char room[COPY_MAX * 4];
	struct buf b = buf_over(room, sizeof(room));

	s.len = cut(s.at, s.len, COPY_MAX);
	text_printable(&b, s, lines);
	span_copy((struct span){ room, cut(room, b.len, cap) }, to, cap);
}

static void copy(const struct json *o, const char *name, char *to, size_t cap)
{
	copy_lines(o, name, to, cap, false);
}

static unsigned small(const struct json *o, const char *name)
{
	int64_t n = json_int(json_get(o, name), 0);

	return n < 0 ? 0 : n > INT_MAX ? INT_MAX : (unsigned)n;
}

static bool digits(struct span *s, size_t n, char after, int *ret)
{
	unsigned number;

	if (s->len < n || !span_number(span_head(*s, n), &number) ||
	    (after && (s->len == n || s->at[n] != after)))
		return false;
	*ret = (int)number;
	*s = span_from(*s, after ? n + 1 : n);
	return true;
}

/* "2026-11-22T04:05:06Z"; 0: none, or not one of ours. */
static epoch date(const struct json *o, const char *name)
{
	struct span s = span_of(json_get_str(o, name));
	struct civil c;

	if (!digits(&s, 4, '-', &c.year) || !digits(&s, 2, '-', &c.month) ||
	    !digits(&s, 2, 'T', &c.day) || !digits(&s, 2, ':', &c.hour) ||
	    !digits(&s, 2, ':', &c.minute) || !digits(&s, 2, 'Z', &c.second) ||
	    c.month < 1 || c.month > 12)
		return 0;
	return civil_to_epoch(&c);
}

/* ---- an endpoint and its steps ---- */

static bool read_endpoint(const struct json *o, struct endpoint *e)
{
	const char *service = json_get_str(o, "service");
	const char *security = json_get_str(o, "security");
	unsigned port = small(o, "port");

	copy(o, "host", e->host, sizeof(e->host));
	e->demanded = json_true(json_get(o, "demanded"));
	e->port = (uint16_t)port;
	return service && service_by_name(service, &e->service) && security &&
	       security_by_name(security, &e->security) && port > 0 &&
	       port <= 65535 && e->host[0];
}

static void read_failure(const struct json *step, struct outcome_case *c)
{
	const char *kind = json_get_str(json_get(step, "fault"), "kind");

	if (!kind || !fault_by_name(kind, &c->fault))
		c->fault = FAULT_INTERNAL;
	copy_lines(step, "reply", c->reply, sizeof(c->reply), true);
}

static void read_tls(const struct json *step, struct outcome_case *c)
{
	copy(step, "version", c->tls, sizeof(c->tls));
	c->cert_end = date(json_first(json_get(step, "chain")), "not_after");
}

/* A failed logout ends nothing (evidence_failure). */
static void read_steps(const struct json *steps, struct outcome_case *c)
{
	int64_t began = -1, ended = 0;

	for (const struct json *s = json_first(steps); s; s = json_next(s)) {
		const char *name = json_get_str(s, "stage");
		const char *result = json_get_str(s, "result");
		enum stage stage;

		if (!name || !result || !stage_by_name(name, &stage))
			continue;
		if (began < 0)
			began = small(s, "began_ms");
		ended = (int64_t)small(s, "began_ms") + small(s, "ms");
		if (stage == STAGE_TLS)
			read_tls(s, c);
		if (strcmp(result, "failed") != 0 || stage == STAGE_LOGOUT)
			continue;
		c->stage = stage;
		read_failure(s, c);
	}
	c->took = ended > began && began >= 0 ? ended - began : 0;
}

static enum account_result case_result(const struct outcome_case *c)
{
	int code = cause_exit_code(c->cause);

	if (c->cause == CAUSE_WORKS)
		return RESULT_PASSED;
	if (c->stage == STAGE_COUNT || code == 0)
		return RESULT_SKIPPED;
	return code == 3 ? RESULT_ERROR : RESULT_FAILED;
}

static bool read_case(const struct json *o, struct outcome_case *c)
{
	const char *verdict = json_get_str(o, "verdict");
	const char *sure = json_get_str(o, "confidence");
	const char *login = json_get_str(o, "login");

	*c = (struct outcome_case){ .stage = STAGE_COUNT };
	if (!read_endpoint(o, &c->endpoint) || !verdict ||
	    !cause_by_id(verdict, &c->cause) || !sure ||
	    !confidence_by_name(sure, &c->confidence))
		return false;
	read_steps(json_get(o, "steps"), c);
	c->logged_in = login && strcmp(login, "accepted") == 0;
	c->result = case_result(c);
	if (c->stage == STAGE_COUNT)
		return true;
	copy(o, "title", c->title, sizeof(c->title));
	if (!c->title[0])	/* a report without prose: ids speak */
		span_copy(span_of(cause_id(c->cause)), c->title,
			  sizeof(c->title));
	return true;
}

static bool read_cases(const struct json *doc, struct account_outcome *o)
{
	const struct json *list = json_get(doc, "endpoints");

	for (const struct json *e = json_first(list); e; e = json_next(e))
		if (o->cases == ENDPOINTS_MAX ||
		    !read_case(e, &o->case_of[o->cases++]))
			return false;
	return json_is_array(list);
}

/* The diagnosis says which failures do not count: another way works. */
static void read_findings(const struct json *doc, struct account_outcome *o)
{
	const struct json *f = json_first(json_get(doc, "findings"));

	for (; f; f = json_next(f)) {
		const char *id = json_get_str(f, "id");
		int64_t at = json_int(json_get(f, "endpoint"), -1);

		if (id && strcmp(id, finding_name(FINDING_ENDPOINT_FAILS)) == 0 &&
		    at >= 0 && (size_t)at < o->cases)
			o->case_of[at].result = RESULT_SKIPPED;
	}
}

/* ---- the report ---- */

static bool read_verdict(const struct json *doc, struct account_outcome *o)
{
	const struct json *first = json_first(json_get(doc, "causes"));
	const char *verdict = json_get_str(doc, "verdict");
	const char *sure = json_get_str(first, "confidence");

	o->exit_code = (int)small(doc, "exit_code");
	return verdict && cause_by_id(verdict, &o->verdict) && sure &&
	       confidence_by_name(sure, &o->confidence) && o->exit_code <= 5;
}

static bool read_report(const struct json *doc, struct account_outcome *o,
			struct fault *why)
{
	const struct json *logins = json_get(doc, "logins");
	const char *schema = json_get_str(doc, "schema");

	if (!schema || strcmp(schema, "mailwhy/report") != 0)
		return wants(why, "schema");
	if (json_int(json_get(doc, "version"), 0) != 1)
		return wants(why, "version");
	if (!read_verdict(doc, o))
		return wants(why, "verdict");
	if (!read_cases(doc, o))
		return wants(why, "endpoints");
	read_findings(doc, o);
	o->logins_attempted = small(logins, "attempted");
	o->logins_refused = small(logins, "refused");
	o->made_at = date(doc, "made_at");
	o->took = small(doc, "took_ms");
	return outcome_keep(json_get_str(json_get(doc, "provider"), "id"),
			    &o->provider) || no_memory(why);
}

/* ---- the account ---- */

static bool read_reason(const struct json *account, struct account_outcome *o)
{
	const char *reason = json_get_str(account, "reason");

	return !reason || untried_by_id(reason, &o->reason);
}

static bool read_labels(const struct json *account, struct account_outcome *o)
{
	const struct json *l = json_first(json_get(account, "labels"));

	for (; l && o->labels < LABELS_MAX; l = json_next(l)) {
		struct outcome_label *to = &o->label[o->labels++];

		if (!outcome_keep(json_name(l), &to->name) ||
		    !outcome_keep(json_str(l), &to->value))
			return false;
	}
	return true;
}

static void read_expectations(const struct json *account,
			      struct account_outcome *o)
{
	const struct json *e = json_first(json_get(account, "expectations"));

	for (; e && o->expectations < EXPECTATIONS_MAX; e = json_next(e)) {
		struct outcome_expectation *to =
			&o->expectation[o->expectations++];

		copy(e, "id", to->id, sizeof(to->id));
		copy(e, "wanted", to->wanted, sizeof(to->wanted));
		copy(e, "got", to->got, sizeof(to->got));
		to->met = json_true(json_get(e, "met"));
	}
}

/* A report without an account is of one all the same. */
static const char *name_of(const struct json *doc,
			   const struct account_outcome *o)
{
	const char *const names[] = {
		json_get_str(json_get(doc, "account"), "name"),
		json_get_str(doc, "address"), json_get_str(doc, "user"),
		o->cases > 0 ? o->case_of[0].endpoint.host : NULL,
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] && names[i][0])
			return names[i];
	return "-";
}

static bool read_account(const struct json *doc, struct account_outcome *o,
			 struct fault *why)
{
	const struct json *a = json_get(doc, "account");

	if (!read_reason(a, o))
		return wants(why, "reason");
	span_copy(span_of(json_get_str(a, "id")), o->id, sizeof(o->id));
	o->line = small(a, "line");
	o->attempts = a ? small(a, "attempts") : 1;
	read_expectations(a, o);
	return (outcome_keep(name_of(doc, o), &o->name) &&
		outcome_keep(json_get_str(a, "file"), &o->file) &&
		outcome_keep(json_get_str(a, "why"), &o->why) &&
		read_labels(a, o)) || no_memory(why);
}

/* ---- the whole ---- */

static bool take(const struct json *doc, struct account_outcome *o,
		 struct fault *why)
{
	if (!json_is_object(doc))
		return wants(why, "object");
	if (!read_report(doc, o, why) || !read_account(doc, o, why))
		return false;
	outcome_judge(o, o->exit_code);
	return outcome_take_words(doc, o) || no_memory(why);
}

bool outcome_take(const struct json *doc, struct account_outcome *ret,
		  struct fault *why)
{
	memset(ret, 0, sizeof(*ret));
	if (take(doc, ret, why))
		return true;
	outcome_release(ret);
	return false;
}

bool outcome_read(struct span line, struct account_outcome *ret,
		  struct fault *why)
{
	struct json *doc;
	bool ok;

	if (!text_is_utf8(line))
		return wants(why, "encoding");
	if (!json_parse(line, &doc, why))
		return why->kind != FAULT_NO_MEMORY && wants(why, "json");
	ok = outcome_take(doc, ret, why);
	json_free(doc);
	return ok;
}
