#include "cmd/secret_input.h"

#include <string.h>

#include "probes/base/text.h"

/*
 * The format of ftp(1), with the quotes and comments that curl and Python
 * understand:
 *
 *	machine HOST | default
 *		[login NAME] [password SECRET] [account NAME]
 *	macdef NAME ... up to an empty line
 */
struct token {
	struct span text;		/* without quotes */
	bool quoted;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_line(struct span *rest)
{
	while (rest->len > 0 && rest->at[0] != '\n')
		*rest = span_from(*rest, 1);
}

static bool next_quoted(struct span *rest, struct token *ret)
{
	size_t n = 1;

	while (n < rest->len && rest->at[n] != '"' && rest->at[n] != '\n')
		n += rest->at[n] == '\\' && n + 1 < rest->len ? 2 : 1;
	if (n >= rest->len || rest->at[n] != '"')
		return false;
	ret->text = (struct span){ rest->at + 1, n - 1 };
	ret->quoted = true;
	*rest = span_from(*rest, n + 1);
	return true;
}

/*
 * A # begins a comment only where a keyword may stand: passwords may begin
 * with one.
 */
static bool next_token(struct span *rest, bool keyword, struct token *ret)
{
	size_t n = 0;

	while (rest->len > 0 && (is_space(rest->at[0]) ||
				 (keyword && rest->at[0] == '#'))) {
		if (rest->at[0] == '#')
			skip_line(rest);
		else
			*rest = span_from(*rest, 1);
	}
	if (rest->len == 0)
		return false;
	if (rest->at[0] == '"' && next_quoted(rest, ret))
		return true;
	while (n < rest->len && !is_space(rest->at[n]))
		n++;
	*ret = (struct token){ .text = span_head(*rest, n) };
	*rest = span_from(*rest, n);
	return true;
}

static void skip_macro(struct span *rest)
{
	while (rest->len > 0) {
		skip_line(rest);
		*rest = span_from(*rest, 1);
		if (rest->len == 0 || rest->at[0] == '\n' ||
		    span_starts(*rest, "\r\n"))
			return;
	}
}

static bool is_one_of(struct span host, const char *const *hosts)
{
	for (; *hosts; hosts++)
		if (span_is(host, *hosts))
			return true;
	return false;
}

static bool fits(const struct netrc_entry *e, bool host_fits, const char *user)
{
	if (!host_fits || !e->has_password)
		return false;
	return !*user || e->login.len == 0 ||
	       (e->login.len == strlen(user) &&
		memcmp(e->login.at, user, e->login.len) == 0);
}

/* The part of an entry that belongs to one keyword. */
static bool take(struct netrc_entry *e, struct span keyword,
		 struct span *rest)
{
	struct token value;

	if (span_is(keyword, "login") && next_token(rest, false, &value)) {
		e->login = value.text;
	} else if (span_is(keyword, "password") &&
		   next_token(rest, false, &value)) {
		e->password = value.text;
		e->quoted = value.quoted;
		e->has_password = true;
	} else if (span_is(keyword, "account")) {
		return next_token(rest, false, &value);
	} else {
		return false;
	}
	return true;
}

bool netrc_find(struct span text, const char *const *hosts, const char *user,
		struct netrc_entry *ret)
{
	struct netrc_entry e = { .has_password = false };
	bool host_fits = false;
	struct span rest = text;
	struct token t;

	while (next_token(&rest, true, &t)) {
		bool machine = span_is(t.text, "machine");

		if (!machine && !span_is(t.text, "default")) {
			if (span_is(t.text, "macdef"))
				skip_macro(&rest);
			else
				(void)take(&e, t.text, &rest);
			continue;
		}
		if (fits(&e, host_fits, user))
			break;
		e = (struct netrc_entry){ .has_password = false };
		host_fits = true;
		if (machine)
			host_fits = next_token(&rest, false, &t) &&
				    is_one_of(t.text, hosts);
	}
	if (!fits(&e, host_fits, user))
		return false;
	*ret = e;
	return true;
}
