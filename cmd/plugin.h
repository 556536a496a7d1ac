#ifndef MAILWHY_PLUGIN_H
#define MAILWHY_PLUGIN_H

#include <stdbool.h>
#include <stdio.h>

/*
 * As a plugin of a monitoring system (--format nagios): it reads one stream,
 * standard output, and knows four exit codes. Whatever else ends a run, wrong
 * usage as well, is UNKNOWN, with the complaint as its text; so complaints
 * are kept until it is known what they are.
 */
struct plugin {
	bool is;
	int stderr_fd;			/* the real one, -1 */
	FILE *complaints;		/* what was written instead, or NULL */
};

/* A command returns this plus its state when it has written the output. */
#define EXIT_STATE 0x100

void plugin_begin(struct plugin *p, int argc, char **argv);
/* The exit code of the process. */
int plugin_end(struct plugin *p, int code);

#endif
