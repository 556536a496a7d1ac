#include "cmd/option.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/nearest.h"
#include "probes/base/text.h"

#define PATH_CAP 1024
#define CONFIG_CAP 65536
#define NAME_CAP 64
#define WHERE_CAP (PATH_CAP + NAME_CAP + 16)

/* ---- environment ---- */

bool option_read_environment(struct option_parse *p)
{
	for (const struct option *row = option_table; row->name; row++) {
		char name[NAME_CAP];
		struct buf b = buf_over(name, sizeof(name));
		const char *value;

		if (row->flags & OPTION_LINE_ONLY)
			continue;
		buf_str(&b, "MAILWHY_");
		for (const char *c = row->name; *c; c++)
			buf_char(&b, *c == '-' ? '_' : ascii_upper(*c));
		value = getenv(name);
		if (value && *value &&
		    !option_apply_setting(p, row, value, name, LEVEL_ENV))
			return false;
	}
	return true;
}

/* ---- config file ---- */

struct config_file {
	char path[PATH_CAP];
	unsigned line;
};

bool option_config_path(const char *name, char *path, size_t cap)
{
	struct buf b = buf_over(path, cap);
	const char *base = getenv("XDG_CONFIG_HOME");

	/* XDG Base Directory Specification: a relative path is ignored */
	if (base && *base == '/') {
		buf_str(&b, base);
	} else {
		base = getenv("HOME");
		if (!base || *base != '/')
			return false;
		buf_fmt(&b, "%s/.config", base);
	}
	buf_fmt(&b, "/mailwhy/%s", name);
	return !b.full;
}

static bool refuse_file(const struct option_parse *p, const char *path,
			const char *reason)
{
	const struct text_arg args[] = {
		{ "file", path }, { "reason", reason }, { NULL, NULL }
	};

	complain(p->speak, "error.config_read", args);
	return false;
}

static bool read_all(int fd, char *to, size_t cap, size_t *ret_len)
{
	size_t len = 0;

	while (len < cap) {
		ssize_t n = read(fd, to + len, cap - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*ret_len = len;
	return true;
}

/* Into o->store, NUL-terminated: strings of the options borrow from it. */
static bool load(struct option_parse *p, const char *path, int fd)
{
	char reason[128];
	struct stat st;
	size_t len;

	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		return refuse_file(p, path,
				   text_of(p->speak, "reason.no_file"));
	p->o->store = malloc(CONFIG_CAP + 1);
	if (!p->o->store || !read_all(fd, p->o->store, CONFIG_CAP + 1, &len)) {
		reason_of_errno(errno, reason, sizeof(reason));
		return refuse_file(p, path, reason);
	}
	if (len > CONFIG_CAP)
		return refuse_file(p, path,
				   text_of(p->speak, "reason.too_large"));
	p->o->store[len] = '\0';
	if (memchr(p->o->store, '\0', len))
		return refuse_file(p, path,
				   text_of(p->speak, "reason.binary"));
	return true;
}

static char *trimmed(char *text)
{
	struct span s = span_trim(span_of(text));

	((char *)s.at)[s.len] = '\0';
	return text + (s.at - text);
}

static bool refuse_line(const struct option_parse *p,
			const struct config_file *f, const char *id,
			const char *name, const char *near)
{
	char number[16];
	struct buf b = buf_over(number, sizeof(number));
	const struct text_arg args[] = {
		{ "file", f->path }, { "line", number }, { "name", name },
		{ "near", near }, { NULL, NULL }
	};

	buf_fmt(&b, "%u", f->line);
	complain(p->speak, id, args);
	return false;
}

/* Only the name is ever shown: the value could be a misplaced secret. */
static bool refuse_name(const struct option_parse *p,
			const struct config_file *f, const char *name)
{
	const char *near = nearest_word(name, option_name_at);

	if (option_is_bare_secret(name))
		return refuse_line(p, f, "error.config_secret", name, NULL);
	return refuse_line(p, f, near ? "error.config_near" :
			   "error.config_unknown", name, near);
}

static bool parse_config_line(struct option_parse *p,
			      const struct config_file *f, char *line)
{
	char where[WHERE_CAP];
	struct buf b = buf_over(where, sizeof(where));
	char *name = trimmed(line), *value;
	const struct option *row;
	char *equals = strchr(name, '=');

	if (!*name || *name == '#')
		return true;
	if (!equals)
		return refuse_line(p, f, "error.config_line", "", NULL);
	*equals = '\0';
	value = trimmed(equals + 1);
	name = trimmed(name);
	row = option_by_name(name);
	if (!row || row->flags & OPTION_LINE_ONLY)
		return refuse_name(p, f, name);
	buf_fmt(&b, "%s:%u: %s", f->path, f->line, name);
	return option_apply_setting(p, row, value, where, LEVEL_FILE);
}

static bool parse_config(struct option_parse *p, struct config_file *f)
{
	char *line = p->o->store;

	while (line) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		if (end && end > line && end[-1] == '\r')
			end[-1] = '\0';
		f->line++;
		if (!parse_config_line(p, f, line))
			return false;
		line = end ? end + 1 : NULL;
	}
	return true;
}

bool option_read_file(struct option_parse *p)
{
	struct config_file f = { .line = 0 };
	char reason[128];
	bool ok;
	int fd;

	if (!option_config_path("config", f.path, sizeof(f.path)))
		return true;
	/* a FIFO in this place must not make us wait */
	fd = open(f.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (fd < 0) {
		reason_of_errno(errno, reason, sizeof(reason));
		return refuse_file(p, f.path, reason);
	}
	ok = load(p, f.path, fd);
	close(fd);
	return ok && parse_config(p, &f);
}
