#ifndef MAILWHY_BASE_JSON_H
#define MAILWHY_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/base/fault.h"
#include "probes/base/span.h"

/*
 * JSON values (cJSON behind a header of ours). A document is owned by whoever
 * parsed or made it and released as a whole; members are borrowed from it.
 * All getters accept NULL and values of another type and then return the
 * "nothing" of their type, so that optional members need no checks.
 */
struct json;

#define JSON_TEXT_CAP (4u << 20)	/* a larger text is refused */

/*
 * Parse one value; nothing but white space may follow. On failure *why says
 * line and column (FAULT_PROTOCOL, FAULT_TOO_LONG, FAULT_NO_MEMORY).
 */
bool json_parse(struct span text, struct json **ret, struct fault *why);
/* The same; *ret_at is the byte where the text stops to be JSON. */
bool json_parse_at(struct span text, struct json **ret, size_t *ret_at,
		   struct fault *why);
void json_free(struct json *doc);

const struct json *json_get(const struct json *object, const char *name);
const struct json *json_first(const struct json *array_or_object);
const struct json *json_next(const struct json *item);
const char *json_name(const struct json *member);	/* its key; NULL in arrays */
size_t json_count(const struct json *array_or_object);
bool json_is_object(const struct json *v);
bool json_is_array(const struct json *v);
bool json_is_string(const struct json *v);
bool json_is_number(const struct json *v);
bool json_is_bool(const struct json *v);
bool json_is_null(const struct json *v);

const char *json_str(const struct json *v);		/* NULL: no string */
int64_t json_int(const struct json *v, int64_t otherwise);
bool json_true(const struct json *v);
/* json_str(json_get(object, name)) */
const char *json_get_str(const struct json *object, const char *name);

/*
 * Building. A failed allocation is remembered in the document and shows when
 * it is printed, so that a writer needs no check per line. Children are owned
 * by their parent. name is NULL when the parent is an array, else it has to
 * outlive the document: mostly a literal. Text must be UTF-8 and is copied;
 * NULL text writes null.
 */
struct json *json_object_new(void);			/* NULL: no memory */
struct json *json_add_object(struct json *parent, const char *name);
struct json *json_add_array(struct json *parent, const char *name);
void json_add_str(struct json *parent, const char *name, const char *text);
void json_add_int(struct json *parent, const char *name, int64_t number);
void json_add_bool(struct json *parent, const char *name, bool value);
void json_add_null(struct json *parent, const char *name);

/* The whole text, malloc'd, for the caller to free; NULL: no memory. */
char *json_print(const struct json *doc, bool pretty);

/*
 * Every allocation of the library goes through these (for torture tests).
 * Like malloc, `allocate` sets errno to ENOMEM when it fails.
 */
void json_use_allocator(void *(*allocate)(size_t), void (*release)(void *));

#endif
