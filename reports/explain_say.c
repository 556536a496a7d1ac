#include "reports/explain_say.h"

#include <string.h>

#include "probes/base/text.h"
#include "reports/manner.h"

#define ID_CAP 96

/* ---- values ---- */

static void add_known(struct words *w, const char *name, const char *id)
{
	words_add(w, name, text_of(w->lang, id));
}

/* What a check always knows and a pasted text may not. */
void say_begin(struct words *w, const struct explanation *e,
	       const struct report_input *in, enum lang l, size_t rank)
{
	words_of_cause(w, in, l, rank);
	if (!e->place.service_known) {
		add_known(w, "service", "explain.any.service");
		add_known(w, "ports", "explain.any.ports");
		add_known(w, "tls_port", "explain.any.tls_port");
		add_known(w, "starttls_port", "explain.any.starttls_port");
	}
	words_add(w, "port", "");
	if (e->place.port != 0)
		words_fmt(w, "port", "%u", e->place.port);
}

static const char *value_of(const struct words *w, struct span name)
{
	for (size_t i = 0; i < w->args; i++)
		if (span_is(name, w->arg[i].name))
			return w->arg[i].value;
	return "";
}

/* Is there a {name} nobody can fill in? A host may be "the mail server". */
static bool is_sayable(const struct words *w, const char *text)
{
	static const char *const never[] = {
		"speech", "names", "issuer", "cert_end", "today",
		"our_versions", "logins", "fault", "fault_start", "services",
	};

	while ((text = strchr(text, '{')) != NULL) {
		struct span name = { text + 1, strcspn(text + 1, "}") };

		for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
			if (span_is(name, never[i]))
				return false;
		if (value_of(w, name)[0] == '\0' && !span_is(name, "host"))
			return false;
		text++;
	}
	return true;
}

/* ---- texts ---- */

static void fill(struct words *w, const char *id, struct buf *out)
{
	const char *text = text_of(w->lang, id);
	bool named = w->about && w->about->endpoint.host[0];

	if (!named)
		add_known(w, "host", strncmp(text, "{host}", 6) == 0
					     ? "provider.unknown.start"
					     : "provider.unknown.inside");
	text_fill(out, w->lang, id, w->arg);
}

bool say_is_delivery(const struct diagnosis *d)
{
	static const char family[] = "delivery-";

	return d->verdict == CAUSE_UNKNOWN &&
	       strncmp(d->cause[0].rule, family, strlen(family)) == 0;
}

static const char *topic_of(const struct words *w, enum cause c)
{
	return c == CAUSE_UNKNOWN && say_is_delivery(w->in->diagnosis)
		       ? "delivery" : cause_id(c);
}

/*
 * As a check would say it: "cause.X.title", or "cause.X.unsaid.title". Other
 * manners need what a check has seen; that of a refusal is told by its rule.
 */
static void usual_id(const struct words *w, enum cause c, const char *part,
		     char id[ID_CAP])
{
	const char *manner = c == CAUSE_WRONG_CREDENTIALS ? manner_of(w, c) :
							    "";
	struct buf b = buf_over(id, ID_CAP);

	buf_fmt(&b, "cause.%s%s.%s", cause_id(c), manner, part);
	if (manner[0] == '\0' || text_known(w->lang, id))
		return;
	b = buf_over(id, ID_CAP);
	buf_fmt(&b, "cause.%s.%s", cause_id(c), part);
}

bool say_part(struct words *w, enum cause c, const char *part,
	      struct buf *out)
{
	char own[ID_CAP], usual[ID_CAP];
	struct buf o = buf_over(own, sizeof(own));
	bool always = c == CAUSE_UNKNOWN || c == CAUSE_WORKS;

	buf_fmt(&o, "explain.%s.%s", topic_of(w, c), part);
	usual_id(w, c, part, usual);
	if (!always && text_known(w->lang, usual) &&
	    is_sayable(w, text_of(w->lang, usual))) {
		fill(w, usual, out);
		return true;
	}
	if (!text_known(w->lang, own))
		return false;
	fill(w, own, out);
	return true;
}

bool say_remedy(struct words *w, enum cause c, unsigned n, struct buf *out,
		bool *ret_said)
{
	char part[24], own[ID_CAP], usual[ID_CAP];
	struct buf p = buf_over(part, sizeof(part));
	struct buf o = buf_over(own, sizeof(own));

	buf_fmt(&p, "do.%u", n);
	buf_fmt(&o, "explain.%s.%s", topic_of(w, c), part);
	usual_id(w, c, part, usual);
	*ret_said = say_part(w, c, part, out);
	return text_known(w->lang, own) || text_known(w->lang, usual);
}

/* ---- the command ---- */

/* Nothing from a pasted text may mean something to a shell. */
static bool is_plain(const char *text, const char *also)
{
	for (const char *c = text; *c; c++)
		if (!ascii_is_alnum(*c) && !strchr(also, *c))
			return false;
	return text[0] != '\0' && text[0] != '-';
}

void say_command(const struct explanation *e, enum lang l, struct buf *out)
{
	const struct explain_place *p = &e->place;
	bool host = is_plain(p->host, ".-");

	buf_str(out, "mailwhy");
	if (host) {
		buf_fmt(out, " --server %s", p->host);
		if (p->port != 0)
			buf_fmt(out, " --port %u", p->port);
		if (p->service_known && p->port == 0)
			buf_fmt(out, " --service %s",
				service_name(p->service));
	}
	if (is_plain(p->address, ".-_+@"))
		buf_fmt(out, " %s", p->address);
	else
		buf_fmt(out, " %s", text_of(l, "explain.your_address"));
}
