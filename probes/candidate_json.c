#include "probes/candidate_json.h"

#include "probes/evidence_json.h"

/* ---- names, NULL past the end ---- */

static const char *source_named(unsigned v)
{
	return v < SOURCE_COUNT ? source_name((enum source)v) : NULL;
}

static const char *outcome_named(unsigned v)
{
	return v < OUTCOME_COUNT ? outcome_name((enum outcome)v) : NULL;
}

static const char *form_named(unsigned v)
{
	static const char *const forms[] = { "", "address", "local", "other" };

	return v < sizeof(forms) / sizeof(forms[0]) ? forms[v] : NULL;
}

/* ---- the tables, in the order of candidate.h ---- */

#define AT(member) RECORD_AT(struct T, member)
#define LIST(member, count) RECORD_LIST(struct T, member, count)

#define T offer
static const struct field offer_fields[] = {
	{ "endpoint", FIELD_RECORD, AT(endpoint), .record = &endpoint_record },
	{ "user_form", FIELD_WORD, AT(user_form), .named = form_named },
	{ "auth", FIELD_UNSIGNED, AT(auth) },
	{ "tried", FIELD_BOOL, AT(checked) },
	{ "fault", FIELD_NAMED, AT(fault), .named = fault_named },
	{ "chosen", FIELD_BOOL, AT(chosen) },
};
static const struct record offer_record = RECORD_OF(offer_fields);
#undef T

#define T candidate
static const struct field candidate_fields[] = {
	{ "source", FIELD_NAMED, AT(source), .named = source_named },
	{ "outcome", FIELD_NAMED, AT(outcome), .named = outcome_named },
	{ "open", FIELD_BOOL, AT(open) },
	{ "asked", FIELD_TEXT, AT(asked) },
	{ "answer", FIELD_TEXT, AT(answer) },
	{ "status", FIELD_UNSIGNED, AT(status) },
	{ "in_clear", FIELD_BOOL, AT(in_clear) },
	{ "why", FIELD_RECORD, AT(why), .record = &fault_record },
	{ "offers", FIELD_RECORD, LIST(offer, offers),
	  .record = &offer_record },
};
static const struct record candidate_record = RECORD_OF(candidate_fields);
#undef T

#define DENIED(service) \
	.at = offsetof(struct search, denied) + (service) * sizeof(bool), \
	.size = sizeof(bool)

#define T search
static const struct field search_fields[] = {
	{ "domain", FIELD_TEXT, AT(domain) },
	{ "network", FIELD_BOOL, AT(network) },
	{ "no_domain", FIELD_BOOL, AT(no_domain) },
	{ "no_mail", FIELD_BOOL, AT(no_mail) },
	{ "no_dns", FIELD_BOOL, AT(no_dns) },
	{ "suggestion", FIELD_TEXT, AT(suggestion) },
	{ "exchangers", FIELD_TEXT, LIST(exchanger, exchangers) },
	{ "denies_imap", FIELD_BOOL, DENIED(SERVICE_IMAP) },
	{ "denies_smtp", FIELD_BOOL, DENIED(SERVICE_SMTP) },
	{ "denies_pop3", FIELD_BOOL, DENIED(SERVICE_POP3) },
	{ "winner", FIELD_SIGNED, AT(winner), .nothing = -1 },
	{ "took_ms", FIELD_SIGNED, AT(took) },
	{ "candidates", FIELD_RECORD, LIST(candidate, candidates),
	  .record = &candidate_record },
};
const struct record search_record = RECORD_OF(search_fields);
#undef T

void search_to_json(const struct search *s, struct json *to)
{
	record_write(&search_record, s, to);
}

bool search_from_json(const struct json *from, struct search *ret,
		      struct fault *why)
{
	if (!json_is_object(from))
		return fail(why, FAULT_PROTOCOL,
			    "\"search\": expected an object");
	if (!record_read(&search_record, from, ret, sizeof(*ret), why))
		return false;
	if (ret->winner < -1 ||
	    (ret->winner >= 0 && (size_t)ret->winner >= ret->candidates))
		return fail(why, FAULT_PROTOCOL,
			    "\"winner\": expected one of the candidates");
	return true;
}
