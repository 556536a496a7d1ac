#include "probes/base/embedded.h"

#include <string.h>

#define BETWEEN " = "

/* <0, 0, >0: where `id` stands in relation to the line "id = text". */
static int compare_id(const char *id, size_t len, const char *line)
{
	int order = strncmp(id, line, len);

	if (order != 0)
		return order;
	return strncmp(line + len, BETWEEN, sizeof(BETWEEN) - 1) == 0 ? 0 : -1;
}

const char *embedded_line(const struct embedded *file, const char *id)
{
	size_t low = 0, high = file ? file->lines : 0, len = strlen(id);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *line = file->bytes + file->line[middle];
		int order = compare_id(id, len, line);

		if (order == 0)
			return line + len + sizeof(BETWEEN) - 1;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
