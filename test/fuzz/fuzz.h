#ifndef MAILWHY_FUZZ_H
#define MAILWHY_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "probes/base/span.h"

/*
 * A fuzz target is one function over any bytes. libFuzzer drives it when
 * clang builds the preset "fuzz"; replay_main.c drives it in every CTest run.
 * HOLDS is an assertion that no build type compiles away.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(what) \
	do { \
		if (!(what)) { \
			fprintf(stderr, "%s:%d: does not hold: %s\n", \
				__FILE__, __LINE__, #what); \
			abort(); \
		} \
	} while (0)

static inline struct span fuzz_span(const uint8_t *data, size_t size)
{
	return (struct span){ (const char *)data, size };
}

/* A parser's span must borrow from the input, or be empty. */
static inline bool fuzz_inside(struct span part, struct span whole)
{
	if (part.len == 0)
		return true;
	return (uintptr_t)part.at >= (uintptr_t)whole.at &&
	       (uintptr_t)part.at + part.len <=
		       (uintptr_t)whole.at + whole.len;
}

/* The input as a C string of its own, cut at the first NUL; free() it. */
static inline char *fuzz_string(struct span s)
{
	char *text = malloc(s.len + 1);

	HOLDS(text != NULL);
	span_copy(s, text, s.len + 1);
	return text;
}

#endif
