#include "cmd/session_private.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/mask.h"
#include "cmd/mask_hosts.h"
#include "probes/base/record.h"
#include "probes/candidate_json.h"
#include "probes/evidence_json.h"

/* ---- for a public place ---- */

static void visit_text(void *mask, char *text, size_t cap)
{
	mask_text(mask, text, cap);
}

/* A path below a home says whose it is. */
static void mask_path(char *path, size_t cap)
{
	const char *name = strrchr(path, '/');

	if (name && strncmp(path, "/etc/", 5) != 0 &&
	    strncmp(path, "/usr/", 5) != 0)
		span_copy(span_of(name + 1), path, cap);
}

/* The bytes of an address say what its text says. */
static void renew_address(struct address *a)
{
	address_parse(a->text, a->port, a);
}

static void mask_talk(struct mask *m, struct transcript *t)
{
	char text[REPLY_TEXT_CAP * 4];
	struct transcript masked = { .cut = t->cut };

	for (size_t i = 0; i < t->lines; i++) {
		struct transcript_line line = t->line[i];
		size_t len;

		span_copy((struct span){ t->text + line.start, line.len },
			  text, sizeof(text));
		mask_text(m, text, sizeof(text));
		len = strlen(text);
		if (len > TRANSCRIPT_CAP - masked.used) {
			masked.cut = true;
			break;
		}
		line.start = (uint16_t)masked.used;
		line.len = (uint16_t)len;
		memcpy(masked.text + masked.used, text, len);
		masked.used += len;
		masked.line[masked.lines++] = line;
	}
	*t = masked;
}

/*
 * A fingerprint finds the certificate in public logs, and with it the host; a
 * subject names the company.
 */
static void mask_certificate(struct cert_facts *c)
{
	struct buf b = buf_over(c->subject, sizeof(c->subject));

	memset(c->sha256, 0, sizeof(c->sha256));
	buf_fmt(&b, "CN=%s", c->subject_name);
	if (c->self_signed) {
		span_copy(buf_span(&b), c->issuer, sizeof(c->issuer));
		span_copy(span_of(c->subject_name), c->issuer_name,
			  sizeof(c->issuer_name));
		c->issuer_org[0] = '\0';
	}
}

static void mask_evidence(struct mask *m, struct evidence *e)
{
	bool known = mask_knows_host(e->endpoint.host);

	record_texts(&evidence_record, e, visit_text, m);
	if (!known && e->tls.chain > 0)
		mask_certificate(&e->tls.cert[0]);
	mask_path(e->tls.trust_file, sizeof(e->tls.trust_file));
	for (size_t i = 0; i < e->name.addresses; i++)
		renew_address(&e->name.address[i]);
	for (size_t i = 0; i < e->connection.attempts; i++)
		renew_address(&e->connection.attempt[i].address);
	mask_talk(m, &e->transcript);
}

/* ---- who and what is named ---- */

/* The account's own domain first: it becomes example.com. */
static void mask_account(const struct session *s, struct mask *m)
{
	const char *names[] = { s->address, s->user };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *at = strrchr(names[i], '@');
		char local[USER_CAP], masked[HOST_CAP + 8];
		struct buf b = buf_over(masked, sizeof(masked));
		struct span head = { names[i], at ? (size_t)(at - names[i]) :
						    strlen(names[i]) };

		if (at && (s->own_provider || !mask_knows_host(at + 1)))
			mask_add_host(m, at + 1, true);
		span_copy(head, local, sizeof(local));
		buf_fmt(&b, "user@%s", at ? at + 1 : "");
		mask_text(m, masked, sizeof(masked));
		if (at)
			mask_add(m, names[i], masked, false);
		mask_add(m, local, "user", false);
	}
}

static void add_names(struct mask *m, const struct evidence *e)
{
	const struct cert_facts *c = &e->tls.cert[0];

	if (mask_knows_host(e->endpoint.host))
		return;
	mask_add_host(m, e->endpoint.host, false);
	for (size_t i = 0; i < e->name.cnames; i++)
		mask_add_host(m, e->name.cname[i], false);
	mask_add_host(m, e->connection.host, false);
	if (e->tls.chain == 0)
		return;
	mask_add_host(m, c->subject_name, false);
	for (size_t i = 0; i < c->names; i++)
		mask_add_host(m, c->name[i], false);
}

/* A domain, or "https://host/path": a list has the domain at its end. */
static void add_asked(struct mask *m, const struct candidate *c)
{
	const char *host = strstr(c->asked, "://");
	char name[HOST_CAP];

	host = host ? host + strlen("://") : c->asked;
	if (c->source == SOURCE_ISPDB || c->source == SOURCE_ISPDB_MX)
		host = strrchr(c->asked, '/') ? strrchr(c->asked, '/') + 1 :
		       host;
	span_copy((struct span){ host, strcspn(host, ":/?") }, name,
		  sizeof(name));
	mask_add_host(m, name, false);
}

static void add_searched(struct mask *m, const struct search *s)
{
	mask_add_host(m, s->domain, false);
	for (size_t i = 0; i < s->candidates; i++) {
		const struct candidate *c = &s->candidate[i];

		add_asked(m, c);
		/* an exchanger, or what a provider calls itself */
		if (c->source == SOURCE_MX)
			mask_add_host(m, c->answer, false);
		for (size_t j = 0; j < c->offers; j++)
			mask_add_host(m, c->offer[j].endpoint.host, false);
	}
}

static void add_all(struct mask *m, const struct session *s)
{
	const struct check_result *r = &s->result;

	mask_account(s, m);
	add_searched(m, &s->search);
	for (size_t i = 0; i < r->n; i++)
		add_names(m, &r->seen[i]);
	for (size_t i = 0; i < r->trials.n; i++) {
		mask_add_host(m, r->trials.trial[i].endpoint.host, false);
		add_names(m, &r->tried[i]);
	}
}

/* ---- the whole ---- */

/* How long the secret is concerns only who asked. */
static void mask_finding(struct mask *m, struct finding *f)
{
	if (f->id == FINDING_SECRET_SHAPE) {
		f->number = 0;
		f->detail[0] = '\0';
	}
	mask_text(m, f->detail, sizeof(f->detail));
}

static void forget_own_provider(struct session *s)
{
	if (!s->own_provider)
		return;
	free(s->provider_file);
	s->provider_file = NULL;
	s->provider[0] = '\0';
}

static void mask_all(struct mask *m, struct session *s)
{
	struct check_result *r = &s->result;

	mask_text(m, s->address, sizeof(s->address));
	mask_text(m, s->user, sizeof(s->user));
	record_texts(&search_record, &s->search, visit_text, m);
	for (size_t i = 0; i < r->n; i++)
		mask_evidence(m, &r->seen[i]);
	for (size_t i = 0; i < r->trials.n; i++) {
		mask_evidence(m, &r->tried[i]);
		mask_text(m, r->trials.trial[i].endpoint.host, HOST_CAP);
		mask_text(m, r->trials.trial[i].address, ADDRESS_TEXT_CAP);
	}
	for (size_t i = 0; i < r->diagnosis.findings; i++)
		mask_finding(m, &r->diagnosis.finding[i]);
	r->secret.look = (struct secret_look){ .characters = 0 };
	forget_own_provider(s);
}

bool session_mask(struct session *s, bool keep_addresses, struct fault *why)
{
	struct mask *m = calloc(1, sizeof(*m));
	bool ok;

	if (!m)
		return session_no_memory(why);
	m->keep_addresses = keep_addresses;
	add_all(m, s);
	ok = mask_is_whole(m, why);
	if (ok)
		mask_all(m, s);
	free(m);
	return ok;
}
