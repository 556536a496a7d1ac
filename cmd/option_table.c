#include "cmd/option.h"

#include <string.h>

#include "cmd/compare_input.h"
#include "cmd/target.h"
#include "probes/base/text.h"
#include "probes/sasl.h"

#define VALUE_MAX 1000
#define TIMEOUT_MAX_SEC 3600

/* ---- setters ---- */

static void *field(const struct option *row, struct options *o)
{
	return (char *)o + row->at;
}

static bool set_switch(const struct option *row, struct options *o,
		       const char *value)
{
	*(bool *)field(row, o) = value != NULL;
	return true;
}

static bool set_text(const struct option *row, struct options *o,
		     const char *value)
{
	if (!text_is_one_line(value, VALUE_MAX))
		return false;
	*(const char **)field(row, o) = value;
	return true;
}

static bool set_number(const char *value, unsigned least, unsigned most,
		       unsigned *ret)
{
	unsigned n;

	if (!span_number(span_of(value), &n) || n < least || n > most)
		return false;
	*ret = n;
	return true;
}

static bool set_host(const struct option *row, struct options *o,
		     const char *value)
{
	return target_host_is_plausible(value) && set_text(row, o, value);
}

static bool set_address(const struct option *row, struct options *o,
			const char *value)
{
	return target_is_address(value) && set_text(row, o, value);
}

static bool set_port(const struct option *row, struct options *o,
		     const char *value)
{
	unsigned n;

	(void)row;
	if (!set_number(value, 1, 65535, &n))
		return false;
	o->port = (uint16_t)n;
	return true;
}

static bool set_service(const struct option *row, struct options *o,
			const char *value)
{
	(void)row;
	o->has_service = service_by_name(value, &o->service);
	return o->has_service;
}

static bool set_security(const struct option *row, struct options *o,
			 const char *value)
{
	(void)row;
	o->has_security = security_by_name(value, &o->security);
	return o->has_security;
}

#define TOKEN 0x100

/* What is no name is refused unseen: it may be the secret itself. */
static bool is_variable_name(const char *value)
{
	for (; *value; value++)
		if (!ascii_is_alnum(*value) && *value != '_')
			return false;
	return true;
}

static bool set_secret(const struct option *row, struct options *o,
		       const char *value)
{
	if (!value) {
		o->secret_source = SECRET_FROM_PROMPT;
		o->secret_argument = NULL;
		return true;
	}
	if (row->value && !text_is_one_line(value, VALUE_MAX))
		return false;
	if ((row->extra & ~TOKEN) == SECRET_FROM_ENV &&
	    !is_variable_name(value))
		return false;
	o->secret_source = (enum secret_source)(row->extra & ~TOKEN);
	o->secret_argument = row->value ? value : NULL;
	o->secret_is_token = (row->extra & TOKEN) != 0;
	return true;
}

static bool set_mechanism(const struct option *row, struct options *o,
			  const char *value)
{
	return sasl_by_name(value) && set_text(row, o, value);
}

static bool set_stage(const struct option *row, struct options *o,
		      const char *value)
{
	(void)row;
	return stage_by_name(value, &o->quit_after);
}

static bool set_dns_server(const struct option *row, struct options *o,
			   const char *value)
{
	struct address parsed;
	struct span host;
	uint16_t port;
	char text[HOST_CAP];

	if (strlen(value) >= sizeof(text))
		return false;
	if (!address_parse(value, 53, &parsed)) {
		if (!target_split_port(span_of(value), &host, &port))
			return false;
		span_copy(host, text, sizeof(text));
		if (!address_parse(text, port, &parsed))
			return false;
	}
	return set_text(row, o, value);
}

static bool set_family(const struct option *row, struct options *o,
		       const char *value)
{
	o->family = value ? (enum family)row->extra : FAMILY_ANY;
	return true;
}

static bool set_resolve(const struct option *row, struct options *o,
			const char *value)
{
	(void)row;
	if (o->overrides == OVERRIDES_MAX ||
	    !target_parse_override(value, &o->override[o->overrides]))
		return false;
	o->overrides++;
	return true;
}

static void clear_resolve(struct options *o)
{
	o->overrides = 0;
}

static bool set_connect_to(const struct option *row, struct options *o,
			   const char *value)
{
	(void)row;
	if (o->connect_rules == CONNECT_RULES_MAX ||
	    !target_parse_connect_rule(value,
				       &o->connect_rule[o->connect_rules]))
		return false;
	o->connect_rules++;
	return true;
}

static void clear_connect_to(struct options *o)
{
	o->connect_rules = 0;
}

static bool set_timeout(const struct option *row, struct options *o,
			const char *value)
{
	unsigned n;

	(void)row;
	if (!set_number(value, 1, TIMEOUT_MAX_SEC, &n))
		return false;
	o->timeout = (msec)n * 1000;
	return true;
}

static bool set_lang(const struct option *row, struct options *o,
		     const char *value)
{
	(void)row;
	return lang_by_code(value, &o->lang);
}

static bool set_json(const struct option *row, struct options *o,
		     const char *value)
{
	(void)row;
	o->format = value ? FORMAT_JSON : FORMAT_HUMAN;
	return true;
}

static bool set_color(const struct option *row, struct options *o,
		      const char *value)
{
	static const char *const names[] = { "auto", "always", "never" };

	(void)row;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (text_same(value, names[i])) {
			o->color = (enum color_choice)i;
			return true;
		}
	}
	return false;
}

static bool set_width(const struct option *row, struct options *o,
		      const char *value)
{
	(void)row;
	return set_number(value, 40, 1000, &o->width);
}

static bool set_verbose(const struct option *row, struct options *o,
			const char *value)
{
	(void)row;
	o->verbosity = value ? o->verbosity + 1 : 0;
	return true;
}

static bool set_compare(const struct option *row, struct options *o,
			const char *value)
{
	struct customer parsed = { .servers = 0 };

	(void)row;
	if (o->comparisons == COMPARISONS_MAX ||
	    !customer_parse(value, &parsed))
		return false;
	o->comparison[o->comparisons++] = value;
	return true;
}

static void clear_compare(struct options *o)
{
	o->comparisons = 0;
}

/* ---- the table ---- */

#define AT(member) offsetof(struct options, member)

const struct option option_table[] = {
	{ "server", 0, "HOST", GROUP_TARGET, 0, set_host, AT(server), 0, NULL },
	{ "port", 0, "N", GROUP_TARGET, 0, set_port, 0, 0, NULL },
	{ "service", 0, "imap|smtp|pop3", GROUP_TARGET, 0, set_service,
	  0, 0, NULL },
	{ "security", 0, "tls|starttls|none", GROUP_TARGET, 0, set_security,
	  0, 0, NULL },
	{ "user", 0, "NAME", GROUP_TARGET, 0, set_text, AT(user), 0, NULL },
	{ "address", 0, "ADDRESS", GROUP_TARGET, 0, set_address, AT(address),
	  0, NULL },

	{ "password-stdin", 0, NULL, GROUP_SECRET, 0, set_secret,
	  0, SECRET_FROM_STDIN, NULL },
	{ "password-file", 0, "FILE", GROUP_SECRET, 0, set_secret,
	  0, SECRET_FROM_FILE, NULL },
	{ "password-env", 0, "VAR", GROUP_SECRET, 0, set_secret,
	  0, SECRET_FROM_ENV, NULL },
	{ "password-command", 0, "COMMAND", GROUP_SECRET, 0, set_secret,
	  0, SECRET_FROM_COMMAND, NULL },
	{ "netrc", 0, NULL, GROUP_SECRET, 0, set_secret,
	  0, SECRET_FROM_NETRC, NULL },
	{ "netrc-file", 0, "FILE", GROUP_SECRET, 0, set_secret,
	  0, SECRET_FROM_NETRC, NULL },
	{ "token-stdin", 0, NULL, GROUP_SECRET, 0, set_secret,
	  0, SECRET_FROM_STDIN | TOKEN, NULL },
	{ "token-file", 0, "FILE", GROUP_SECRET, 0, set_secret,
	  0, SECRET_FROM_FILE | TOKEN, NULL },
	{ "token-env", 0, "VAR", GROUP_SECRET, 0, set_secret,
	  0, SECRET_FROM_ENV | TOKEN, NULL },
	{ "token-command", 0, "COMMAND", GROUP_SECRET, 0, set_secret,
	  0, SECRET_FROM_COMMAND | TOKEN, NULL },

	{ "no-login", 0, NULL, GROUP_LOGIN, 0, set_switch, AT(no_login),
	  0, NULL },
	{ "mechanism", 0, "NAME", GROUP_LOGIN, 0, set_mechanism, AT(mechanism),
	  0, NULL },
	{ "sender", 0, "ADDRESS", GROUP_LOGIN, 0, set_address, AT(sender),
	  0, NULL },
	{ "quit-after", 0, "STAGE", GROUP_LOGIN, 0, set_stage, 0, 0, NULL },
	{ "try-variants", 0, NULL, GROUP_LOGIN, 0, set_switch,
	  AT(try_variants), 0, NULL },
	{ "no-experiments", 0, NULL, GROUP_LOGIN, 0, set_switch,
	  AT(no_experiments), 0, NULL },
	{ "explain-plan", 0, NULL, GROUP_LOGIN, 0, set_switch,
	  AT(explain_plan), 0, NULL },
	{ "insecure-certificate", 0, NULL, GROUP_LOGIN, 0, set_switch,
	  AT(insecure_certificate), 0, NULL },
	{ "insecure-plaintext", 0, NULL, GROUP_LOGIN, 0, set_switch,
	  AT(insecure_plaintext), 0, NULL },

	{ "ipv4", '4', NULL, GROUP_NETWORK, 0, set_family, 0, FAMILY_IPV4,
	  NULL },
	{ "ipv6", '6', NULL, GROUP_NETWORK, 0, set_family, 0, FAMILY_IPV6,
	  NULL },
	{ "dns-server", 0, "ADDR[:PORT]", GROUP_NETWORK, 0, set_dns_server,
	  AT(dns_server), 0, NULL },
	{ "resolve", 0, "HOST:PORT:ADDR[,ADDR]", GROUP_NETWORK, 0,
	  set_resolve, 0, 0, clear_resolve },
	{ "connect-to", 0, "HOST1:PORT1:HOST2:PORT2", GROUP_NETWORK, 0,
	  set_connect_to, 0, 0, clear_connect_to },
	{ "ca-file", 0, "FILE", GROUP_NETWORK, 0, set_text, AT(ca_file),
	  0, NULL },
	{ "no-network-discovery", 0, NULL, GROUP_NETWORK, 0, set_switch,
	  AT(no_network_discovery), 0, NULL },
	{ "insecure-discovery", 0, NULL, GROUP_NETWORK, 0, set_switch,
	  AT(insecure_discovery), 0, NULL },
	{ "timeout", 0, "SECONDS", GROUP_NETWORK, 0, set_timeout, 0, 0, NULL },

	{ "lang", 0, "en|ja", GROUP_REPORT, 0, set_lang, 0, 0, NULL },
	{ "format", 0, "KIND", GROUP_REPORT, 0, option_set_format, 0, 0,
	  NULL },
	{ "json", 0, NULL, GROUP_REPORT, 0, set_json, 0, 0, NULL },
	{ "color", 0, "auto|always|never", GROUP_REPORT, 0, set_color,
	  0, 0, NULL },
	{ "width", 0, "COLUMNS", GROUP_REPORT, 0, set_width, 0, 0, NULL },
	{ "verbose", 'v', NULL, GROUP_REPORT, 0, set_verbose, 0, 0, NULL },
	{ "quiet", 'q', NULL, GROUP_REPORT, 0, set_switch, AT(quiet),
	  0, NULL },
	{ "warning", 'w', "SECONDS", GROUP_REPORT, OPTION_CHECK,
	  option_set_seconds, AT(warning), 0, NULL },
	{ "critical", 'c', "SECONDS", GROUP_REPORT, OPTION_CHECK,
	  option_set_seconds, AT(critical), 0, NULL },
	{ "days", 'D', "DAYS[,DAYS]", GROUP_REPORT, OPTION_CHECK,
	  option_set_days, 0, 0, NULL },
	{ "exit-style", 0, "mailwhy|nagios|sysexits", GROUP_REPORT, 0,
	  option_set_exit_style, 0, 0, NULL },
	{ "save", 0, "FILE", GROUP_REPORT, OPTION_LINE_ONLY, set_text,
	  AT(save), 0, NULL },
	{ "bundle", 0, "FILE", GROUP_REPORT, OPTION_LINE_ONLY, set_text,
	  AT(bundle), 0, NULL },
	{ "bundle-addresses", 0, NULL, GROUP_REPORT, 0, set_switch,
	  AT(bundle_addresses), 0, NULL },
	{ "schema", 0, NULL, GROUP_REPORT, OPTION_LINE_ONLY, set_switch,
	  AT(schema), 0, NULL },
	{ "help", 'h', NULL, GROUP_REPORT, OPTION_LINE_ONLY, set_switch,
	  AT(help), 0, NULL },
	{ "version", 'V', NULL, GROUP_REPORT, OPTION_LINE_ONLY, set_switch,
	  AT(version), 0, NULL },

	{ "file", 0, "FILE", GROUP_EXPLAIN, OPTION_LINE_ONLY | OPTION_EXPLAIN,
	  set_text, AT(file), 0, NULL },
	{ "provider", 0, "NAME", GROUP_EXPLAIN,
	  OPTION_LINE_ONLY | OPTION_EXPLAIN, set_text, AT(provider), 0, NULL },

	{ "for", 0, "PROGRAM", GROUP_SETTINGS, OPTION_SETTINGS, set_text,
	  AT(program), 0, NULL },
	{ "compare", 0, "VALUES", GROUP_SETTINGS,
	  OPTION_LINE_ONLY | OPTION_SETTINGS, set_compare, 0, 0,
	  clear_compare },
	{ "offline", 0, NULL, GROUP_SETTINGS, OPTION_SETTINGS, set_switch,
	  AT(offline), 0, NULL },

	{ "pace", 0, "gentle|normal|off", GROUP_BATCH, OPTION_BATCH,
	  option_set_pace, 0, 0, NULL },
	{ "host-connections", 0, "N", GROUP_BATCH, OPTION_BATCH,
	  option_set_limit, AT(care.host_connections), 1000, NULL },
	{ "host-logins", 0, "N", GROUP_BATCH, OPTION_BATCH, option_set_limit,
	  AT(care.host_logins), 1000, NULL },
	{ "host-refusals", 0, "N[/TIME]", GROUP_BATCH, OPTION_BATCH,
	  option_set_refusals, AT(care.host_refusals), 0, NULL },
	{ "host-wait", 0, "TIME", GROUP_BATCH, OPTION_BATCH,
	  option_set_host_wait, 0, 0, NULL },
	{ "account-refusals", 0, "N[/TIME]", GROUP_BATCH, OPTION_BATCH,
	  option_set_refusals, AT(care.account_refusals), 1, NULL },
	{ "state", 0, "FILE", GROUP_BATCH, OPTION_BATCH, set_text,
	  AT(care.state), 0, NULL },
	{ "no-state", 0, NULL, GROUP_BATCH, OPTION_BATCH, set_switch,
	  AT(care.no_state), 0, NULL },
	{ "retry-on", 0, "3", GROUP_BATCH, OPTION_BATCH, option_set_retry_on,
	  0, 0, NULL },
	{ "retries", 0, "N", GROUP_BATCH, OPTION_BATCH, option_set_limit,
	  AT(care.retries), 20, NULL },
	{ "retry-wait", 0, "TIME", GROUP_BATCH, OPTION_BATCH,
	  option_set_retry_wait, 0, 0, NULL },

	{ "list", 0, NULL, GROUP_DEMO, OPTION_LINE_ONLY | OPTION_DEMO,
	  set_switch, AT(demo_list), 0, NULL },
	{ "serve", 0, NULL, GROUP_DEMO, OPTION_LINE_ONLY | OPTION_DEMO,
	  set_switch, AT(demo_serve), 0, NULL },
	{ "check", 0, NULL, GROUP_PROVIDERS,
	  OPTION_LINE_ONLY | OPTION_PROVIDERS, set_switch,
	  AT(providers_check), 0, NULL },

	{ "input-format", 0, "json|jsonl|csv", GROUP_BATCH, OPTION_BATCH,
	  option_set_input_format, 0, 0, NULL },
	{ "allow-inline-secrets", 0, NULL, GROUP_BATCH, OPTION_BATCH,
	  set_switch, AT(allow_inline_secrets), 0, NULL },
	{ "output", 0, "KIND[:FILE]", GROUP_BATCH, OPTION_BATCH | OPTION_MERGE,
	  option_set_output, 0, 0, option_clear_output },
	{ "expect", 0, "NAME=VALUE,...", GROUP_BATCH, OPTION_BATCH,
	  option_set_expect, 0, 0, option_clear_expect },
	{ "resume", 0, "FILE", GROUP_BATCH, OPTION_LINE_ONLY | OPTION_BATCH,
	  set_text, AT(resume), 0, NULL },
	{ "shard", 0, "I/N", GROUP_BATCH, OPTION_BATCH, option_set_shard, 0, 0,
	  NULL },
	{ "fail-on", 0, "CAUSE,...", GROUP_BATCH,
	  OPTION_BATCH | OPTION_MERGE, option_set_fail_on, 0, 0, NULL },
	{ "jobs", 0, "N", GROUP_BATCH, OPTION_BATCH, option_set_jobs, 0, 0,
	  NULL },
	{ NULL, 0, NULL, 0, 0, NULL, 0, 0, NULL },
};

_Static_assert(sizeof(option_table) / sizeof(option_table[0]) <= OPTIONS_MAX,
	       "struct option_parse has a level for every row");

const struct option *option_by_name(const char *name)
{
	for (const struct option *row = option_table; row->name; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

const struct option *option_by_letter(char letter)
{
	for (const struct option *row = option_table; row->name; row++)
		if (row->letter && row->letter == letter)
			return row;
	return NULL;
}

const char *option_name_at(size_t index)
{
	size_t rows = sizeof(option_table) / sizeof(option_table[0]);

	return index < rows ? option_table[index].name : NULL;
}
