#include <stdlib.h>
#include <string.h>

#include "probes/base/embedded.h"
#include "reports/experiment_private.h"

/* ---- names, NULL past the end ---- */

#define NAMED(function, type, last, name_of) \
	static const char *function(unsigned v) \
	{ \
		return v <= (unsigned)(last) ? name_of((enum type)v) : NULL; \
	}

NAMED(stage_named, stage, STAGE_COUNT - 1, stage_name)
NAMED(fault_named, fault_kind, FAULT_KIND_COUNT - 1, fault_name)
NAMED(security_named, security, SECURITY_NONE, security_name)
NAMED(speech_named, speech, SPEECH_FTP, speech_name)
NAMED(cause_named, cause, CAUSE_COUNT - 1, cause_id)
NAMED(sight_named, sight, SIGHT_COUNT - 1, sight_name)
NAMED(kind_named, host_kind, HOST_KIND_COUNT - 1, host_kind_name)
NAMED(variant_named, variant, VARIANT_COUNT - 1, variant_name)

#define LISTED(function, ...) \
	static const char *function(unsigned v) \
	{ \
		static const char *const names[] = { __VA_ARGS__ }; \
		return v < sizeof(names) / sizeof(names[0]) ? names[v] : \
							      NULL; \
	}

LISTED(wish_named, "any", "yes", "no")
LISTED(host_named, "same", "provider", "control", "certificate",
       "address")
LISTED(port_named, "same", "usual", "provider")
LISTED(with_named, "same", "tls", "none", "usual", "provider")

/* ---- the tables ---- */

#define AT(member) RECORD_AT(struct T, member)
#define LIST(member, count) RECORD_LIST(struct T, member, count)

#define T meaning
static const struct field outcome_fields[] = {
	{ "any", FIELD_NAMED, AT(any), .named = sight_named },
	{ "none", FIELD_NAMED, AT(none), .named = sight_named },
	{ "proves", FIELD_NAMED, LIST(proved, proves), .named = cause_named },
	{ "suggests", FIELD_NAMED, LIST(suggested, suggests),
	  .named = cause_named },
	{ "excludes", FIELD_NAMED, LIST(excluded, excludes),
	  .named = cause_named },
	{ "wait", FIELD_SIGNED, AT(wait) },
};
static const struct record outcome_record = RECORD_OF(outcome_fields);
#undef T

#define T experiment
static const struct field experiment_fields[] = {
	{ "id", FIELD_TEXT, AT(id) },
	{ "stage", FIELD_NAMED, LIST(stage, stages), .named = stage_named },
	{ "fault", FIELD_NAMED, LIST(fault, faults), .named = fault_named },
	{ "security", FIELD_NAMED, LIST(security, securities),
	  .named = security_named },
	{ "speech", FIELD_NAMED, LIST(speech, speeches),
	  .named = speech_named },
	{ "kind", FIELD_NAMED, LIST(kind, kinds), .named = kind_named },
	{ "in_clear", FIELD_BOOL, AT(in_clear) },
	{ "in_private", FIELD_BOOL, AT(in_private) },
	{ "even_proven", FIELD_BOOL, AT(even_proven) },
	{ "early", FIELD_BOOL, AT(early) },
	{ "hello", FIELD_BOOL, AT(only_hello) },
	{ "unverified", FIELD_BOOL, AT(unverified) },
	{ "is_usual_port", FIELD_NAMED, AT(is_usual_port),
	  .named = wish_named },
	{ "is_right_host", FIELD_NAMED, AT(is_right_host),
	  .named = wish_named },
	{ "is_here", FIELD_NAMED, AT(is_here), .named = wish_named },
	{ "host", FIELD_NAMED, AT(host), .named = host_named },
	{ "port", FIELD_NAMED, AT(port), .named = port_named },
	{ "with", FIELD_NAMED, AT(with), .named = with_named },
	{ "variant", FIELD_NAMED, AT(variant), .named = variant_named },
	{ "until", FIELD_NAMED, AT(until), .named = stage_named },
	{ "outcomes", FIELD_RECORD, LIST(outcome, outcomes),
	  .record = &outcome_record },
	{ "source", FIELD_TEXT, AT(source) },
};
static const struct record experiment_record = RECORD_OF(experiment_fields);
#undef T

#define T control_hosts
#define HOSTS(service) \
	.at = offsetof(struct T, host[service]), \
	.size = sizeof(((struct T *)0)->host[0][0]), \
	.most = TRIAL_CONTROLS_MAX, .count_at = offsetof(struct T, hosts[service])
static const struct field control_fields[] = {
	{ "imap", FIELD_TEXT, HOSTS(SERVICE_IMAP) },
	{ "smtp", FIELD_TEXT, HOSTS(SERVICE_SMTP) },
	{ "pop3", FIELD_TEXT, HOSTS(SERVICE_POP3) },
};
static const struct record control_record = RECORD_OF(control_fields);
#undef T

#define T experiment_table
static const struct field table_fields[] = {
	{ "control", FIELD_RECORD, AT(control), .record = &control_record },
	{ "experiments", FIELD_RECORD, LIST(row, rows),
	  .record = &experiment_record },
};
const struct record experiment_table_record = RECORD_OF(table_fields);
#undef T

bool experiment_table_parse(struct span text, struct experiment_table **ret,
			    struct fault *why)
{
	struct experiment_table *t = calloc(1, sizeof(*t));
	struct json *doc = NULL;

	if (!t)
		return fail(why, FAULT_NO_MEMORY, "experiments");
	if (json_parse(text, &doc, why) &&
	    record_read(&experiment_table_record, doc, t, sizeof(*t), why))
		*ret = t;
	else
		free(t);
	json_free(doc);
	return doc && *ret == t;
}

bool experiment_table_own(struct experiment_table **ret, struct fault *why)
{
	const struct embedded *file = &embedded_experiments[0];

	return experiment_table_parse((struct span){ file->bytes, file->len },
				      ret, why);
}

void experiment_table_free(struct experiment_table *t)
{
	free(t);
}
