#include "cmd/batch/shard.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/target.h"
#include "probes/base/ascii.h"
#include "providers/provider.h"

/* Domains that were asked for lately; a list has few, and many times each. */
#define REMEMBERED 256

struct shard_memory {
	struct {
		char domain[HOST_CAP], server[HOST_CAP];
	} row[REMEMBERED];
};

static bool is_literal(const char *host)
{
	struct address a;

	return address_parse(host, 0, &a);
}

const char *shard_domain(const char *host)
{
	const char *dot = strchr(host, '.');

	if (is_literal(host) || !dot || !strchr(dot + 1, '.'))
		return host;
	return dot + 1;
}

/* FNV-1a: short, and the same on every machine. */
static uint64_t hash(const char *text)
{
	uint64_t h = 14695981039346656037u;

	for (; *text; text++)
		h = (h ^ (unsigned char)ascii_lower(*text)) * 1099511628211u;
	/* its low bits alone are too regular for a small modulus */
	return h ^ h >> 32;
}

unsigned shard_of(const char *domain, unsigned count)
{
	return (unsigned)(hash(domain) % count) + 1;
}

/* ---- which domain ---- */

static void look_up(const struct shards *s, const char *domain, char *server,
		    size_t cap)
{
	struct provider *p = NULL;
	struct fault why;
	char ascii[HOST_CAP];

	span_copy(span_of(domain), server, cap);
	if (!host_to_ascii(domain, ascii, sizeof(ascii), &why))
		return;
	span_copy(span_of(ascii), server, cap);
	if (!provider_by_domain(s->o->own_providers, ascii, &p, &why))
		return;
	if (p->servers > 0)
		span_copy(span_of(p->server[0].host), server, cap);
	provider_free(p);
}

static const char *server_of_domain(const struct shards *s,
				    const char *domain)
{
	size_t i = (size_t)(hash(domain) % REMEMBERED);
	char *its_domain = s->memory->row[i].domain;
	char *server = s->memory->row[i].server;

	if (strcmp(its_domain, domain) != 0) {
		span_copy(span_of(domain), its_domain, HOST_CAP);
		look_up(s, domain, server, HOST_CAP);
	}
	return server;
}

bool shards_open(struct shards *s, const struct options *o)
{
	*s = (struct shards){ o->shard, o->shards, o, NULL };
	if (s->count == 0)
		return true;
	s->memory = calloc(1, sizeof(*s->memory));
	return s->memory != NULL;
}

void shards_close(struct shards *s)
{
	free(s->memory);
	s->memory = NULL;
}

bool shards_have(const struct shards *s, const struct account *a)
{
	const char *at = a->address ? strrchr(a->address, '@') : NULL;
	struct target_url url;
	const char *host = "";

	if (s->count == 0)
		return true;
	if (a->urls > 0 && !target_parse_url(a->url[0], &url))
		host = url.host;
	else if (s->o->server)
		host = s->o->server;
	else if (at)
		host = server_of_domain(s, at + 1);
	return shard_of(shard_domain(host), s->count) == s->index;
}

bool shards_have_line(const struct shards *s, unsigned line)
{
	return s->count == 0 || line % s->count + 1 == s->index;
}
