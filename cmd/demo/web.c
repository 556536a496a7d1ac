#include "cmd/demo/web.h"

#include <string.h>

#define LIST "https://autoconfig.thunderbird.net/"

bool scene_fetch(struct world *w, const struct http_request *request,
		 msec by, struct http_facts *ret, struct fault *why)
{
	(void)w;
	(void)by;
	ret->redirects = 0;
	ret->body_len = 0;
	ret->content_type[0] = '\0';
	span_copy(span_of(request->url), ret->url, sizeof(ret->url));
	span_copy(span_of(request->url), ret->end_url, sizeof(ret->end_url));
	if (strncmp(request->url, LIST, sizeof(LIST) - 1) == 0) {
		ret->status = 404;
		return true;
	}
	ret->status = 0;
	return fail(why, FAULT_NXDOMAIN, "no such page here");
}
