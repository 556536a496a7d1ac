#include <string.h>

#include "probes/wire/line.h"
#include "test/fuzz/fuzz.h"

/* A stream that hands out the input in pieces of the size its first byte says. */
struct pieces {
	struct span left;
	size_t size;
};

static bool pieces_read(void *self, char *to, size_t cap, size_t *ret_len,
			msec by, struct fault *why)
{
	struct pieces *p = self;
	size_t len = p->left.len < p->size ? p->left.len : p->size;

	(void)by;
	if (len == 0)
		return fail(why, FAULT_CLOSED, "end of input");
	len = len < cap ? len : cap;
	memcpy(to, p->left.at, len);
	p->left = span_from(p->left, len);
	*ret_len = len;
	return true;
}

static bool pieces_write(void *self, const char *from, size_t len, msec by,
			 struct fault *why)
{
	(void)self, (void)from, (void)len, (void)by, (void)why;
	return true;
}

static void pieces_close(void *self)
{
	(void)self;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct stream_ops ops = {
		.name = "pieces", .read = pieces_read,
		.write = pieces_write, .close = pieces_close,
	};
	static struct lines in;
	struct pieces pieces;
	struct stream stream = { &ops, &pieces };
	struct fault why = { .kind = FAULT_NONE };
	struct span line;
	size_t total = 0;

	if (size == 0)
		return 0;
	pieces.left = fuzz_span(data + 1, size - 1);
	pieces.size = 1u + data[0];
	line_forget(&in);
	while (line_read(&in, &stream, MSEC_NEVER, &line, &why)) {
		HOLDS(line.len < LINE_CAP);
		HOLDS(line.len == 0 || !memchr(line.at, '\n', line.len));
		total += line.len + 1;
		HOLDS(total <= size);
		if (line.len % 7 == 3)
			line_skip(&in, &stream, line.len, MSEC_NEVER, &why);
	}
	HOLDS(why.kind == FAULT_CLOSED || why.kind == FAULT_TOO_LONG);
	return 0;
}
