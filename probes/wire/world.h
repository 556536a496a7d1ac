#ifndef MAILWHY_WIRE_WORLD_H
#define MAILWHY_WIRE_WORLD_H

#include <stdbool.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"
#include "probes/wire/dns.h"
#include "probes/wire/dns_cache.h"
#include "probes/wire/facts.h"
#include "probes/wire/http.h"
#include "probes/wire/stream.h"
#include "probes/wire/tls.h"

/*
 * The only door outside. Probes reach the network through these
 * functions and nothing else, so that a test can be the world. A world of the
 * operating system is immutable and shared by all threads.
 */
struct world {
	msec (*now)(struct world *w);
	/* As dns_lookup. */
	bool (*resolve)(struct world *w, const char *host, uint16_t port,
			msec by, struct name_facts *ret, struct fault *why);
	/* As tcp_connect. */
	bool (*connect)(struct world *w, struct connect_facts *io, msec by,
			struct stream *ret, struct fault *why);
	/* As tls_client. */
	bool (*secure)(struct world *w, const struct tls_request *request,
		       struct stream *io, msec by, struct tls_facts *ret,
		       struct fault *why);
	/* As dns_records. */
	bool (*records)(struct world *w, struct records_facts *io, size_t n,
			msec by, struct fault *why);
	/* As http_get. */
	bool (*fetch)(struct world *w, const struct http_request *request,
		      msec by, struct http_facts *ret, struct fault *why);
};

struct connect_rule {			/* --connect-to HOST1:PORT1:HOST2:PORT2 */
	char from_host[HOST_CAP];	/* "" any */
	uint16_t from_port;		/* 0 any */
	char to_host[HOST_CAP];		/* "" unchanged */
	uint16_t to_port;		/* 0 unchanged */
};

#define CONNECT_RULES_MAX 16

/*
 * Where a connection to host:port really goes: the first rule that fits, as
 * in curl. false: no rule did, and the two are copied.
 */
bool connect_rule_apply(const struct connect_rule *rules, size_t n,
			const char *host, uint16_t port,
			char ret_host[HOST_CAP], uint16_t *ret_port);

/* curl's --resolve HOST:PORT:ADDR[,ADDR...]; port 0 (written "*") is any. */
struct resolve_override {
	char host[HOST_CAP];
	uint16_t port;
	size_t addresses;
	struct address address[ADDRESSES_MAX];
};

#define OVERRIDES_MAX 16

struct real_world {
	struct world world;		/* first: a world is a real_world */
	struct dns_options dns;
	struct dns_cache *answers;	/* of many accounts; NULL: one alone */
	size_t overrides;
	struct resolve_override override[OVERRIDES_MAX];
};

void real_world_init(struct real_world *w);

#endif
