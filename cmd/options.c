#include "cmd/options.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/nearest.h"
#include "cmd/option.h"
#include "cmd/target.h"
#include "probes/base/text.h"

/*
 * What is given to --password-env and the like may be the secret itself, put
 * there by mistake, and so may a part of a URL: neither is repeated.
 */
static bool refuse_value(const struct option_parse *p, const char *id,
			 const struct option *row, const char *where,
			 const char *value)
{
	char expected[64];
	struct buf b = buf_over(expected, sizeof(expected));

	buf_fmt(&b, "expected.%s", row->name);
	const struct text_arg args[] = {
		{ "where", where }, { "value", value },
		{ "expected", text_of(p->speak, expected) }, { NULL, NULL }
	};

	if (strcmp(id, "error.option_value") == 0) {
		if (row->group == GROUP_SECRET)
			id = "error.option_value_hidden";
		else if (target_holds_secret(value))
			id = "error.url_secret";
	}
	complain(p->speak, id, args);
	return false;
}

bool option_apply(struct option_parse *p, const struct option *row,
		  const char *value, const char *where,
		  enum option_level level)
{
	size_t i = (size_t)(row - option_table);

	if (row->clear && p->level[i] != level)
		row->clear(p->o);
	p->level[i] = level;
	if (!row->set(row, p->o, value))
		return refuse_value(p, "error.option_value", row, where, value);
	return option_judge(p, row, value, where);
}

static bool is_yes(const char *value)
{
	return text_same(value, "yes") || text_same(value, "true") ||
	       text_same(value, "on") || text_same(value, "1") || !*value;
}

static bool is_no(const char *value)
{
	return text_same(value, "no") || text_same(value, "false") ||
	       text_same(value, "off") || text_same(value, "0");
}

bool option_apply_setting(struct option_parse *p, const struct option *row,
			  const char *value, const char *where,
			  enum option_level level)
{
	const struct text_arg args[] = {
		{ "where", where }, { "value", value },
		{ "expected", text_of(p->speak, "expected.switch") },
		{ NULL, NULL }
	};

	if (row->value)
		return option_apply(p, row, value, where, level);
	if (is_yes(value))
		return option_apply(p, row, "", where, level);
	if (is_no(value))
		return option_apply(p, row, NULL, where, level);
	complain(p->speak, "error.option_value", args);
	return false;
}

bool option_is_bare_secret(const char *name)
{
	static const char *const names[] = {
		"password", "passwd", "pass", "token", "secret", "pw"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_same(name, names[i]))
			return true;
	return false;
}

/* The value is not shown: somebody may have typed a secret behind it. */
static bool refuse_unknown(const struct option_parse *p, const char *shown,
			   const char *name)
{
	const char *near = nearest_word(name, option_name_at);
	const struct text_arg args[] = {
		{ "option", shown }, { "near", near }, { NULL, NULL }
	};

	complain(p->speak, option_is_bare_secret(name) ?
		 "error.secret_argument" : near ? "error.option_near" :
		 "error.option_unknown", args);
	return false;
}

/* ---- command line ---- */

struct arguments {
	int argc;
	char **argv;
	int next;
};

#define NAME_CAP 64

static bool parse_long(struct option_parse *p, struct arguments *a,
		       const char *argument)
{
	char name[NAME_CAP], where[NAME_CAP + 2];
	struct span rest = span_of(argument + 2), head;
	const char *value = strchr(argument, '=');
	const struct option *row;
	struct buf b = buf_over(where, sizeof(where));

	span_cut(&rest, '=', &head);
	span_copy(head, name, sizeof(name));
	buf_fmt(&b, "--%s", name);
	row = option_by_name(name);
	if (!row)
		return refuse_unknown(p, where, name);
	if (!row->value && value)
		return refuse_value(p, "error.option_extra", row, where, "");
	if (!row->value)
		return option_apply(p, row, "", where, LEVEL_LINE);
	if (value)
		return option_apply(p, row, value + 1, where, LEVEL_LINE);
	if (a->next == a->argc)
		return refuse_value(p, "error.option_missing", row, where, "");
	return option_apply(p, row, a->argv[a->next++], where, LEVEL_LINE);
}

/* The value of -w: what follows in the same word, else the next one. */
static bool short_value(struct option_parse *p, struct arguments *a,
			const struct option *row, const char *shown,
			const char *rest)
{
	if (*rest)
		return option_apply(p, row, rest, shown, LEVEL_LINE);
	if (a->next == a->argc)
		return refuse_value(p, "error.option_missing", row, shown, "");
	return option_apply(p, row, a->argv[a->next++], shown, LEVEL_LINE);
}

static bool parse_short(struct option_parse *p, struct arguments *a,
			const char *argument)
{
	for (const char *c = argument + 1; *c; c++) {
		const char shown[] = { '-', *c, '\0' };
		const struct option *row = option_by_letter(*c);
		const struct text_arg args[] = {
			{ "option", shown }, { NULL, NULL }
		};

		if (!row) {
			complain(p->speak, "error.option_unknown", args);
			return false;
		}
		if (row->value)
			return short_value(p, a, row, shown, c + 1);
		if (!option_apply(p, row, "", shown, LEVEL_LINE))
			return false;
	}
	return true;
}

/*
 * Commands are plain words; addresses and URLs never are. Host names are no
 * targets by themselves: they come with --server.
 */
static bool is_plain_word(const char *argument)
{
	if (!ascii_is_alpha(*argument))
		return false;
	for (; *argument; argument++)
		if (!ascii_is_alnum(*argument) && *argument != '-' &&
		    *argument != '_')
			return false;
	return true;
}

/* `mailwhy explain 535 Authentication failed`: words are one text. */
static bool add_text(struct option_parse *p, const char *argument)
{
	struct options *o = p->o;
	struct fault why = { .kind = FAULT_NO_MEMORY };
	size_t had = o->text ? strlen(o->text) : 0, len = strlen(argument);
	char *text = realloc(o->text, had + len + 2);

	if (!text) {
		complain_internal(p->speak, &why);
		return false;
	}
	if (had > 0)
		text[had++] = ' ';
	memcpy(text + had, argument, len + 1);
	o->text = text;
	return true;
}

/*
 * What was pasted may begin with a dash ("-ERR ...", "- ..."): no option of
 * ours has white space before its value or is called ERR.
 */
static bool is_pasted(const struct options *o, const char *argument)
{
	size_t name = strcspn(argument, "= \t\n");

	return o->command && strcmp(o->command, "explain") == 0 &&
	       ((argument[name] && argument[name] != '=') ||
		span_starts(span_of(argument), "-ERR"));
}

static bool add_target(struct option_parse *p, const char *argument)
{
	struct options *o = p->o;
	const struct text_arg args[] = {
		{ "target", argument }, { NULL, NULL }
	};

	if (!o->command && is_plain_word(argument)) {
		o->command = argument;
		return true;
	}
	if (!o->command)
		o->command = "check";
	if (strcmp(o->command, "explain") == 0)
		return add_text(p, argument);
	if (target_holds_secret(argument)) {
		complain(p->speak, "error.url_secret", NULL);
		return false;
	}
	if (o->targets == TARGETS_MAX) {
		complain(p->speak, "error.arguments_many", args);
		return false;
	}
	o->target[o->targets++] = argument;
	return true;
}

static bool parse_line(struct option_parse *p, int argc, char **argv)
{
	struct arguments a = { argc, argv, 1 };
	bool only_targets = false;

	while (a.next < a.argc) {
		const char *argument = a.argv[a.next++];
		bool ok;

		if (!only_targets && strcmp(argument, "--") == 0) {
			only_targets = true;
			continue;
		}
		if (only_targets || argument[0] != '-' || !argument[1] ||
		    is_pasted(p->o, argument))
			ok = add_target(p, argument);
		else if (argument[1] == '-')
			ok = parse_long(p, &a, argument);
		else
			ok = parse_short(p, &a, argument);
		if (!ok)
			return false;
	}
	return true;
}

/* ---- all of it ---- */

/*
 * Complaints about the command line come before it is read to its end, so
 * the language they are in is looked for first.
 */
static enum lang language_of_complaints(int argc, char **argv)
{
	enum lang l = lang_of_locale(getenv("LC_ALL"), getenv("LC_MESSAGES"),
				     getenv("LANG"));
	const char *env = getenv("MAILWHY_LANG");

	if (env)
		(void)lang_by_code(env, &l);
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--lang=", 7) == 0)
			(void)lang_by_code(argv[i] + 7, &l);
		else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			(void)lang_by_code(argv[i + 1], &l);
	}
	return l;
}

static void set_defaults(struct options *o)
{
	memset(o, 0, sizeof(*o));
	o->quit_after = STAGE_LOGOUT;
	o->days_warning = o->days_critical = -1;
	o->timeout = PROBE_MSEC;
	o->lang = lang_of_locale(getenv("LC_ALL"), getenv("LC_MESSAGES"),
				 getenv("LANG"));
}

static const struct {
	unsigned flag;
	const char *command;
} owners[] = {
	{ OPTION_CHECK, "check" }, { OPTION_DEMO, "demo" },
	{ OPTION_EXPLAIN, "explain" }, { OPTION_SETTINGS, "settings" },
	{ OPTION_PROVIDERS, "providers" }, { OPTION_BATCH, "batch" },
	{ OPTION_MERGE, "merge" },
};

/* Does the command know the option? If not, *ret_owner is one that does. */
static bool fits(const struct option *row, const char *command,
		 const char **ret_owner)
{
	*ret_owner = NULL;
	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		if (!(row->flags & owners[i].flag))
			continue;
		if (strcmp(owners[i].command, command) == 0)
			return true;
		if (!*ret_owner)
			*ret_owner = owners[i].command;
	}
	return !*ret_owner;
}

/* A lasting setting may be for another command than today's. */
static bool check_command_fits(const struct option_parse *p)
{
	for (size_t i = 0; option_table[i].name; i++) {
		const struct option *row = &option_table[i];
		const char *owner;

		if (p->level[i] != LEVEL_LINE ||
		    fits(row, p->o->command, &owner))
			continue;
		const struct text_arg args[] = {
			{ "option", row->name }, { "command", owner },
			{ NULL, NULL }
		};
		complain(p->speak, "error.option_command", args);
		return false;
	}
	return true;
}

bool options_parse(int argc, char **argv, struct options *ret)
{
	struct option_parse p = { .o = ret };

	set_defaults(ret);
	p.speak = language_of_complaints(argc, argv);
	if (option_read_file(&p) && option_read_environment(&p) &&
	    parse_line(&p, argc, argv)) {
		if (!ret->command)
			ret->command = "check";
		if (check_command_fits(&p))
			return true;
	}
	options_release(ret);
	return false;
}

void options_release(struct options *o)
{
	free(o->store);
	free(o->text);
	o->store = NULL;
	o->text = NULL;
}
