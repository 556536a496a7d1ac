#include "cmd/option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/command.h"
#include "cmd/file.h"
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

/* The text stays in o->store: strings of the options borrow from it. */
bool option_read_file(struct option_parse *p)
{
	struct config_file f = { .line = 0 };
	char reason[REASON_CAP];
	struct stat st;
	size_t len;

	if (!option_config_path("config", f.path, sizeof(f.path)))
		return true;
	if (stat(f.path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (!file_read_regular(f.path, CONFIG_CAP, p->speak, &p->o->store,
			       &len, reason))
		return refuse_file(p, f.path, reason);
	return parse_config(p, &f);
}
