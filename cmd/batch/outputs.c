#include "cmd/batch/outputs.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/file.h"

#define PATH_ROOM 2048
#define DEFAULT_OUTPUT "summary"

struct output {
	const struct writer_kind *kind;
	struct writer *writer;
	char path[PATH_ROOM];		/* "" standard output */
	char real[PATH_ROOM];		/* file_real() of it */
	char beside[PATH_ROOM];		/* renamed to it at the end; "" */
	int fd;
	off_t whole;			/* bytes that are whole records */
	bool regular, failed;
	bool unread;			/* failed: whoever read it is gone */
	bool goes_on;			/* the file of --resume */
};

struct outputs {
	enum lang lang;
	size_t n;
	struct output one[OUTPUTS_MAX];
};

static const char *shown(enum lang l, const struct output *o)
{
	return o->path[0] ? o->path : text_of(l, "batch.stdout");
}

static int refuse(const struct options *o, const char *id, const char *value)
{
	const struct text_arg args[] = { { "value", value }, { NULL, NULL } };

	return complain(o->lang, id, args);
}

static int refuse_file(enum lang l, const struct output *x, int error)
{
	char reason[128];
	const struct text_arg args[] = {
		{ "file", shown(l, x) }, { "reason", reason }, { NULL, NULL }
	};

	reason_of_errno(l, error, reason, sizeof(reason));
	return complain(l, "batch.output_write", args);
}

/* ---- opening ---- */

static bool is_same_file(const struct stat *st, const char *path)
{
	struct stat other;

	return path && stat(path, &other) == 0 && other.st_dev == st->st_dev &&
	       other.st_ino == st->st_ino;
}

/* KIND, KIND:FILE, KIND:-, as option_judge() let it pass. */
static int parse(const struct options *o, const char *text, struct output *x)
{
	const char *colon = strchr(text, ':');
	char name[32];
	size_t len = colon ? (size_t)(colon - text) : strlen(text);

	span_copy(span_head(span_of(text), len), name, sizeof(name));
	x->kind = writer_by_name(name);
	assert(x->kind);
	if (colon && strcmp(colon + 1, "-") != 0)
		span_copy(span_of(colon + 1), x->path, sizeof(x->path));
	/* room is left for what stands beside it */
	return !x->path[0] ||
	       file_real(x->path, x->real, sizeof(x->real) - 8) ? 0 :
	       refuse_file(o->lang, x, ENAMETOOLONG);
}

/* Whoever calls the results as the accounts would lose the accounts. */
static bool is_input(const struct options *o, const struct output *x)
{
	struct stat st;

	if (!x->path[0] || stat(x->path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	for (size_t i = 0; i < o->targets; i++)
		if (is_same_file(&st, o->target[i]))
			return true;
	return false;
}

static int clashes(const struct options *o, const struct outputs *out,
		   const struct output *x)
{
	if (is_input(o, x))
		return refuse(o, "batch.output_input", shown(o->lang, x));
	for (size_t i = 0; i < out->n; i++) {
		if (strcmp(out->one[i].real, x->real) != 0)
			continue;
		return refuse(o, x->path[0] ? "batch.output_same" :
			      "batch.output_stdout", shown(o->lang, x));
	}
	return 0;
}

/* Files of reports are as readable as others of this person. */
static mode_t usual_mode(const char *path)
{
	struct stat st;
	mode_t mask;

	if (stat(path, &st) == 0)
		return st.st_mode & 0777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

static int open_file(const struct options *o, struct output *x)
{
	struct stat st;
	bool there = stat(x->path, &st) == 0;
	bool special = there && !S_ISREG(st.st_mode);

	x->goes_on = there && !special && is_same_file(&st, o->resume);
	if ((x->kind->whole || x->goes_on) && !special)
		return file_beside(x->real, usual_mode(x->real), x->beside,
				   sizeof(x->beside));
	return open(x->path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_CREAT |
		    O_TRUNC, 0666);
}

/* Where it was closed, a place is held for it that takes nothing. */
static int open_stdout(void)
{
	if ((fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY) {
		errno = EBADF;
		return -1;
	}
	return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
}

static bool open_one(const struct options *o, struct output *x)
{
	struct stat st;

	x->fd = x->path[0] ? open_file(o, x) : open_stdout();
	if (x->fd < 0)
		return false;
	x->regular = x->path[0] && fstat(x->fd, &st) == 0 &&
		     S_ISREG(st.st_mode);
	return true;
}

static void style_of(const struct options *o, struct writer_style *ret)
{
	struct report_style style;

	report_style_of(o, &style);
	*ret = (struct writer_style){
		.lang = o->lang, .color = style.color,
		.unicode = style.unicode, .width = style.width,
		.days_warning = -1, .days_critical = -1,
	};
}

/* ---- writing ---- */

/* What is half a record is taken back, where that can be done. */
static bool give_up(struct outputs *out, struct output *x, int error)
{
	int done = x->regular && !x->beside[0] ?
		   ftruncate(x->fd, x->whole) : 0;

	(void)done;
	x->failed = true;
	x->unread = error == EPIPE;
	refuse_file(out->lang, x, error);
	return false;
}

static bool put_page(struct outputs *out, struct output *x, struct page *page)
{
	char *text = page_close(page);
	bool ok;

	errno = ENOMEM;
	ok = text && file_write(x->fd, span_of(text));
	if (ok)
		x->whole += (off_t)strlen(text);
	else
		give_up(out, x, errno);
	free(text);
	return ok;
}

static bool begin_one(struct outputs *out, struct output *x,
		      const struct writer_style *style)
{
	struct writer_style own = *style;
	struct page page;

	/* colours and the width of a terminal are for standard output */
	if (x->path[0]) {
		own.color = false;
		own.unicode = true;
		own.width = 100;
	}
	x->writer = writer_open(x->kind, &own);
	if (!x->writer) {
		errno = ENOMEM;
		return false;
	}
	page_open(&page);
	writer_begin(x->writer, &page);
	return put_page(out, x, &page);
}

static int add_output(const struct options *o, const char *text,
		      struct outputs *out)
{
	struct output *x = &out->one[out->n];
	int code = parse(o, text, x);

	if (code == 0)
		code = clashes(o, out, x);
	x->fd = -1;
	out->n += code == 0;
	return code;
}

static int begin(const struct options *o, struct outputs *out,
		 struct output *x)
{
	struct writer_style style;

	if (!open_one(o, x))
		return refuse_file(o->lang, x, errno);
	style_of(o, &style);
	return begin_one(out, x, &style) ? 0 : EXIT_USAGE;
}

/* Only when all of them are right is any file touched. */
static int open_all(const struct options *o, struct outputs *out)
{
	int code = 0;

	if (o->outputs == 0)
		code = add_output(o, o->format == FORMAT_JSON ? "jsonl" :
				  DEFAULT_OUTPUT, out);
	for (size_t i = 0; i < o->outputs && code == 0; i++)
		code = add_output(o, o->output[i], out);
	for (size_t i = 0; i < out->n && code == 0; i++)
		code = begin(o, out, &out->one[i]);
	return code;
}

int outputs_open(const struct options *o, struct outputs **ret)
{
	struct outputs *out = calloc(1, sizeof(*out));
	const struct fault no_memory = { .kind = FAULT_NO_MEMORY };
	int code;

	if (!out)
		return complain_internal(o->lang, &no_memory);
	out->lang = o->lang;
	code = open_all(o, out);
	if (code == 0)
		*ret = out;
	else
		outputs_drop(out);
	return code;
}

bool outputs_add(struct outputs *out, const struct account_outcome *o,
		 const char *line)
{
	bool ok = true;

	for (size_t i = 0; i < out->n; i++) {
		struct output *x = &out->one[i];
		struct page page;

		if (x->failed)
			continue;
		page_open(&page);
		writer_add(x->writer, o, line, &page);
		ok = put_page(out, x, &page) && ok;
	}
	return ok;
}

/* ---- the end ---- */

static void close_one(struct output *x)
{
	writer_close(x->writer);
	if (x->fd >= 0)
		close(x->fd);
	if (x->beside[0])
		unlink(x->beside);
}

static bool take_place(struct outputs *out, struct output *x)
{
	if (fsync(x->fd) != 0 || rename(x->beside, x->real) != 0)
		return give_up(out, x, errno);
	x->beside[0] = '\0';
	return true;
}

bool outputs_settle(struct outputs *out)
{
	bool ok = true;

	for (size_t i = 0; i < out->n; i++)
		if (out->one[i].goes_on && !out->one[i].kind->whole)
			ok = take_place(out, &out->one[i]) && ok;
	return ok;
}

static bool finish_one(struct outputs *out, struct output *x)
{
	struct page page;
	int fd = x->fd;

	page_open(&page);
	writer_end(x->writer, &page);
	if (!put_page(out, x, &page))
		return false;
	/* a full disk may show itself only now */
	if (x->regular && fsync(fd) != 0)
		return give_up(out, x, errno);
	x->fd = -1;
	if (close(fd) != 0 && errno != EINTR)
		return give_up(out, x, errno);
	if (x->beside[0] && rename(x->beside, x->real) != 0)
		return give_up(out, x, errno);
	x->beside[0] = '\0';
	return true;
}

bool outputs_close(struct outputs *out)
{
	bool ok = true;

	for (size_t i = 0; out && i < out->n; i++)
		if (!out->one[i].failed)
			ok = finish_one(out, &out->one[i]) && ok;
	outputs_drop(out);
	return ok;
}

void outputs_drop(struct outputs *out)
{
	for (size_t i = 0; out && i < out->n; i++)
		close_one(&out->one[i]);
	free(out);
}

const char *outputs_full(const struct outputs *out)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->one[i].failed && !out->one[i].unread)
			return shown(out->lang, &out->one[i]);
	return NULL;
}

bool outputs_on_terminal(const struct outputs *out)
{
	for (size_t i = 0; i < out->n; i++)
		if (!out->one[i].path[0] && !out->one[i].kind->gathers)
			return isatty(STDOUT_FILENO) == 1;
	return false;
}
