#include "reports/json_private.h"

static const struct {
	enum offer_auth auth;
	const char *name;
} auths[] = {
	{ AUTH_PASSWORD,  "password-cleartext" },
	{ AUTH_ENCRYPTED, "password-encrypted" },
	{ AUTH_OAUTH2,    "oauth2" },
	{ AUTH_OTHER,     "other" },
};

static void add_offer(struct json *list, const struct offer *offer)
{
	const struct endpoint *e = &offer->endpoint;
	struct json *o = json_add_object(list, NULL);
	json_add_str(o, "service", service_name(e->service));
	json_text(o, "host", e->host);
	json_add_int(o, "port", e->port);
	json_add_str(o, "security", security_name(e->security));
	json_text_or_null(o, "user_form", offer->user_form);
	struct json *ways = json_add_array(o, "authentication");
	for (size_t i = 0; i < sizeof(auths) / sizeof(auths[0]); i++) {
		if (offer->auth & (unsigned)auths[i].auth)
			json_add_str(ways, NULL, auths[i].name);
	}
	json_add_bool(o, "chosen", offer->chosen);
	json_add_bool(o, "tried", offer->checked);
	json_text_or_null(o, "fault", offer->checked &&
			  offer->fault != FAULT_NONE ?
			  fault_name(offer->fault) : NULL);
}

static void add_candidate(struct json *list, const struct candidate *c)
{
	struct json *o = json_add_object(list, NULL);
	bool failed = c->why.kind != FAULT_NONE;
	json_add_str(o, "source", source_name(c->source));
	json_add_str(o, "outcome", outcome_name(c->outcome));
	json_text_or_null(o, "asked", c->asked);
	json_text_or_null(o, "answer", c->answer);
	if (c->status)
		json_add_int(o, "status", c->status);
	else
		json_add_null(o, "status");
	json_text_or_null(o, "fault", failed ? fault_name(c->why.kind) : NULL);
	json_text_or_null(o, "detail", failed ? c->why.text : NULL);
	struct json *offers = json_add_array(o, "endpoints");
	for (size_t i = 0; i < c->offers; i++)
		add_offer(offers, &c->offer[i]);
}

void json_search(struct json *doc, const struct search *s)
{
	if (!s || !s->domain[0]) {
		json_add_null(doc, "discovery");
		return;
	}
	struct json *o = json_add_object(doc, "discovery");
	json_text(o, "domain", s->domain);
	json_text_or_null(o, "winner", s->winner >= 0 ?
			  source_name(s->candidate[s->winner].source) : NULL);
	json_text_or_null(o, "suggestion", s->suggestion);
	json_add_int(o, "took_ms", s->took);
	struct json *list = json_add_array(o, "candidates");
	for (size_t i = 0; i < s->candidates; i++)
		add_candidate(list, &s->candidate[i]);
}
