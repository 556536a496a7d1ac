#ifndef MAILWHY_WIRE_DNS_CHANNEL_H
#define MAILWHY_WIRE_DNS_CHANNEL_H

#include <poll.h>

#include "probes/wire/dns.h"

/*
 * Questions under way to the name servers, and the wait for their answers.
 * For dns.c and dns_records.c: one channel a lookup.
 */
#define DNS_SOCKETS_MAX 32	/* a UDP and a TCP one for each server */

struct ares_channeldata;

struct dns_channel {
	struct ares_channeldata *ares;
	struct pollfd fds[DNS_SOCKETS_MAX];
	size_t n;
};

/* Faults: INTERNAL (no such name server), NO_MEMORY. `by` paces the retries. */
bool dns_channel_open(struct dns_channel *c, const struct dns_options *options,
		      msec by, struct fault *why);
void dns_channel_close(struct dns_channel *c);	/* questions get no answer */

/* The first server that is asked, for reports; "" none. */
void dns_channel_server(struct dns_channel *c, char *to, size_t cap);

/*
 * Ask for one type of record. `answered` is called from dns_channel_turn (or
 * at once) with c-ares' status and the message, if one came.
 */
void dns_channel_ask(struct dns_channel *c, const char *name, unsigned type,
		     void (*answered)(void *arg, int status, int timeouts,
				      unsigned char *message, int len),
		     void *arg);
/* Our own end of the channel, not an answer. */
bool dns_status_is_end(int status);
/* What a status without a message means. */
enum fault_kind dns_fault_of_status(int status);

/*
 * Wait once: for an answer, for the time to ask again, or for `by`.
 * Faults: CANCELLED, INTERNAL.
 */
bool dns_channel_turn(struct dns_channel *c, msec by, struct fault *why);

#endif
