#include "providers/provider_read.h"

#include <stdio.h>
#include <string.h>

/* What people read stands in every language, or the file is not complete. */
static bool read_languages(struct reader *r, const struct json *object,
			   const char *path, const char *ret[LANG_COUNT])
{
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		const char *code = lang_code((enum lang)l);

		if (!is_text(json_get(object, code)))
			return expected(r, "a printable text", "%s.%s", path,
					code);
		if (strlen(json_get_str(object, code)) >= PROVIDER_TEXT_CAP)
			return expected(r, "fewer than 640 bytes", "%s.%s",
					path, code);
		ret[l] = json_get_str(object, code);
	}
	return true;
}

bool read_both(struct reader *r, const struct json *object, const char *path,
	       struct provider_text *ret)
{
	static const char *const members[] = { "en", "ja", NULL };

	return only_members(r, object, path, members) &&
	       read_languages(r, object, path, ret->text);
}

bool read_names(struct reader *r, const struct json *doc)
{
	struct provider_text names;

	if (!read_both(r, json_get(doc, "names"), "names", &names))
		return false;
	memcpy(r->p->name, names.text, sizeof(names.text));
	return true;
}

/* A page, a telephone number, words: at least one of them. */
bool read_help(struct reader *r, const struct json *doc)
{
	static const char *const members[] = {
		"en", "ja", "url", "phone", NULL
	};
	const struct json *help = json_get(doc, "help");
	struct provider_help *h = &r->p->help;

	if (!help)
		return true;
	if (!only_members(r, help, "help", members) ||
	    !read_url(r, help, "url", "help", &h->url))
		return false;
	if (json_get(help, "phone") && !is_text(json_get(help, "phone")))
		return expected(r, "a printable text", "help.phone");
	h->phone = json_get_str(help, "phone");
	if (json_get(help, "en") || json_get(help, "ja"))
		return read_languages(r, help, "help", h->text);
	return h->url || h->phone ||
	       expected(r, "en and ja, url or phone", "help");
}

/* ---- remedies ---- */

static bool check_step(struct reader *r, const struct json *step,
		       const char *path)
{
	static const char *const members[] = { "en", "ja", "url", NULL };
	const char *text[LANG_COUNT], *url;

	return only_members(r, step, path, members) &&
	       read_languages(r, step, path, text) &&
	       read_url(r, step, "url", path, &url);
}

static bool check_steps(struct reader *r, const struct json *steps)
{
	const char *cause = json_name(steps);
	enum cause known;
	size_t i = 0;

	if (!cause_by_id(cause, &known))
		return expected(r, "the id of a cause", "remedies.%s", cause);
	if (!json_is_array(steps) || json_count(steps) == 0 ||
	    json_count(steps) > PROVIDER_STEPS_MAX)
		return expected(r, "1 to 10 steps", "remedies.%s", cause);
	for (const struct json *s = json_first(steps); s; s = json_next(s)) {
		char path[96];

		snprintf(path, sizeof(path), "remedies.%s[%zu]", cause, i++);
		if (!check_step(r, s, path))
			return false;
	}
	return true;
}

bool read_remedies(struct reader *r, const struct json *doc)
{
	const struct json *remedies = json_get(doc, "remedies");
	const struct json *m;

	if (remedies && !json_is_object(remedies))
		return expected(r, "an object", "remedies");
	for (m = json_first(remedies); m; m = json_next(m))
		if (!check_steps(r, m))
			return false;
	return no_repeats(r, remedies, "remedies");
}

/* ---- remarks ---- */

static bool read_texts(struct reader *r, const struct json *doc,
		       const char *key, size_t *ret_count,
		       struct provider_text ret[PROVIDER_TEXTS_MAX])
{
	const struct json *list = json_get(doc, key);

	*ret_count = 0;
	if (!list)
		return true;
	if (!json_is_array(list) || json_count(list) > PROVIDER_TEXTS_MAX)
		return expected(r, "a list of at most 12", "%s", key);
	for (const struct json *s = json_first(list); s; s = json_next(s)) {
		char path[48];

		snprintf(path, sizeof(path), "%s[%zu]", key, *ret_count);
		if (!read_both(r, s, path, &ret[*ret_count]))
			return false;
		++*ret_count;
	}
	return true;
}

bool read_remarks(struct reader *r, const struct json *doc)
{
	const struct json *lockout = json_get(doc, "lockout");
	struct provider *p = r->p;

	return read_texts(r, doc, "quirks", &p->quirks, p->quirk) &&
	       read_texts(r, doc, "doubts", &p->doubts, p->doubt) &&
	       (!lockout || read_both(r, lockout, "lockout", &p->lockout));
}
