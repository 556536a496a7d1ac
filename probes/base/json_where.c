#include "probes/base/json_where.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * cJSON keeps no positions. The text has been parsed already when somebody
 * asks for a line, so this only has to count brackets and quotes.
 */
struct walk {
	const char *at, *end;
};

static char next(const struct walk *w)
{
	return w->at < w->end ? *w->at : '\0';
}

static void step(struct walk *w)
{
	if (w->at < w->end)
		w->at++;
}

static void skip_space(struct walk *w)
{
	while (next(w) && strchr(" \t\r\n", next(w)))
		step(w);
}

/* Over a string; what stood between its quotes. */
static struct span skip_string(struct walk *w)
{
	struct span inside;

	step(w);
	inside.at = w->at;
	while (w->at < w->end && *w->at != '"') {
		if (*w->at == '\\')
			step(w);
		step(w);
	}
	inside.len = (size_t)(w->at - inside.at);
	step(w);
	return inside;
}

/* Over one value, whatever it holds. */
static void skip_value(struct walk *w)
{
	size_t depth = 0;

	skip_space(w);
	while (w->at < w->end) {
		char c = *w->at;

		if (c == '"') {
			skip_string(w);
			if (depth == 0)
				return;
			continue;
		}
		if (depth == 0 && strchr(",]} \t\r\n", c))
			return;
		step(w);
		depth += c == '{' || c == '[';
		if ((c == '}' || c == ']') && --depth == 0)
			return;
	}
}

/* Over the comma, to the next item; false: there is none. */
static bool next_item(struct walk *w)
{
	skip_space(w);
	if (next(w) != ',')
		return false;
	step(w);
	skip_space(w);
	return true;
}

static bool enter(struct walk *w, char bracket)
{
	if (next(w) != bracket)
		return false;
	step(w);
	skip_space(w);
	return next(w) && !strchr("]}", next(w));
}

/* To the value of the member `name`; *ret_key is where its key begins. */
static bool to_member(struct walk *w, struct span name, const char **ret_key)
{
	if (!enter(w, '{'))
		return false;
	do {
		const char *began = w->at;
		struct span key = skip_string(w);

		skip_space(w);
		step(w);			/* the colon */
		skip_space(w);
		if (key.len == name.len &&
		    memcmp(key.at, name.at, name.len) == 0) {
			*ret_key = began;
			return true;
		}
		skip_value(w);
	} while (next_item(w));
	return false;
}

static bool to_item(struct walk *w, unsigned long index, const char **ret_item)
{
	if (!enter(w, '['))
		return false;
	for (; index > 0; index--) {
		skip_value(w);
		if (!next_item(w))
			return false;
	}
	*ret_item = w->at;
	return true;
}

size_t json_place_of(struct span text, const char *path)
{
	struct walk w = { text.at, text.at + text.len };
	const char *found;

	skip_space(&w);
	found = w.at;
	while (*path) {
		struct span name = { path, strcspn(path, ".[") };
		char *after;

		if (*path == '.') {
			path++;
			continue;
		}
		if (*path == '[') {
			if (!to_item(&w, strtoul(path + 1, &after, 10), &found))
				break;
			path = after + (*after == ']');
		} else {
			if (!to_member(&w, name, &found))
				break;
			path += name.len;
		}
	}
	return (size_t)(found - text.at);
}

size_t json_line_of(struct span text, const char *path)
{
	size_t place = json_place_of(text, path), line = 1;

	for (size_t i = 0; i < place; i++)
		line += text.at[i] == '\n';
	return line;
}
