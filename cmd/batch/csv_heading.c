#include "cmd/batch/csv_private.h"

#include <stdlib.h>
#include <string.h>
#include <uninorm.h>

#include "cmd/nearest.h"
#include "probes/base/text.h"
#include "reports/layout.h"

/*
 * The header row. Headings are English words; those of Japanese spreadsheets
 * stand beside them.
 */

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
	{ "email", "address" }, { "mail", "address" },
	{ "mailaddress", "address" }, { "emailaddress", "address" },
	{ "メールアドレス", "address" }, { "アドレス", "address" },
	{ "メール", "address" }, { "Eメール", "address" },
	{ "Eメールアドレス", "address" }, { "メアド", "address" },
	{ "username", "user" }, { "login", "user" }, { "userid", "user" },
	{ "loginname", "user" }, { "loginid", "user" },
	{ "ユーザー名", "user" }, { "ユーザ名", "user" },
	{ "ユーザーID", "user" }, { "ユーザID", "user" },
	{ "アカウント", "user" }, { "アカウント名", "user" },
	{ "ログインID", "user" }, { "ログイン名", "user" },
	{ "パスワード", "password" }, { "メールパスワード", "password" },
	{ "passwd", "password" }, { "pass", "password" }, { "pw", "password" },
	{ "fullname", "person" }, { "displayname", "person" },
	{ "名前", "person" }, { "氏名", "person" }, { "お名前", "person" },
	{ "担当者", "person" }, { "利用者", "person" },
	{ "servers", "server" }, { "mailserver", "server" },
	{ "host", "server" }, { "サーバー", "server" }, { "サーバ", "server" },
	{ "メールサーバー", "server" }, { "メールサーバ", "server" },
	{ "受信サーバー", "incoming_server" },
	{ "受信サーバ", "incoming_server" },
	{ "受信メールサーバー", "incoming_server" },
	{ "IMAPサーバー", "imap_server" },
	{ "IMAPサーバ", "imap_server" },
	{ "outgoingserver", "smtp_server" },
	{ "送信サーバー", "smtp_server" }, { "送信サーバ", "smtp_server" },
	{ "送信メールサーバー", "smtp_server" },
	{ "SMTPサーバー", "smtp_server" }, { "SMTPサーバ", "smtp_server" },
	{ "popserver", "pop3_server" },
	{ "POPサーバー", "pop3_server" }, { "POPサーバ", "pop3_server" },
	{ "POP3サーバー", "pop3_server" }, { "POP3サーバ", "pop3_server" },
};

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

static const char *letter(const char *heading)
{
	return heading + strspn(heading, " _-\t\r\n");
}

/* "IMAP Server", "imap_server", "Imap-Server" and "IMAPServer" are one. */
static bool is_heading(const char *heading, const char *known)
{
	heading = letter(heading);
	known = letter(known);
	while (*heading && ascii_lower(*heading) == ascii_lower(*known)) {
		heading = letter(heading + 1);
		known = letter(known + 1);
	}
	return *heading == *known;
}

/* Without what people put behind it: "(required)", "*". */
static void without_mark(const char *heading, char *bare, size_t cap)
{
	static const char *const marks[] = { "(", "*", "[", "※", "【" };
	size_t len = strlen(heading);

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const char *mark = strstr(heading, marks[i]);

		if (mark && mark > heading && (size_t)(mark - heading) < len)
			len = (size_t)(mark - heading);
	}
	span_copy(span_head(span_of(heading), len), bare, cap);
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
	char bare[100];
	const char *word;
	const char *near = slip_of(heading);
	const struct text_arg args[] = {
		{ "member", heading }, { "near", near }, { NULL, NULL }
	};

	without_mark(heading, bare, sizeof(bare));
	word = usual_word(bare);
	*ret = (struct csv_column){ .kind = NULL };
	h->columns++;
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

/* Letters of full width and kana of half width are the ordinary ones. */
static bool take_field(const struct reading *r, size_t place,
		       const char *field, struct csv_header *h)
{
	size_t len = 0;
	char *text = (char *)u8_normalize(UNINORM_NFKC, (const uint8_t *)field,
					  strlen(field) + 1, NULL, &len);
	char *heading = text ? csv_trim(text) : NULL;
	bool ok;

	for (char *c = heading; c && *c; c++)
		*c = *c == '\n' || *c == '\r' ? ' ' : *c;

	if (!heading)
		ok = flaw_at(r, place, "error.no_memory", NULL);
	else if (h->columns < COLUMNS_MAX)
		ok = take_heading(r, place, heading, h);
	else
		ok = !*heading ||
		     flaw_at(r, place, "batch.flaw.columns", NULL);
	free(text);
	return ok;
}

static bool read_headings(const struct reading *r, struct csv_row *w,
			  char *room, struct csv_header *ret)
{
	size_t place = 0;

	while (csv_next_field(w, room)) {
		if (!take_field(r, place, room, ret))
			return false;
		place = csv_place_of(r, w);
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
	struct csv_row w = { .rest = csv_without_line_end(r->record) };
	char *room;
	bool ok;

	*ret = (struct csv_header){ .separator = separator_of(w.rest) };
	w.separator = ret->separator;
	if (!flaw_no_nul(r, false))
		return false;
	room = malloc(r->record.len + 1);
	if (!room)
		return flaw_at(r, 0, "error.no_memory", NULL);
	ok = read_headings(r, &w, room, ret);
	free(room);
	if (ok && !has_account(ret))
		return flaw_at(r, 0, "batch.flaw.no_column", NULL);
	return ok;
}
