#ifndef MAILWHY_OPTION_H
#define MAILWHY_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/options.h"

/*
 * One option: a row of option_table.c. The same rows are the parser of the
 * command line, of the environment (MAILWHY_DNS_SERVER) and of the config file
 * (dns-server = ...), and the usage text (texts option.<name>; what a value
 * must look like is expected.<name>).
 */
enum option_group {
	GROUP_TARGET, GROUP_SECRET, GROUP_LOGIN, GROUP_NETWORK, GROUP_REPORT,
	GROUP_EXPLAIN, GROUP_SETTINGS, GROUP_DEMO, GROUP_PROVIDERS, GROUP_BATCH,
	GROUP_COUNT
};

enum option_flag {
	OPTION_LINE_ONLY = 1,	/* makes no sense as a lasting setting */
	/* only the commands of these names know it */
	OPTION_DEMO = 2, OPTION_PROVIDERS = 4, OPTION_EXPLAIN = 8,
	OPTION_SETTINGS = 16, OPTION_BATCH = 32, OPTION_MERGE = 64,
	OPTION_CHECK = 128
};

struct option {
	const char *name;
	char letter;			/* 0: none */
	const char *value;		/* HOST, PORT, ...; NULL: a switch */
	enum option_group group;
	unsigned flags;
	/* value NULL: a switch that is turned off (environment, file) */
	bool (*set)(const struct option *row, struct options *o,
		    const char *value);
	size_t at;			/* offset in struct options, for `set` */
	int extra;			/* for `set` */
	/* forget what a weaker source gave, for options that add up */
	void (*clear)(struct options *o);
};

extern const struct option option_table[];	/* ends with a NULL name */

#define OPTIONS_MAX 96

/* What sets an option; the later is the stronger. */
enum option_level { LEVEL_DEFAULT, LEVEL_FILE, LEVEL_ENV, LEVEL_LINE };

struct option_parse {
	struct options *o;
	enum lang speak;		/* language of complaints */
	enum option_level level[OPTIONS_MAX];	/* who set each row */
};

const struct option *option_by_name(const char *name);
const struct option *option_by_letter(char letter);
const char *option_name_at(size_t index);	/* for nearest_word */

/*
 * Set one option; `where` is what a complaint calls it: "--port",
 * "MAILWHY_PORT", "/home/x/.config/mailwhy/config:3: port".
 */
bool option_apply(struct option_parse *p, const struct option *row,
		  const char *value, const char *where,
		  enum option_level level);
/* The same from a setting, where switches say yes or no. */
bool option_apply_setting(struct option_parse *p, const struct option *row,
			  const char *value, const char *where,
			  enum option_level level);

/*
 * option_judge.c, of a value that its `set` has taken: what is wrong with it in
 * detail. false: one line was written.
 */
bool option_judge(const struct option_parse *p, const struct option *row,
		  const char *value, const char *where);

/* ---- option_batch.c: setters of the options for many accounts ---- */

bool option_set_jobs(const struct option *row, struct options *o,
		     const char *value);
bool option_set_input_format(const struct option *row, struct options *o,
			     const char *value);
bool option_set_output(const struct option *row, struct options *o,
		       const char *value);
void option_clear_output(struct options *o);
bool option_set_expect(const struct option *row, struct options *o,
		       const char *value);
void option_clear_expect(struct options *o);
bool option_set_shard(const struct option *row, struct options *o,
		      const char *value);
bool option_set_fail_on(const struct option *row, struct options *o,
			const char *value);
bool option_set_exit_style(const struct option *row, struct options *o,
			   const char *value);

/* ---- option_output.c: outputs, and thresholds of the plugin ---- */

bool option_set_format(const struct option *row, struct options *o,
		       const char *value);
bool option_set_seconds(const struct option *row, struct options *o,
			const char *value);
bool option_set_days(const struct option *row, struct options *o,
		     const char *value);

/* A --password or --token that holds the secret itself. */
bool option_is_bare_secret(const char *name);

/* ---- option_care.c: setters of how gently many accounts are checked ---- */

bool option_set_pace(const struct option *row, struct options *o,
		     const char *value);
bool option_set_limit(const struct option *row, struct options *o,
		      const char *value);
bool option_set_refusals(const struct option *row, struct options *o,
			 const char *value);
bool option_set_host_wait(const struct option *row, struct options *o,
			  const char *value);
bool option_set_retry_on(const struct option *row, struct options *o,
			 const char *value);
bool option_set_retry_wait(const struct option *row, struct options *o,
			   const char *value);

/* $XDG_CONFIG_HOME/mailwhy/NAME; false: there is no place for one. */
bool option_config_path(const char *name, char *path, size_t cap);

/* option_sources.c; false: one line was written */
bool option_read_environment(struct option_parse *p);
bool option_read_file(struct option_parse *p);

#endif
