#include <stdlib.h>
#include <string.h>

#include "probes/base/buf.h"
#include "reports/rule_read.h"

/* One rule: strict, so that a slip of the pen is an error, not a rule that
 * never fits. */

bool rule_bad(struct rule_reader *rd, const char *what)
{
	return fail(rd->why, FAULT_PROTOCOL, "%s: rule \"%s\": %s: %s",
		    rd->file, rd->rule, rd->member, what);
}

bool rule_bad_word(struct rule_reader *rd)
{
	struct fault inner = *rd->why;

	if (inner.kind == FAULT_NO_MEMORY)
		return false;
	return rule_bad(rd, inner.text);
}

/* Strings of a list, joined by `mark` as if they had been one. */
static bool join(struct rule_reader *rd, const struct json *list,
		 const char *mark, struct span *ret)
{
	size_t len = 1;
	struct buf b;
	char *room;

	for (const struct json *v = json_first(list); v; v = json_next(v)) {
		if (!json_str(v))
			return rule_bad(rd, "not a string");
		len += strlen(json_str(v)) + strlen(mark);
	}
	room = arena_take(rd->words.arena, len);
	if (!room)
		return fail(rd->why, FAULT_NO_MEMORY, "rules");
	b = buf_over(room, len);
	for (const struct json *v = json_first(list); v; v = json_next(v)) {
		buf_str(&b, b.len > 0 ? mark : "");
		buf_str(&b, json_str(v));
	}
	*ret = buf_span(&b);
	return true;
}

bool rule_text(struct rule_reader *rd, const struct json *v, const char *mark,
	       struct span *ret)
{
	if (json_is_array(v))
		return join(rd, v, mark, ret);
	if (!json_str(v))
		return rule_bad(rd, "not a string");
	*ret = span_of(json_str(v));
	return true;
}

static const char *keep(struct rule_reader *rd, const struct json *v)
{
	return arena_text(rd->words.arena, span_of(json_str(v)));
}

static bool read_causes(struct rule_reader *rd, const struct json *v,
			struct rule *r)
{
	if (!json_is_array(v) || json_count(v) < 1 ||
	    json_count(v) > RULE_CAUSES_MAX)
		return rule_bad(rd, "not a list of 1 to 6 causes");
	for (v = json_first(v); v; v = json_next(v)) {
		struct ranked_cause *c = &r->cause[r->causes++];
		const char *id = json_str(json_first(v));
		const char *sure = json_str(json_next(json_first(v)));

		if (!json_is_array(v) || json_count(v) != 2 || !id || !sure ||
		    !cause_by_id(id, &c->cause))
			return rule_bad(rd, id ? id : "not [cause, confidence]");
		if (!confidence_by_name(sure, &c->confidence))
			return rule_bad(rd, sure);
	}
	return true;
}

static bool read_ask(struct rule_reader *rd, const struct json *v,
		     struct rule *r)
{
	for (v = json_is_array(v) ? json_first(v) : v; v; v = json_next(v)) {
		enum service s;

		if (!json_str(v) || !service_by_name(json_str(v), &s))
			return rule_bad(rd, "not a service");
		r->ask[s] = true;
	}
	return true;
}

static bool read_flag(struct rule_reader *rd, const struct json *v, bool *ret)
{
	*ret = json_true(v);
	return json_is_bool(v) || rule_bad(rd, "not true or false");
}

/* ---- examples ---- */

static const char *name_stage(unsigned v)
{
	return stage_name((enum stage)v);
}

static const char *name_speech(unsigned v)
{
	return speech_name((enum speech)v);
}

static bool example_name(const char *name, const struct json *v,
			 struct example *e)
{
	const char *text = json_str(v);
	unsigned value = 0;

	if (!text)
		return false;
	if (strcmp(name, "service") == 0)
		return e->has_service = service_by_name(text, &e->service);
	if (strcmp(name, "security") == 0)
		return e->has_security = security_by_name(text, &e->security);
	if (strcmp(name, "stage") == 0) {
		e->has_stage = rule_enum(v, name_stage, STAGE_COUNT, &value);
		e->stage = (enum stage)value;
		return e->has_stage;
	}
	if (strcmp(name, "fault") == 0)
		return fault_by_name(text, &e->fault);
	if (strcmp(name, "speech") == 0) {
		bool ok = rule_enum(v, name_speech, SPEECH_FTP + 1, &value);

		e->speech = (enum speech)value;
		return ok;
	}
	return false;
}

/* NULL: not a member that holds a text. */
static const char **example_text(const char *name, struct example *e)
{
	if (strcmp(name, "reply") == 0)
		return &e->reply;
	if (strcmp(name, "mechanism") == 0)
		return &e->mechanism;
	if (strcmp(name, "provider") == 0)
		return &e->provider;
	if (strcmp(name, "issuer") == 0)
		return &e->issuer;
	if (strcmp(name, "alert") == 0)
		return &e->alert;
	return NULL;
}

static bool read_example(struct rule_reader *rd, const struct json *v,
			 struct example *e)
{
	e->reply = e->mechanism = e->provider = e->issuer = e->alert = "";
	e->in_tls = e->mail = true;
	if (!json_is_object(v))
		return rule_bad(rd, "not an object");
	for (v = json_first(v); v; v = json_next(v)) {
		const char **text = example_text(json_name(v), e);

		rd->member = json_name(v);
		if (text && json_str(v)) {
			*text = keep(rd, v);
			if (!*text)
				return fail(rd->why, FAULT_NO_MEMORY, "rules");
		} else if (json_is_bool(v) &&
			   strcmp(rd->member, "in_tls") == 0) {
			e->in_tls = json_true(v);
		} else if (json_is_bool(v) &&
			   strcmp(rd->member, "here") == 0) {
			e->here = json_true(v);
		} else if (json_is_bool(v) &&
			   strcmp(rd->member, "mail") == 0) {
			e->mail = json_true(v);
		} else if (json_is_number(v) &&
			   strcmp(rd->member, "port") == 0) {
			e->port = (uint16_t)json_int(v, 0);
		} else if (!example_name(rd->member, v, e)) {
			return rule_bad(rd, "unknown in an example");
		}
	}
	return e->alert[0] == '\0' || alert_number(e->alert) >= 0 ||
	       rule_bad(rd, "no such alert");
}

static bool read_examples(struct rule_reader *rd, const struct json *v,
			  struct rule *r)
{
	struct example *at = arena_take(rd->words.arena,
					(json_count(v) + 1) * sizeof(*at));

	if (!at)
		return fail(rd->why, FAULT_NO_MEMORY, "rules");
	r->example = at;
	if (!json_is_array(v))
		return rule_bad(rd, "not a list");
	for (v = json_first(v); v; v = json_next(v))
		if (!read_example(rd, v, &at[r->examples++]))
			return false;
	return true;
}

/* ---- rules ---- */

static bool read_member(struct rule_reader *rd, const struct json *v,
			struct rule *r)
{
	const char *name = rd->member = json_name(v);

	if (strcmp(name, "id") == 0)
		return true;
	if (strcmp(name, "when") == 0)
		return rule_read_when(rd, v, &r->when);
	if (strcmp(name, "causes") == 0)
		return read_causes(rd, v, r);
	if (strcmp(name, "ask") == 0)
		return read_ask(rd, v, r);
	if (strcmp(name, "final") == 0)
		return read_flag(rd, v, &r->final);
	if (strcmp(name, "password_right") == 0)
		return read_flag(rd, v, &r->password_right);
	if (strcmp(name, "over_reply") == 0)
		return read_flag(rd, v, &r->over_reply);
	if (strcmp(name, "examples") == 0)
		return read_examples(rd, v, r);
	if (strcmp(name, "source") == 0)
		return json_is_string(v) || rule_bad(rd, "not a string");
	return rule_bad(rd, "unknown member");
}

bool rule_read(struct rule_reader *rd, const struct json *v, struct rule *r)
{
	rd->member = "id";
	rd->rule = "";
	r->when.in_tls = r->when.here = -1;
	r->when.challenge = r->when.mail = -1;
	if (!json_get_str(v, "id"))
		return rule_bad(rd, "a rule without id");
	r->id = keep(rd, json_get(v, "id"));
	if (!r->id)
		return fail(rd->why, FAULT_NO_MEMORY, "rules");
	rd->rule = r->id;
	for (v = json_first(v); v; v = json_next(v))
		if (!read_member(rd, v, r))
			return false;
	rd->member = "causes";
	if (r->causes == 0)
		return rule_bad(rd, "missing");
	rd->member = "examples";
	return r->examples > 0 || rule_bad(rd, "missing");
}
