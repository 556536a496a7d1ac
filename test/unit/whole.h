#ifndef MAILWHY_TEST_WHOLE_H
#define MAILWHY_TEST_WHOLE_H

#include <stddef.h>

#include "probes/base/record.h"
#include "test/unit/unit.h"

/*
 * Has every member of a struct its row in the table that writes it to JSON? A
 * gap larger than alignment is a member that was forgotten.
 */
static inline size_t whole_field_end(const struct field *f)
{
	size_t n = f->kind != FIELD_BYTES && f->most ? f->most : 1;

	return f->at + n * f->size;
}

static inline bool whole_covers(const struct field *f, size_t at,
				size_t *ret_end)
{
	if (at >= f->at && at < whole_field_end(f)) {
		*ret_end = whole_field_end(f);
		return true;
	}
	*ret_end = f->count_at + sizeof(size_t);
	return f->most && at >= f->count_at && at < *ret_end;
}

/* The next byte that is in some member, at or after `at`. */
static inline size_t whole_next(const struct record *r, size_t at, size_t size,
				size_t *ret_end)
{
	for (; at < size; at++)
		for (size_t i = 0; i < r->fields; i++)
			if (whole_covers(&r->field[i], at, ret_end))
				return at;
	*ret_end = size;
	return size;
}

/* Gaps are alignment and nothing else. */
static inline void assert_whole(const struct record *r, size_t size)
{
	for (size_t at = 0; at < size;) {
		size_t end, next = whole_next(r, at, size, &end);

		assert_true(next - at < sizeof(long long));
		assert_true(next == at || next % 2 == 0);
		at = end;
	}
	for (size_t i = 0; i < r->fields; i++)
		if (r->field[i].record)
			assert_whole(r->field[i].record, r->field[i].size);
}

#endif
