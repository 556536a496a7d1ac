#include "probes/base/json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRINT_ROOM (16 << 10)	/* to begin with; a report has 10 KB */

/* `struct json` is never defined: it is cJSON's node under another name. */
static const cJSON *node(const struct json *v)
{
	return (const cJSON *)v;
}

static cJSON *writable(struct json *v)
{
	return (cJSON *)v;
}

static struct json *json_of(cJSON *v)
{
	return (struct json *)v;
}

/* ---- reading ---- */

static void say_where(struct span text, const char *end, struct fault *why)
{
	size_t line = 1, column = 1;

	for (const char *p = text.at; p < end && p < text.at + text.len; p++) {
		column = *p == '\n' ? 1 : column + 1;
		line += *p == '\n';
	}
	fail(why, FAULT_PROTOCOL, "not JSON at line %zu, column %zu", line,
	     column);
}

static bool only_space(const char *from, const char *end)
{
	while (from < end && strchr(" \t\r\n", *from) && *from)
		from++;
	return from >= end;
}

bool json_parse(struct span text, struct json **ret, struct fault *why)
{
	size_t at;

	return json_parse_at(text, ret, &at, why);
}

bool json_parse_at(struct span text, struct json **ret, size_t *ret_at,
		   struct fault *why)
{
	const char *end = text.at;
	cJSON *doc;

	*ret_at = 0;
	if (text.len > JSON_TEXT_CAP)
		return fail(why, FAULT_TOO_LONG, "JSON text over %u bytes",
			    JSON_TEXT_CAP);
	/* cJSON does not say which it was, but malloc does (POSIX) */
	errno = 0;
	doc = text.at ? cJSON_ParseWithLengthOpts(text.at, text.len, &end, 0)
		      : NULL;
	if (doc && only_space(end, text.at + text.len)) {
		*ret = json_of(doc);
		return true;
	}
	if (!doc && errno == ENOMEM)
		return fail(why, FAULT_NO_MEMORY, "no memory for JSON");
	cJSON_Delete(doc);
	end = end ? end : text.at;
	*ret_at = (size_t)(end - text.at);
	say_where(text, end, why);
	return false;
}

void json_free(struct json *doc)
{
	cJSON_Delete(writable(doc));
}

const struct json *json_get(const struct json *object, const char *name)
{
	if (!cJSON_IsObject(node(object)))
		return NULL;
	return json_of(cJSON_GetObjectItemCaseSensitive(node(object), name));
}

const struct json *json_first(const struct json *parent)
{
	return parent ? json_of(node(parent)->child) : NULL;
}

const struct json *json_next(const struct json *item)
{
	return item ? json_of(node(item)->next) : NULL;
}

const char *json_name(const struct json *member)
{
	return member ? node(member)->string : NULL;
}

size_t json_count(const struct json *parent)
{
	size_t n = 0;

	for (const struct json *v = json_first(parent); v; v = json_next(v))
		n++;
	return n;
}

bool json_is_object(const struct json *v) { return cJSON_IsObject(node(v)); }
bool json_is_array(const struct json *v) { return cJSON_IsArray(node(v)); }
bool json_is_string(const struct json *v) { return cJSON_IsString(node(v)); }
bool json_is_number(const struct json *v)
{
	return cJSON_IsNumber(node(v)) || cJSON_IsRaw(node(v));
}
bool json_is_bool(const struct json *v) { return cJSON_IsBool(node(v)); }
bool json_is_null(const struct json *v) { return cJSON_IsNull(node(v)); }
bool json_true(const struct json *v) { return cJSON_IsTrue(node(v)); }

const char *json_str(const struct json *v)
{
	return json_is_string(v) ? node(v)->valuestring : NULL;
}

/* 2^53: beyond it a double no longer holds every integer. */
int64_t json_int(const struct json *v, int64_t otherwise)
{
	double d;

	if (!json_is_number(v))
		return otherwise;
	d = node(v)->valuedouble;
	return d >= -9007199254740992.0 && d <= 9007199254740992.0
		? (int64_t)d : otherwise;
}

const char *json_get_str(const struct json *object, const char *name)
{
	return json_str(json_get(object, name));
}

/* ---- building ---- */

/*
 * cJSON has no room in a node for "something is missing below". A member that
 * could not be made is replaced by nothing, and the thread that builds
 * remembers it until it prints: one document is built at a time.
 */
static _Thread_local bool incomplete;

struct json *json_object_new(void)
{
	incomplete = false;
	return json_of(cJSON_CreateObject());
}

static struct json *add(struct json *parent, const char *name, cJSON *child)
{
	bool added = child && parent &&
		(name ? cJSON_AddItemToObjectCS(writable(parent), name, child)
		      : cJSON_AddItemToArray(writable(parent), child));

	if (added)
		return json_of(child);
	cJSON_Delete(child);
	incomplete = true;
	return NULL;
}

struct json *json_add_object(struct json *parent, const char *name)
{
	return add(parent, name, cJSON_CreateObject());
}

struct json *json_add_array(struct json *parent, const char *name)
{
	return add(parent, name, cJSON_CreateArray());
}

void json_add_str(struct json *parent, const char *name, const char *text)
{
	add(parent, name, text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

/*
 * cJSON would print it as a double and read that back to see whether it is
 * the same, which is half of the work of a report. It prints what is raw as
 * it stands; json_int() takes the number beside it.
 */
void json_add_int(struct json *parent, const char *name, int64_t number)
{
	char digits[24];
	cJSON *item;

	snprintf(digits, sizeof(digits), "%lld", (long long)number);
	item = cJSON_CreateRaw(digits);
	if (item)
		item->valuedouble = (double)number;
	add(parent, name, item);
}

void json_add_bool(struct json *parent, const char *name, bool value)
{
	add(parent, name, cJSON_CreateBool(value));
}

void json_add_null(struct json *parent, const char *name)
{
	add(parent, name, cJSON_CreateNull());
}

char *json_print(const struct json *doc, bool pretty)
{
	char *printed, *text;

	if (!doc || incomplete)
		return NULL;
	printed = cJSON_PrintBuffered(node(doc), PRINT_ROOM, pretty);
	if (!printed)
		return NULL;
	/* cJSON may use another allocator; the caller frees with free(). */
	text = strdup(printed);
	cJSON_free(printed);
	return text;
}

void json_use_allocator(void *(*allocate)(size_t), void (*release)(void *))
{
	cJSON_Hooks hooks = { allocate, release };

	cJSON_InitHooks(&hooks);
}
