#include "probes/evidence_json.h"

#include <string.h>

#include "probes/base/text.h"

/* ---- names of the enumerations, NULL past the end ---- */

#define NAMED(function, type, last, name_of) \
	static const char *function(unsigned v) \
	{ \
		return v <= (unsigned)(last) ? name_of((enum type)v) : NULL; \
	}

NAMED(service_named, service, SERVICE_POP3, service_name)
NAMED(security_named, security, SECURITY_NONE, security_name)
NAMED(result_named, step_result, STEP_SKIPPED, step_result_name)
NAMED(skip_named, skip, SKIP_COUNT - 1, skip_name)
NAMED(answer_named, answer, ANSWER_CONTINUE, answer_name)
NAMED(speech_named, speech, SPEECH_FTP, speech_name)
NAMED(outcome_named, login_outcome, LOGIN_UNDECIDED, login_outcome_name)

const char *stage_named(unsigned v)
{
	return v < STAGE_COUNT ? stage_name((enum stage)v) : NULL;
}

const char *fault_named(unsigned v)
{
	return v < FAULT_KIND_COUNT ? fault_name((enum fault_kind)v) : NULL;
}

static const char *family_named(unsigned v)
{
	static const char *const names[] = {
		[FAMILY_ANY] = "any", [FAMILY_IPV4] = "ipv4",
		[FAMILY_IPV6] = "ipv6",
	};

	return v < sizeof(names) / sizeof(names[0]) ? names[v] : NULL;
}

static const char *source_named(unsigned v)
{
	static const char *const names[] = {
		[NAME_FROM_DNS] = "dns", [NAME_FROM_HOSTS_FILE] = "hosts",
		[NAME_IS_ADDRESS] = "address", [NAME_FROM_OPTION] = "option",
	};

	return v < sizeof(names) / sizeof(names[0]) ? names[v] : NULL;
}

static const char *attempt_named(unsigned v)
{
	static const char *const names[] = {
		[ATTEMPT_NOT_MADE] = "not-made", [ATTEMPT_WON] = "won",
		[ATTEMPT_LOST] = "lost", [ATTEMPT_FAILED] = "failed",
	};

	return v < sizeof(names) / sizeof(names[0]) ? names[v] : NULL;
}

/* ---- the tables, in the order of evidence.h and facts.h ---- */

#define AT(member) RECORD_AT(struct T, member)
#define LIST(member, count) RECORD_LIST(struct T, member, count)

#define T endpoint
static const struct field endpoint_fields[] = {
	{ "service", FIELD_NAMED, AT(service), .named = service_named },
	{ "host", FIELD_TEXT, AT(host) },
	{ "port", FIELD_UNSIGNED, AT(port) },
	{ "security", FIELD_NAMED, AT(security), .named = security_named },
	{ "demanded", FIELD_BOOL, AT(demanded) },
};
const struct record endpoint_record = RECORD_OF(endpoint_fields);
#undef T

#define T fault
static const struct field fault_fields[] = {
	{ "kind", FIELD_NAMED, AT(kind), .named = fault_named },
	{ "text", FIELD_TEXT, AT(text) },
};
const struct record fault_record = RECORD_OF(fault_fields);
#undef T

#define T reply
static const struct field reply_fields[] = {
	{ "answer", FIELD_NAMED, AT(answer), .named = answer_named },
	{ "code", FIELD_UNSIGNED, AT(code) },
	{ "enhanced", FIELD_TEXT, AT(enhanced) },
	{ "response_code", FIELD_TEXT, AT(response_code) },
	{ "response_arg", FIELD_TEXT, AT(response_arg) },
	{ "text", FIELD_LINES, AT(text) },
	{ "untagged", FIELD_LINES, AT(untagged) },
	{ "challenge", FIELD_LINES, AT(challenge) },
};
static const struct record reply_record = RECORD_OF(reply_fields);
#undef T

#define T step
static const struct field step_fields[] = {
	{ "stage", FIELD_NAMED, AT(stage), .named = stage_named },
	{ "result", FIELD_NAMED, AT(result), .named = result_named },
	{ "skip", FIELD_NAMED, AT(skip), .named = skip_named },
	{ "began", FIELD_SIGNED, AT(began) },
	{ "ended", FIELD_SIGNED, AT(ended) },
	{ "waited", FIELD_SIGNED, AT(waited) },
	{ "why", FIELD_RECORD, AT(why), .record = &fault_record },
	{ "reply", FIELD_RECORD, AT(reply), .record = &reply_record },
	{ "speech", FIELD_NAMED, AT(speech), .named = speech_named },
	{ "in_tls", FIELD_BOOL, AT(in_tls) },
};
static const struct record step_record = RECORD_OF(step_fields);
#undef T

#define T address
static const struct field address_fields[] = {
	{ "family", FIELD_NAMED, AT(family), .named = family_named },
	{ "bytes", FIELD_BYTES, AT(bytes) },
	{ "scope", FIELD_UNSIGNED, AT(scope) },
	{ "port", FIELD_UNSIGNED, AT(port) },
	{ "text", FIELD_TEXT, AT(text) },
};
static const struct record address_record = RECORD_OF(address_fields);
#undef T

#define T name_facts
static const struct field name_fields[] = {
	{ "asked", FIELD_TEXT, AT(asked) },
	{ "source", FIELD_NAMED, AT(source), .named = source_named },
	{ "shared", FIELD_BOOL, AT(shared) },
	{ "a", FIELD_NAMED, AT(a), .named = fault_named },
	{ "aaaa", FIELD_NAMED, AT(aaaa), .named = fault_named },
	{ "asked_a", FIELD_BOOL, AT(asked_a) },
	{ "asked_aaaa", FIELD_BOOL, AT(asked_aaaa) },
	{ "resolver", FIELD_TEXT, AT(resolver) },
	{ "cnames", FIELD_TEXT, LIST(cname, cnames) },
	{ "addresses", FIELD_RECORD, LIST(address, addresses),
	  .record = &address_record },
};
static const struct record name_record = RECORD_OF(name_fields);
#undef T

#define T attempt
static const struct field attempt_fields[] = {
	{ "address", FIELD_RECORD, AT(address), .record = &address_record },
	{ "state", FIELD_NAMED, AT(state), .named = attempt_named },
	{ "fault", FIELD_NAMED, AT(fault), .named = fault_named },
	{ "began", FIELD_SIGNED, AT(began) },
	{ "ended", FIELD_SIGNED, AT(ended) },
};
static const struct record attempt_record = RECORD_OF(attempt_fields);
#undef T

#define T connect_facts
static const struct field connect_fields[] = {
	{ "attempts", FIELD_RECORD, LIST(attempt, attempts),
	  .record = &attempt_record },
	{ "winner", FIELD_SIGNED, AT(winner), .nothing = -1 },
	{ "redirected", FIELD_BOOL, AT(redirected) },
	{ "host", FIELD_TEXT, AT(host) },
	{ "port", FIELD_UNSIGNED, AT(port) },
};
static const struct record connect_record = RECORD_OF(connect_fields);
#undef T

#define T cert_facts
static const struct field cert_fields[] = {
	{ "subject", FIELD_TEXT, AT(subject) },
	{ "issuer", FIELD_TEXT, AT(issuer) },
	{ "subject_name", FIELD_TEXT, AT(subject_name) },
	{ "issuer_name", FIELD_TEXT, AT(issuer_name) },
	{ "issuer_org", FIELD_TEXT, AT(issuer_org) },
	{ "names", FIELD_TEXT, LIST(name, names) },
	{ "more_names", FIELD_BOOL, AT(more_names) },
	{ "not_before", FIELD_SIGNED, AT(not_before) },
	{ "not_after", FIELD_SIGNED, AT(not_after) },
	{ "key", FIELD_TEXT, AT(key) },
	{ "signature", FIELD_TEXT, AT(signature) },
	{ "sha256", FIELD_TEXT, AT(sha256) },
	{ "is_ca", FIELD_BOOL, AT(is_ca) },
	{ "self_signed", FIELD_BOOL, AT(self_signed) },
};
static const struct record cert_record = RECORD_OF(cert_fields);
#undef T

#define T tls_facts
static const struct field tls_fields[] = {
	{ "handshake_done", FIELD_BOOL, AT(handshake_done) },
	{ "verified", FIELD_BOOL, AT(verified) },
	{ "resumed", FIELD_BOOL, AT(resumed) },
	{ "resumption_broke", FIELD_BOOL, AT(resumption_broke) },
	{ "version", FIELD_TEXT, AT(version) },
	{ "cipher", FIELD_TEXT, AT(cipher) },
	{ "group", FIELD_TEXT, AT(group) },
	{ "alpn", FIELD_TEXT, AT(alpn) },
	{ "server_name", FIELD_TEXT, AT(server_name) },
	{ "our_versions", FIELD_TEXT, AT(our_versions) },
	{ "offered", FIELD_TEXT, AT(offered) },
	{ "alert", FIELD_SIGNED, AT(alert), .nothing = -1 },
	{ "alert_fatal", FIELD_BOOL, AT(alert_fatal) },
	{ "library_code", FIELD_SIGNED, AT(library_code) },
	{ "first_bytes", FIELD_BYTES,
	  RECORD_BYTES(struct tls_facts, first, first_bytes) },
	{ "cert_expired", FIELD_BOOL, AT(cert_expired) },
	{ "cert_future", FIELD_BOOL, AT(cert_future) },
	{ "cert_wrong_name", FIELD_BOOL, AT(cert_wrong_name) },
	{ "cert_untrusted", FIELD_BOOL, AT(cert_untrusted) },
	{ "cert_weak", FIELD_BOOL, AT(cert_weak) },
	{ "cert_wrong_usage", FIELD_BOOL, AT(cert_wrong_usage) },
	{ "cert_invalid", FIELD_BOOL, AT(cert_invalid) },
	{ "chain", FIELD_RECORD, LIST(cert, chain), .record = &cert_record },
	{ "longer_chain", FIELD_BOOL, AT(longer_chain) },
	{ "root", FIELD_TEXT, AT(root) },
	{ "trust_file", FIELD_TEXT, AT(trust_file) },
	{ "checked_at", FIELD_SIGNED, AT(checked_at) },
	{ "built_at", FIELD_SIGNED, AT(built_at) },
	{ "legacy_renegotiation", FIELD_BOOL, AT(legacy_renegotiation) },
	{ "own_limit", FIELD_BOOL, AT(own_limit) },
	{ "in_pieces", FIELD_BOOL, AT(in_pieces) },
	{ "offered_cipher", FIELD_TEXT, AT(offered_cipher) },
	{ "cipher_is_ours", FIELD_BOOL, AT(cipher_is_ours) },
};
static const struct record tls_record = RECORD_OF(tls_fields);
#undef T

#define T login_facts
static const struct field login_fields[] = {
	{ "outcome", FIELD_NAMED, AT(outcome), .named = outcome_named },
	{ "mechanism", FIELD_TEXT, AT(mechanism) },
	{ "forced", FIELD_BOOL, AT(forced) },
	{ "in_clear", FIELD_BOOL, AT(in_clear) },
	{ "preauth", FIELD_BOOL, AT(preauth) },
};
static const struct record login_record = RECORD_OF(login_fields);
#undef T

#define T mailbox_facts
static const struct field mailbox_fields[] = {
	{ "examined", FIELD_BOOL, AT(examined) },
	{ "has_quota", FIELD_BOOL, AT(has_quota) },
	{ "has_messages", FIELD_BOOL, AT(has_messages) },
	{ "messages", FIELD_UNSIGNED, AT(messages) },
	{ "quota_used", FIELD_UNSIGNED, AT(quota_used) },
	{ "quota_limit", FIELD_UNSIGNED, AT(quota_limit) },
	{ "server_id", FIELD_TEXT, AT(server_id) },
};
static const struct record mailbox_record = RECORD_OF(mailbox_fields);
#undef T

#define T capabilities
static const struct field capability_fields[] = {
	{ "known", FIELD_BOOL, AT(known) },
	{ "cut", FIELD_BOOL, AT(cut) },
	{ "words", FIELD_TEXT, AT(words) },
};
static const struct record capability_record = RECORD_OF(capability_fields);
#undef T

#define PHASE(phase) \
	.at = offsetof(struct evidence, capabilities) + \
	      (phase) * sizeof(struct capabilities), \
	.size = sizeof(struct capabilities), .record = &capability_record

#define T evidence
static const struct field evidence_fields[] = {
	{ "endpoint", FIELD_RECORD, AT(endpoint), .record = &endpoint_record },
	{ "steps", FIELD_RECORD, LIST(step, steps), .record = &step_record },
	{ "name", FIELD_RECORD, AT(name), .record = &name_record },
	{ "connection", FIELD_RECORD, AT(connection),
	  .record = &connect_record },
	{ "tls", FIELD_RECORD, AT(tls), .record = &tls_record },
	{ "offers_in_clear", FIELD_RECORD, PHASE(PHASE_CLEAR) },
	{ "offers_in_tls", FIELD_RECORD, PHASE(PHASE_TLS) },
	{ "offers_logged_in", FIELD_RECORD, PHASE(PHASE_LOGGED_IN) },
	{ "clear_bytes_dropped", FIELD_UNSIGNED, AT(clear_bytes_dropped) },
	{ "clear_bytes", FIELD_TEXT, AT(clear_bytes) },
	{ "stated_at", FIELD_SIGNED, AT(stated_at) },
	{ "login", FIELD_RECORD, AT(login), .record = &login_record },
	{ "mailbox", FIELD_RECORD, AT(mailbox), .record = &mailbox_record },
};
const struct record evidence_record = RECORD_OF(evidence_fields);
#undef T

/* ---- the talk: lines that share one room ---- */

/* One line of it while it is outside of that room. */
struct said {
	char mark[2];
	bool in_tls;
	msec at;
	char text[REPLY_TEXT_CAP * 4];
};

#define T said
static const struct field said_fields[] = {
	{ "mark", FIELD_TEXT, AT(mark) },
	{ "tls", FIELD_BOOL, AT(in_tls) },
	{ "at", FIELD_SIGNED, AT(at) },
	{ "text", FIELD_TEXT, AT(text) },
};
static const struct record said_record = RECORD_OF(said_fields);
#undef T

static void write_transcript(const struct transcript *t, struct json *to)
{
	struct json *list;

	if (t->cut)
		json_add_bool(to, "talk_cut", true);
	list = json_add_array(to, "talk");
	for (size_t i = 0; i < t->lines; i++) {
		const struct transcript_line *l = &t->line[i];
		struct said said = { .mark = { (char)l->mark },
				     .in_tls = l->in_tls, .at = l->at };

		span_copy((struct span){ t->text + l->start, l->len },
			  said.text, sizeof(said.text));
		record_write(&said_record, &said,
			     json_add_object(list, NULL));
	}
}

static bool is_mark(char c)
{
	return c == LINE_SENT || c == LINE_RECEIVED || c == LINE_NOTE;
}

static bool add_line(const struct said *said, struct transcript *t)
{
	struct span text = span_of(said->text);

	if (!is_mark(said->mark[0]) || t->lines == TRANSCRIPT_LINES ||
	    text.len > TRANSCRIPT_CAP - t->used)
		return false;
	t->line[t->lines++] = (struct transcript_line){
		.mark = (enum line_mark)said->mark[0],
		.in_tls = said->in_tls, .at = said->at,
		.start = (uint16_t)t->used, .len = (uint16_t)text.len,
	};
	memcpy(t->text + t->used, text.at, text.len);
	t->used += text.len;
	return true;
}

static bool read_transcript(const struct json *from, struct transcript *t,
			    struct fault *why)
{
	const struct json *list = json_get(from, "talk");
	struct said said;

	t->cut = json_true(json_get(from, "talk_cut"));
	for (const struct json *v = json_first(list); v; v = json_next(v)) {
		if (!record_read(&said_record, v, &said, sizeof(said), why))
			return false;
		if (!add_line(&said, t))
			return fail(why, FAULT_PROTOCOL,
				    "\"talk\": expected lines that fit");
	}
	return true;
}

/* ---- one endpoint ---- */

void evidence_to_json(const struct evidence *e, struct json *to)
{
	record_write(&evidence_record, e, to);
	write_transcript(&e->transcript, to);
}

bool evidence_from_json(const struct json *from, struct evidence *ret,
			struct fault *why)
{
	if (!json_is_object(from))
		return fail(why, FAULT_PROTOCOL, "expected an endpoint");
	if (!record_read(&evidence_record, from, ret, sizeof(*ret), why) ||
	    !read_transcript(from, &ret->transcript, why))
		return false;
	if (ret->connection.winner < -1 ||
	    (ret->connection.winner >= 0 &&
	     (size_t)ret->connection.winner >= ret->connection.attempts))
		return fail(why, FAULT_PROTOCOL,
			    "\"winner\": expected one of the attempts");
	return true;
}
