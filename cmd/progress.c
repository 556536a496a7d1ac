#include "cmd/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "probes/base/text.h"
#include "reports/layout.h"
#include "reports/text.h"

#define LINE_ROOM 1024
#define START_OF_LINE "\r\033[K"	/* ECMA-48 EL: erase to the end */

static bool is_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) == 1 && term && *term &&
	       !text_same(term, "dumb");
}

/* One account of many has no line of its own. */
static bool is_shown(const struct options *o)
{
	return !o->quiet && !o->sink && is_terminal();
}

static unsigned columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
		return size.ws_col;
	return 80;
}

/* One write, so that it never mixes with another. A lost line harms nobody. */
static void put(const struct buf *b)
{
	ssize_t written = write(STDERR_FILENO, b->data, b->len);

	(void)written;
}

static void put_endpoint(struct buf *out, const struct progress *p, size_t i)
{
	static const char *const ids[STAGE_COUNT] = {
		[STAGE_RESOLVE] = "progress.resolve",
		[STAGE_CONNECT] = "progress.connect",
		[STAGE_TLS] = "progress.tls",
		[STAGE_GREETING] = "progress.greeting",
		[STAGE_CAPABILITY] = "progress.capability",
		[STAGE_STARTTLS] = "progress.starttls",
		[STAGE_LOGIN] = "progress.login",
		[STAGE_MAILBOX] = "progress.mailbox",
		[STAGE_LOGOUT] = "progress.logout",
	};
	const struct endpoint *e = &p->line[i].of->endpoint;
	char name[64];
	struct buf b = buf_over(name, sizeof(name));

	buf_fmt(&b, "protocol.%s", service_name(e->service));
	buf_fmt(out, "%s%s %u: %s", out->len > 0 ? "  " : "",
		text_of(p->lang, name), (unsigned)e->port,
		text_of(p->lang, ids[p->line[i].stage]));
}

static void draw(const struct progress *p)
{
	char all[LINE_ROOM], line[LINE_ROOM];
	struct buf text = buf_over(all, sizeof(all));
	struct buf out = buf_over(line, sizeof(line));

	for (size_t i = 0; i < p->lines; i++)
		if (!p->line[i].ended)
			put_endpoint(&text, p, i);
	buf_str(&out, START_OF_LINE);
	layout_cut(&out, all, p->width - 1, "...");
	put(&out);
}

static size_t line_of(struct progress *p, const struct evidence *e)
{
	size_t i = 0;

	while (i < p->lines && p->line[i].of != e)
		i++;
	if (i == p->lines && i < ENDPOINTS_MAX)
		p->line[p->lines++].of = e;
	return i;
}

static void on_step(void *context, const struct evidence *e,
		    const struct step *step, bool began)
{
	struct progress *p = context;
	size_t i;

	mutex_lock(&p->mutex);
	i = line_of(p, e);
	if (i < ENDPOINTS_MAX) {
		p->line[i].stage = step->stage;
		p->line[i].ended = !began && (step->result == STEP_FAILED ||
					      step->stage == STAGE_LOGOUT);
		draw(p);
	}
	mutex_unlock(&p->mutex);
}

void progress_say(const struct options *o, const char *id,
		  const struct text_arg *args)
{
	char all[LINE_ROOM], line[LINE_ROOM];
	struct buf text = buf_over(all, sizeof(all));
	struct buf out = buf_over(line, sizeof(line));

	if (!is_shown(o))
		return;
	text_fill(&text, o->lang, id, args);
	buf_str(&out, START_OF_LINE);
	layout_cut(&out, all, columns() - 1, "...");
	put(&out);
}

void progress_wipe(const struct options *o)
{
	char room[8];
	struct buf b = buf_over(room, sizeof(room));

	buf_str(&b, START_OF_LINE);
	if (is_shown(o))
		put(&b);
}

void progress_begin(struct progress *p, const struct options *o,
		    struct probe_plan *plan)
{
	*p = (struct progress){ .lang = o->lang, .width = columns() };
	p->shown = is_shown(o);
	if (!p->shown)
		return;
	mutex_init(&p->mutex);
	plan->progress = on_step;
	plan->progress_context = p;
}

void progress_end(struct progress *p)
{
	struct buf b;
	char room[8];

	if (!p->shown)
		return;
	b = buf_over(room, sizeof(room));
	buf_str(&b, START_OF_LINE);
	put(&b);
	mutex_release(&p->mutex);
	p->shown = false;
}
