#include "cmd/batch/account_read.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/batch/account_build.h"
#include "cmd/nearest.h"
#include "probes/base/json_where.h"
#include "probes/base/secret.h"

struct member {
	const char *name;
	bool (*read)(struct building *b, const char *name,
		     const struct json *value);
};

static void go_to(struct building *b, const char *path)
{
	b->place = json_place_of(b->r->record, path);
}

static bool want(struct building *b, const char *member, const char *expected)
{
	const struct text_arg args[] = {
		{ "member", member },
		{ "expected", text_of(b->r->lang, expected) }, { NULL, NULL }
	};

	return flaw_at(b->r, b->place, *member ? "batch.flaw.type" :
		       "batch.flaw.record", args);
}

/* ---- members ---- */

static bool plain(struct building *b, const char *name, const struct json *v,
		  build_member set)
{
	const char *text = json_str(v);

	if (!text)
		return want(b, name, "batch.want.text");
	return set(b, name, text);
}

#define PLAIN(member) \
static bool read_##member(struct building *b, const char *name, \
			  const struct json *v) \
{ \
	return plain(b, name, v, build_##member); \
}
PLAIN(name)
PLAIN(address)
PLAIN(user)
PLAIN(sender)
PLAIN(mechanism)
#undef PLAIN

/* { "env": "PW1" }, { "netrc": true } */
static bool read_reference(struct building *b, const char *name, bool is_token,
			   const struct json *v)
{
	const struct json *member = json_first(v);
	const char *text = json_str(member);

	if (json_is_string(v)) {
		bool ok = build_inline(b, name, is_token, json_str(v));

		/* the document is ours: nothing of it is left there */
		wipe((char *)json_str(v), strlen(json_str(v)));
		return ok;
	}
	if (!json_is_object(v) || json_count(v) != 1)
		return want(b, name, "batch.want.reference");
	if (strcmp(json_name(member), "netrc") == 0 && json_true(member))
		text = "";
	if (!text)
		return want(b, name, "batch.want.reference");
	return build_reference(b, name, is_token, json_name(member), text);
}

static bool read_password(struct building *b, const char *name,
			  const struct json *v)
{
	return read_reference(b, name, false, v);
}

static bool read_token(struct building *b, const char *name,
		       const struct json *v)
{
	return read_reference(b, name, true, v);
}

static bool read_endpoints(struct building *b, const char *name,
			   const struct json *v)
{
	if (json_is_string(v))
		return build_endpoint(b, name, json_str(v));
	if (!json_is_array(v) || json_count(v) == 0)
		return want(b, name, "batch.want.endpoints");
	for (v = json_first(v); v; v = json_next(v))
		if (!plain(b, name, v, build_endpoint))
			return false;
	return true;
}

static bool read_labels(struct building *b, const char *name,
			const struct json *v)
{
	if (!json_is_object(v))
		return want(b, name, "batch.want.labels");
	for (v = json_first(v); v; v = json_next(v)) {
		if (!json_is_string(v))
			return want(b, name, "batch.want.labels");
		if (!build_label(b, json_name(v), json_str(v)))
			return false;
	}
	return true;
}

/* What it is called, "expect.tls", is its place in an account as well. */
static bool refuse_expect(struct building *b, const struct expect_slip *slip,
			  bool in_account)
{
	char where[80];
	struct buf w = buf_over(where, sizeof(where));
	const struct text_arg args[] = {
		{ "where", where }, { "value", slip->value }, { NULL, NULL }
	};

	buf_fmt(&w, "expect%s%s", slip->member[0] ? "." : "", slip->member);
	go_to(b, in_account ? where : slip->member);
	return flaw_at(b->r, b->place, slip->text, args);
}

static bool read_expect(struct building *b, const char *name,
			const struct json *v)
{
	struct expect_slip slip;

	(void)name;
	return expect_read(v, &b->a->expect, &slip) ||
	       refuse_expect(b, &slip, true);
}

static const struct member members[] = {
	{ "address", read_address },
	{ "user", read_user },
	{ "password", read_password },
	{ "token", read_token },
	{ "endpoints", read_endpoints },
	{ "sender", read_sender },
	{ "mechanism", read_mechanism },
	{ "name", read_name },
	{ "labels", read_labels },
	{ "expect", read_expect },
};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

static const char *member_at(size_t index)
{
	return index < MEMBERS ? members[index].name : NULL;
}

/* ---- the record ---- */

static bool refuse_member(struct building *b, const char *name)
{
	const char *near = nearest_word(name, member_at);
	const struct text_arg args[] = {
		{ "member", name }, { "near", near }, { NULL, NULL }
	};

	return flaw_at(b->r, b->place, near ? "batch.flaw.member_near" :
		       "batch.flaw.member", args);
}

static bool read_member(struct building *b, const struct json *v,
			unsigned *seen)
{
	const char *name = json_name(v);
	size_t i = 0;

	go_to(b, name);
	while (i < MEMBERS && strcmp(members[i].name, name) != 0)
		i++;
	if (i == MEMBERS)
		return refuse_member(b, name);
	if (*seen & 1u << i)
		return build_refuse(b, "batch.flaw.twice", name, NULL);
	*seen |= 1u << i;
	return members[i].read(b, name, v);
}

static bool read_account(struct building *b, const struct json *record)
{
	unsigned seen = 0;

	for (const struct json *v = json_first(record); v; v = json_next(v))
		if (!read_member(b, v, &seen))
			return false;
	return build_end(b);
}

static bool read_include(struct building *b, const struct json *record,
			 char **ret_file)
{
	const char *file = json_get_str(record, "include");

	go_to(b, "include");
	if (!file || !*file || json_count(record) != 1)
		return want(b, "include", "batch.want.include");
	*ret_file = strdup(file);
	return *ret_file || build_no_memory(b);
}

/* For people who are told where it stands: what it would have been called. */
static void name_flaw(const struct reading *r, const struct json *record)
{
	const char *name = json_get_str(record, "name");

	if (!name)
		name = json_get_str(record, "address");
	if (name)
		span_copy(span_of(name), r->flaw->name,
			  sizeof(r->flaw->name));
}

static bool read_record(struct building *b, const struct json *record,
			enum json_record *ret, char **ret_file)
{
	if (!json_is_object(record))
		return want(b, "", "batch.want.account");
	*ret = json_get(record, "include") ? RECORD_INCLUDE : RECORD_ACCOUNT;
	if (*ret == RECORD_INCLUDE)
		return read_include(b, record, ret_file);
	if (read_account(b, record))
		return true;
	name_flaw(b->r, record);
	return false;
}

static bool parse(const struct reading *r, struct json **ret)
{
	struct fault why;
	size_t at;

	if (!flaw_no_nul(r, true))
		return false;
	if (json_parse_at(r->record, ret, &at, &why))
		return true;
	return flaw_at(r, at, why.kind == FAULT_NO_MEMORY ?
		       "error.no_memory" : "batch.flaw.json", NULL);
}

bool account_read_json(const struct reading *r, enum json_record *ret,
		       struct account **ret_account, char **ret_file)
{
	struct building b = { .r = r, .a = calloc(1, sizeof(*b.a)) };
	struct json *record;
	bool ok;

	if (!b.a)
		return build_no_memory(&b);
	b.a->file = r->file;
	b.a->line = r->line;
	b.a->column = r->column;
	b.a->expect = EXPECT_NOTHING;
	ok = parse(r, &record);
	if (ok) {
		ok = read_record(&b, record, ret, ret_file);
		json_free(record);
	}
	if (ok && *ret == RECORD_ACCOUNT) {
		*ret_account = b.a;
		return true;
	}
	account_free(b.a);
	return ok;
}

bool account_read_expect(const struct reading *r, struct expect *ret)
{
	struct building b = { .r = r };
	struct expect_slip slip;
	struct json *v;
	bool ok;

	*ret = EXPECT_NOTHING;
	if (!parse(r, &v))
		return false;
	ok = expect_read(v, ret, &slip) || refuse_expect(&b, &slip, false);
	json_free(v);
	return ok;
}
