#ifndef MAILWHY_BASE_EMBEDDED_H
#define MAILWHY_BASE_EMBEDDED_H

#include <stddef.h>

/*
 * Data files built into the program (cmd/embed.cmake). Each array ends with a
 * NULL name. The bytes are NUL-terminated behind len.
 */
struct embedded {
	const char *name;		/* "gmail.json" */
	const char *bytes;
	size_t len;
	const unsigned *line;		/* of a *.txt file: where each begins */
	size_t lines;
};

extern const struct embedded embedded_rules[];		/* of reports/rules/ */
extern const struct embedded embedded_clients[];	/* of reports/ */
extern const struct embedded embedded_texts[];		/* of reports/ */
extern const struct embedded embedded_schema[];		/* of reports/ */
extern const struct embedded embedded_programs[];	/* of reports/ */
extern const struct embedded embedded_explanation[];	/* of reports/ */
extern const struct embedded embedded_settings_schema[];	/* of reports/ */
extern const struct embedded embedded_experiments[];	/* of reports/ */
extern const struct embedded embedded_providers[];	/* of providers/ */
extern const struct embedded embedded_providers_schema[];	/* of cmd/ */
extern const struct embedded embedded_provider_index[];	/* of providers/ */
extern const struct embedded embedded_mistyped[];	/* of providers/ */
extern const struct embedded embedded_scenarios[];	/* of cmd/demo/ */

/*
 * The text behind "id = " in a *.txt file, whose lines are sorted and end with
 * a NUL each (cmd/embed.cmake). NULL: no such line.
 */
const char *embedded_line(const struct embedded *file, const char *id);

#endif
