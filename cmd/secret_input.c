#include "cmd/secret_input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/hygiene.h"
#include "probes/base/text.h"
#include "probes/wire/wait.h"

/* Somebody looks the password up meanwhile; nobody is waiting for us. */
#define PROMPT_MSEC (10 * 60 * 1000)
#define PATH_CAP 1024

struct asking {
	const struct options *o;
	struct target *t;
	struct secret raw;		/* room for all that may come */
	int code;
};

/* Its reference stands in a file of accounts; nobody can be asked. */
static bool is_one_of_many(const struct options *o)
{
	return o->sink != NULL;
}

static const char *member_of(const struct options *o)
{
	static const char *const names[][2] = {
		[SECRET_FROM_PROMPT] = { "", "" },
		[SECRET_FROM_STDIN] = { "", "" },
		[SECRET_FROM_FILE] = { "password.file", "token.file" },
		[SECRET_FROM_ENV] = { "password.env", "token.env" },
		[SECRET_FROM_COMMAND] = { "password.command",
					  "token.command" },
		[SECRET_FROM_NETRC] = { "netrc", "netrc" },
	};

	return names[o->secret_source][o->secret_is_token];
}

static const char *option_of(const struct options *o)
{
	static const char *const names[][2] = {
		[SECRET_FROM_PROMPT] = { "", "" },
		[SECRET_FROM_STDIN] = { "--password-stdin", "--token-stdin" },
		[SECRET_FROM_FILE] = { "--password-file", "--token-file" },
		[SECRET_FROM_ENV] = { "--password-env", "--token-env" },
		[SECRET_FROM_COMMAND] = { "--password-command",
					  "--token-command" },
		[SECRET_FROM_NETRC] = { "--netrc", "--netrc" },
	};

	if (is_one_of_many(o))
		return member_of(o);
	if (o->secret_source == SECRET_FROM_NETRC && o->secret_argument)
		return "--netrc-file";
	return names[o->secret_source][o->secret_is_token];
}

/*
 * Where the secret comes from: "--password-file /x". A command may hold a
 * secret, so it is never repeated; files and variables are named.
 */
static void source_of(const struct options *o, char *room, size_t cap)
{
	struct buf out = buf_over(room, cap);

	if (o->secret_source == SECRET_FROM_PROMPT) {
		buf_str(&out, text_of(o->lang, "prompt.source"));
		return;
	}
	buf_str(&out, option_of(o));
	if (o->secret_argument && o->secret_source != SECRET_FROM_COMMAND)
		buf_fmt(&out, " %s", o->secret_argument);
}

static bool refuse(struct asking *a, const char *id, const char *name,
		   const char *detail)
{
	char source[PATH_CAP];
	const struct text_arg args[] = {
		{ "option", option_of(a->o) }, { "source", source },
		{ "name", name }, { "reason", detail }, { NULL, NULL }
	};

	source_of(a->o, source, sizeof(source));

	a->code = complain_of(a->o, id, args);
	return false;
}

static void warn(const struct asking *a, const char *id, const char *name)
{
	char source[PATH_CAP];
	const struct text_arg args[] = {
		{ "option", option_of(a->o) }, { "source", source },
		{ "name", name }, { NULL, NULL }
	};

	source_of(a->o, source, sizeof(source));
	if (!a->o->quiet)
		complain_of(a->o, id, args);
}

static bool refuse_read(struct asking *a, enum read_result r, const char *name,
			int status)
{
	char reason[128];

	switch (r) {
	case READ_CANCELLED:
		a->code = EXIT_INTERRUPTED;
		return false;
	case READ_TIMEOUT:
		snprintf(reason, sizeof(reason), "%lld",
			 (long long)(a->o->timeout / 1000));
		return refuse(a, "error.secret_timeout", name, reason);
	case READ_TOO_LONG:
		return refuse(a, "error.secret_too_long", name, NULL);
	case READ_STATUS:
		snprintf(reason, sizeof(reason), "%d", status);
		return refuse(a, "error.secret_command", name, reason);
	case READ_NO_TERMINAL:
		return refuse(a, "error.no_prompt", name, NULL);
	case READ_FAILED:
	case READ_OK:
		break;
	}
	reason_of_errno(a->o->lang, errno, reason, sizeof(reason));
	/* a command may hold the secret: it has no name */
	return refuse(a, *name ? "error.secret_read" :
		      "error.secret_read_it", name, reason);
}

enum secret_flaw secret_tidy(struct secret *s, bool *ret_crlf)
{
	*ret_crlf = false;
	if (s->len > 0 && s->bytes[s->len - 1] == '\n') {
		s->len--;
		if (s->len > 0 && s->bytes[s->len - 1] == '\r') {
			s->len--;
			*ret_crlf = true;
		}
		s->bytes[s->len] = '\0';
	}
	if (s->len == 0)
		return SECRET_EMPTY;
	if (s->len >= SECRET_CAP)
		return SECRET_TOO_LONG;
	if (memchr(s->bytes, '\0', s->len))
		return SECRET_HAS_NUL;
	return memchr(s->bytes, '\n', s->len) ? SECRET_HAS_NEWLINE :
	       SECRET_FINE;
}

/* ---- sources ---- */

static void prompt_text(const struct asking *a, char *room, size_t cap)
{
	struct buf out = buf_over(room, cap);
	char user[USER_CAP * 2];
	struct buf safe = buf_over(user, sizeof(user));
	const struct text_arg args[] = { { "user", user }, { NULL, NULL } };

	text_printable(&safe, span_of(a->t->user), false);
	text_fill(&out, a->o->lang, a->o->secret_is_token ?
		  "prompt.token" : "prompt.password", args);
	buf_char(&out, ' ');
}

static bool from_terminal(struct asking *a, int fd)
{
	char prompt[USER_CAP * 2 + 100];
	enum read_result r;

	prompt_text(a, prompt, sizeof(prompt));
	r = secret_read_terminal(fd, prompt, now_msec() + PROMPT_MSEC,
				 &a->raw);
	if (r == READ_TIMEOUT)
		return refuse(a, "error.prompt_timeout", NULL, NULL);
	return r == READ_OK || refuse_read(a, r, "/dev/tty", 0);
}

static bool from_stdin(struct asking *a, msec by)
{
	enum read_result r;

	if (isatty(STDIN_FILENO) == 1)
		return from_terminal(a, STDIN_FILENO);
	r = secret_read_fd(STDIN_FILENO, by, &a->raw);
	return r == READ_OK || refuse_read(a, r, "stdin", 0);
}

static bool from_file(struct asking *a, const char *path, msec by)
{
	bool open_to_others;
	enum read_result r = secret_read_file(path, by, &a->raw,
					      &open_to_others);

	if (r != READ_OK)
		return refuse_read(a, r, path, 0);
	if (open_to_others)
		warn(a, "warning.open_permissions", path);
	return true;
}

/* Names of variables are in capitals; anything else may be the secret. */
static bool is_shown(const char *name)
{
	for (; *name; name++)
		if (ascii_is_alpha(*name) && ascii_lower(*name) == *name)
			return false;
	return true;
}

static bool from_environment(struct asking *a)
{
	const char *name = a->o->secret_argument;
	char *value = getenv(name);

	if (!value)
		return refuse(a, is_shown(name) ? "error.secret_variable" :
			      "error.secret_variable_hidden", name, NULL);
	if (!secret_add(&a->raw, span_of(value)))
		return refuse(a, "error.secret_too_long", name, NULL);
	/*
	 * It would stay readable in /proc/PID/environ; but another account's
	 * turn to read it may come.
	 */
	if (!is_one_of_many(a->o))
		wipe(value, strlen(value));
	return true;
}

static bool from_command(struct asking *a, msec by)
{
	int status = 0;
	enum read_result r = secret_read_command(a->o->secret_argument,
						 !is_one_of_many(a->o), by,
						 &a->raw, &status);

	return r == READ_OK || refuse_read(a, r, "", status);
}

static bool netrc_path(const struct options *o, char *path, size_t cap)
{
	struct buf b = buf_over(path, cap);
	const char *home = getenv("HOME");

	if (o->secret_argument)
		buf_str(&b, o->secret_argument);
	else if (home && *home)
		buf_fmt(&b, "%s/.netrc", home);
	return b.len > 0 && !b.full;
}

/* In place: the escaped form is never shorter. */
static void unescape(struct secret *s, struct span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '\\' && i + 1 < text.len)
			c = text.at[++i];
		s->bytes[n++] = c;
	}
	wipe(s->bytes + n, s->len - n);
	s->len = n;
	s->bytes[n] = '\0';
}

static void keep_password(struct asking *a, const struct netrc_entry *e)
{
	struct secret *s = &a->raw;

	if (e->quoted) {
		unescape(s, e->password);
		return;
	}
	memmove(s->bytes, e->password.at, e->password.len);
	wipe(s->bytes + e->password.len, s->len - e->password.len);
	s->len = e->password.len;
}

static bool from_netrc(struct asking *a, msec by)
{
	const char *hosts[ENDPOINTS_MAX + 2] = { NULL };
	struct target *t = a->t;
	struct netrc_entry e;
	char path[PATH_CAP];
	size_t n = 0;

	if (!netrc_path(a->o, path, sizeof(path)))
		return refuse(a, "error.netrc_home", NULL, NULL);
	for (; n < t->endpoints; n++)
		hosts[n] = t->endpoint[n].host;
	if (strchr(t->address, '@'))
		hosts[n] = strchr(t->address, '@') + 1;
	if (!from_file(a, path, by))
		return false;
	if (!netrc_find(secret_span(&a->raw), hosts, t->user, &e))
		return refuse(a, "error.netrc_entry", path, NULL);
	if (!t->user[0])
		span_copy(e.login, t->user, sizeof(t->user));
	keep_password(a, &e);
	return true;
}

static bool read_source(struct asking *a)
{
	const struct options *o = a->o;
	msec by = now_msec() + o->timeout;

	switch (o->secret_source) {
	case SECRET_FROM_PROMPT:
		return from_terminal(a, -1);
	case SECRET_FROM_STDIN:
		return from_stdin(a, by);
	case SECRET_FROM_FILE:
		return from_file(a, o->secret_argument, by);
	case SECRET_FROM_ENV:
		return from_environment(a);
	case SECRET_FROM_COMMAND:
		return from_command(a, by);
	case SECRET_FROM_NETRC:
		return from_netrc(a, by);
	}
	return false;
}

static bool finish(struct asking *a, struct secret *ret)
{
	static const char *const flaws[] = {
		[SECRET_EMPTY] = "error.secret_empty",
		[SECRET_TOO_LONG] = "error.secret_too_long",
		[SECRET_HAS_NUL] = "error.secret_nul",
		[SECRET_HAS_NEWLINE] = "error.secret_newline",
	};
	const struct fault no_memory = { .kind = FAULT_NO_MEMORY };
	enum secret_flaw flaw;
	bool crlf;

	flaw = secret_tidy(&a->raw, &crlf);
	if (flaw != SECRET_FINE)
		return refuse(a, flaws[flaw], NULL, NULL);
	if (crlf)
		warn(a, "warning.crlf", NULL);
	if (secret_init(ret, a->raw.len) &&
	    secret_add(ret, secret_span(&a->raw)))
		return true;
	secret_release(ret);
	a->code = complain_internal_of(a->o, &no_memory);
	return false;
}

/*
 * What nobody wants in a password, said before anything is sent. What may be
 * on purpose depends on the answer and stands in the report.
 */
static void tell_notes(const struct options *o, const struct target *t,
		       const struct secret *s)
{
	struct hygiene h;

	hygiene_of(secret_span(s), o->secret_is_token, t->provider, &h);
	for (int i = 0; i <= HYGIENE_CAPS && !o->quiet; i++) {
		char id[64];
		struct buf b = buf_over(id, sizeof(id));
		struct text_arg args[] = { { "note", NULL }, { NULL, NULL } };

		if (!h.found[i])
			continue;
		buf_fmt(&b, "hygiene.%s", hygiene_name((enum hygiene_id)i));
		args[0].value = text_of(o->lang, id);
		complain_of(o, "warning.secret", args);
	}
}

/*
 * Room for the line end behind the longest secret, and one too many. Of a
 * variable the length is known: less to lock, and to wipe for each of many.
 */
static size_t room_for(const struct options *o)
{
	const char *value = o->secret_source == SECRET_FROM_ENV ?
			    getenv(o->secret_argument) : NULL;
	size_t len = value ? strlen(value) : SECRET_CAP + 2;

	return len < SECRET_CAP + 2 ? len + 1 : SECRET_CAP + 2;
}

bool secret_obtain(const struct options *o, struct target *t,
		   struct secret *ret, int *ret_code)
{
	struct asking a = { .o = o, .t = t, .code = EXIT_USAGE };
	const struct fault no_memory = { .kind = FAULT_NO_MEMORY };
	bool ok;

	if (!secret_init(&a.raw, room_for(o))) {
		*ret_code = complain_internal_of(o, &no_memory);
		return false;
	}
	ok = read_source(&a) && finish(&a, ret);
	secret_release(&a.raw);
	if (ok)
		tell_notes(o, t, ret);
	else
		*ret_code = a.code;
	return ok;
}
