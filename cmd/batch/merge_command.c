#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/batch/fail_on.h"
#include "cmd/batch/line_file.h"
#include "cmd/batch/outputs.h"
#include "cmd/batch/tell.h"
#include "cmd/command.h"
#include "probes/wire/wait.h"

/*
 * Lines of several runs into any output. Of lines about one account (the same
 * name, at the same place of the same list) the last one counts: that of the
 * file named last, and there the one furthest down. So files are read twice:
 * once to see which lines count, once to write those.
 */
struct counted {
	char *key;
	size_t file;
	struct line_place place;
	bool counts;			/* no later one took its place */
};

struct merge {
	const struct options *o;
	struct teller teller;
	struct outputs *outputs;
	size_t files;
	struct line_file file[TARGETS_MAX];
	size_t n, room;
	struct counted *line;
	size_t slots;			/* a power of two; 0: none yet */
	size_t *slot;			/* into line[], plus one; 0: free */
	int code;
};

static void worse(struct merge *m, int code)
{
	m->code = outcome_worse(m->code, code);
}

static bool no_memory(struct merge *m)
{
	const struct fault why = { .kind = FAULT_NO_MEMORY };

	worse(m, complain_internal(m->o->lang, &why));
	return false;
}

/* ---- which lines count ---- */

static size_t slot_of(const struct merge *m, const char *key)
{
	uint64_t hash = 14695981039346656037u;	/* FNV-1a */
	size_t at;

	for (const char *c = key; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211u;
	at = (size_t)hash & (m->slots - 1);
	while (m->slot[at] && strcmp(m->line[m->slot[at] - 1].key, key) != 0)
		at = (at + 1) & (m->slots - 1);
	return at;
}

static bool grow_slots(struct merge *m)
{
	size_t slots = m->slots ? m->slots * 2 : 256;
	size_t *grown = calloc(slots, sizeof(*grown));

	if (!grown)
		return false;
	free(m->slot);
	m->slot = grown;
	m->slots = slots;
	/* later lines of one key take the place of earlier ones */
	for (size_t i = 0; i < m->n; i++)
		m->slot[slot_of(m, m->line[i].key)] = i + 1;
	return true;
}

static bool grow_lines(struct merge *m)
{
	size_t room = m->room ? m->room * 2 : 256;
	struct counted *grown = realloc(m->line, room * sizeof(*grown));

	if (!grown)
		return false;
	m->line = grown;
	m->room = room;
	return true;
}

/* In a piece of its own size: a page would keep its spare room. */
static char *key_of(const struct account_outcome *o)
{
	struct page key;
	char *text, *kept;

	page_open(&key);
	page_fmt(&key, "%u\n%s\n%s", o->line, o->file, o->name);
	text = page_close(&key);
	kept = text ? strdup(text) : NULL;
	free(text);
	return kept;
}

static bool count_line(struct merge *m, const struct account_outcome *o,
		       size_t file, const struct line_place *place)
{
	char *key = key_of(o);
	size_t at;

	if (!key || (m->n == m->room && !grow_lines(m)) ||
	    (m->n * 2 >= m->slots && !grow_slots(m))) {
		free(key);
		return no_memory(m);
	}
	at = slot_of(m, key);
	if (m->slot[at])
		m->line[m->slot[at] - 1].counts = false;
	m->line[m->n] = (struct counted){ key, file, *place, true };
	m->slot[at] = ++m->n;
	return true;
}

/* ---- the first reading ---- */

static void tell_line(struct merge *m, const struct line_file *f,
		      const char *id, const char *reason)
{
	const struct text_arg args[] = { { "reason", reason }, { NULL, NULL } };
	char text[600];
	struct buf b = buf_over(text, sizeof(text));

	text_fill(&b, m->o->lang, id, args);
	teller_tell(&m->teller, f->name, f->line, 0, text);
}

static bool is_blank(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (!strchr(" \t\r", line.at[i]))
			return false;
	return true;
}

/* false: no memory; a line that cannot be used is told and passed over. */
static bool take_line(struct merge *m, size_t file, struct span line,
		      const struct line_place *place, bool torn)
{
	const struct line_file *f = &m->file[file];
	struct account_outcome o;
	struct fault why;
	bool ok;

	if (is_blank(line))
		return true;
	if (!outcome_read(line, &o, &why)) {
		if (why.kind == FAULT_NO_MEMORY)
			return no_memory(m);
		tell_line(m, f, torn ? "merge.torn" : "merge.line",
			  text_of(m->o->lang, why.text));
		worse(m, torn ? 0 : EXIT_USAGE);
		return true;
	}
	ok = count_line(m, &o, file, place);
	outcome_release(&o);
	return ok;
}

static bool refuse_file(struct merge *m, const char *file, int error)
{
	char reason[128];
	const struct text_arg args[] = {
		{ "file", file }, { "reason", reason }, { NULL, NULL }
	};

	reason_of_errno(m->o->lang, error, reason, sizeof(reason));
	worse(m, complain(m->o->lang, "merge.file", args));
	return false;
}

static bool read_file(struct merge *m, size_t file)
{
	struct line_file *f = &m->file[file];
	struct line_place place;
	struct span line;

	for (;;) {
		switch (line_file_next(f, &line, &place)) {
		case LINE_GOT:
			if (!take_line(m, file, line, &place, false))
				return false;
			break;
		case LINE_TORN:
			if (!take_line(m, file, line, &place, true))
				return false;
			break;
		case LINE_LONG:
			tell_line(m, f, "merge.long", NULL);
			worse(m, EXIT_USAGE);
			break;
		case LINE_END:
			return true;
		case LINE_ERROR:
			return refuse_file(m, f->name, errno);
		}
	}
}

static bool read_all(struct merge *m)
{
	bool ok = true;

	teller_begin(&m->teller, m->o, NULL);
	for (size_t i = 0; i < m->o->targets && ok; i++) {
		const char *path = m->o->target[i];

		ok = line_file_open(&m->file[i], path) ||
		     refuse_file(m, path, errno);
		m->files = i + 1;
		ok = ok && read_file(m, i);
	}
	teller_end(&m->teller);
	return ok;
}

/* ---- the second ---- */

/* An output that fails is told once; the others go on. */
static bool write_line(struct merge *m, const struct counted *c)
{
	struct line_file *f = &m->file[c->file];
	struct account_outcome o;
	struct fault why;
	struct span line;
	char *text;

	if (!line_file_again(f, &c->place, &line))
		return refuse_file(m, f->name, errno);
	if (!outcome_read(line, &o, &why))
		return refuse_file(m, f->name, EIO);
	text = strndup(line.at, line.len);
	if (text) {
		text[strcspn(text, "\r")] = '\0';
		if (!outputs_add(m->outputs, &o, text))
			worse(m, EXIT_USAGE);
		worse(m, fail_on_code(m->o, &o));
	}
	free(text);
	outcome_release(&o);
	return text || no_memory(m);
}

static void write_all(struct merge *m)
{
	for (size_t i = 0; i < m->n && !wait_cancelled(); i++)
		if (m->line[i].counts && !write_line(m, &m->line[i]))
			break;
	if (wait_cancelled())
		outputs_drop(m->outputs);
	else if (!outputs_close(m->outputs))
		worse(m, EXIT_USAGE);
}

/* Parts that are empty: whatever should have filled them has failed. */
static void refuse_empty(struct merge *m)
{
	const struct text_arg args[] = {
		{ "file", m->o->target[0] }, { NULL, NULL }
	};

	if (m->n == 0 && m->code == 0)
		worse(m, complain(m->o->lang, "merge.empty", args));
}

static void release(struct merge *m)
{
	for (size_t i = 0; i < m->files; i++)
		line_file_close(&m->file[i]);
	for (size_t i = 0; i < m->n; i++)
		free(m->line[i].key);
	free(m->line);
	free(m->slot);
}

int command_merge(const struct options *o)
{
	struct merge m = { .o = o };

	if (o->targets == 0)
		return complain(o->lang, "merge.no_file", NULL);
	if (read_all(&m)) {
		int code = outputs_open(o, &m.outputs);

		if (code == 0)
			write_all(&m);
		else
			m.code = code;
		refuse_empty(&m);
	}
	release(&m);
	return m.code;
}
