#include "cmd/plugin.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probes/base/text.h"
#include "reports/nagios.h"

#define COMPLAINTS_MAX 4000

/* Known before options are read, for those may be what is wrong. */
static bool is_wanted(int argc, char **argv)
{
	const char *set = getenv("MAILWHY_FORMAT");
	bool wanted = set && text_same(set, "nagios");

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *value = NULL;

		if (strncmp(argv[i], "--format=", 9) == 0)
			value = argv[i] + 9;
		else if (strcmp(argv[i], "--format") == 0 && i + 1 < argc)
			value = argv[i + 1];
		if (value)
			wanted = text_same(value, "nagios");
	}
	return wanted;
}

void plugin_begin(struct plugin *p, int argc, char **argv)
{
	*p = (struct plugin){ .is = is_wanted(argc, argv), .stderr_fd = -1 };
	if (!p->is)
		return;
	p->complaints = tmpfile();
	if (!p->complaints)
		return;
	p->stderr_fd = dup(STDERR_FILENO);
	dup2(fileno(p->complaints), STDERR_FILENO);
}

/* A bar would begin performance data, and there are no numbers. */
static void print(const char *text)
{
	struct span rest = span_of(text);

	span_skip(&rest, "mailwhy: ");
	fputs("MAIL UNKNOWN - ", stdout);
	if (rest.len == 0)
		fputs("mailwhy", stdout);
	for (size_t i = 0; i < rest.len; i++)
		putc(rest.at[i] == '|' ? '/' : rest.at[i], stdout);
	if (rest.len == 0 || rest.at[rest.len - 1] != '\n')
		putc('\n', stdout);
	fflush(stdout);
}

static void read_back(struct plugin *p, char *room, size_t cap)
{
	size_t n = 0;

	fflush(stderr);
	if (p->complaints) {
		rewind(p->complaints);
		n = fread(room, 1, cap - 1, p->complaints);
		fclose(p->complaints);
	}
	room[n] = '\0';
	if (p->stderr_fd >= 0) {
		dup2(p->stderr_fd, STDERR_FILENO);
		close(p->stderr_fd);
	}
}

int plugin_end(struct plugin *p, int code)
{
	char text[COMPLAINTS_MAX];

	if (!p->is)
		return code;
	read_back(p, text, sizeof(text));
	if (!(code & EXIT_STATE)) {
		print(text);
		return NAGIOS_UNKNOWN;
	}
	fputs(text, stderr);
	return code & ~EXIT_STATE;
}
