#ifndef MAILWHY_OPTIONS_H
#define MAILWHY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/care_options.h"
#include "probes/endpoint.h"
#include "probes/evidence.h"
#include "probes/probe.h"
#include "probes/wire/world.h"
#include "reports/text.h"

/*
 * Everything that can be set, by command line, environment (MAILWHY_*) and
 * config file ($XDG_CONFIG_HOME/mailwhy/config), in this order of strength.
 * One table of rows in options.c is the parser, the usage text and the check
 * of the config file at once. Strings borrow from argv, the environment or
 * `store`.
 */
enum secret_source {
	SECRET_FROM_PROMPT, SECRET_FROM_STDIN, SECRET_FROM_FILE,
	SECRET_FROM_ENV, SECRET_FROM_COMMAND, SECRET_FROM_NETRC
};

/* OUTPUT: one of those for many accounts, `output_kind` says which. */
enum report_format { FORMAT_HUMAN, FORMAT_JSON, FORMAT_OUTPUT };
enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct provider_own;			/* providers/provider.h */
struct writer_kind;			/* reports/writer.h */

/*
 * Where complaints about one account among many go (command.h), finished but
 * without a program's name in front.
 */
struct complaint_sink {
	void (*take)(void *context, const char *text);
	void *context;
};

#define TARGETS_MAX 200			/* files of `providers --check`, too */

#define COMPARISONS_MAX 6		/* --compare */
#define OUTPUTS_MAX 12			/* --output */
#define EXPECTS_MAX 8			/* --expect */

/* What exit codes mean to whoever reads them (command.h). */
enum exit_style { EXITS_OWN, EXITS_NAGIOS, EXITS_SYSEXITS };

/* Of the file of accounts. */
enum input_format { INPUT_GUESSED, INPUT_JSON, INPUT_JSONL, INPUT_CSV };

struct options {
	const char *command;		/* the first plain word, else "check" */
	size_t targets;			/* arguments that are no options */
	const char *target[TARGETS_MAX];

	const char *server, *user, *address;
	uint16_t port;			/* 0: not given */
	bool has_service, has_security;
	enum service service;
	enum security security;

	enum secret_source secret_source;
	const char *secret_argument;	/* file, variable, command; NULL */
	bool secret_is_token;		/* --token-* */
	const char *mechanism, *sender;
	bool no_login;
	enum stage quit_after;
	bool insecure_certificate, insecure_plaintext;

	const char *dns_server, *ca_file;
	bool no_network_discovery, insecure_discovery;
	enum family family;
	size_t overrides;
	struct resolve_override override[OVERRIDES_MAX];
	size_t connect_rules;
	struct connect_rule connect_rule[CONNECT_RULES_MAX];
	msec timeout;

	enum lang lang;
	enum report_format format;
	const struct writer_kind *output_kind;	/* NULL: none of them */
	msec warning, critical;		/* --format nagios; 0: none */
	int days_warning, days_critical;	/* -1: none */
	enum color_choice color;
	unsigned width;			/* 0: ask the terminal */
	int verbosity;
	bool quiet;			/* no progress */
	bool no_experiments, explain_plan, try_variants;
	const char *save, *bundle;	/* files for the session; NULL none */
	bool bundle_addresses;
	struct care_options care;	/* batch */

	/* settings */
	const char *program;		/* --for; NULL */
	size_t comparisons;
	const char *comparison[COMPARISONS_MAX];
	bool offline;

	/* demo */
	bool demo_list, demo_serve;
	/* providers */
	bool providers_check;

	/* explain */
	const char *file;		/* --file; NULL: TEXT or stdin */
	const char *provider;		/* as somebody calls it; NULL */
	char *text;			/* its arguments, one space between;
					 * owned; NULL none */

	/* batch */
	unsigned jobs;			/* 0: as many as is good */
	enum input_format input_format;
	bool allow_inline_secrets;
	size_t outputs;
	const char *output[OUTPUTS_MAX];	/* KIND[:FILE] */
	size_t expects;
	const char *expect[EXPECTS_MAX];	/* NAME=VALUE,... */
	const char *resume;		/* --resume; NULL */
	unsigned shard, shards;		/* --shard I/N; 0: all */
	const char *fail_on;		/* --fail-on; NULL: anything */
	enum exit_style exit_style;
	const struct complaint_sink *sink;	/* NULL: stderr */

	bool help, version, schema;
	const struct provider_own *own_providers;	/* NULL: none; main() */
	char *store;			/* owned text of config file; options_release */
};

/*
 * Parse everything. false: exactly one line was written to stderr, exit 2.
 */
bool options_parse(int argc, char **argv, struct options *ret);
void options_release(struct options *o);
int options_usage(const struct options *o);	/* to stdout; the exit code */

#endif
