#ifndef MAILWHY_DEMO_DNS_SERVER_H
#define MAILWHY_DEMO_DNS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/demo/scenario.h"
#include "probes/base/fault.h"
#include "probes/wire/thread.h"

/*
 * A name server on a loopback port that knows the names of one scenario and
 * plays their faults. Addresses that are alive become 127.0.0.1, where the
 * servers listen; dead ones 127.0.0.2 or ::1, where nobody does.
 */
struct dns_server;

/* `stop` is rung, and never waited for, by whoever ends it. */
bool dns_server_start(const struct scenario *s, struct bell *stop,
		      struct dns_server **ret, struct fault *why);
void dns_server_join(struct dns_server *d);	/* after the bell; frees */
uint16_t dns_server_port(const struct dns_server *d);

#define DNS_ANSWER_CAP 512		/* RFC 1035 4.2.1 */
#define DEMO_DEAD_ADDRESS "127.0.0.2"

/*
 * The answer to one query. Pure. Returns its length, 0: stay silent.
 */
size_t dns_server_answer(const struct scenario *s, const uint8_t *query,
			 size_t len, uint8_t ret[DNS_ANSWER_CAP]);

#endif
