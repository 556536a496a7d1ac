#include "reports/human_private.h"

#include <string.h>

#include "probes/base/text.h"

#define SECONDS_A_DAY 86400

static long days_left(const struct tls_facts *t)
{
	/* Whole days, downwards: a day that has begun is not left. */
	epoch left = t->cert[0].not_after - t->checked_at;
	return (long)(left / SECONDS_A_DAY - (left % SECONDS_A_DAY < 0));
}

const char *human_tls_version(const struct tls_facts *t, char room[16])
{
	/* People write "TLS 1.3"; the evidence says "TLSv1.3". */
	struct span rest = span_of(t->version);
	if (!span_skip(&rest, "TLSv"))
		return t->version;
	struct buf b = buf_over(room, 16);
	buf_str(&b, "TLS ");
	buf_add(&b, rest);
	return room;
}

static void fault_words(const struct human *h, const struct step *s,
			struct buf *out)
{
	words_plain(h->style->lang, "fault.", fault_name(s->why.kind), out);
}

static void fill(struct human *h, const char *id, struct buf *out)
{
	words_fill(&h->words, "step.", id, "", out);
}

/* The server's own words on one line. */
static bool own_words(const struct step *s, struct buf *out)
{
	if (s->reply.text[0] == '\0')
		return false;
	for (const char *c = s->reply.text; *c; c++)
		buf_char(out, *c == '\n' ? ' ' : *c);
	return true;
}

static void add_fault(struct human *h, const struct step *s)
{
	char room[160];
	struct buf b = buf_over(room, sizeof(room));
	fault_words(h, s, &b);
	words_add(&h->words, "fault", room);
}

static void resolve_fact(struct human *h, const struct evidence *e,
			 const struct step *s, struct buf *out)
{
	const struct name_facts *n = &e->name;
	if (s->result == STEP_FAILED || n->addresses == 0) {
		fault_words(h, s, out);
		return;
	}
	words_add(&h->words, "address", n->address[0].text);
	words_fmt(&h->words, "more", "%zu", n->addresses - 1);
	static const char *const ids[] = {
		[NAME_FROM_HOSTS_FILE] = "hosts_file",
		[NAME_IS_ADDRESS] = "is_address",
		[NAME_FROM_OPTION] = "from_option",
	};
	if (n->source != NAME_FROM_DNS)
		fill(h, ids[n->source], out);
	else
		fill(h, n->addresses > 1 ? "addresses" : "address", out);
}

static void connect_fact(struct human *h, const struct evidence *e,
			 const struct step *s, struct buf *out)
{
	const struct connect_facts *c = &e->connection;
	if (s->result == STEP_FAILED || c->winner < 0 ||
	    (size_t)c->winner >= c->attempts) {
		add_fault(h, s);
		words_fmt(&h->words, "n", "%zu", c->attempts);
		if (c->attempts > 1)
			fill(h, "tried", out);
		else
			fault_words(h, s, out);
		return;
	}
	const struct address *a = &c->attempt[c->winner].address;
	words_add(&h->words, "address", a->text);
	if (c->redirected && !h->in->demonstration) {
		/* Where it went, not where it was meant to go. */
		char port[8];
		struct buf p = buf_over(port, sizeof(port));
		buf_fmt(&p, "%u", c->port);
		text_fill(out, h->style->lang, "step.redirected",
			  (const struct text_arg[]){
				{ "address", a->text }, { "host", c->host },
				{ "port", port }, { NULL, NULL } });
		return;
	}
	fill(h, a->family == FAMILY_IPV6 ? "connected.ipv6" :
	     "connected.ipv4", out);
}

static void failed_tls_fact(struct human *h, const struct evidence *e,
			    const struct step *s, struct buf *out)
{
	const struct tls_facts *t = &e->tls;
	char room[40];
	struct buf b = buf_over(room, sizeof(room));
	add_fault(h, s);
	switch (s->why.kind) {
	case FAULT_CERT_NAME:
		fill(h, "cert_names", out);
		return;
	case FAULT_CERT_EXPIRED:
	case FAULT_CERT_FUTURE:
		words_date(s->why.kind == FAULT_CERT_EXPIRED ?
			   t->cert[0].not_after : t->cert[0].not_before,
			   false, &b);
		words_add(&h->words, "date", room);
		fill(h, "cert_dates", out);
		return;
	case FAULT_CERT_SELF_SIGNED:
	case FAULT_CERT_UNKNOWN_CA:
	case FAULT_CERT_INCOMPLETE:
		fill(h, "cert_issuer", out);
		return;
	case FAULT_NOT_TLS:
		if (s->speech == SPEECH_UNKNOWN)
			break;
		fill(h, "spoken", out);
		return;
	case FAULT_TLS_ALERT:
		words_fmt(&h->words, "alert", "%d", t->alert);
		fill(h, "alert", out);
		return;
	default:
		break;
	}
	fault_words(h, s, out);
}

static void tls_fact(struct human *h, const struct evidence *e,
		     const struct step *s, struct buf *out)
{
	const struct tls_facts *t = &e->tls;
	char version[16];
	if (s->result == STEP_FAILED) {
		failed_tls_fact(h, e, s, out);
		return;
	}
	words_add(&h->words, "version", human_tls_version(t, version));
	if (t->chain == 0) {
		fill(h, "tls_plain", out);
		return;
	}
	words_add(&h->words, "name", t->cert[0].subject_name);
	words_fmt(&h->words, "days", "%ld", days_left(t));
	add_fault(h, s);
	fill(h, t->verified ? "tls" : "tls_unverified", out);
}

static void greeting_fact(struct human *h, const struct step *s,
			  struct buf *out)
{
	if (s->result == STEP_FAILED && s->why.kind == FAULT_PROTOCOL &&
	    s->speech != SPEECH_UNKNOWN) {
		add_fault(h, s);
		fill(h, "spoken", out);
		return;
	}
	if (own_words(s, out))
		return;
	if (s->result == STEP_FAILED)
		fault_words(h, s, out);
	else
		fill(h, "done", out);
}

/* Before STARTTLS what counts is that it is there, afterwards the logins. */
static void capability_fact(struct human *h, const struct evidence *e,
			    const struct step *s, struct buf *out)
{
	if (s->result == STEP_FAILED) {
		if (!own_words(s, out))
			fault_words(h, s, out);
		return;
	}
	bool later = e->endpoint.security == SECURITY_STARTTLS && !s->in_tls;
	const struct capabilities *c =
		&e->capabilities[s->in_tls ? PHASE_TLS : PHASE_CLEAR];
	if (!c->known)
		c = evidence_capabilities(e);
	char logins[512];
	struct buf b = buf_over(logins, sizeof(logins));
	words_logins(c, &b);
	words_add(&h->words, "logins", logins);
	if (later && (capability_has(c, "STARTTLS") ||
		      capability_has(c, "STLS")))
		fill(h, "offers_starttls", out);
	else if (b.len > 0)
		fill(h, "logins", out);
	else if (capability_has(c, "LOGINDISABLED"))
		fill(h, s->in_tls ? "no_logins" : "starttls_first", out);
	else if (e->endpoint.service == SERVICE_SMTP)
		fill(h, "no_logins", out);
	else {
		/* Without SASL there is still the protocol's own command. */
		words_add(&h->words, "logins",
			  e->endpoint.service == SERVICE_IMAP ? "LOGIN" :
			  "USER");
		fill(h, "logins", out);
	}
}

static void login_fact(struct human *h, const struct evidence *e,
		       const struct step *s, struct buf *out)
{
	const struct login_facts *l = &e->login;
	if (s->result == STEP_FAILED) {
		if (!own_words(s, out))
			fault_words(h, s, out);
		return;
	}
	words_add(&h->words, "mechanism", l->mechanism);
	fill(h, l->preauth ? "preauth" :
	     l->mechanism[0] ? "accepted" : "accepted_plain", out);
}

static void add_limit(struct human *h, const struct mailbox_facts *m)
{
	/* RFC 9208 counts in KiB. */
	bool giga = m->quota_limit >= 10u << 20;
	words_fmt(&h->words, "limit", "%llu %s",
		  (unsigned long long)(m->quota_limit >> (giga ? 20 : 10)),
		  giga ? "GiB" : "MiB");
	double used = (double)m->quota_used * 100 / (double)m->quota_limit;
	words_fmt(&h->words, "percent", "%.0f", used);
}

static void mailbox_fact(struct human *h, const struct evidence *e,
			 const struct step *s, struct buf *out)
{
	const struct mailbox_facts *m = &e->mailbox;
	bool quota = m->has_quota && m->quota_limit > 0;
	if (s->result == STEP_FAILED) {
		if (!own_words(s, out))
			fault_words(h, s, out);
		return;
	}
	if (quota)
		add_limit(h, m);
	words_fmt(&h->words, "messages", "%llu",
		  (unsigned long long)m->messages);
	if (m->has_messages)
		fill(h, quota ? "messages_quota" : "messages", out);
	else if (quota)
		fill(h, "quota", out);
	else if (!own_words(s, out))
		fill(h, "done", out);
}

/* A refusal may be all that is to be learnt, and still leave causes open. */
void human_skip(const struct human *h, enum skip skip, struct buf *out)
{
	const struct diagnosis *d = h->in->diagnosis;
	bool open = skip == SKIP_CAUSE_NAMED && d->causes > 0 &&
		    d->cause[0].confidence < CONFIDENCE_LIKELY;

	words_plain(h->style->lang, "skip.",
		    open ? "cause-open" : skip_name(skip), out);
}

void human_step_fact(struct human *h, const struct evidence *e,
		     const struct step *s, struct buf *out)
{
	if (s->result == STEP_SKIPPED && s->skip != SKIP_NOT_NEEDED) {
		human_skip(h, s->skip, out);
		return;
	}
	switch (s->stage) {
	case STAGE_RESOLVE:
		resolve_fact(h, e, s, out);
		return;
	case STAGE_CONNECT:
		connect_fact(h, e, s, out);
		return;
	case STAGE_TLS:
		tls_fact(h, e, s, out);
		return;
	case STAGE_GREETING:
		greeting_fact(h, s, out);
		return;
	case STAGE_CAPABILITY:
		capability_fact(h, e, s, out);
		return;
	case STAGE_LOGIN:
		login_fact(h, e, s, out);
		return;
	case STAGE_MAILBOX:
		mailbox_fact(h, e, s, out);
		return;
	case STAGE_STARTTLS:
	case STAGE_LOGOUT:
	case STAGE_COUNT:
		break;
	}
	if (own_words(s, out))
		return;
	if (s->result == STEP_FAILED)
		fault_words(h, s, out);
	else
		fill(h, "done", out);
}
