#include <stdio.h>
#include <string.h>

#include "probes/imap_talk.h"

/*
 * After the login: who are you (RFC 2971), does INBOX open, how full is it
 * (RFC 9208). ID goes first, because Coremail opens no mailbox without it
 * ("Unsafe Login").
 */
#define ID_COMMAND \
	"ID (\"name\" \"mailwhy\" \"version\" \"" MAILWHY_VERSION "\")"

struct mailbox_tags {			/* "" not asked */
	char id[IMAP_TAG_CAP], examine[IMAP_TAG_CAP], quota[IMAP_TAG_CAP];
};

static bool queue_first(struct talk *t, struct mailbox_tags *tags,
			struct fault *why)
{
	const struct capabilities *c = evidence_capabilities(t->evidence);

	if (capability_has(c, "ID")) {
		imap_tag(t, tags->id);
		if (!talk_queue(t, why, "%s %s", tags->id, ID_COMMAND))
			return false;
	}
	imap_tag(t, tags->examine);
	return talk_queue(t, why, "%s EXAMINE INBOX", tags->examine);
}

/*
 * Dovecot hands what follows the login on to the next process; others (Courier
 * replaces the process and its buffers) would lose it. One packet and one TLS
 * record, so that a server that refuses and closes leaves nothing unread, and
 * no reset overtakes its answer. Saves the round trip that a good login costs
 * most often.
 */
static bool bears_commands_ahead(const struct talk *t)
{
	const struct step *greeting =
		evidence_step(t->evidence, STAGE_GREETING);

	return t->in_tls && greeting &&
	       span_has(span_of(greeting->reply.text), "Dovecot");
}

bool imap_queue_ahead(struct talk *t, const struct login_request *r,
		      struct fault *why)
{
	struct mailbox_tags tags = { 0 };
	unsigned before = t->commands;

	if (!r->mailbox_follows || !bears_commands_ahead(t))
		return true;
	if (!queue_first(t, &tags, why))
		return false;
	t->ahead = t->commands - before;
	return true;
}

/* The tags of commands that followed the login: the last ones given. */
static void recall_ahead(struct talk *t, struct mailbox_tags *tags)
{
	snprintf(tags->examine, sizeof(tags->examine), "a%u", t->commands);
	if (t->ahead > 1)
		snprintf(tags->id, sizeof(tags->id), "a%u", t->commands - 1);
	t->ahead = 0;
}

static bool ask(struct talk *t, struct mailbox_tags *tags, struct fault *why)
{
	const struct capabilities *c = evidence_capabilities(t->evidence);

	*tags = (struct mailbox_tags){ 0 };
	if (t->ahead > 0)
		recall_ahead(t, tags);
	else if (!queue_first(t, tags, why))
		return false;
	if (capability_has(c, "QUOTA")) {
		imap_tag(t, tags->quota);
		if (!talk_queue(t, why, "%s GETQUOTAROOT INBOX", tags->quota))
			return false;
	}
	return talk_flush(t, why);
}

/* A refused ID harms nobody. */
static bool pass_id(struct talk *t, const char *tag, struct step *step)
{
	struct span text;

	switch (imap_await(t, tag, PHASE_LOGGED_IN, step, &text)) {
	case IMAP_DONE:
		return true;
	case IMAP_ASKED:
		return fail(&step->why, FAULT_PROTOCOL, "ID asks for more");
	default:
		return false;
	}
}

/* Nor does a quota that is not told: the reply stays that of EXAMINE. */
static void read_quota(struct talk *t, const char *tag, struct step *step)
{
	struct reply examined = step->reply;
	struct span text;

	(void)imap_await(t, tag, PHASE_LOGGED_IN, step, &text);
	memcpy(examined.untagged, step->reply.untagged,
	       sizeof(examined.untagged));
	step->reply = examined;
}

bool imap_mailbox(struct talk *t, const struct login_request *r,
		  struct step *step)
{
	struct mailbox_tags tags;

	(void)r;
	if (!ask(t, &tags, &step->why))
		return false;
	if (tags.id[0] && !pass_id(t, tags.id, step))
		return false;
	if (!imap_finish(t, tags.examine, PHASE_LOGGED_IN, step))
		return false;
	t->evidence->mailbox.examined = true;
	if (tags.quota[0])
		read_quota(t, tags.quota, step);
	return true;
}
