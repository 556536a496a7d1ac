#include "probes/wire/stream.h"

bool stream_read(struct stream *s, char *to, size_t cap, size_t *ret_len,
		 msec by, struct fault *why)
{
	if (!s->ops)
		return fail(why, FAULT_CLOSED, "the connection is closed");
	return s->ops->read(s->self, to, cap, ret_len, by, why);
}

bool stream_write(struct stream *s, const char *from, size_t len, msec by,
		  struct fault *why)
{
	if (!s->ops)
		return fail(why, FAULT_CLOSED, "the connection is closed");
	return s->ops->write(s->self, from, len, by, why);
}

bool stream_write_last(struct stream *s, const char *from, size_t len,
		       msec by, struct fault *why)
{
	if (!s->ops || !s->ops->write_last)
		return stream_write(s, from, len, by, why);
	return s->ops->write_last(s->self, from, len, by, why);
}

void stream_close(struct stream *s)
{
	if (s->ops)
		s->ops->close(s->self);
	*s = (struct stream){ 0 };
}
