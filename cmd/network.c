#include "cmd/network.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "cmd/command.h"
#include "probes/wire/trust.h"

static int complain_ca_file(const struct options *o)
{
	int fd = open(o->ca_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char reason[128];
	const struct text_arg args[] = {
		{ "file", o->ca_file }, { "reason", reason }, { NULL, NULL }
	};

	if (fd < 0)
		reason_of_errno(o->lang, errno, reason, sizeof(reason));
	else
		span_copy(span_of(text_of(o->lang, "reason.no_certificate")),
			  reason, sizeof(reason));
	if (fd >= 0)
		close(fd);
	return complain(o->lang, "error.ca_file", args);
}

/*
 * No bundle on this machine is a finding of each TLS stage; a file that was
 * asked for by name and cannot be used is a mistake of ours to tell at once.
 */
static bool load_trust(const struct options *o, struct network *n,
		       int *ret_code)
{
	struct fault why = { .kind = FAULT_NONE };

	if (trust_load(o->ca_file, &n->trust, &why))
		return true;
	n->trust = NULL;
	if (why.kind == FAULT_NO_MEMORY)
		*ret_code = complain_internal(o->lang, &why);
	else if (o->ca_file)
		*ret_code = complain_ca_file(o);
	else
		return true;
	return false;
}

bool network_open(const struct options *o, struct network *ret, int *ret_code)
{
	struct real_world *w = &ret->world;

	real_world_init(w);
	w->dns.server = o->dns_server;
	w->dns.family = o->family;
	w->overrides = o->overrides;
	for (size_t i = 0; i < o->overrides; i++)
		w->override[i] = o->override[i];
	return load_trust(o, ret, ret_code);
}

/* Hosts of a run: mostly a handful; each entry is about 10 KiB. */
#define SESSIONS_MAX 256
#define ANSWERS_MAX 512

/*
 * The evidence of an account, a quarter of a megabyte, is to go back to the
 * system with the account. glibc would learn from the first one to keep such
 * blocks, and the holes between them would be what a long run grows by. Threads
 * that stay (crew.h) are worth a few heaps: at one they queue for its lock.
 */
static void memory_for_many(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
	mallopt(M_ARENA_MAX, 8);
#endif
}

static void unshare(struct network *n)
{
	dns_cache_free(n->world.answers);
	n->world.answers = NULL;
	tls_cache_free(n->sessions);
	n->sessions = NULL;
	crew_free(n->crew);
	n->crew = NULL;
}

bool network_share(struct network *n)
{
	memory_for_many();
	if (tls_cache_new(SESSIONS_MAX, &n->sessions) &&
	    dns_cache_new(ANSWERS_MAX, &dns_servers, &n->world.answers) &&
	    crew_new(&n->crew))
		return true;
	unshare(n);
	return false;
}

void network_close(struct network *n)
{
	unshare(n);
	trust_free(n->trust);
	n->trust = NULL;
}

void network_plan(const struct options *o, struct network *n,
		  struct probe_plan *io)
{
	io->world = &n->world.world;
	io->trust = n->trust;
	io->sessions = n->sessions;
	io->crew = n->crew;
	io->allow_unverified = o->insecure_certificate;
	io->last_stage = o->quit_after;
	io->no_login = o->no_login;
	io->timeout = o->timeout;
	io->connect_rules = o->connect_rules;
	for (size_t i = 0; i < o->connect_rules; i++)
		io->connect_rule[i] = o->connect_rule[i];
}
