#ifndef MAILWHY_WIRE_DNS_H
#define MAILWHY_WIRE_DNS_H

#include <stdbool.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"
#include "probes/wire/facts.h"

/*
 * Names to addresses, by c-ares (only dns.c includes it). One channel a call;
 * safe from several threads at once.
 *
 * Order: an address literal is itself; then the hosts file; "localhost"
 * (RFC 6761); then A and AAAA asked at the same time. Once A has come, AAAA
 * gets 50 ms more (RFC 8305 section 3). Addresses come back sorted for
 * connecting: families alternate, IPv6 first.
 */
struct dns_options {
	const char *server;		/* "ADDR[:PORT]", "[V6]:PORT"; NULL: the system's */
	enum family family;		/* -4, -6 */
};

bool dns_setup(void);			/* once in main, before any thread */
void dns_teardown(void);

/*
 * `host` may be a U-label or A-label name or an address. *ret is filled as
 * far as things went even on failure. port is copied into the addresses.
 * With -4 or -6 and only addresses of the other family the fault is
 * NO_IPV4, NO_IPV6. A name server that cannot be read is INTERNAL.
 * Faults: BAD_NAME, NXDOMAIN, NO_DATA, SERVFAIL, DNS_REFUSED, DNS_TIMEOUT,
 * DNS_UNREACHABLE, DNS_MALFORMED, CNAME_LOOP, NO_IPV4, NO_IPV6, CANCELLED,
 * NO_MEMORY, INTERNAL.
 */
bool dns_lookup(const struct dns_options *options, const char *host,
		uint16_t port, msec by, struct name_facts *ret,
		struct fault *why);

/*
 * MX or SRV records: io[0..n) say what to ask (type and asked, in A-labels) and
 * get the answers, each with a fault of its own: NONE, NXDOMAIN, NO_DATA,
 * SERVFAIL, DNS_REFUSED, DNS_TIMEOUT, DNS_UNREACHABLE, DNS_MALFORMED,
 * CNAME_LOOP, BAD_NAME. All are asked at once.
 * false: none was asked, or the wait was cut short: CANCELLED, NO_MEMORY,
 * INTERNAL.
 */
#define DNS_QUESTIONS_MAX 8
bool dns_records(const struct dns_options *options, struct records_facts *io,
		 size_t n, msec by, struct fault *why);

/*
 * Both once more for dns_cache.h, with the seconds each answer may be kept: the
 * least of its records' TTLs. A fault says ULONG_MAX: it has none.
 */
bool dns_lookup_keep(const struct dns_options *options, const char *host,
		     uint16_t port, msec by, struct name_facts *ret,
		     unsigned long *ret_ttl, struct fault *why);
bool dns_records_keep(const struct dns_options *options,
		      struct records_facts *io, unsigned long *ret_ttl,
		      size_t n, msec by, struct fault *why);

/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]"; false: not an address. */
bool address_parse(const char *text, uint16_t port, struct address *ret);

/* "ADDR", "ADDR:PORT", "[V6]:PORT"; the usual port is 53. */
bool dns_server_parse(const char *text, struct address *ret);
/* The same back to text; people are spared the usual port. */
void dns_server_show(const struct address *a, bool always_port, char *to,
		     size_t cap);

/*
 * The order to try (RFC 8305 section 4): families alternate, IPv6 first; a
 * family to which there is no route goes behind the other.
 */
void addresses_sort(struct name_facts *io);

/* UTF-8 or ASCII to A-labels, lower case, trailing dot gone (IDNA2008, libidn2). */
bool host_to_ascii(const char *host, char *ret, size_t cap, struct fault *why);

#endif
