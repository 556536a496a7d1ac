#include <string.h>

#include "probes/base/text.h"
#include "reports/rule_read.h"

/* The members of "when", a row each. */

struct enumeration {
	const char *(*name)(unsigned value);
	unsigned count;
};

static const char *name_service(unsigned v)
{
	return service_name((enum service)v);
}

static const char *name_security(unsigned v)
{
	return security_name((enum security)v);
}

static const char *name_stage(unsigned v)
{
	return stage_name((enum stage)v);
}

static const char *name_fault(unsigned v)
{
	return fault_name((enum fault_kind)v);
}

static const char *name_answer(unsigned v)
{
	return answer_name((enum answer)v);
}

static const char *name_speech(unsigned v)
{
	return speech_name((enum speech)v);
}

static const struct enumeration services = { name_service, SERVICE_COUNT };
static const struct enumeration securities = { name_security,
					       SECURITY_NONE + 1 };
static const struct enumeration stages = { name_stage, STAGE_COUNT };
static const struct enumeration faults = { name_fault, FAULT_KIND_COUNT };
static const struct enumeration answers = { name_answer, ANSWER_CONTINUE + 1 };
static const struct enumeration speeches = { name_speech, SPEECH_FTP + 1 };

_Static_assert(FAULT_KIND_COUNT <= 64, "a set of faults fits its mask");

bool rule_enum(const struct json *v, const char *(*name)(unsigned),
	       unsigned count, unsigned *ret)
{
	const char *text = json_str(v);

	for (unsigned i = 0; text && i < count; i++) {
		if (text_same(name(i), text)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* A string or an array of them as bits. */
static bool read_set(struct rule_reader *rd, const struct json *v,
		     const struct enumeration *e, uint64_t *ret)
{
	const struct json *item = json_is_array(v) ? json_first(v) : v;
	unsigned bit;

	for (; item; item = json_is_array(v) ? json_next(item) : NULL) {
		if (!rule_enum(item, e->name, e->count, &bit))
			return rule_bad(rd, json_str(item) ? json_str(item)
							   : "not a string");
		*ret |= (uint64_t)1 << bit;
	}
	return *ret != 0 || rule_bad(rd, "an empty list");
}

static bool read_set32(struct rule_reader *rd, const struct json *v,
		       const struct enumeration *e, uint32_t *ret)
{
	uint64_t bits = 0;

	if (!read_set(rd, v, e, &bits))
		return false;
	*ret = (uint32_t)bits;
	return true;
}

static bool read_strings(struct rule_reader *rd, const struct json *v,
			 struct strings *ret)
{
	size_t n = json_is_array(v) ? json_count(v) : 1, i = 0;
	const struct json *item = json_is_array(v) ? json_first(v) : v;
	const char **at = arena_take(rd->words.arena, (n + 1) * sizeof(*at));

	if (!at)
		return fail(rd->why, FAULT_NO_MEMORY, "rules");
	for (; item && i < n; item = json_is_array(v) ? json_next(item) : NULL) {
		if (!json_str(item))
			return rule_bad(rd, "not a string");
		at[i] = arena_text(rd->words.arena, span_of(json_str(item)));
		if (!at[i++])
			return fail(rd->why, FAULT_NO_MEMORY, "rules");
	}
	*ret = (struct strings){ at, i };
	return i > 0 || rule_bad(rd, "an empty list");
}

static bool read_ports(struct rule_reader *rd, const struct json *v,
		       struct numbers *ret)
{
	size_t n = json_count(v), i = 0;
	uint16_t *at = arena_take(rd->words.arena, (n + 1) * sizeof(*at));

	if (!at)
		return fail(rd->why, FAULT_NO_MEMORY, "rules");
	for (v = json_is_array(v) ? json_first(v) : NULL; v; v = json_next(v)) {
		int64_t port = json_int(v, 0);

		if (port < 1 || port > 65535)
			return rule_bad(rd, "not a port");
		at[i++] = (uint16_t)port;
	}
	*ret = (struct numbers){ at, i };
	return i > 0 || rule_bad(rd, "an empty list");
}

/* "535" is one code, "53x" ten, "4xx" a hundred. */
static bool smtp_class(const char *text, struct smtp_class *ret)
{
	ret->from = ret->to = 0;
	if (!text || strlen(text) != 3)
		return false;
	for (size_t i = 0; i < 3; i++) {
		bool any = text[i] == 'x' && i > 0;

		if (!any && !ascii_is_digit(text[i]))
			return false;
		ret->from = (uint16_t)(ret->from * 10 + (any ? 0 : text[i] - '0'));
		ret->to = (uint16_t)(ret->to * 10 + (any ? 9 : text[i] - '0'));
	}
	return true;
}

static bool read_smtp(struct rule_reader *rd, const struct json *v,
		      struct when *w)
{
	size_t n = json_count(v), i = 0;
	struct smtp_class *at =
		arena_take(rd->words.arena, (n + 1) * sizeof(*at));

	if (!at)
		return fail(rd->why, FAULT_NO_MEMORY, "rules");
	for (v = json_is_array(v) ? json_first(v) : NULL; v; v = json_next(v))
		if (!smtp_class(json_str(v), &at[i++]))
			return rule_bad(rd, "not a reply code");
	w->smtp = at;
	w->smtp_count = i;
	return i > 0 || rule_bad(rd, "an empty list");
}

static bool read_bool(struct rule_reader *rd, const struct json *v, int *ret)
{
	*ret = json_true(v) ? 1 : 0;
	return json_is_bool(v) || rule_bad(rd, "not true or false");
}

static bool read_entries(struct rule_reader *rd, const struct json *v,
			 const struct entry **ret, size_t *ret_n)
{
	size_t n = json_count(v), i = 0;
	struct entry *at = arena_take(rd->words.arena, (n + 1) * sizeof(*at));

	if (!at)
		return fail(rd->why, FAULT_NO_MEMORY, "rules");
	for (v = json_is_array(v) ? json_first(v) : NULL; v; v = json_next(v)) {
		struct span text;

		if (!rule_text(rd, v, "||", &text))
			return false;
		if (!entry_parse(&rd->words, text, &at[i++], rd->why))
			return rule_bad_word(rd);
	}
	*ret = at;
	*ret_n = i;
	return i > 0 || rule_bad(rd, "an empty list");
}

static bool read_words(struct rule_reader *rd, const struct json *v,
		       struct words *ret)
{
	struct span text;

	if (!rule_text(rd, v, "|", &text))
		return false;
	return words_parse(&rd->words, text, ret, rd->why) ||
	       rule_bad_word(rd);
}

static bool read_place(struct rule_reader *rd, const char *name,
		       const struct json *v, struct when *w, bool *ret)
{
	if (strcmp(name, "service") == 0)
		*ret = read_set32(rd, v, &services, &w->service);
	else if (strcmp(name, "security") == 0)
		*ret = read_set32(rd, v, &securities, &w->security);
	else if (strcmp(name, "stage") == 0)
		*ret = read_set32(rd, v, &stages, &w->stage);
	else if (strcmp(name, "port") == 0)
		*ret = read_ports(rd, v, &w->port);
	else if (strcmp(name, "port_is") == 0)
		*ret = read_set32(rd, v, &securities, &w->port_is);
	else if (strcmp(name, "mechanism") == 0)
		*ret = read_strings(rd, v, &w->mechanism);
	else if (strcmp(name, "provider") == 0)
		*ret = read_strings(rd, v, &w->provider);
	else if (strcmp(name, "in_tls") == 0)
		*ret = read_bool(rd, v, &w->in_tls);
	else if (strcmp(name, "here") == 0)
		*ret = read_bool(rd, v, &w->here);
	else if (strcmp(name, "mail") == 0)
		*ret = read_bool(rd, v, &w->mail);
	else
		return false;
	return true;
}

static bool read_answer(struct rule_reader *rd, const char *name,
			const struct json *v, struct when *w, bool *ret)
{
	if (strcmp(name, "fault") == 0)
		*ret = read_set(rd, v, &faults, &w->fault);
	else if (strcmp(name, "smtp") == 0)
		*ret = read_smtp(rd, v, w);
	else if (strcmp(name, "enhanced") == 0)
		*ret = read_strings(rd, v, &w->enhanced);
	else if (strcmp(name, "code") == 0)
		*ret = read_strings(rd, v, &w->code);
	else if (strcmp(name, "answer") == 0)
		*ret = read_set32(rd, v, &answers, &w->answer);
	else if (strcmp(name, "speech") == 0)
		*ret = read_set32(rd, v, &speeches, &w->speech);
	else if (strcmp(name, "alert") == 0)
		*ret = read_strings(rd, v, &w->alert);
	else if (strcmp(name, "challenge") == 0)
		*ret = read_bool(rd, v, &w->challenge);
	else
		return false;
	return true;
}

static bool read_text(struct rule_reader *rd, const char *name,
		      const struct json *v, struct when *w, bool *ret)
{
	if (strcmp(name, "words") == 0)
		*ret = read_entries(rd, v, &w->words, &w->words_count);
	else if (strcmp(name, "not_words") == 0)
		*ret = read_entries(rd, v, &w->not_words, &w->not_words_count);
	else if (strcmp(name, "link") == 0)
		*ret = read_words(rd, v, &w->link);
	else if (strcmp(name, "issuer") == 0)
		*ret = read_words(rd, v, &w->issuer);
	else
		return false;
	return true;
}

bool rule_read_when(struct rule_reader *rd, const struct json *v,
		    struct when *ret)
{
	bool ok = true;

	ret->in_tls = ret->here = ret->challenge = ret->mail = -1;
	if (!json_is_object(v))
		return rule_bad(rd, "not an object");
	for (v = json_first(v); v && ok; v = json_next(v)) {
		rd->member = json_name(v);
		if (!read_place(rd, rd->member, v, ret, &ok) &&
		    !read_answer(rd, rd->member, v, ret, &ok) &&
		    !read_text(rd, rd->member, v, ret, &ok))
			return rule_bad(rd, "unknown member");
	}
	return ok;
}
