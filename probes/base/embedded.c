#include "probes/base/embedded.h"

#include <string.h>

#define BETWEEN " = "

/* <0, 0, >0: where `id` stands in relation to the line "id = text". */
static int compare_id(const char *id, const char *line)
{
	size_t len = strlen(id);
	int order = strncmp(id, line, len);

	if (order != 0)
		return order;
	return strncmp(line + len, BETWEEN, sizeof(BETWEEN) - 1) == 0 ? 0 : -1;
}

/* No index is needed: step back from the middle to where its line begins. */
const char *embedded_line(const struct embedded *file, const char *id)
{
	size_t low = 0, high = file ? file->len : 0;

	while (low < high) {
		size_t at = low + (high - low) / 2;
		const char *line;
		int order;

		while (at > low && file->bytes[at - 1] != '\0')
			at--;
		line = file->bytes + at;
		order = compare_id(id, line);
		if (order == 0)
			return line + strlen(id) + sizeof(BETWEEN) - 1;
		if (order < 0)
			high = at;
		else
			low = at + strlen(line) + 1;
	}
	return NULL;
}
