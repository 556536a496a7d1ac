#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/keep.h"
#include "cmd/nearest.h"
#include "cmd/own_providers.h"
#include "cmd/plugin.h"
#include "cmd/providers_set.h"
#include "probes/base/secret.h"
#include "probes/wire/dns.h"
#include "probes/wire/tls.h"
#include "probes/wire/wait.h"
#include "reports/explain.h"
#include "reports/settings.h"
#include "reports/writer.h"

static int command_help(const struct options *o);
static int command_version(const struct options *o);

static const struct command commands[] = {
	{ "check", true, OWN_WHOLE, command_check },
	{ "demo", true, OWN_NONE, command_demo },
	{ "explain", false, OWN_WHOLE, command_explain },
	{ "settings", true, OWN_WHOLE, command_settings },
	{ "providers", false, OWN_ANY, command_providers },
	{ "help", false, OWN_NONE, command_help },
	{ "replay", false, OWN_WHOLE, command_replay },
	{ "batch", true, OWN_WHOLE, command_batch },
	/* no network, but outputs to be left as they were by Ctrl-C */
	{ "merge", true, OWN_NONE, command_merge },
	{ "version", false, OWN_NONE, command_version },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char *command_at(size_t index)
{
	return index < COMMANDS ? commands[index].name : NULL;
}

static const struct command *command_by_name(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int command_help(const struct options *o)
{
	return options_usage(o);
}

static int command_version(const struct options *o)
{
	char line[128];
	struct buf out = buf_over(line, sizeof(line));

	buf_fmt(&out, "mailwhy %s (%s)\n", MAILWHY_VERSION, tls_library());
	return print_result(o->lang, line, 0);
}

static int print_schema(const struct options *o)
{
	struct span schema = report_schema();

	if (strcmp(o->command, "explain") == 0)
		schema = explain_schema();
	else if (strcmp(o->command, "settings") == 0)
		schema = settings_schema();
	else if (strcmp(o->command, "providers") == 0)
		schema = providers_schema();
	/* built-in data ends with a NUL (probes/base/embedded.h) */
	return print_result(o->lang, schema.at, 0);
}

static int complain_command(const struct options *o)
{
	const char *near = nearest_word(o->command, command_at);
	const struct text_arg args[] = {
		{ "command", o->command }, { "near", near }, { NULL, NULL }
	};

	return complain(o->lang, near ? "error.command_near" :
			"error.command_unknown", args);
}

static void interrupted(int signal_number)
{
	(void)signal_number;
	wait_interrupt();
}

/*
 * Ctrl-C, a closed terminal and a polite kill all end every wait; what waited
 * restores the terminal and wipes the secret on its way out. A reader of our
 * output that went away is a write error, not a death.
 */
static void catch_signals(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction act = { .sa_handler = interrupted }, given;

	sigemptyset(&act.sa_mask);
	/* nohup and a shell's "&" have chosen otherwise */
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (sigaction(ends[i], NULL, &given) == 0 &&
		    given.sa_handler != SIG_IGN)
			sigaction(ends[i], &act, NULL);
	act.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &act, NULL);
	sigaction(SIGXFSZ, &act, NULL);
}

/*
 * With a closed stdin, stdout or stderr the next socket would get its number
 * and a report or complaint could go to a mail server. What stands in is open
 * the wrong way round, so that using it stays an error that is told.
 */
static void fill_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY :
			 O_RDONLY) != fd)
			_exit(EXIT_INTERNAL);
}

/*
 * glibc gives every thread a heap of its own. Ours live for one short talk:
 * making and unmaking the heaps costs more than their locks would.
 */
static void share_heap(void)
{
#ifdef __GLIBC__
	mallopt(M_ARENA_MAX, 1);
#endif
}

static int run_ready(const struct command *c, const struct options *o)
{
	struct fault why = { .kind = FAULT_NONE };
	int code;

	if (!c->uses_network)
		return c->run(o);
	if (!wait_setup() || !dns_setup() || !tls_setup()) {
		fail(&why, FAULT_INTERNAL, "the libraries cannot be set up");
		return complain_internal(o->lang, &why);
	}
	share_heap();
	catch_signals();
	code = c->run(o);
	dns_teardown();
	return wait_cancelled() ? EXIT_INTERRUPTED : code;
}

/* --check reads the files it is given, whatever is in the user's folder. */
static bool load_own(const struct command *c, const struct options *o,
		     struct provider_own **ret, int *ret_code)
{
	*ret = NULL;
	if (c->own == OWN_NONE || o->providers_check)
		return true;
	return own_providers_load(o->lang, ret, ret_code) &&
	       (c->own == OWN_ANY ||
		own_providers_are_whole(o->lang, *ret, ret_code));
}

static int run_command(const struct command *c, struct options *o)
{
	struct provider_own *own;
	int code;

	if (load_own(c, o, &own, &code)) {
		o->own_providers = own;
		code = run_ready(c, o);
		o->own_providers = NULL;
	}
	provider_own_free(own);
	return code;
}

/*
 * The formats for many accounts tell what came of logins, and no more; where
 * there are many, each goes where --output says.
 */
static int complain_format(const struct command *c, const struct options *o)
{
	bool many = c->run == command_batch || c->run == command_merge;
	const struct text_arg args[] = {
		{ "format", o->output_kind->name }, { "command", o->command },
		{ NULL, NULL }
	};

	return complain(o->lang, !many ? "error.format_command" :
			o->output_kind->one ? "error.format_one" :
			"error.format_output", args);
}

static int run(struct options *o)
{
	const struct command *c = command_by_name(o->command);

	if (o->version)
		return command_version(o);
	if (o->schema)
		return print_schema(o);
	if (!c)
		return o->help ? command_help(o) : complain_command(o);
	if (o->help)
		return command_help(o);
	if (o->format == FORMAT_OUTPUT && c->run != command_check)
		return complain_format(c, o);
	return run_command(c, o);
}

int main(int argc, char **argv)
{
	struct options o;
	struct plugin plugin;
	int code = EXIT_USAGE;

	fill_standard_files();
	secret_protect_process();
	plugin_begin(&plugin, argc, argv);
	if (options_parse(argc, argv, &o)) {
		code = run(&o);
		if (!plugin.is)
			code = exit_code_in_style(o.exit_style, code);
		options_release(&o);
	}
	return plugin_end(&plugin, code);
}
