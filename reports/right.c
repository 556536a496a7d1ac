#include "reports/right.h"

#include <string.h>

#include "probes/base/text.h"

bool right_is_host(const struct right *r, enum service s, const char *host)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->server[i]->service == s &&
		    text_same(r->server[i]->host, host))
			return true;
	return false;
}

bool right_is_port(const struct right *r, const struct endpoint *e)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->server[i]->service == e->service &&
		    r->server[i]->port == e->port &&
		    text_same(r->server[i]->host, e->host))
			return true;
	return false;
}

bool right_is_issuer(const struct right *r, const char *name)
{
	for (size_t i = 0; i < r->issuers; i++)
		if (strstr(name, r->issuer[i]))
			return true;
	return false;
}

bool right_has_service(const struct right *r, enum service s)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->server[i]->service == s)
			return true;
	return false;
}

const struct endpoint *right_way(const struct right *r, enum service s,
				 const char *host, size_t n)
{
	const char *wanted = right_is_host(r, s, host) ? host : NULL;

	for (size_t i = 0; i < r->n; i++) {
		const struct endpoint *e = r->server[i];

		if (e->service != s)
			continue;
		if (!wanted)
			wanted = e->host;
		if (text_same(e->host, wanted) && n-- == 0)
			return e;
	}
	return NULL;
}
