#include "cmd/own_providers.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/command.h"
#include "cmd/file.h"
#include "cmd/option.h"
#include "probes/base/text.h"

#define PATH_CAP 1024
#define FILE_CAP (64u << 10)
#define SUFFIX ".json"

struct loading {
	enum lang lang;
	const char *folder;
	struct provider_own *own;
	int code;
};

bool own_providers_folder(char *to, size_t cap)
{
	return option_config_path("providers", to, cap);
}

static bool refuse(struct loading *l, const char *reason)
{
	const struct text_arg args[] = {
		{ "file", l->folder }, { "reason", reason }, { NULL, NULL }
	};

	l->code = complain(l->lang, "error.provider_file", args);
	return false;
}

static bool no_memory(struct loading *l)
{
	struct fault why;

	fail(&why, FAULT_NO_MEMORY, "no memory for provider files");
	l->code = complain_internal(l->lang, &why);
	return false;
}

static bool added(struct loading *l, bool ok, const struct fault *why)
{
	if (ok)
		return true;
	if (why->kind == FAULT_NO_MEMORY)
		return no_memory(l);
	return refuse(l, why->text);
}

/* ---- one file ---- */

static bool add_file(struct loading *l, const char *name)
{
	struct fault why = { .kind = FAULT_NONE }, unread;
	char path[PATH_CAP], reason[REASON_CAP], *text = NULL;
	struct buf b = buf_over(path, sizeof(path));
	size_t len = 0;
	bool ok;

	buf_fmt(&b, "%s/%s", l->folder, name);
	if (b.full)
		return refuse(l, name);
	if (!file_read_regular(path, FILE_CAP, l->lang, &text, &len, reason)) {
		fail(&unread, FAULT_NOT_PERMITTED, "%.40s: %.110s", name,
		     reason);
		return added(l, provider_own_add_unread(l->own, name, &unread,
							&why), &why);
	}
	ok = provider_own_add(l->own, name, (struct span){ text, len }, &why);
	free(text);
	return added(l, ok, &why);
}

/* ---- the folder ---- */

static int is_provider_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && text_ends(entry->d_name, SUFFIX);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool load_folder(struct loading *l)
{
	struct dirent **entry = NULL;
	char reason[REASON_CAP];
	bool ok = true;
	int n;

	n = scandir(l->folder, &entry, is_provider_file, by_bytes);
	if (n < 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (n < 0) {
		reason_of_errno(l->lang, errno, reason, sizeof(reason));
		return refuse(l, reason);
	}
	l->own = n > 0 ? calloc(1, sizeof(*l->own)) : NULL;
	if (n > 0 && !l->own)
		ok = no_memory(l);
	for (int i = 0; i < n; i++) {
		ok = ok && add_file(l, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	return ok;
}

bool own_providers_load(enum lang lang, struct provider_own **ret,
			int *ret_code)
{
	char folder[PATH_CAP];
	struct loading l = { .lang = lang, .folder = folder };

	*ret = NULL;
	if (!own_providers_folder(folder, sizeof(folder)))
		return true;
	if (load_folder(&l)) {
		*ret = l.own;
		return true;
	}
	provider_own_free(l.own);
	*ret_code = l.code;
	return false;
}

bool own_providers_are_whole(enum lang l, const struct provider_own *own,
			     int *ret_code)
{
	const struct provider_own_file *broken = provider_own_broken(own);
	char folder[PATH_CAP] = "";
	const struct text_arg args[] = {
		{ "folder", folder },
		{ "fault", broken ? broken->why.text : "" }, { NULL, NULL }
	};

	if (!broken)
		return true;
	own_providers_folder(folder, sizeof(folder));
	*ret_code = complain(l, "error.provider_own", args);
	return false;
}
