#include "providers/provider.h"

#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/text.h"

/* "s HOST = ID" in the index (providers/index.cmake). */
bool provider_by_server(const char *host, struct provider **ret,
			struct fault *why)
{
	char line[HOST_CAP + 8];
	struct buf b = buf_over(line, sizeof(line));
	const char *id;

	why->kind = FAULT_NONE;
	buf_str(&b, "s ");
	for (; *host; host++)
		buf_char(&b, ascii_lower(*host));
	id = b.full || strpbrk(line + 2, " =") ? NULL :
	     embedded_line(embedded_provider_index, line);
	return id && provider_by_id(NULL, id, ret, why);
}
