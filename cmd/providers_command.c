#include "cmd/command.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/file.h"
#include "cmd/providers_set.h"

#define FILE_CAP (64u << 10)

/* ---- --check: for authors of provider files ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "kagoya.json" is the file of "kagoya"; lookups rely on it. */
static bool is_named_after(const char *path, const char *id)
{
	const char *name = base_name(path);
	size_t len = strlen(id);

	return strncmp(name, id, len) == 0 &&
	       strcmp(name + len, ".json") == 0;
}

static int complain_file(const struct options *o, const char *path,
			 const char *reason)
{
	const struct text_arg args[] = {
		{ "file", path }, { "reason", reason }, { NULL, NULL }
	};

	return complain(o->lang, "error.provider_file", args);
}

static int complain_wrong(const struct options *o, const struct fault *why)
{
	const struct text_arg args[] = {
		{ "fault", why->text }, { NULL, NULL }
	};

	if (why->kind == FAULT_NO_MEMORY)
		return complain_internal(o->lang, why);
	return complain(o->lang, "error.provider_wrong", args);
}

static int check_text(const struct options *o, const char *path,
		      struct span text)
{
	struct provider *p = NULL;
	struct fault why = { .kind = FAULT_NONE };
	const struct text_arg args[] = {
		{ "file", path }, { NULL, NULL }
	};
	int code = 0;

	if (!provider_parse(text, base_name(path), &p, &why))
		return complain_wrong(o, &why);
	if (!is_named_after(path, p->id))
		code = complain(o->lang, "error.provider_file_name", args);
	else if (!provider_is_complete(p, base_name(path), &why))
		code = complain_wrong(o, &why);
	provider_free(p);
	return code;
}

static int check_file(const struct options *o, const char *path)
{
	char reason[REASON_CAP], *text = NULL;
	size_t len = 0;
	int code;

	if (!file_read(path, FILE_CAP, o->lang, &text, &len, reason))
		return complain_file(o, path, reason);
	code = check_text(o, path, (struct span){ text, len });
	free(text);
	return code;
}

/* Every file is read, so that one run shows what is wrong in all of them. */
static int check_files(const struct options *o)
{
	int code = 0;

	if (o->targets == 0)
		return complain(o->lang, "error.providers_check", NULL);
	for (size_t i = 0; i < o->targets; i++) {
		int one = check_file(o, o->target[i]);

		if (one != 0)
			code = one;
	}
	return code;
}

/* ---- the list, and one in full ---- */

static int print_text(const struct options *o, char *text)
{
	struct fault why;
	int code;

	if (!text) {
		fail(&why, FAULT_NO_MEMORY, "no memory for the providers");
		return complain_internal(o->lang, &why);
	}
	code = print_result(o->lang, text, 0);
	free(text);
	return code;
}

static int print_all(const struct options *o, const struct provider_set *set)
{
	const struct provider_own *own = o->own_providers;
	struct report_style style;

	report_style_of(o, &style);
	return print_text(o, o->format == FORMAT_JSON ?
			  providers_json(set, own, NULL, (epoch)time(NULL),
					 o->lang) :
			  providers_list(set, own, &style));
}

static int print_one(const struct options *o, const struct provider_set *set,
		     const struct provider *found)
{
	const struct provider_row *row = set->row;
	epoch now = (epoch)time(NULL);
	struct report_style style;

	while (strcmp(row->provider->id, found->id) != 0)
		row++;
	report_style_of(o, &style);
	return print_text(o, o->format == FORMAT_JSON ?
			  providers_json(set, o->own_providers, row, now,
					 o->lang) :
			  providers_show(row, now, &style));
}

static int complain_name(const struct options *o,
			 const struct provider_set *set, const char *name)
{
	const char *near = provider_set_nearest(set, name);
	const struct text_arg args[] = {
		{ "name", name }, { "near", near }, { NULL, NULL }
	};

	return complain(o->lang, near ? "error.provider_near" :
			"error.provider_unknown", args);
}

/* An address stands for its domain. */
static const char *name_of(const char *asked)
{
	const char *at = strrchr(asked, '@');

	return at ? at + 1 : asked;
}

static int print_named(const struct options *o,
		       const struct provider_set *set, const char *asked)
{
	struct fault why = { .kind = FAULT_NONE };
	struct provider *found = NULL;
	int code;

	if (provider_by_name(o->own_providers, name_of(asked), &found, &why))
		code = print_one(o, set, found);
	else if (why.kind != FAULT_NONE)
		code = complain_internal(o->lang, &why);
	else
		code = complain_name(o, set, name_of(asked));
	provider_free(found);
	return code;
}

/* "yahoo japan" needs no quotes: the words behind the command are one name. */
static void join_words(const struct options *o, struct buf *out)
{
	for (size_t i = 0; i < o->targets; i++)
		buf_fmt(out, "%s%s", i > 0 ? " " : "", o->target[i]);
}

static int tell(const struct options *o)
{
	struct fault why = { .kind = FAULT_NONE };
	struct provider_set set;
	char name[300];
	struct buf b = buf_over(name, sizeof(name));
	int code;

	join_words(o, &b);
	if (!provider_set_load(o->own_providers, &set, &why))
		return complain_internal(o->lang, &why);
	code = o->targets == 0 ? print_all(o, &set) :
	       print_named(o, &set, name);
	provider_set_release(&set);
	return code;
}

int command_providers(const struct options *o)
{
	return o->providers_check ? check_files(o) : tell(o);
}
