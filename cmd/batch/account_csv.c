#include "cmd/batch/account_read.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/batch/account_build.h"
#include "cmd/nearest.h"
#include "probes/base/secret.h"
#include "probes/base/text.h"
#include "reports/layout.h"

/*
 * A row is put into the same members as an object of JSON. Headings are
 * English words; those of Japanese spreadsheets stand beside them.
 */
enum csv_use {
	USE_SET, USE_PASSWORD, USE_TOKEN, USE_INLINE, USE_NETRC, USE_LIST,
	USE_LABEL, USE_EXPECT
};

struct csv_kind {
	const char *name;
	enum csv_use use;
	build_member set;
	const char *extra;		/* kind of reference, member of expect */
};

#define FLAG_TOKEN "token"

static const struct csv_kind kinds[] = {
	{ "address", USE_SET, build_address, NULL },
	{ "user", USE_SET, build_user, NULL },
	{ "name", USE_SET, build_name, NULL },
	{ "person", USE_SET, build_person, NULL },
	{ "sender", USE_SET, build_sender, NULL },
	{ "mechanism", USE_SET, build_mechanism, NULL },
	{ "endpoints", USE_LIST, build_endpoint, NULL },
	{ "server", USE_LIST, build_server, NULL },
	{ "incoming_server", USE_LIST, build_incoming, NULL },
	{ "imap_server", USE_LIST, build_imap, NULL },
	{ "smtp_server", USE_LIST, build_smtp, NULL },
	{ "pop3_server", USE_LIST, build_pop3, NULL },
	{ "password_env", USE_PASSWORD, NULL, "env" },
	{ "password_file", USE_PASSWORD, NULL, "file" },
	{ "password_command", USE_PASSWORD, NULL, "command" },
	{ "token_env", USE_TOKEN, NULL, "env" },
	{ "token_file", USE_TOKEN, NULL, "file" },
	{ "token_command", USE_TOKEN, NULL, "command" },
	{ "netrc", USE_NETRC, NULL, "netrc" },
	{ "password", USE_INLINE, NULL, NULL },
	{ "token", USE_INLINE, NULL, FLAG_TOKEN },
	{ "label.", USE_LABEL, NULL, NULL },
	{ "expect_login", USE_EXPECT, NULL, "login" },
	{ "expect_no_login", USE_EXPECT, NULL, "no_login" },
	{ "expect_certificate_days", USE_EXPECT, NULL, "certificate_days" },
	{ "expect_tls", USE_EXPECT, NULL, "tls" },
	{ "expect_capabilities.imap", USE_EXPECT, NULL, "capabilities.imap" },
	{ "expect_capabilities.smtp", USE_EXPECT, NULL, "capabilities.smtp" },
	{ "expect_capabilities.pop3", USE_EXPECT, NULL, "capabilities.pop3" },
	{ "expect_max_ms", USE_EXPECT, NULL, "max_ms" },
	{ "expect_cause", USE_EXPECT, NULL, "cause" },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct {
	const char *heading, *name;
} other_words[] = {
	{ "email", "address" }, { "e-mail", "address" }, { "mail", "address" },
	{ "mail address", "address" }, { "email address", "address" },
	{ "e-mail address", "address" }, { "mailaddress", "address" },
	{ "emailaddress", "address" },
	{ "メールアドレス", "address" }, { "アドレス", "address" },
	{ "メール", "address" }, { "Eメール", "address" },
	{ "username", "user" }, { "user name", "user" }, { "login", "user" },
	{ "user id", "user" }, { "userid", "user" }, { "login name", "user" },
	{ "ユーザー名", "user" }, { "ユーザ名", "user" },
	{ "ユーザーID", "user" }, { "ユーザID", "user" },
	{ "アカウント", "user" }, { "アカウント名", "user" },
	{ "ログインID", "user" }, { "ログイン名", "user" },
	{ "パスワード", "password" }, { "メールパスワード", "password" },
	{ "passwd", "password" }, { "pass", "password" }, { "pw", "password" },
	{ "full name", "person" }, { "display name", "person" },
	{ "名前", "person" }, { "氏名", "person" }, { "お名前", "person" },
	{ "担当者", "person" }, { "利用者", "person" },
	{ "servers", "server" }, { "mail server", "server" },
	{ "host", "server" }, { "サーバー", "server" }, { "サーバ", "server" },
	{ "メールサーバー", "server" }, { "メールサーバ", "server" },
	{ "受信サーバー", "incoming_server" },
	{ "受信サーバ", "incoming_server" },
	{ "受信メールサーバー", "incoming_server" },
	{ "IMAPサーバー", "imap_server" },
	{ "IMAPサーバ", "imap_server" },
	{ "outgoing server", "smtp_server" },
	{ "送信サーバー", "smtp_server" }, { "送信サーバ", "smtp_server" },
	{ "送信メールサーバー", "smtp_server" },
	{ "SMTPサーバー", "smtp_server" }, { "SMTPサーバ", "smtp_server" },
	{ "pop server", "pop3_server" },
	{ "POPサーバー", "pop3_server" }, { "POPサーバ", "pop3_server" },
	{ "POP3サーバー", "pop3_server" }, { "POP3サーバ", "pop3_server" },
};

/* ---- one field after the other ---- */

struct row {
	struct span rest;
	char separator;
	bool ended;
};

/*
 * The next field, without its quotes, into room (at least as large as the
 * record); false: there is none. What follows a closing quote is kept as it
 * stands, as spreadsheets do.
 */
static bool next_field(struct row *w, char *room)
{
	bool quoted = false;
	size_t i = 0, n = 0;

	if (w->ended)
		return false;
	for (; i < w->rest.len; i++) {
		char c = w->rest.at[i];

		if (c == '"' && (quoted || i == 0)) {
			if (quoted && i + 1 < w->rest.len &&
			    w->rest.at[i + 1] == '"')
				room[n++] = w->rest.at[++i];
			else
				quoted = !quoted;
		} else if (c == w->separator && !quoted) {
			break;
		} else {
			room[n++] = c;
		}
	}
	room[n] = '\0';
	w->ended = i >= w->rest.len;
	w->rest = span_from(w->rest, i + 1);
	return true;
}

static struct span without_line_end(struct span s)
{
	while (s.len > 0 && (s.at[s.len - 1] == '\n' ||
			     s.at[s.len - 1] == '\r'))
		s.len--;
	return s;
}

static size_t place_of(const struct reading *r, const struct row *w)
{
	size_t place = (size_t)(w->rest.at - r->record.at);

	return place < r->record.len ? place : r->record.len;
}

static char *trim(char *text)
{
	struct span s = span_trim(span_of(text));

	text[(size_t)(s.at - text) + s.len] = '\0';
	return text + (s.at - text);
}

/* ---- the header row ---- */

/*
 * One of ours, mistyped, or NULL. Spreadsheets have a "Note", a "Date" and a
 * "Gender", none of which is a slip for "name" or "sender": it begins alike and
 * one letter is wrong, of a long one two.
 */
static const char *slip_of(const char *heading)
{
	struct nearest n = { heading, strlen(heading) < 10 ? 1 : 2, NULL };

	for (size_t i = 0; i < KINDS; i++)
		if (ascii_lower(kinds[i].name[0]) == ascii_lower(heading[0]))
			nearest_try(&n, kinds[i].name, kinds[i].name);
	return n.found;
}

static char in_heading(char c)
{
	return c == '_' || c == '-' ? ' ' : ascii_lower(c);
}

/* "IMAP Server", "imap_server" and "Imap-Server" are one. */
static bool is_heading(const char *heading, const char *known)
{
	while (*heading && in_heading(*heading) == in_heading(*known)) {
		heading++;
		known++;
	}
	return *heading == *known;
}

static const char *usual_word(const char *heading)
{
	for (size_t i = 0; i < sizeof(other_words) / sizeof(other_words[0]);
	     i++)
		if (is_heading(heading, other_words[i].heading))
			return other_words[i].name;
	return heading;
}

/* "label.team", and "label:team" as people also write it. */
static bool take_label(const char *heading, struct csv_column *ret)
{
	if (!span_starts(span_of(heading), "label") ||
	    (heading[5] != '.' && heading[5] != ':') || !heading[6])
		return false;
	span_copy(span_of(heading + 6), ret->label, sizeof(ret->label));
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].use == USE_LABEL)
			ret->kind = &kinds[i];
	return true;
}

#define HEADING_SHOWN 30			/* columns of one */
#define DOTS "..."

/* As many as there is room for, and that there are more. */
static void leave_alone(const struct reading *r, struct csv_header *h,
			const char *heading)
{
	char shown[4 * HEADING_SHOWN];
	struct buf b = buf_over(shown, sizeof(shown));
	size_t left = sizeof(h->unused) - strlen(h->unused);

	if (h->more_unused)
		return;
	layout_cut(&b, heading, HEADING_SHOWN, DOTS);
	h->more_unused = left < b.len + 2 * sizeof("、" DOTS);
	text_join(r->lang, "list.join", h->unused, sizeof(h->unused),
		  h->more_unused ? DOTS : shown);
}

static bool take_heading(const struct reading *r, size_t place,
			 const char *heading, struct csv_header *h)
{
	struct csv_column *ret = &h->column[h->columns];
	const char *word = usual_word(heading);
	const char *near = slip_of(heading);
	const struct text_arg args[] = {
		{ "member", heading }, { "near", near }, { NULL, NULL }
	};

	*ret = (struct csv_column){ .kind = NULL };
	if (!*heading || take_label(heading, ret))
		return true;
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].use != USE_LABEL &&
		    is_heading(word, kinds[i].name))
			ret->kind = &kinds[i];
	if (!ret->kind && near)
		return flaw_at(r, place, "batch.flaw.column_near", args);
	if (!ret->kind)
		leave_alone(r, h, heading);
	return true;
}

/* Excel writes ; where the comma is the decimal sign, and TAB on request. */
static char separator_of(struct span header)
{
	static const char separators[] = { ',', ';', '\t' };
	size_t best = 0;
	char found = ',';

	for (size_t i = 0; i < sizeof(separators); i++) {
		size_t n = 0;

		for (size_t j = 0; j < header.len; j++)
			n += header.at[j] == separators[i];
		if (n > best) {
			best = n;
			found = separators[i];
		}
	}
	return found;
}

static bool read_headings(const struct reading *r, struct row *w, char *room,
			  struct csv_header *ret)
{
	size_t place = 0;

	while (next_field(w, room)) {
		const char *heading = trim(room);

		if (ret->columns == COLUMNS_MAX)
			return flaw_at(r, place, "batch.flaw.columns", NULL);
		if (!take_heading(r, place, heading, ret))
			return false;
		ret->columns++;
		place = place_of(r, w);
	}
	return true;
}

static bool has_account(const struct csv_header *h)
{
	for (size_t i = 0; i < h->columns; i++)
		if (h->column[i].kind &&
		    (h->column[i].kind->set == build_address ||
		     h->column[i].kind->use == USE_LIST))
			return true;
	return false;
}

bool csv_read_header(const struct reading *r, struct csv_header *ret)
{
	struct row w = { .rest = without_line_end(r->record) };
	char *room = malloc(r->record.len + 1);
	bool ok;

	if (!room)
		return flaw_at(r, 0, "error.no_memory", NULL);
	*ret = (struct csv_header){ .separator = separator_of(w.rest) };
	w.separator = ret->separator;
	ok = read_headings(r, &w, room, ret);
	free(room);
	if (ok && !has_account(ret))
		return flaw_at(r, 0, "batch.flaw.no_column", NULL);
	return ok;
}

/* ---- a row ---- */

static bool fill_list(struct building *b, const struct csv_kind *k,
		      char *value)
{
	char *item = value;

	while (*item) {
		size_t n = strcspn(item, " \n\r\t|");
		bool last = !item[n];

		item[n] = '\0';
		if (n > 0 && !k->set(b, k->name, item))
			return false;
		if (last)
			break;
		item += n + 1;
	}
	return true;
}

static bool fill_expect(struct building *b, const struct csv_kind *k,
			const char *value)
{
	struct expect_slip slip;

	if (expect_add(k->extra, value, &b->a->expect, &slip))
		return true;
	const struct text_arg args[] = {
		{ "where", k->name }, { "value", slip.value }, { NULL, NULL }
	};
	return flaw_at(b->r, b->place, slip.text, args);
}

/* Any mark in the column "netrc" will do, but a path is one. */
static bool fill_netrc(struct building *b, const char *value)
{
	bool path = strchr(value, '/') || strchr(value, '.');

	if (span_is(span_of(value), "no") || span_is(span_of(value), "false") ||
	    span_is(span_of(value), "0"))
		return true;
	return build_reference(b, "netrc", false, "netrc", path ? value : "");
}

static bool fill(struct building *b, const struct csv_column *c, char *value)
{
	const struct csv_kind *k = c->kind;

	switch (k->use) {
	case USE_SET:
		return k->set(b, k->name, value);
	case USE_LIST:
		return fill_list(b, k, value);
	case USE_LABEL:
		return build_label(b, k->name, c->label, value);
	case USE_PASSWORD:
	case USE_TOKEN:
		return build_reference(b, k->name, k->use == USE_TOKEN,
				       k->extra, value);
	case USE_INLINE:
		return build_inline(b, k->name, k->extra != NULL, value);
	case USE_NETRC:
		return fill_netrc(b, value);
	case USE_EXPECT:
		return fill_expect(b, k, value);
	}
	return false;
}

/* A secret is taken as it stands, spaces and all. */
static char *value_of(const struct csv_kind *k, char *field)
{
	return k && k->use == USE_INLINE ? field : trim(field);
}

static bool fill_row(struct building *b, const struct csv_header *h,
		     struct row *w, char *room, bool *ret_some)
{
	for (size_t i = 0; next_field(w, room); i++) {
		const struct csv_column *c = &h->column[i];
		char *value = value_of(i < h->columns ? c->kind : NULL, room);

		if (*value && i >= h->columns)
			return build_refuse(b, "batch.flaw.fields", NULL,
					    NULL);
		if (*value && c->kind && !fill(b, c, value))
			return false;
		*ret_some = *ret_some || *value;
		b->place = place_of(b->r, w);
	}
	return true;
}

static void name_flaw(const struct building *b)
{
	const struct account *a = b->a;
	const char *name = a->name ? a->name : a->address;

	if (name)
		span_copy(span_of(name), b->r->flaw->name,
			  sizeof(b->r->flaw->name));
}

bool csv_read_row(const struct reading *r, const struct csv_header *h,
		  struct account **ret)
{
	struct building b = { .r = r, .a = calloc(1, sizeof(*b.a)) };
	struct row w = { .rest = without_line_end(r->record),
			 .separator = h->separator };
	char *room = malloc(r->record.len + 1);
	bool ok = false, some = false;

	*ret = NULL;
	if (b.a && room) {
		b.a->file = r->file;
		b.a->line = r->line;
		b.a->column = r->column;
		b.a->expect = EXPECT_NOTHING;
		ok = fill_row(&b, h, &w, room, &some) &&
		     (!some || build_end(&b));
		wipe(room, r->record.len + 1);
	} else {
		build_no_memory(&b);
	}
	if (!ok && b.a)
		name_flaw(&b);
	if (ok && some)
		*ret = b.a;
	else
		account_free(b.a);
	free(room);
	return ok;
}

/* ---- where a record ends ---- */

size_t csv_record_length(struct span window, char separator, bool ended,
			 bool *ret_open)
{
	bool quoted = false, begins = true;

	*ret_open = false;
	for (size_t i = 0; i < window.len; i++) {
		char c = window.at[i];

		if (c == '"' && (quoted || begins))
			quoted = !quoted;
		begins = c == separator || (c == '"' && !quoted);
		if (quoted || (c != '\n' && c != '\r'))
			continue;
		if (c == '\n')
			return i + 1;
		/* CR LF, or the CR of an old Macintosh */
		if (i + 1 < window.len)
			return i + 1 + (window.at[i + 1] == '\n');
		if (ended)
			return i + 1;
	}
	*ret_open = quoted;
	return ended ? window.len : 0;
}
