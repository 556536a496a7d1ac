#include "probes/base/record.h"

#include <stdint.h>
#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"

#define BYTES_MOST 64
#define TEXT_MOST 4096			/* of the longest text there is */
#define EXACT_MOST 9007199254740992.0	/* 2^53: what JSON numbers hold */

static bool is_list(const struct field *f)
{
	return f->most > 0 && f->kind != FIELD_BYTES;
}

static size_t count_of(const struct field *f, const void *record)
{
	size_t n;

	if (f->most == 0)
		return f->kind == FIELD_BYTES ? f->size : 1;
	memcpy(&n, (const char *)record + f->count_at, sizeof(n));
	return n < f->most ? n : f->most;
}

static bool bad(struct fault *why, const struct field *f, const char *expected)
{
	return fail(why, FAULT_PROTOCOL, "\"%s\": expected %s", f->name,
		    expected);
}

/* ---- integers of any size ---- */

static uint64_t unsigned_at(const void *at, size_t size)
{
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (size) {
	case sizeof(u8): memcpy(&u8, at, size); return u8;
	case sizeof(u16): memcpy(&u16, at, size); return u16;
	case sizeof(u32): memcpy(&u32, at, size); return u32;
	default: memcpy(&u64, at, sizeof(u64)); return u64;
	}
}

static int64_t signed_at(const void *at, size_t size)
{
	uint64_t u = unsigned_at(at, size);
	uint64_t sign = UINT64_C(1) << (size * 8 - 1);

	return (int64_t)((u ^ sign) - sign);
}

static void store(void *at, size_t size, uint64_t value)
{
	uint8_t u8 = (uint8_t)value;
	uint16_t u16 = (uint16_t)value;
	uint32_t u32 = (uint32_t)value;

	switch (size) {
	case sizeof(u8): memcpy(at, &u8, size); break;
	case sizeof(u16): memcpy(at, &u16, size); break;
	case sizeof(u32): memcpy(at, &u32, size); break;
	default: memcpy(at, &value, sizeof(value));
	}
}

/* ---- words: pointers to literals ---- */

static const char *word_at(const void *at)
{
	const char *word;

	memcpy(&word, at, sizeof(word));
	return word ? word : "";
}

static void store_word(void *at, const char *word)
{
	memcpy(at, &word, sizeof(word));
}

/* ---- writing ---- */

static bool is_nothing(const struct record *r, const void *from);

static void write_bytes(const void *at, size_t n, const char *name,
			struct json *to)
{
	char hex[BYTES_MOST * 2 + 1];
	struct buf b = buf_over(hex, sizeof(hex));

	hex_encode(&b, (struct span){ at, n < BYTES_MOST ? n : BYTES_MOST });
	json_add_str(to, name, hex);
}

/* Text cut within a character is no UTF-8, and JSON takes nothing else. */
static void write_text(const char *text, const char *name, struct json *to)
{
	char room[TEXT_MOST];
	struct buf b = buf_over(room, sizeof(room));

	if (text_is_utf8(span_of(text))) {
		json_add_str(to, name, text);
		return;
	}
	text_printable(&b, span_of(text), true);
	json_add_str(to, name, room);
}

static bool field_is_nothing(const struct field *f, const void *record)
{
	const char *at = (const char *)record + f->at;

	if (f->most > 0)
		return count_of(f, record) == 0;
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_LINES:
		return *at == '\0';
	case FIELD_BOOL:
		return !*(const bool *)at;
	case FIELD_SIGNED:
		return signed_at(at, f->size) == f->nothing;
	case FIELD_UNSIGNED:
	case FIELD_NAMED:
		return unsigned_at(at, f->size) == 0;
	case FIELD_WORD:
		return strcmp(word_at(at), f->named(0)) == 0;
	case FIELD_RECORD:
		return is_nothing(f->record, at);
	case FIELD_BYTES:
		break;
	}
	return false;
}

static bool is_nothing(const struct record *r, const void *from)
{
	for (size_t i = 0; i < r->fields; i++)
		if (!field_is_nothing(&r->field[i], from))
			return false;
	return true;
}

/* name NULL: an element of a list. */
static void write_value(const struct field *f, const void *at, size_t n,
			const char *name, struct json *to)
{
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_LINES:
		write_text(at, name, to);
		break;
	case FIELD_BOOL:
		json_add_bool(to, name, *(const bool *)at);
		break;
	case FIELD_SIGNED:
		json_add_int(to, name, signed_at(at, f->size));
		break;
	case FIELD_UNSIGNED:
		json_add_int(to, name, (int64_t)unsigned_at(at, f->size));
		break;
	case FIELD_NAMED:
		json_add_str(to, name,
			     f->named((unsigned)unsigned_at(at, f->size)));
		break;
	case FIELD_WORD:
		write_text(word_at(at), name, to);
		break;
	case FIELD_BYTES:
		write_bytes(at, n, name, to);
		break;
	case FIELD_RECORD:
		record_write(f->record, at, json_add_object(to, name));
		break;
	}
}

static void write_list(const struct field *f, const void *from,
		       struct json *to)
{
	struct json *list = json_add_array(to, f->name);

	for (size_t i = 0; i < count_of(f, from); i++)
		write_value(f, (const char *)from + f->at + i * f->size, 1,
			    NULL, list);
}

void record_write(const struct record *r, const void *from, struct json *to)
{
	for (size_t i = 0; i < r->fields; i++) {
		const struct field *f = &r->field[i];

		/* a name is always there: "tls" should not be guessed */
		if (f->kind != FIELD_NAMED && field_is_nothing(f, from))
			continue;
		if (is_list(f))
			write_list(f, from, to);
		else
			write_value(f, (const char *)from + f->at,
				    count_of(f, from), f->name, to);
	}
}

void record_texts(const struct record *r, void *io,
		  void (*visit)(void *context, char *text, size_t cap),
		  void *context)
{
	for (size_t i = 0; i < r->fields; i++) {
		const struct field *f = &r->field[i];
		char *at = (char *)io + f->at;
		size_t n = is_list(f) ? count_of(f, io) : 1;

		for (size_t k = 0; k < n; k++, at += f->size)
			if (f->kind == FIELD_RECORD)
				record_texts(f->record, at, visit, context);
			else if (f->kind == FIELD_TEXT ||
				 f->kind == FIELD_LINES)
				visit(context, at, f->size);
	}
}

/* ---- reading ---- */

static bool read_text(const struct field *f, const struct json *v, char *to,
		      struct fault *why)
{
	struct buf b = buf_over(to, f->size);

	if (!json_is_string(v))
		return bad(why, f, "a text");
	text_printable(&b, span_of(json_str(v)), f->kind == FIELD_LINES);
	return !b.full || bad(why, f, "a shorter text");
}

static bool fits(const struct field *f, int64_t n)
{
	unsigned bits = (unsigned)f->size * 8;

	if (f->kind == FIELD_UNSIGNED)
		return n >= 0 && (bits >= 64 || n >> bits == 0);
	return bits >= 64 || (n >= -(INT64_C(1) << (bits - 1)) &&
			      n < INT64_C(1) << (bits - 1));
}

static bool read_number(const struct field *f, const struct json *v, void *to,
			struct fault *why)
{
	int64_t n = json_int(v, INT64_MIN);

	if (n == INT64_MIN || (double)n > EXACT_MOST || !fits(f, n))
		return bad(why, f, "a number that fits");
	store(to, f->size, (uint64_t)n);
	return true;
}

static bool read_named(const struct field *f, const struct json *v, void *to,
		       struct fault *why)
{
	const char *text = json_str(v), *name;

	for (unsigned i = 0; text && (name = f->named(i)) != NULL; i++) {
		if (strcmp(name, text) != 0)
			continue;
		if (f->kind == FIELD_WORD)
			store_word(to, name);
		else
			store(to, f->size, i);
		return true;
	}
	return bad(why, f, "one of the known names");
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at;

	at = c ? strchr(digits, ascii_lower(c)) : NULL;
	return at ? (int)(at - digits) : -1;
}

static bool read_bytes(const struct field *f, const struct json *v,
		       void *record, struct fault *why)
{
	struct span hex = span_of(json_str(v));
	unsigned char *to = (unsigned char *)record + f->at;
	size_t n = hex.len / 2;

	if (!json_is_string(v) || hex.len % 2 != 0 || n > f->size ||
	    (f->most == 0 && n != f->size))
		return bad(why, f, "bytes in hex");
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(hex.at[2 * i]);
		int low = hex_digit(hex.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return bad(why, f, "bytes in hex");
		to[i] = (unsigned char)(high * 16 + low);
	}
	if (f->most > 0)
		memcpy((char *)record + f->count_at, &n, sizeof(n));
	return true;
}

static bool read_value(const struct field *f, const struct json *v, void *to,
		       struct fault *why)
{
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_LINES:
		return read_text(f, v, to, why);
	case FIELD_BOOL:
		*(bool *)to = json_true(v);
		return json_is_bool(v) || bad(why, f, "true or false");
	case FIELD_SIGNED:
	case FIELD_UNSIGNED:
		return read_number(f, v, to, why);
	case FIELD_NAMED:
	case FIELD_WORD:
		return read_named(f, v, to, why);
	case FIELD_RECORD:
		return json_is_object(v)
			       ? record_read(f->record, v, to, f->size, why)
			       : bad(why, f, "an object");
	case FIELD_BYTES:
		break;
	}
	return bad(why, f, "something else");
}

static bool read_list(const struct field *f, const struct json *list,
		      void *record, struct fault *why)
{
	size_t n = 0;

	if (!json_is_array(list) || json_count(list) > f->most)
		return bad(why, f, "a list that fits");
	for (const struct json *v = json_first(list); v; v = json_next(v)) {
		if (!read_value(f, v, (char *)record + f->at + n * f->size,
				why))
			return false;
		n++;
	}
	memcpy((char *)record + f->count_at, &n, sizeof(n));
	return true;
}

static void store_nothing(const struct record *r, void *to)
{
	for (size_t i = 0; i < r->fields; i++) {
		const struct field *f = &r->field[i];

		if (f->kind == FIELD_SIGNED)
			store((char *)to + f->at, f->size,
			      (uint64_t)f->nothing);
		else if (f->kind == FIELD_WORD)
			store_word((char *)to + f->at, f->named(0));
		else if (f->kind == FIELD_RECORD && !is_list(f))
			store_nothing(f->record, (char *)to + f->at);
	}
}

static bool read_field(const struct field *f, const struct json *v,
		       void *record, struct fault *why)
{
	if (f->kind == FIELD_BYTES)
		return read_bytes(f, v, record, why);
	if (is_list(f))
		return read_list(f, v, record, why);
	return read_value(f, v, (char *)record + f->at, why);
}

bool record_read(const struct record *r, const struct json *from, void *to,
		 size_t size, struct fault *why)
{
	memset(to, 0, size);
	store_nothing(r, to);
	for (size_t i = 0; i < r->fields; i++) {
		const struct field *f = &r->field[i];
		const struct json *v = json_get(from, f->name);

		if (v && !read_field(f, v, to, why))
			return false;
	}
	return true;
}
