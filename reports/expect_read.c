#include "reports/expect.h"

#include <string.h>

#include "probes/base/text.h"

#define DAYS_MOST 10000
#define MSEC_MOST 3600000
#define SEPARATORS " \t\r\n,"

/*
 * One setter a member, for one word; whether it came from JSON, a cell of a
 * table or the command line is settled before. NULL, or the id of the text
 * that says what was expected.
 */
enum shape { SHAPE_WORD, SHAPE_NUMBER, SHAPE_LIST, SHAPE_LISTS };

struct member {
	const char *name;
	enum shape shape;
	const char *(*set)(struct expect *io, enum service s,
			   const char *word);
};

/* ---- setters ---- */

static const char *set_wish(struct expect *io, enum wish wish,
			    const char *word)
{
	enum service s;

	if (!service_by_name(word, &s))
		return "expect.slip.service";
	if (io->login[s] != WISH_NONE && io->login[s] != wish)
		return "expect.slip.both";
	io->login[s] = wish;
	return NULL;
}

static const char *set_login(struct expect *io, enum service s,
			     const char *word)
{
	(void)s;
	return set_wish(io, WISH_LOGIN, word);
}

static const char *set_no_login(struct expect *io, enum service s,
				const char *word)
{
	(void)s;
	return set_wish(io, WISH_NO_LOGIN, word);
}

static const char *set_days(struct expect *io, enum service s,
			    const char *word)
{
	unsigned n;

	(void)s;
	if (!span_number(span_of(word), &n) || n > DAYS_MOST)
		return "expect.slip.days";
	io->certificate_days = (int)n;
	return NULL;
}

static const char *set_tls(struct expect *io, enum service s,
			   const char *word)
{
	(void)s;
	if (strcmp(word, "1.0") != 0 && strcmp(word, "1.1") != 0 &&
	    strcmp(word, "1.2") != 0 && strcmp(word, "1.3") != 0)
		return "expect.slip.tls";
	span_copy(span_of(word), io->tls, sizeof(io->tls));
	return NULL;
}

static bool is_capability(const char *word)
{
	if (!*word ||
	    strlen(word) >= sizeof(((struct expect_capability *)0)->name))
		return false;
	for (; *word; word++)
		if ((unsigned char)*word <= ' ' || (unsigned char)*word > '~')
			return false;
	return true;
}

/* All of a service stand in one row of what is judged, untruncated. */
static bool have_room(const struct expect *e, enum service s, size_t more)
{
	size_t len = more + 1;

	for (size_t i = 0; i < e->capabilities; i++)
		if (e->capability[i].service == s)
			len += strlen(e->capability[i].name) + 1;
	return e->capabilities < CAPABILITIES_MAX &&
	       len <= sizeof(((struct outcome_expectation *)0)->wanted);
}

static const char *set_capability(struct expect *io, enum service s,
				  const char *word)
{
	struct expect_capability *c;

	if (!is_capability(word))
		return "expect.slip.capability";
	if (!have_room(io, s, strlen(word)))
		return "expect.slip.many";
	c = &io->capability[io->capabilities++];
	c->service = s;
	for (size_t i = 0; i <= strlen(word); i++)
		c->name[i] = ascii_upper(word[i]);
	return NULL;
}

static const char *set_max_ms(struct expect *io, enum service s,
			      const char *word)
{
	unsigned n;

	(void)s;
	if (!span_number(span_of(word), &n) || n < 1 || n > MSEC_MOST)
		return "expect.slip.milliseconds";
	io->max_msec = n;
	return NULL;
}

static const char *set_cause(struct expect *io, enum service s,
			     const char *word)
{
	(void)s;
	return cause_by_id(word, &io->cause) ? NULL : "expect.slip.cause";
}

static const struct member members[] = {
	{ "login", SHAPE_LIST, set_login },
	{ "no_login", SHAPE_LIST, set_no_login },
	{ "certificate_days", SHAPE_NUMBER, set_days },
	{ "tls", SHAPE_WORD, set_tls },
	{ "capabilities", SHAPE_LISTS, set_capability },
	{ "max_ms", SHAPE_NUMBER, set_max_ms },
	{ "cause", SHAPE_WORD, set_cause },
};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

/* ---- what is wrong ---- */

static bool slip(struct expect_slip *ret, const char *text,
		 const char *member, const char *value)
{
	*ret = (struct expect_slip){ .text = text };
	span_copy(span_of(member), ret->member, sizeof(ret->member));
	span_copy(span_of(value), ret->value, sizeof(ret->value));
	return false;
}

static bool set(const struct member *m, enum service s, const char *name,
		const char *word, struct expect *io, struct expect_slip *why)
{
	const char *text = m->set(io, s, word);

	return !text || slip(why, text, name, word);
}

static const struct member *member_by_name(struct span name)
{
	for (size_t i = 0; i < MEMBERS; i++)
		if (span_is(name, members[i].name))
			return &members[i];
	return NULL;
}

/* ---- JSON ---- */

static bool read_list(const struct member *m, enum service s,
		      const char *name, const struct json *v,
		      struct expect *io, struct expect_slip *why)
{
	if (!json_is_array(v))
		return slip(why, "expect.slip.list", name, "");
	for (v = json_first(v); v; v = json_next(v)) {
		if (!json_str(v))
			return slip(why, "expect.slip.list", name, "");
		if (!set(m, s, name, json_str(v), io, why))
			return false;
	}
	return true;
}

static bool read_lists(const struct member *m, const struct json *v,
		       struct expect *io, struct expect_slip *why)
{
	enum service s;

	if (!json_is_object(v))
		return slip(why, "expect.slip.lists", m->name, "");
	for (v = json_first(v); v; v = json_next(v)) {
		char name[64];
		struct buf b = buf_over(name, sizeof(name));

		buf_fmt(&b, "%s.%s", m->name, json_name(v));
		if (!service_by_name(json_name(v), &s))
			return slip(why, "expect.slip.which_list", name, "");
		if (!read_list(m, s, name, v, io, why))
			return false;
	}
	return true;
}

static bool read_number(const struct member *m, const struct json *v,
			struct expect *io, struct expect_slip *why)
{
	char word[24];
	struct buf b = buf_over(word, sizeof(word));

	buf_fmt(&b, "%lld", (long long)json_int(v, -1));
	return set(m, SERVICE_IMAP, m->name, word, io, why);
}

static bool read_member(const struct json *v, struct expect *io,
			struct expect_slip *why)
{
	const struct member *m = member_by_name(span_of(json_name(v)));

	if (!m)
		return slip(why, "expect.slip.member", json_name(v), "");
	switch (m->shape) {
	case SHAPE_NUMBER:
		return read_number(m, v, io, why);
	case SHAPE_LIST:
		return read_list(m, SERVICE_IMAP, m->name, v, io, why);
	case SHAPE_LISTS:
		return read_lists(m, v, io, why);
	case SHAPE_WORD:
		break;
	}
	return set(m, SERVICE_IMAP, m->name, json_str(v) ? json_str(v) : "",
		   io, why);
}

bool expect_read(const struct json *object, struct expect *ret,
		 struct expect_slip *why)
{
	*ret = EXPECT_NOTHING;
	if (!json_is_object(object))
		return slip(why, "expect.slip.object", "", "");
	for (const struct json *v = json_first(object); v; v = json_next(v))
		if (!read_member(v, ret, why))
			return false;
	return true;
}

/* ---- text ---- */

/* "capabilities.imap" is the one of a service. */
static const struct member *find(const char *name, enum service *ret)
{
	struct span rest = span_of(name), first;
	const struct member *m;

	*ret = SERVICE_IMAP;
	span_cut(&rest, '.', &first);
	m = member_by_name(first);
	if (!m || (m->shape != SHAPE_LISTS && first.len != strlen(name)))
		return NULL;
	return m;
}

static bool takes_one(const struct member *m)
{
	return m->shape == SHAPE_WORD || m->shape == SHAPE_NUMBER;
}

static bool is_separator(char c)
{
	return strchr(SEPARATORS, c) != NULL && c != '\0';
}

/* Up to a separator, which goes with those that follow. */
static struct span take_word(struct span *rest)
{
	struct span word = *rest;
	size_t n = 0;

	while (n < rest->len && !is_separator(rest->at[n]))
		n++;
	word.len = n;
	while (n < rest->len && is_separator(rest->at[n]))
		n++;
	*rest = span_from(*rest, n);
	return word;
}

static bool slip_at(struct expect_slip *ret, const char *text,
		    const char *member, struct span value)
{
	char shown[64];

	span_copy(value, shown, sizeof(shown));
	return slip(ret, text, member, shown);
}

/* What is longer than a word has room is no word of ours, cut or not. */
static bool add(const char *name, struct span value, struct expect *io,
		struct expect_slip *why)
{
	enum service s;
	const struct member *m = find(name, &s);
	const char *dot = strchr(name, '.');
	char word[64];

	if (!m)
		return slip(why, "expect.slip.member", name, "");
	if (m->shape == SHAPE_LISTS &&
	    (!dot || !service_by_name(dot + 1, &s)))
		return slip(why, "expect.slip.which", name, "");
	if (value.len > 0 && is_separator(value.at[0]))
		take_word(&value);
	do {
		span_copy(take_word(&value), word, sizeof(word));
		if (!set(m, s, name, word, io, why))
			return false;
	} while (value.len > 0 && !takes_one(m));
	return value.len == 0 || slip_at(why, "expect.slip.one", name, value);
}

bool expect_add(const char *name, const char *value, struct expect *io,
		struct expect_slip *why)
{
	return add(name, span_of(value), io, why);
}

/* "tls=1.2", or a further word of the list called `name`. */
static bool parse_part(struct span part, char *name, size_t cap,
		       struct expect *io, struct expect_slip *why)
{
	bool named = memchr(part.at, '=', part.len) != NULL;
	const struct member *m;
	enum service s;
	struct span first;

	if (named) {
		span_cut(&part, '=', &first);
		span_copy(span_trim(first), name, cap);
	}
	part = span_trim(part);
	m = find(name, &s);
	if (!*name)
		return slip_at(why, "expect.slip.form", name, part);
	if (part.len == 0)
		return slip(why, "expect.slip.empty", name, "");
	if (!named && m && takes_one(m))
		return slip_at(why, "expect.slip.one", name, part);
	return add(name, part, io, why);
}

bool expect_parse(const char *text, struct expect *io,
		  struct expect_slip *why)
{
	struct span rest = span_of(text), part;
	char name[64] = "";

	if (rest.len == 0)
		return slip(why, "expect.slip.form", "", "");
	while (span_cut(&rest, ',', &part))
		if (!parse_part(part, name, sizeof(name), io, why))
			return false;
	return true;
}
