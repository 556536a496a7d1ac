#include "cmd/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "probes/base/text.h"
#include "reports/layout.h"

#define ARGS_MAX 8
#define VALUE_CAP 400
#define LINE_CAP_OUT 4096

/* At least 40; 0: it is no terminal. */
static unsigned terminal_columns(int fd)
{
	struct winsize size;

	if (isatty(fd) != 1)
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col < 40 ? 40 : size.ws_col;
	return 80;
}

/*
 * A value may come from argv, a file or a server's name: no escape sequence
 * of it may reach the terminal, and none may make a second line.
 */
static void printable_value(const char *value, char *room, size_t cap)
{
	struct buf b = buf_over(room, cap);

	text_printable(&b, span_of(value), false);
	if (b.full && cap > 4)
		memcpy(room + cap - 4, "...", 4);
}

static void fill_printable(struct buf *out, enum lang l, const char *id,
			   const struct text_arg *args)
{
	char room[ARGS_MAX][VALUE_CAP];
	struct text_arg safe[ARGS_MAX + 1];
	size_t n = 0;

	for (; args && args[n].name && n < ARGS_MAX; n++) {
		printable_value(args[n].value, room[n], sizeof(room[n]));
		safe[n] = (struct text_arg){ args[n].name, room[n] };
	}
	safe[n] = (struct text_arg){ NULL, NULL };
	text_fill(out, l, id, safe);
}

#define PROGRAM "mailwhy: "

/* A line for each in a log; a terminal would break them within words. */
void complain_line(const char *text)
{
	char room[LINE_CAP_OUT * 2];
	struct buf out = buf_over(room, sizeof(room));
	size_t at = sizeof(PROGRAM) - 1;
	unsigned columns = terminal_columns(STDERR_FILENO);

	if (columns > 0)
		layout_wrap(&out, text, at, at, columns);
	fprintf(stderr, PROGRAM "%s\n", columns > 0 ? room : text);
}

int complain(enum lang l, const char *id, const struct text_arg *args)
{
	char line[LINE_CAP_OUT];
	struct buf out = buf_over(line, sizeof(line));

	fill_printable(&out, l, id, args);
	complain_line(line);
	return EXIT_USAGE;
}

int complain_of(const struct options *o, const char *id,
		const struct text_arg *args)
{
	char text[LINE_CAP_OUT];
	struct buf out = buf_over(text, sizeof(text));

	if (!o->sink)
		return complain(o->lang, id, args);
	fill_printable(&out, o->lang, id, args);
	o->sink->take(o->sink->context, text);
	return EXIT_USAGE;
}

static const char *internal_id(const struct fault *why)
{
	return why->kind == FAULT_NO_MEMORY ? "error.no_memory" :
	       "error.internal";
}

int complain_internal(enum lang l, const struct fault *why)
{
	const struct text_arg args[] = {
		{ "fault", fault_name(why->kind) }, { "text", why->text },
		{ NULL, NULL }
	};

	complain(l, internal_id(why), args);
	return EXIT_INTERNAL;
}

int complain_internal_of(const struct options *o, const struct fault *why)
{
	const struct text_arg args[] = {
		{ "fault", fault_name(why->kind) }, { "text", why->text },
		{ NULL, NULL }
	};

	complain_of(o, internal_id(why), args);
	return EXIT_INTERNAL;
}

int print_result(enum lang l, const char *text, int exit_code)
{
	char reason[128];
	const struct text_arg args[] = { { "reason", reason }, { NULL, NULL } };

	errno = 0;
	if (fputs(text, stdout) != EOF && fflush(stdout) == 0)
		return exit_code;
	reason_of_errno(l, errno, reason, sizeof(reason));
	return complain(l, "error.stdout", args);
}

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static bool locale_is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = environment(names[i]);

		if (value)
			return span_has(span_of(value), "utf-8") ||
			       span_has(span_of(value), "utf8");
	}
	return false;
}

/*
 * Past 100 columns a paragraph is harder to read, not easier; --width says
 * otherwise.
 */
void report_style_of(const struct options *o, struct report_style *ret)
{
	bool tty = isatty(STDOUT_FILENO) == 1;
	const char *term = environment("TERM");
	bool dumb = !term || text_same(term, "dumb");

	*ret = (struct report_style){ .lang = o->lang,
				      .verbosity = o->verbosity };
	ret->color = o->color == COLOR_ALWAYS ||
		     (o->color == COLOR_AUTO && tty && !dumb &&
		      !environment("NO_COLOR"));
	ret->unicode = tty && locale_is_utf8();
	ret->width = o->width ? o->width : tty ? terminal_columns(STDOUT_FILENO) : 80;
	if (!o->width && ret->width > 100)
		ret->width = 100;
}

/* What people meet; the rest is told by libc, in English. */
static const struct {
	int error;
	const char *id;
} errno_rows[] = {
	{ ENOENT, "errno.noent" }, { EACCES, "errno.acces" },
	{ EPERM, "errno.perm" }, { EISDIR, "errno.isdir" },
	{ ENOTDIR, "errno.notdir" }, { ENOSPC, "errno.nospc" },
	{ EDQUOT, "errno.dquot" }, { EROFS, "errno.rofs" },
	{ EIO, "errno.io" }, { EPIPE, "errno.pipe" },
	{ EFBIG, "errno.fbig" }, { ENAMETOOLONG, "errno.nametoolong" },
	{ ELOOP, "errno.loop" }, { EMFILE, "errno.mfile" },
	{ ENFILE, "errno.mfile" }, { ENOMEM, "errno.nomem" },
	{ EINVAL, "errno.inval" }, { EBADF, "errno.badf" },
	{ EEXIST, "errno.exist" }, { ETXTBSY, "errno.txtbsy" },
	{ ENXIO, "errno.nxio" }, { ENODEV, "errno.nxio" },
};

void reason_of_errno(enum lang l, int error, char *to, size_t cap)
{
	for (size_t i = 0; i < sizeof(errno_rows) / sizeof(errno_rows[0]);
	     i++) {
		if (errno_rows[i].error != error)
			continue;
		span_copy(span_of(text_of(l, errno_rows[i].id)), to, cap);
		return;
	}
	if (strerror_r(error, to, cap) != 0)
		snprintf(to, cap, "errno %d", error);
}
