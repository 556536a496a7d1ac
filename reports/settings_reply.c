#include "reports/settings_private.h"

#include <string.h>

#include "probes/base/text.h"

/* What is said of a customer's values, for people and programs alike. */

static const char *security_text(enum lang l, enum security s)
{
	static const char *const ids[] = {
		[SECURITY_TLS] = "security.tls",
		[SECURITY_STARTTLS] = "security.starttls",
		[SECURITY_NONE] = "security.none",
	};

	return text_of(l, ids[s]);
}

void settings_given_text(const struct compared_server *c, enum lang l,
			 enum compare_field f, struct buf *out)
{
	const struct customer_server *g = &c->given;

	switch (f) {
	case COMPARE_HOST:
		buf_str(out, g->host);
		break;
	case COMPARE_PORT:
		if (g->port)
			buf_fmt(out, "%u", g->port);
		break;
	case COMPARE_SECURITY:
		if (g->has_security)
			buf_str(out, security_text(l, g->security));
		break;
	case COMPARE_USER:
		buf_str(out, g->user ? g->user : "");
		break;
	case COMPARE_FIELDS:
		break;
	}
}

void settings_right_text(const struct settings *s, enum lang l,
			 const struct compared_server *c,
			 enum compare_field f, struct buf *out)
{
	const struct settings_server *r = c->right;

	if (!r)
		return;
	switch (f) {
	case COMPARE_HOST:
		buf_str(out, r->endpoint.host);
		break;
	case COMPARE_PORT:
		buf_fmt(out, "%u", r->endpoint.port);
		break;
	case COMPARE_SECURITY:
		buf_str(out, security_text(l, r->endpoint.security));
		break;
	case COMPARE_USER:
		buf_str(out, settings_user(s, l, r));
		break;
	case COMPARE_FIELDS:
		break;
	}
}

void settings_say_reason(const struct settings *s, enum lang l,
			 const struct compared_server *c,
			 enum compare_field f, struct buf *out)
{
	enum compare_reason why = f == COMPARE_FIELDS ? c->missing :
				  c->field[f].reason;
	char given[SETTINGS_USER_CAP], right[SETTINGS_USER_CAP];
	char port[8], id[64];
	struct buf g = buf_over(given, sizeof(given));
	struct buf r = buf_over(right, sizeof(right));
	struct buf p = buf_over(port, sizeof(port));
	struct buf b = buf_over(id, sizeof(id));
	const struct text_arg args[] = {
		{ "given", given }, { "right", right },
		{ "service", settings_service(l, c->given.service) },
		{ "other_service", settings_service(l, c->other) },
		{ "other", c->given.foreign }, { "port", port },
		{ "hint", s->user_hint }, { NULL, NULL }
	};

	if (why == REASON_NONE)
		return;
	settings_given_text(c, l, f, &g);
	settings_right_text(s, l, c, f, &r);
	buf_fmt(&p, "%u", c->right ? c->right->endpoint.port : c->given.port);
	buf_fmt(&b, "compare.why.%s", compare_reason_name(why));
	settings_say(s, l, id, args, out);
}

/* ---- what to write back ---- */

static bool user_is_wrong(const struct compared_server *c)
{
	return c->field[COMPARE_USER].result == COMPARE_WRONG;
}

/* One user name for all services needs to be said only once. */
static const struct compared_server *common_user(const struct settings *s)
{
	const struct compared_server *found = NULL;

	for (size_t i = 0; i < s->compared; i++) {
		const struct compared_server *c = &s->comparison[i];

		if (!c->right || !c->given.user)
			continue;
		if (found && !text_same(found->right->user, c->right->user))
			return NULL;
		if (!found || user_is_wrong(c))
			found = c;
	}
	return found;
}

/* "the port from 143 to 993" */
static void say_change(const struct settings *s, enum lang l,
		       const struct compared_server *c, const char *id,
		       enum compare_field f, struct buf *out)
{
	char given[SETTINGS_USER_CAP], right[SETTINGS_USER_CAP];
	struct buf g = buf_over(given, sizeof(given));
	struct buf r = buf_over(right, sizeof(right));
	const struct text_arg args[] = {
		{ "given", given }, { "right", right },
		{ "hint", s->user_hint }, { NULL, NULL }
	};

	settings_given_text(c, l, f, &g);
	settings_right_text(s, l, c, f, &r);
	text_fill(out, l, id, args);
}

static bool is_told_here(const struct settings *s,
			 const struct compared_server *c, unsigned f)
{
	return c->field[f].result == COMPARE_WRONG &&
	       (f != COMPARE_USER || !common_user(s));
}

/* The last of several is joined by "and". */
static void list_changes(const struct settings *s, enum lang l,
			 const struct compared_server *c, char *list,
			 size_t cap)
{
	unsigned last = 0;

	for (unsigned f = 0; f < COMPARE_FIELDS; f++)
		if (is_told_here(s, c, f))
			last = f;
	for (unsigned f = 0; f < COMPARE_FIELDS; f++) {
		char change[600], id[64];
		struct buf one = buf_over(change, sizeof(change));
		struct buf b = buf_over(id, sizeof(id));

		if (!is_told_here(s, c, f))
			continue;
		buf_fmt(&b, "compare.change.%s",
			compare_field_name((enum compare_field)f));
		say_change(s, l, c, id, (enum compare_field)f, &one);
		text_join(l, f == last ? "compare.and" : "list.join", list,
			  cap, change);
	}
}

static void say_changes(const struct settings *s, enum lang l,
			const struct compared_server *c, struct buf *out)
{
	char list[1024] = "";
	const struct text_arg args[] = {
		{ "purpose", settings_purpose(l, c->given.service) },
		{ "service", settings_service(l, c->given.service) },
		{ "list", list }, { NULL, NULL }
	};

	list_changes(s, l, c, list, sizeof(list));
	if (c->missing != REASON_NONE)
		settings_say(s, l, "compare.reply.missing", args, out);
	else if (list[0])
		settings_say(s, l, "compare.reply.service", args, out);
}

static void say_user(const struct settings *s, enum lang l, struct buf *out)
{
	const struct compared_server *c = common_user(s);

	if (c && user_is_wrong(c))
		say_change(s, l, c, c->right->user[0] ? "compare.reply.user" :
			   "compare.reply.user_other", COMPARE_USER, out);
}

static bool wrong_kind_is_likely(const struct settings *s)
{
	return s->secret[0] && strcmp(s->secret, "any") != 0 &&
	       strcmp(s->secret, "none") != 0;
}

static enum compare_result worst_of(const struct settings *s)
{
	enum compare_result worst = COMPARE_NOT_TOLD;

	for (size_t i = 0; i < s->compared; i++)
		if (compare_worst(&s->comparison[i]) > worst)
			worst = compare_worst(&s->comparison[i]);
	return worst;
}

static void add_sentence(const struct settings *s, enum lang l,
			 const char *id, char *all, size_t cap)
{
	char next[512];
	struct buf b = buf_over(next, sizeof(next));
	const struct text_arg args[] = {
		{ "secret", settings_secret_value(s, l) }, { NULL, NULL }
	};

	settings_say(s, l, id, args, &b);
	text_join(l, "list.sentences", all, cap, next);
}

static bool has_result(const struct settings *s, enum compare_result result)
{
	for (size_t i = 0; i < s->compared; i++)
		for (unsigned f = 0; f < COMPARE_FIELDS; f++)
			if (s->comparison[i].field[f].result == result)
				return true;
	return false;
}

/* Of what is not to be changed no more is said than is known. */
static void add_rest(const struct settings *s, enum lang l, char *all,
		     size_t cap)
{
	if (has_result(s, COMPARE_UNSURE))
		add_sentence(s, l, "compare.reply.rest_unsure", all, cap);
	else if (has_result(s, COMPARE_RIGHT))
		add_sentence(s, l, "compare.reply.rest", all, cap);
	add_sentence(s, l, "compare.reply.then", all, cap);
}

void settings_say_reply(const struct settings *s, enum lang l,
			struct buf *out)
{
	static const char *const beginnings[] = {
		[COMPARE_NOT_TOLD] = "compare.reply.right",
		[COMPARE_RIGHT] = "compare.reply.right",
		[COMPARE_UNSURE] = "compare.reply.unsure",
		[COMPARE_WRONG] = "compare.reply.wrong",
	};
	enum compare_result worst = worst_of(s);
	char all[4096] = "", user[1600];
	struct buf u = buf_over(user, sizeof(user));

	add_sentence(s, l, beginnings[worst], all, sizeof(all));
	for (size_t i = 0; i < s->compared; i++) {
		char changes[1600];
		struct buf b = buf_over(changes, sizeof(changes));

		if (compare_worst(&s->comparison[i]) != COMPARE_WRONG)
			continue;
		say_changes(s, l, &s->comparison[i], &b);
		if (b.len > 0)
			text_join(l, "list.sentences", all, sizeof(all),
				  changes);
	}
	say_user(s, l, &u);
	if (u.len > 0)
		text_join(l, "list.sentences", all, sizeof(all), user);
	if (worst == COMPARE_WRONG)
		add_rest(s, l, all, sizeof(all));
	if (wrong_kind_is_likely(s))
		add_sentence(s, l, "compare.reply.secret", all, sizeof(all));
	buf_str(out, all);
}
