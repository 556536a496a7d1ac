#ifndef MAILWHY_BASE_RECORD_H
#define MAILWHY_BASE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/base/fault.h"
#include "probes/base/json.h"

/*
 * Plain structs to JSON and back, both from one table, so that what is
 * written and what is read cannot drift apart. A struct is described member
 * by member:
 *
 *	static const struct field address_fields[] = {
 *		{ "text", FIELD_TEXT, RECORD_AT(struct address, text) },
 *		{ "port", FIELD_UNSIGNED, RECORD_AT(struct address, port) },
 *	};
 *
 * A member that is nothing (0, false, "", a struct of nothing) is not written;
 * what is not there is read as nothing. So the formats are add-only: old files
 * stay readable, and members nobody knows are passed over.
 */
enum field_kind {
	FIELD_TEXT,			/* char[], printable, one line */
	FIELD_LINES,			/* char[], printable, LF stays */
	FIELD_BOOL,
	FIELD_SIGNED, FIELD_UNSIGNED,	/* integers of any size, up to 2^53 */
	FIELD_NAMED,			/* an enumeration, by its names */
	FIELD_WORD,			/* const char *: a literal, one of the
					 * names; the first is nothing */
	FIELD_BYTES,			/* unsigned char[], as hex */
	FIELD_RECORD			/* a struct of its own */
};

struct record;

struct field {
	const char *name;		/* in JSON */
	enum field_kind kind;
	size_t at, size;		/* of the (first) value in the struct */
	/* a list: so many values at the most; `count_at`: the size_t in use */
	size_t most, count_at;
	const char *(*named)(unsigned value);	/* NULL past the end */
	const struct record *record;
	int64_t nothing;		/* FIELD_SIGNED: what need not be written */
};

struct record {
	const struct field *field;
	size_t fields;
};

#define RECORD_AT(type, member) \
	.at = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define RECORD_LIST(type, member, count) \
	.at = offsetof(type, member), .size = sizeof(((type *)0)->member[0]), \
	.most = sizeof(((type *)0)->member) / sizeof(((type *)0)->member[0]), \
	.count_at = offsetof(type, count)
/* FIELD_BYTES of which `count` are in use. */
#define RECORD_BYTES(type, member, count) \
	.at = offsetof(type, member), .size = sizeof(((type *)0)->member), \
	.most = sizeof(((type *)0)->member), .count_at = offsetof(type, count)
#define RECORD_OF(fields) { (fields), sizeof(fields) / sizeof((fields)[0]) }

void record_write(const struct record *r, const void *from, struct json *to);

/* Every text in *io, lists and inner structs included; `cap` counts the NUL. */
void record_texts(const struct record *r, void *io,
		  void (*visit)(void *context, char *text, size_t cap),
		  void *context);

/*
 * *to is set to nothing first. Texts are bounded and made printable, lists may hold no
 * more than fits, names have to be known: whatever the file says, *to is a
 * value that a program could have written.
 * Faults: PROTOCOL (names the member).
 */
bool record_read(const struct record *r, const struct json *from, void *to,
		 size_t size, struct fault *why);

#endif
