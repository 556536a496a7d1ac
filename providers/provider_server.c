#include "providers/provider.h"

#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/text.h"

/*
 * A look at the text is enough to know which file to parse, as all of ours
 * write "host": "imap.example.com"; what else holds these words is looked at
 * again when it is parsed.
 */
static bool names_host(const struct embedded *file, const char *host)
{
	char quoted[HOST_CAP + 16];
	struct buf b = buf_over(quoted, sizeof(quoted));

	buf_str(&b, "\"host\": \"");
	for (; *host; host++)
		buf_char(&b, ascii_lower(*host));
	buf_char(&b, '"');
	return !b.full && strstr(file->bytes, quoted) != NULL;
}

static bool is_server(const struct provider *p, const char *host)
{
	for (size_t i = 0; i < p->servers; i++)
		if (text_same(p->server[i].host, host))
			return true;
	return false;
}

bool provider_by_server(const char *host, struct provider **ret,
			struct fault *why)
{
	why->kind = FAULT_NONE;
	for (const struct embedded *file = embedded_providers; file->name;
	     file++) {
		if (!names_host(file, host))
			continue;
		if (!provider_parse((struct span){ file->bytes, file->len },
				    file->name, ret, why))
			return false;
		if (is_server(*ret, host))
			return true;
		provider_free(*ret);
		*ret = NULL;
	}
	return false;
}
