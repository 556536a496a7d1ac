#include "reports/words.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "probes/base/text.h"
#include "reports/manner.h"

#define ID_CAP 96
#define NAMES_SHOWN 4		/* of a certificate, in a sentence */

/* ---- values ---- */

static void add_span(struct words *w, const char *name, struct span value)
{
	size_t start = w->values.len;
	buf_add(&w->values, value);
	buf_char(&w->values, '\0');
	const char *kept = w->values.full ? "" : w->values.data + start;
	for (size_t i = 0; i < w->args; i++) {
		if (strcmp(w->arg[i].name, name) != 0)
			continue;
		w->arg[i].value = kept;
		return;
	}
	assert(w->args < WORDS_MAX);
	w->arg[w->args++] = (struct text_arg){ name, kept };
	w->arg[w->args] = (struct text_arg){ NULL, NULL };
}

void words_add(struct words *w, const char *name, const char *value)
{
	add_span(w, name, span_of(value));
}

void words_fmt(struct words *w, const char *name, const char *fmt, ...)
{
	char room[256];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(room, sizeof(room), fmt, ap);
	va_end(ap);
	words_add(w, name, n < 0 ? "" : room);
}

/* People write "TLS 1.3", the evidence "TLSv1.3". */
void words_version(struct words *w, const char *name, const char *version)
{
	struct span rest = span_of(version);
	if (span_skip(&rest, "TLSv"))
		words_fmt(w, name, "TLS %.*s", (int)rest.len, rest.at);
	else
		words_add(w, name, version);
}

static void id_of(char *to, const char *first, const char *second,
		  const char *third)
{
	struct buf id = buf_over(to, ID_CAP);
	buf_str(&id, first);
	buf_str(&id, second);
	buf_str(&id, third);
}

void words_fill(const struct words *w, const char *first, const char *second,
		const char *third, struct buf *out)
{
	char id[ID_CAP];
	id_of(id, first, second, third);
	text_fill(out, w->lang, id, w->arg);
}

/* "cause.X.here.title" where that is known, else "cause.X.title". */
static void cause_text_id(const struct words *w, enum cause cause,
			  const char *part, char id[ID_CAP])
{
	struct buf b = buf_over(id, ID_CAP);
	buf_fmt(&b, "cause.%s%s%s", cause_id(cause), manner_of(w, cause),
		part);
	if (!text_known(w->lang, id))
		id_of(id, "cause.", cause_id(cause), part);
}

void words_cause(const struct words *w, enum cause cause, const char *part,
		 struct buf *out)
{
	char id[ID_CAP];
	cause_text_id(w, cause, part, id);
	text_fill(out, w->lang, id, w->arg);
}

const char *words_who(const struct words *w, enum cause cause)
{
	const char *who = manner_who(manner_of(w, cause));
	return who ? who : cause_who(cause);
}

void words_why(const struct words *w, enum cause cause, enum confidence sure,
	       struct buf *out)
{
	char id[ID_CAP];
	cause_text_id(w, cause, ".why_unsure", id);
	if (sure == CONFIDENCE_PROVEN || manner_of(w, cause)[0] ||
	    !text_known(w->lang, id))
		cause_text_id(w, cause, ".why", id);
	text_fill(out, w->lang, id, w->arg);
}

void words_plain(enum lang l, const char *prefix, const char *name,
		 struct buf *out)
{
	char id[ID_CAP];
	id_of(id, prefix, name, "");
	buf_str(out, text_of(l, id));
}

/* "Use another port" where there is none. */
static bool names_nothing(const struct words *w, const char *text)
{
	return !words_have_ports(w) && strstr(text, "{ports}");
}

bool words_remedy(const struct words *w, enum cause cause, unsigned n,
		  struct buf *out)
{
	const char *manner = manner_of(w, cause);
	char id[ID_CAP];
	struct buf b = buf_over(id, sizeof(id));
	/* who has a first step of its own has all of its own */
	buf_fmt(&b, "cause.%s%s.do.1", cause_id(cause), manner);
	if (!text_known(w->lang, id))
		manner = "";
	b = buf_over(id, sizeof(id));
	buf_fmt(&b, "cause.%s%s.do.%u", cause_id(cause), manner, n);
	if (!text_known(w->lang, id))
		return false;
	if (!names_nothing(w, text_of(w->lang, id)))
		text_fill(out, w->lang, id, w->arg);
	return true;
}

void words_date(epoch at, bool full, struct buf *out)
{
	char room[40];
	struct tm day;
	time_t seconds = (time_t)at;
	/* ISO dates in both languages: nobody mixes up day and month. */
	if (!gmtime_r(&seconds, &day) ||
	    strftime(room, sizeof(room),
		     full ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d", &day) == 0)
		return;
	buf_str(out, room);
}

void words_logins(const struct capabilities *c, struct buf *out)
{
	static const char prefix[] = "AUTH=";
	size_t at = 0, n = 0;
	struct span word;
	while (capability_next(c, prefix, &at, &word)) {
		if (n++ > 0)
			buf_char(out, ' ');
		buf_add(out, span_from(word, sizeof(prefix) - 1));
	}
}

/* ---- what they are about ---- */

static void add_plain(struct words *w, const char *name, const char *prefix,
		      const char *id)
{
	char room[160];
	struct buf b = buf_over(room, sizeof(room));
	words_plain(w->lang, prefix, id, &b);
	words_add(w, name, room);
}

static void add_date(struct words *w, const char *name, epoch at)
{
	char room[40];
	struct buf b = buf_over(room, sizeof(room));
	words_date(at, false, &b);
	words_add(w, name, room);
}

/* A sentence begins with it: in English with a capital. */
static void add_fault(struct words *w, enum fault_kind kind)
{
	add_plain(w, "fault", "fault.", fault_name(kind));
	char room[160];
	struct buf b = buf_over(room, sizeof(room));
	words_plain(w->lang, "fault.", fault_name(kind), &b);
	room[0] = ascii_upper(room[0]);
	words_add(w, "fault_start", room);
}

static void add_account(struct words *w)
{
	const struct report_input *in = w->in;
	const char *user = in->user && in->user[0] ? in->user : in->address;
	words_add(w, "user", user);
	words_add(w, "address", in->address);
	words_fmt(w, "local_part", "%.*s", (int)strcspn(user, "@"), user);
	if (in->provider_name && in->provider_name[0]) {
		words_add(w, "provider", in->provider_name);
		words_add(w, "the_provider", in->provider_name);
	} else {
		add_plain(w, "provider", "provider.unknown.", "start");
		add_plain(w, "the_provider", "provider.unknown.", "inside");
	}
	words_fmt(w, "refused", "%u", in->diagnosis->logins_refused);
	words_fmt(w, "budget", "%u", in->login_budget);
	words_add(w, "scenario", in->demonstration);
	words_add(w, "domain", in->search ? in->search->domain : "");
	/* without a server, the domain is what a sentence is about */
	words_add(w, "host", in->search ? in->search->domain : "");
}

/* The services that accepted the login: "IMAP, SMTP and POP3". */
static void add_services(struct words *w)
{
	char list[80] = "";
	unsigned left = 0;
	for (unsigned s = 0; s < SERVICE_COUNT; s++)
		left += w->in->diagnosis->service_works[s];
	for (unsigned s = 0; s < SERVICE_COUNT; s++) {
		if (!w->in->diagnosis->service_works[s])
			continue;
		char name[24];
		struct buf b = buf_over(name, sizeof(name));
		words_plain(w->lang, "protocol.",
			    service_name((enum service)s), &b);
		text_join(w->lang, --left == 0 ? "list.and" : "list.join", list,
			  sizeof(list), name);
	}
	words_add(w, "services", list);
}

static void add_usual_issuers(struct words *w)
{
	const struct right *r = w->in->right;
	char list[300] = "";
	for (size_t i = 0; r && i < r->issuers; i++)
		text_join(w->lang, i + 1 == r->issuers && i > 0 ? "list.or" :
			  "list.join", list, sizeof(list), r->issuer[i]);
	words_add(w, "usual", list);
}

static void add_certificate(struct words *w, const struct tls_facts *t)
{
	char list[600] = "";
	const struct cert_facts *c = &t->cert[0];
	size_t names = t->chain > 0 ? c->names : 0;
	for (size_t i = 0; i < names && i < NAMES_SHOWN; i++)
		text_join(w->lang, "list.join", list, sizeof(list), c->name[i]);
	if (names > NAMES_SHOWN)
		text_join(w->lang, "list.join", list, sizeof(list), "...");
	if (names == 0)
		span_copy(span_of(t->chain > 0 ? c->subject_name : "?"), list,
			  sizeof(list));
	words_add(w, "names", list);
	words_add(w, "issuer", t->chain > 0 ? c->issuer_name : "?");
	add_usual_issuers(w);
	words_add(w, "cert_begin", "?");
	words_add(w, "cert_end", "?");
	if (t->chain > 0) {
		add_date(w, "cert_begin", c->not_before);
		add_date(w, "cert_end", c->not_after);
	}
	add_date(w, "today", t->checked_at > 0 ? t->checked_at :
		 w->in->made_at);
	words_add(w, "trust_file", t->trust_file);
	add_date(w, "stated", w->about->stated_at);
	add_date(w, "built", t->built_at);
	words_version(w, "our_versions", t->our_versions);
	words_version(w, "offered", manner_offered(w));
	words_add(w, "offered_cipher", manner_offered_cipher(w));
	words_fmt(w, "group_bits", "%u", manner_group_bits(w));
}

static void add_logins(struct words *w, const struct evidence *e)
{
	char room[512];
	struct buf b = buf_over(room, sizeof(room));
	words_logins(evidence_capabilities(e), &b);
	if (b.len == 0)
		buf_char(&b, '-');
	words_add(w, "logins", room);
}

static const char *dialled(const struct evidence *e)
{
	const struct connect_facts *c = &e->connection;

	return c->winner >= 0 ? c->attempt[c->winner].address.text : "";
}

/* Of -4 and -6, where they left nothing. */
static void add_family(struct words *w, enum fault_kind kind)
{
	words_add(w, "family", kind == FAULT_NO_IPV4 ? "IPv4" : "IPv6");
	words_add(w, "family_option", kind == FAULT_NO_IPV4 ? "-4" : "-6");
}

static void add_endpoint(struct words *w)
{
	const struct endpoint *e = &w->about->endpoint;
	/* RFC 5952 section 6: an IPv6 address beside a port is in brackets */
	if (strchr(e->host, ':'))
		words_fmt(w, "host", "[%s]", e->host);
	else
		words_add(w, "host", e->host);
	words_fmt(w, "port", "%u", e->port);
	words_add(w, "dialled", dialled(w->about));
	add_plain(w, "service", "protocol.", service_name(e->service));
	add_plain(w, "security", "security.", security_name(e->security));
	words_ports(w, e);
	add_certificate(w, &w->about->tls);
	add_logins(w, w->about);
	enum speech spoken = w->step ? w->step->speech : SPEECH_UNKNOWN;
	add_plain(w, "speech", "speech.", speech_name(spoken));
	add_fault(w, w->step ? w->step->why.kind : FAULT_NONE);
	add_family(w, w->step ? w->step->why.kind : FAULT_NONE);
}

static void begin(struct words *w, const struct report_input *in, enum lang l)
{
	w->lang = l;
	w->in = in;
	w->about = NULL;
	w->step = NULL;
	w->args = 0;
	w->arg[0] = (struct text_arg){ NULL, NULL };
	w->values = buf_over(w->room, sizeof(w->room));
	add_account(w);
	add_services(w);
}

void words_of_endpoint(struct words *w, const struct report_input *in,
		       enum lang l, int index)
{
	begin(w, in, l);
	if (index < 0 || (size_t)index >= in->n)
		return;
	w->about = in->seen[index];
	w->step = evidence_failure(w->about);
	add_endpoint(w);
}

static const struct evidence *first_failing(const struct report_input *in)
{
	for (size_t i = 0; i < in->n; i++) {
		if (evidence_failure(in->seen[i]))
			return in->seen[i];
	}
	return in->n > 0 ? in->seen[0] : NULL;
}

void words_of_cause(struct words *w, const struct report_input *in,
		    enum lang l, size_t rank)
{
	begin(w, in, l);
	const struct diagnosis *d = in->diagnosis;
	const struct proof *p = rank < d->causes && d->cause[rank].proofs > 0 ?
				&d->cause[rank].proof[0] : NULL;
	if (p && p->endpoint < in->n) {
		w->about = in->seen[p->endpoint];
		w->step = &w->about->step[p->step];
	} else {
		w->about = first_failing(in);
		w->step = w->about ? evidence_failure(w->about) : NULL;
	}
	if (w->about)
		add_endpoint(w);
}

/* ---- findings ---- */

static void add_detail(struct words *w, const struct finding *f)
{
	/* A detail may be the name of a fault, or words as they are. */
	char id[ID_CAP], room[512];
	id_of(id, "fault.", f->detail, "");
	words_add(w, "detail", text_known(w->lang, id) ?
		  text_of(w->lang, id) : f->detail);
	words_fmt(w, "number", "%lld", (long long)f->number);

	struct buf b = buf_over(room, sizeof(room));
	id_of(id, "hygiene.", f->detail, "");
	text_fill(&b, w->lang, text_known(w->lang, id) ? id : "hygiene.other",
		  w->arg);
	words_add(w, "hygiene", room);
}

void words_of_finding(struct words *w, const struct report_input *in,
		      enum lang l, const struct finding *f, struct buf *out)
{
	char reason[256];
	struct buf b = buf_over(reason, sizeof(reason));
	words_of_endpoint(w, in, l, f->endpoint);
	add_detail(w, f);
	if (w->about)
		words_cause(w, in->diagnosis->endpoint_verdict[f->endpoint],
			    ".short", &b);
	words_add(w, "reason", reason);
	if (f->id == FINDING_SECRET_SHAPE)
		words_of_shape(w, f);
	words_fill(w, "finding.", finding_name(f->id), "", out);
}
