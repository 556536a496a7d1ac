#include "cmd/batch/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/batch/ledger_file.h"
#include "cmd/batch/lookup.h"
#include "cmd/command.h"
#include "probes/base/buf.h"
#include "probes/base/digest.h"

/*
 * As many refused logins as one check may cost, and no more for a day: locks
 * at providers begin at three to ten, and last or count for up to a day. Three
 * secrets: the old one, the new one, and the new one without the typing error.
 */
const struct ledger_limits ledger_default = {
	.most = 2, .secrets = 3, .forget_after = 24 * 60 * 60,
};

/* An account: its refused secrets. A host: its refusals. */
struct slot {
	uint16_t tag;
	unsigned count;
	epoch at;
};

#define SLOTS (LEDGER_TIMES_MAX > LEDGER_SECRETS_MAX ? LEDGER_TIMES_MAX \
						     : LEDGER_SECRETS_MAX)

struct entry {
	struct entry *next;
	unsigned char id[LEDGER_ID];
	bool is_host;
	size_t n;			/* slots, oldest first */
	struct slot slot[SLOTS];
};

struct ledger {
	struct ledger_limits limits;
	enum lang lang;			/* of reasons */
	unsigned char key[LEDGER_KEY];
	struct lookup by_id;
	struct entry *first;		/* of all; owned */
	struct ledger_file *file;	/* NULL: only in memory */
};

/* ---- hashes ---- */

static struct span bytes(const unsigned char *at, size_t len)
{
	return (struct span){ (const char *)at, len };
}

/* Of accounts and hosts under keys of their own. */
static void id_of(const struct ledger *l, const char *what, const char *name,
		  unsigned char ret[LEDGER_ID])
{
	unsigned char key[DIGEST_MAX], id[DIGEST_MAX];

	memset(id, 0, sizeof(id));
	if (digest_hmac(DIGEST_SHA256, bytes(l->key, LEDGER_KEY), span_of(what),
			key))
		digest_hmac(DIGEST_SHA256, bytes(key, DIGEST_MAX),
			    span_of(name), id);
	memcpy(ret, id, LEDGER_ID);
}

/* The key depends on the account: equal secrets of two do not look equal. */
static uint16_t tag_of(const struct ledger *l,
		       const unsigned char id[LEDGER_ID],
		       const struct secret *secret)
{
	unsigned char key[DIGEST_MAX], tag[DIGEST_MAX] = { 0 };

	if (digest_hmac(DIGEST_SHA256, bytes(l->key, LEDGER_KEY),
			bytes(id, LEDGER_ID), key))
		digest_hmac(DIGEST_SHA256, bytes(key, DIGEST_MAX),
			    secret_span(secret), tag);
	wipe(key, sizeof(key));
	return (uint16_t)(tag[0] << 8 | tag[1]);
}

/* ---- what is remembered ---- */

static struct entry *entry_find(const struct ledger *l,
				const unsigned char id[LEDGER_ID])
{
	return lookup_find(&l->by_id, bytes(id, LEDGER_ID));
}

static struct entry *entry_of(struct ledger *l,
			      const unsigned char id[LEDGER_ID])
{
	struct entry *e = entry_find(l, id);

	if (e)
		return e;
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	memcpy(e->id, id, LEDGER_ID);
	if (!lookup_add(&l->by_id, bytes(e->id, LEDGER_ID), e)) {
		free(e);
		return NULL;
	}
	e->next = l->first;
	l->first = e;
	return e;
}

static void drop_slot(struct entry *e, size_t i)
{
	e->n--;
	memmove(&e->slot[i], &e->slot[i + 1],
		(e->n - i) * sizeof(e->slot[0]));
}

static void add_slot(struct entry *e, uint16_t tag, unsigned count, epoch at)
{
	if (e->n == SLOTS)
		drop_slot(e, 0);
	e->slot[e->n++] = (struct slot){ tag, count, at };
}

/* A secret refused once more is the newest again. */
static void add_refused(struct entry *e, uint16_t tag, unsigned count, epoch at)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->slot[i].tag == tag) {
			count += e->slot[i].count;
			drop_slot(e, i);
			break;
		}
	add_slot(e, tag, count, at);
}

static bool apply(struct ledger *l, const struct ledger_row *row)
{
	struct entry *e = entry_of(l, row->id);

	if (!e)
		return false;
	e->is_host = row->kind == ROW_HOST;
	switch (row->kind) {
	case ROW_REFUSED:
		add_refused(e, row->tag, row->count, row->at);
		break;
	case ROW_FORGIVEN:
		e->n = 0;
		break;
	case ROW_HOST:
		add_slot(e, 0, row->count, row->at);
		break;
	}
	return true;
}

static bool is_alive(const struct ledger *l, const struct slot *s, epoch now)
{
	return now - s->at < l->limits.forget_after;
}

/* A clock that was set back shall not make a day last for ever. */
static void forget(struct ledger *l, epoch now)
{
	for (struct entry *e = l->first; e; e = e->next)
		for (size_t i = e->n; i-- > 0;) {
			if (e->slot[i].at > now)
				e->slot[i].at = now;
			if (!is_alive(l, &e->slot[i], now))
				drop_slot(e, i);
		}
}

/* ---- the file ---- */

static bool take_row(void *context, const struct ledger_row *row)
{
	return apply(context, row);
}

static bool new_key(struct ledger *l)
{
	return random_bytes(l->key, LEDGER_KEY);
}

static enum ledger_problem read_file(struct ledger *l, const char *path,
				     char *reason)
{
	enum ledger_problem problem;
	struct buf b = buf_over(reason, REASON_CAP);
	char *text = NULL;
	size_t len = 0;
	bool has_key;
	long line;

	problem = ledger_file_open(path, l->lang, &l->file, &text, &len,
				   reason);
	if (problem != LEDGER_FINE)
		return problem;
	line = ledger_parse((struct span){ text, len }, l->key, &has_key,
			    take_row, l);
	free(text);
	if (line < 0 || (line == 0 && !has_key && !new_key(l)))
		return LEDGER_NO_MEMORY;
	if (line > 0)
		buf_fmt(&b, "%ld", line);
	return line > 0 ? LEDGER_DAMAGED : LEDGER_FINE;
}

enum ledger_problem ledger_open(const char *path, enum lang lang,
				const struct ledger_limits *limits, epoch now,
				struct ledger **ret, char reason[REASON_CAP])
{
	enum ledger_problem problem = LEDGER_FINE;
	struct ledger *l = calloc(1, sizeof(*l));

	if (!l)
		return LEDGER_NO_MEMORY;
	l->limits = *limits;
	l->lang = lang;
	if (l->limits.secrets > LEDGER_SECRETS_MAX)
		l->limits.secrets = LEDGER_SECRETS_MAX;
	if (path)
		problem = read_file(l, path, reason);
	else if (!new_key(l))
		problem = LEDGER_NO_MEMORY;
	/* written at once: better to know now that it cannot be */
	if (problem == LEDGER_FINE && !ledger_save(l, now, reason))
		problem = LEDGER_UNREADABLE;
	if (problem == LEDGER_FINE)
		*ret = l;
	else
		ledger_free(l);
	return problem;
}

static size_t rows_of(const struct ledger *l)
{
	size_t rows = 0;

	for (const struct entry *e = l->first; e; e = e->next)
		rows += e->n;
	return rows;
}

static bool print_entry(const struct ledger *l, const struct entry *e,
			struct buf *out)
{
	char line[LEDGER_LINE_CAP];

	for (size_t i = 0; i < e->n; i++) {
		struct ledger_row row = {
			.kind = e->is_host ? ROW_HOST : ROW_REFUSED,
			.tag = e->slot[i].tag, .count = e->slot[i].count,
			.at = e->slot[i].at,
		};

		memcpy(row.id, e->id, LEDGER_ID);
		if (!ledger_line(l->key, &row, line))
			return false;
		buf_str(out, line);
	}
	return true;
}

static bool print_all(const struct ledger *l, struct buf *out)
{
	char line[LEDGER_LINE_CAP];

	if (!ledger_head(l->key, line))
		return false;
	buf_str(out, line);
	for (const struct entry *e = l->first; e; e = e->next)
		if (!print_entry(l, e, out))
			return false;
	return !out->full;
}

bool ledger_save(struct ledger *l, epoch now, char reason[REASON_CAP])
{
	size_t cap;
	char *room;
	struct buf out;
	bool ok;

	forget(l, now);
	if (!l->file)
		return true;
	cap = (rows_of(l) + 2) * LEDGER_LINE_CAP;
	room = malloc(cap);
	if (!room) {
		reason_of_errno(l->lang, ENOMEM, reason, REASON_CAP);
		return false;
	}
	out = buf_over(room, cap);
	ok = print_all(l, &out) &&
	     ledger_file_replace(l->file, buf_span(&out), reason);
	free(room);
	return ok;
}

void ledger_free(struct ledger *l)
{
	if (!l)
		return;
	while (l->first) {
		struct entry *next = l->first->next;

		free(l->first);
		l->first = next;
	}
	lookup_release(&l->by_id);
	ledger_file_close(l->file);
	wipe(l->key, sizeof(l->key));
	free(l);
}

/* ---- asking and noting ---- */

/* Of those still held against the account: this secret's, and how many. */
static const struct slot *look(const struct ledger *l, const struct entry *e,
			       uint16_t tag, epoch now, unsigned *ret_secrets,
			       epoch *ret_oldest)
{
	const struct slot *mine = NULL;

	*ret_secrets = 0;
	for (size_t i = e->n; i-- > 0;) {
		const struct slot *s = &e->slot[i];

		if (!is_alive(l, s, now))
			continue;
		++*ret_secrets;
		*ret_oldest = s->at;
		if (s->tag == tag)
			mine = s;
	}
	return mine;
}

void ledger_ask(const struct ledger *l, const char *account,
		const struct secret *secret, epoch now,
		struct ledger_reply *ret)
{
	unsigned char id[LEDGER_ID];
	const struct entry *e;
	const struct slot *mine;
	unsigned secrets;
	epoch oldest = now;

	*ret = (struct ledger_reply){ LEDGER_GO, l->limits.most, 0 };
	id_of(l, "account", account, id);
	e = entry_find(l, id);
	if (!e)
		return;
	mine = look(l, e, tag_of(l, id, secret), now, &secrets, &oldest);
	if (mine && mine->count >= l->limits.most)
		*ret = (struct ledger_reply){ LEDGER_SPENT, 0,
			mine->at + l->limits.forget_after };
	else if (mine)
		ret->left = l->limits.most - mine->count;
	else if (secrets >= l->limits.secrets)
		*ret = (struct ledger_reply){ LEDGER_MANY_SECRETS, 0,
			oldest + l->limits.forget_after };
}

static bool note(struct ledger *l, const struct ledger_row *row, char *reason)
{
	char line[LEDGER_LINE_CAP];

	if (!apply(l, row) || !ledger_line(l->key, row, line)) {
		reason_of_errno(l->lang, ENOMEM, reason, REASON_CAP);
		return false;
	}
	return !l->file || ledger_file_append(l->file, span_of(line), reason);
}

bool ledger_note(struct ledger *l, const char *account,
		 const struct secret *secret, unsigned refused, bool accepted,
		 epoch now, char reason[REASON_CAP])
{
	struct ledger_row row = { .kind = ROW_REFUSED, .count = refused,
				  .at = now };
	const struct entry *e;

	if (refused == 0 && !accepted)
		return true;
	id_of(l, "account", account, row.id);
	if (accepted) {
		e = entry_find(l, row.id);
		if (!e || e->n == 0)
			return true;
		row.kind = ROW_FORGIVEN;
		row.count = 0;
	} else {
		row.tag = tag_of(l, row.id, secret);
	}
	return note(l, &row, reason);
}

bool ledger_note_host(struct ledger *l, const char *host, unsigned refused,
		      epoch now, char reason[REASON_CAP])
{
	struct ledger_row row = { .kind = ROW_HOST, .count = refused,
				  .at = now };

	if (refused == 0)
		return true;
	id_of(l, "host", host, row.id);
	return note(l, &row, reason);
}

size_t ledger_host(const struct ledger *l, const char *host, epoch now,
		   epoch ret[LEDGER_TIMES_MAX])
{
	unsigned char id[LEDGER_ID];
	const struct entry *e;
	size_t n = 0;

	id_of(l, "host", host, id);
	e = entry_find(l, id);
	for (size_t i = e ? e->n : 0; i-- > 0 && n < LEDGER_TIMES_MAX;)
		for (unsigned k = 0; k < e->slot[i].count; k++)
			if (is_alive(l, &e->slot[i], now) &&
			    n < LEDGER_TIMES_MAX)
				ret[n++] = e->slot[i].at;
	return n;
}
