#include "reports/writer.h"

#include <string.h>

#include "reports/writer_private.h"

const struct writer_kind *const writer_table[] = {
	&writer_jsonl,
	NULL
};

const struct writer_kind *writer_by_name(const char *name)
{
	for (size_t i = 0; writer_table[i]; i++)
		if (strcmp(writer_table[i]->name, name) == 0)
			return writer_table[i];
	return NULL;
}

const char *writer_name_at(size_t index)
{
	size_t n = sizeof(writer_table) / sizeof(writer_table[0]) - 1;

	return index < n ? writer_table[index]->name : NULL;
}
