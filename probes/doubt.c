#include "probes/doubt.h"

msec doubt_until(const struct doubt *d, msec by)
{
	return d->ask ? msec_min(by, d->at) : by;
}

msec doubt_resolve(struct doubt *d, msec by)
{
	d->at = MSEC_NEVER;
	return msec_min(by, d->ask(d->context, d->seen, by));
}

static bool doubt_read(void *self, char *to, size_t cap, size_t *ret_len,
		       msec by, struct fault *why)
{
	struct doubt *d = self;
	msec first = doubt_until(d, by);
	struct fault silence;		/* no fault yet, if it ends */
	bool ok = stream_read(&d->inner, to, cap, ret_len, first, &silence);

	if (!ok && silence.kind == FAULT_TIMEOUT && first < by)
		ok = stream_read(&d->inner, to, cap, ret_len,
				 doubt_resolve(d, by), why);
	else if (!ok)
		*why = silence;
	if (ok)
		d->at = MSEC_NEVER;
	return ok;
}

static bool doubt_write(void *self, const char *from, size_t len, msec by,
			struct fault *why)
{
	struct doubt *d = self;

	return stream_write(&d->inner, from, len, by, why);
}

static void doubt_close(void *self)
{
	struct doubt *d = self;

	stream_close(&d->inner);
}

void doubt_stream(struct doubt *d, struct stream *io)
{
	static const struct stream_ops ops = {
		.name = "doubt", .read = doubt_read,
		.write = doubt_write, .close = doubt_close,
	};

	d->inner = *io;
	*io = (struct stream){ &ops, d };
}
