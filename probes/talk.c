#include "probes/talk.h"

#include <stdarg.h>
#include <string.h>

#include "probes/base/text.h"

/* What one line may take of the transcript; the rest is cut. */
#define SHOWN_MAX 1200

/*
 * Redact first, over the whole line: what is cut off or made printable before
 * could leave half a secret that no longer looks like one.
 */
static void show(const struct talk *t, struct span peer, struct buf *out)
{
	char room[2 * LINE_CAP + 16];
	struct buf clean = buf_over(room, sizeof(room));

	redact(t->redactor, peer, &clean);
	text_printable(out, buf_span(&clean), false);
}

static void record(struct talk *t, enum line_mark mark, struct span bytes)
{
	struct transcript *tr = &t->evidence->transcript;
	size_t room = sizeof(tr->text) - tr->used;
	struct transcript_line *line;
	struct buf out;

	if (tr->lines == TRANSCRIPT_LINES || room < 2) {
		tr->cut = true;
		return;
	}
	out = buf_over(tr->text + tr->used,
		       room < SHOWN_MAX ? room : SHOWN_MAX);
	show(t, bytes, &out);
	tr->cut = tr->cut || out.full;
	line = &tr->line[tr->lines++];
	*line = (struct transcript_line){
		.mark = mark,
		.in_tls = t->in_tls,
		.at = t->world->now(t->world) - t->start,
		.start = (uint16_t)tr->used,
		.len = (uint16_t)out.len,
	};
	tr->used += out.len;
}

__attribute__((format(printf, 3, 0)))
static bool queue_line(struct talk *t, struct fault *why, const char *fmt,
		       va_list ap)
{
	char *line = t->queue + t->queued;
	size_t room = sizeof(t->queue) - t->queued;
	int n = vsnprintf(line, room, fmt, ap);

	if (n < 0 || (size_t)n + 2 >= room)
		return fail(why, FAULT_TOO_LONG, "our command over %u bytes",
			    (unsigned)sizeof(t->queue));
	/* a name with a line break must not become a command of its own */
	if (strpbrk(line, "\r\n"))
		return fail(why, FAULT_INTERNAL, "a line break in a command");
	memcpy(line + n, "\r\n", 2);
	t->queued += (size_t)n + 2;
	return true;
}

static struct span take_queue(struct talk *t)
{
	struct span queue = { t->queue, t->queued }, rest = queue, line;

	while (span_cut(&rest, '\n', &line))
		record(t, LINE_SENT, span_head(line, line.len - 1));
	t->queued = 0;
	return queue;
}

bool talk_flush(struct talk *t, struct fault *why)
{
	struct span queue = take_queue(t);

	return queue.len == 0 || stream_write(&t->stream, queue.at, queue.len,
					      t->by, why);
}

bool talk_queue(struct talk *t, struct fault *why, const char *fmt, ...)
{
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = queue_line(t, why, fmt, ap);
	va_end(ap);
	return ok;
}

bool talk_send(struct talk *t, struct fault *why, const char *fmt, ...)
{
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = queue_line(t, why, fmt, ap);
	va_end(ap);
	return ok && talk_flush(t, why);
}

bool talk_bye(struct talk *t, struct fault *why, const char *fmt, ...)
{
	struct span queue;
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = queue_line(t, why, fmt, ap);
	va_end(ap);
	if (!ok)
		return false;
	queue = take_queue(t);
	return stream_write_last(&t->stream, queue.at, queue.len, t->by, why);
}

bool talk_send_secret(struct talk *t, const struct secret *bytes,
		      const char *shown, struct fault *why)
{
	struct secret packet;
	struct span queue;
	bool ok;

	record(t, LINE_SENT, span_of(shown));
	queue = take_queue(t);
	if (queue.len == 0)
		return stream_write(&t->stream, bytes->bytes, bytes->len,
				    t->by, why);
	if (!secret_init(&packet, bytes->len + queue.len))
		return fail(why, FAULT_NO_MEMORY, "no memory to log in");
	ok = secret_add(&packet, secret_span(bytes)) &&
	     secret_add(&packet, queue) &&
	     stream_write(&t->stream, packet.bytes, packet.len, t->by, why);
	secret_release(&packet);
	return ok;
}

static bool count(struct talk *t, size_t bytes, struct fault *why)
{
	if (bytes > STAGE_BYTES_MAX - t->reply_bytes) {
		t->reply_bytes = STAGE_BYTES_MAX;
		return fail(why, FAULT_TOO_LONG,
			    "the server sent over %u bytes at one stage",
			    STAGE_BYTES_MAX);
	}
	t->reply_bytes += bytes;
	return true;
}

bool talk_read(struct talk *t, struct span *ret_line, struct fault *why)
{
	struct span line = { 0 };
	bool ok = line_read(&t->in, &t->stream, t->by, &line, why);

	if (!ok && line.len == 0)
		line = line_pending(&t->in);
	if (ok || line.len > 0)
		record(t, LINE_RECEIVED, line);
	*ret_line = line;
	return ok && count(t, line.len + 2, why);
}

bool talk_skip(struct talk *t, size_t len, struct fault *why)
{
	if (!count(t, len, why) ||
	    !line_skip(&t->in, &t->stream, len, t->by, why))
		return false;
	talk_note(t, "{%zu bytes}", len);
	return true;
}

void talk_note(struct talk *t, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	record(t, LINE_NOTE, span_of(text));
}

void talk_keep(const struct talk *t, struct span peer, char *to, size_t cap)
{
	struct buf out = { .data = to, .len = strlen(to), .cap = cap };

	show(t, peer, &out);
}

bool talk_strange(const struct talk *t, struct span first_bytes,
		  struct step *step)
{
	/* a line that could be read before this one has told it already */
	if (step->speech == SPEECH_UNKNOWN)
		step->speech = speech_of(first_bytes);
	if (step->reply.text[0] == '\0')
		talk_keep(t, first_bytes, step->reply.text,
			  sizeof(step->reply.text));
	return false;
}

bool talk_broken(const struct talk *t, struct span first_bytes,
		 struct step *step)
{
	if (step->stage != STAGE_GREETING)
		return false;
	switch (step->why.kind) {
	case FAULT_CANCELLED:
	case FAULT_NO_MEMORY:
	case FAULT_INTERNAL:
		return false;		/* ours; says nothing of the server */
	case FAULT_TOO_LONG:
		/* much came, though none of it was kept: no silence */
		if (first_bytes.len == 0)
			return false;
		break;
	default:
		break;
	}
	return talk_strange(t, first_bytes, step);
}
