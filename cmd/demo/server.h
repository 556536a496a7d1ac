#ifndef MAILWHY_DEMO_SERVER_H
#define MAILWHY_DEMO_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/demo/scenario.h"
#include "probes/base/fault.h"
#include "probes/probe.h"

/*
 * The servers of a scenario on loopback ports, with real TLS from an authority
 * made on the spot, and a name server beside them. One thread listens per
 * server, one serves each client. `s` must outlive them.
 */
struct servers;

/* All that clients sent, as it came from the socket; called by any thread. */
struct servers_tap {
	void (*heard)(void *context, size_t endpoint, struct span bytes);
	void *context;
};

/* Faults: NO_MEMORY, INTERNAL. */
bool servers_start_tapped(const struct scenario *s,
			  const struct servers_tap *tap, struct servers **ret,
			  struct fault *why);
bool servers_start(const struct scenario *s, struct servers **ret,
		   struct fault *why);
void servers_stop(struct servers *all);	/* joins every thread; accepts NULL */

const char *servers_ca_pem(const struct servers *all);
uint16_t servers_port(const struct servers *all, size_t endpoint);
/* "127.0.0.1:PORT", for dns_options.server */
const char *servers_dns(const struct servers *all);
/* HOST:PORT of the scenario to where it is played; fills plan's rules. */
void servers_redirect(const struct servers *all, struct probe_plan *io);

/* What reached the servers so far. */
struct servers_seen {
	unsigned clients, logins;
};
struct servers_seen servers_seen(struct servers *all);

#endif
