#include "cmd/command.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/file.h"
#include "providers/provider.h"

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

int command_providers(const struct options *o)
{
	if (o->providers_check)
		return check_files(o);
	return complain(o->lang, "error.providers_check", NULL);
}
