#include <string.h>

#include "probes/base/buf.h"
#include "reports/diagnose_private.h"

/* What is worth saying though it stops no login. */

#define ENDS_SOON_DAYS 21
#define DNS_SLOW_MSEC 2000
#define LOGIN_SLOW_MSEC 4000		/* Dovecot's penalty starts at 4.5 s */
#define QUOTA_NEAR_PERCENT 90

static const char *const names[] = {
#define X(finding, name) [finding] = name,
	FINDINGS(X)
#undef X
};

const char *finding_name(enum finding_id f)
{
	return names[f];
}

static void found(struct diagnosis *d, enum finding_id id, size_t endpoint,
		  int64_t number, const char *detail)
{
	struct finding *f;

	if (d->findings == FINDINGS_MAX)
		return;
	f = &d->finding[d->findings++];
	f->id = id;
	f->endpoint = (int)endpoint;
	f->number = number;
	span_copy(span_of(detail), f->detail, sizeof(f->detail));
}

/* Somebody whom this computer trusts reads along. */
static void find_inspector(const struct view *v, size_t i, struct diagnosis *d)
{
	const struct evidence *e = v->seen[i];
	const char *name;

	if (v->general && step_passed(e, STAGE_TLS) && e->tls.verified &&
	    issuer_inspects(e, v->general, &name))
		found(d, FINDING_INSPECTED, i, 0, name);
}

static void find_tls(const struct evidence *e, size_t i, struct diagnosis *d)
{
	const struct tls_facts *t = &e->tls;
	int64_t days;

	if (!step_passed(e, STAGE_TLS) || !t->handshake_done)
		return;
	if (!t->verified)
		found(d, FINDING_UNVERIFIED, i, 0, "");
	else if (t->chain > 0 && t->checked_at > 0) {
		days = (t->cert[0].not_after - t->checked_at) / 86400;
		if (days >= 0 && days < ENDS_SOON_DAYS)
			found(d, FINDING_CERT_ENDS_SOON, i, days,
			      t->cert[0].subject_name);
	}
	if (t->legacy_renegotiation)
		found(d, FINDING_OLD_RENEGOTIATION, i, 0, "");
	if (t->cert_weak)
		found(d, FINDING_SELF_SIGNED, i, 0,
		      t->chain > 0 ? t->cert[0].signature : "");
	if (strcmp(t->version, "TLSv1.0") == 0 ||
	    strcmp(t->version, "TLSv1.1") == 0 || strcmp(t->version, "TLSv1") == 0)
		found(d, FINDING_OLD_TLS, i, 0, t->version);
}

/*
 * Addresses that were passed over on the way to one that works. Where IPv6
 * leads nowhere the network here may lack it; who answers with a refusal is
 * there, whatever the family, and its own server is at fault.
 */
static void find_addresses(const struct evidence *e, size_t i,
			   struct diagnosis *d)
{
	const struct connect_facts *c = &e->connection;
	size_t v6 = 0, v6_failed = 0;

	if (c->winner < 0)
		return;
	for (size_t k = 0; k < c->attempts; k++) {
		const struct attempt *a = &c->attempt[k];
		bool failed = a->state == ATTEMPT_FAILED;
		bool v6_way = a->address.family == FAMILY_IPV6 &&
			      a->fault != FAULT_REFUSED &&
			      a->fault != FAULT_RESET;

		v6 += a->address.family == FAMILY_IPV6;
		v6_failed += failed && v6_way;
		if (failed && !v6_way)
			found(d, FINDING_ADDRESS_FAILS, i, 0, a->address.text);
	}
	if (v6 > 0 && v6_failed == v6)
		found(d, FINDING_NO_IPV6, i, 0, e->endpoint.host);
}

static void find_times(const struct evidence *e, size_t i, struct diagnosis *d)
{
	const struct step *name = evidence_step(e, STAGE_RESOLVE);
	const struct step *login = evidence_step(e, STAGE_LOGIN);
	msec took;

	if (name && name->result == STEP_PASSED &&
	    name->ended - name->began >= DNS_SLOW_MSEC)
		found(d, FINDING_DNS_SLOW, i, name->ended - name->began,
		      e->name.resolver);
	if (!login || e->login.outcome == LOGIN_NOT_TRIED)
		return;
	took = login->ended - login->began - login->waited;
	if (took >= LOGIN_SLOW_MSEC)
		found(d, FINDING_SLOW_LOGIN, i, took, "");
}

static void find_mailbox(const struct evidence *e, size_t i,
			 struct diagnosis *d)
{
	const struct step *box = evidence_step(e, STAGE_MAILBOX);
	const struct step *bye = evidence_step(e, STAGE_LOGOUT);
	const struct mailbox_facts *m = &e->mailbox;

	if (m->has_quota && m->quota_limit > 0) {
		/* no sum: the largest limit a server may name must not wrap */
		uint64_t percent = m->quota_used >= m->quota_limit ? 100 :
			m->quota_used / ((m->quota_limit - 1) / 100 + 1);

		if (percent >= QUOTA_NEAR_PERCENT)
			found(d, FINDING_QUOTA_NEAR, i,
			      percent > 100 ? 100 : (int64_t)percent, "");
	}
	if (e->login.outcome == LOGIN_ACCEPTED && box && !m->examined &&
	    box->result != STEP_FAILED && box->skip != SKIP_ASKED &&
	    e->endpoint.service != SERVICE_SMTP)
		found(d, FINDING_MAILBOX_SKIPPED, i, 0, "");
	if (bye && bye->result == STEP_FAILED)
		found(d, FINDING_LOGOUT_FAILED, i, 0,
		      fault_name(bye->why.kind));
}

static void find_in(const struct view *v, size_t i, struct diagnosis *d)
{
	const struct evidence *e = v->seen[i];
	const struct opinion *o = &v->opinion[i];

	if (o->standing == STANDS_FAILS && !o->counts)
		found(d, FINDING_ENDPOINT_FAILS, i, 0,
		      cause_id(o->match.cause[0].cause));
	if (e->clear_bytes_dropped > 0)
		found(d, FINDING_CLEAR_BYTES, i,
		      (int64_t)e->clear_bytes_dropped, e->clear_bytes);
	if (e->login.in_clear)
		found(d, FINDING_CLEAR_LOGIN, i, 0, "");
	find_inspector(v, i, d);
	find_tls(e, i, d);
	find_addresses(e, i, d);
	find_times(e, i, d);
	find_mailbox(e, i, d);
}

/* Of the account, not of an endpoint. What was accepted needs no remark. */
static void find_secret(const struct expectation *k, struct diagnosis *d)
{
	char classes[80];
	size_t first = d->findings;

	for (size_t i = 0; i < k->secret_notes; i++)
		found(d, FINDING_SECRET_SUSPICIOUS, 0, 0, k->secret_note[i]);
	if (k->secret_odd) {
		secret_classes_write(&k->secret_look, classes,
				     sizeof(classes));
		found(d, FINDING_SECRET_SHAPE, 0,
		      (int64_t)k->secret_look.characters, classes);
	}
	for (size_t i = first; i < d->findings; i++)
		d->finding[i].endpoint = -1;
}

void findings_find(const struct view *v, struct diagnosis *d)
{
	if (!accepted_anywhere(v))
		find_secret(v->known, d);
	for (size_t i = 0; i < v->n; i++)
		find_in(v, i, d);
}
