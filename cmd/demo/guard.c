#include "cmd/demo/guard.h"

#include <string.h>

#include "probes/wire/tcp.h"
#include "probes/wire/wait.h"

#define RECORD_HEAD 5			/* RFC 5246 6.2.1 */
#define RECORD_HANDSHAKE 22

static bool take(struct guard *g, char *to, size_t cap, size_t *ret_len,
		 msec by, struct fault *why)
{
	if (!stream_read(&g->inner, to, cap, ret_len, by, why))
		return false;
	if (g->tap)
		g->tap(g->context, (struct span){ to, *ret_len });
	return true;
}

static bool guard_read(void *self, char *to, size_t cap, size_t *ret_len,
		       msec by, struct fault *why)
{
	struct guard *g = self;
	struct pollfd fds[2] = {
		{ .fd = g->fd, .events = POLLIN },
		{ .fd = g->stop, .events = POLLIN },
	};

	if (!wait_fds(fds, 2, by, why))
		return false;
	if (fds[1].revents)
		return fail(why, FAULT_CANCELLED, "the servers stop");
	return take(g, to, cap, ret_len, by, why);
}

bool guard_wait(struct guard *g, msec ms)
{
	struct pollfd stop = { .fd = g->stop, .events = POLLIN };
	struct fault why;

	return !wait_fds(&stop, 1, now_msec() + ms, &why) &&
	       why.kind == FAULT_TIMEOUT;
}

/* ---- a bad wire ---- */

static bool put(struct guard *g, struct span bytes, msec by,
		struct fault *why)
{
	g->sent += bytes.len;
	return stream_write(&g->inner, bytes.at, bytes.len, by, why);
}

static bool put_pieces(struct guard *g, struct span bytes, msec by,
		       struct fault *why)
{
	size_t size = g->wire->pieces ? g->wire->pieces : bytes.len;

	for (; bytes.len > 0; bytes = span_from(bytes, size)) {
		if (g->wire->pace && !guard_wait(g, g->wire->pace))
			return fail(why, FAULT_CANCELLED, "the servers stop");
		if (!put(g, span_head(bytes, size), by, why))
			return false;
	}
	return true;
}

/* A message of the handshake may be cut anywhere (RFC 5246 6.2.1). */
static bool put_records(struct guard *g, struct span bytes, msec by,
			struct fault *why)
{
	while (bytes.len > RECORD_HEAD && bytes.at[0] == RECORD_HANDSHAKE) {
		const unsigned char *head = (const unsigned char *)bytes.at;
		size_t len = (size_t)head[3] << 8 | head[4];
		struct span body = span_head(span_from(bytes, RECORD_HEAD),
					     len);

		for (size_t i = 0; i < body.len; i++) {
			char one[RECORD_HEAD + 1] = { bytes.at[0], bytes.at[1],
						      bytes.at[2], 0, 1,
						      body.at[i] };

			if (!put(g, (struct span){ one, sizeof(one) }, by, why))
				return false;
		}
		bytes = span_from(bytes, RECORD_HEAD + len);
	}
	return bytes.len == 0 || put(g, bytes, by, why);
}

/* So much passes, then comes what does not belong there. */
static bool put_cut(struct guard *g, struct span bytes, msec by,
		    struct fault *why)
{
	const struct bad_wire *w = g->wire;
	size_t left = w->after - g->sent;

	if (!put(g, span_head(bytes, left), by, why))
		return false;
	g->cut = true;
	while (w->then == WIRE_FLOOD)
		if (!put(g, (struct span){ w->bytes, w->len }, by, why))
			return false;
	if (w->then == WIRE_BYTES)
		return put(g, (struct span){ w->bytes, w->len }, by, why) &&
		       put(g, span_from(bytes, left), by, why);
	if (w->then == WIRE_RESET)
		tcp_reset_on_close(g->fd);
	g->mute = true;
	return fail(why, FAULT_CLOSED, "the wire ends here");
}

static bool guard_write(void *self, const char *from, size_t len, msec by,
			struct fault *why)
{
	struct guard *g = self;
	const struct bad_wire *w = g->wire;
	struct span bytes = { from, len };

	if (g->mute)
		return fail(why, FAULT_CLOSED, "reset");
	if (w->then != WIRE_ON && !g->cut && g->sent + len > w->after)
		return put_cut(g, bytes, by, why);
	if (w->records)
		return put_records(g, bytes, by, why);
	return put_pieces(g, bytes, by, why);
}

/* ---- the end ---- */

void guard_drain(struct guard *g)
{
	char bin[4096];
	struct fault why;
	size_t len;

	while (g->tap && take(g, bin, sizeof(bin), &len, now_msec(), &why))
		;
}

static void guard_close(void *self)
{
	struct guard *g = self;

	guard_drain(g);
	stream_close(&g->inner);
}

static const struct stream_ops guard_ops = {
	.name = "guard", .read = guard_read,
	.write = guard_write, .close = guard_close,
};

void guard_stream(struct guard *g, struct stream *ret)
{
	*ret = (struct stream){ &guard_ops, g };
}
