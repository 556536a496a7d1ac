#ifndef MAILWHY_WIRE_WORLD_H
#define MAILWHY_WIRE_WORLD_H

#include <stdbool.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"
#include "probes/wire/dns.h"
#include "probes/wire/facts.h"
#include "probes/wire/stream.h"
#include "probes/wire/tls.h"

/*
 * The only door outside. Probes reach the network through these four
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
};

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
	size_t overrides;
	struct resolve_override override[OVERRIDES_MAX];
};

void real_world_init(struct real_world *w);

#endif
