#ifndef MAILWHY_WIRE_DNS_CACHE_H
#define MAILWHY_WIRE_DNS_CACHE_H

#include "probes/wire/dns.h"

/*
 * Answers of the name servers, shared by the many accounts of a run. Whoever
 * opens the network owns it; it is for one set of dns_options, safe to share
 * between threads, and holds `most` answers, the oldest go first.
 *
 * An answer lives as long as its records say (an hour at most), a fault, half
 * an answer and the hosts file for seconds; that nobody answered in time is
 * not passed on: another may have more time. Who asks what is being asked
 * already waits for that answer. What came from here has `shared` set.
 */
struct dns_cache;

#define DNS_KEPT_MOST	3600		/* seconds */
#define DNS_KEPT_FAULT	5
#define DNS_KEPT_HOSTS	60

/* Where the answers come from, and the clock they age by: a test has its own. */
struct dns_source {
	msec (*now)(void);
	/* As dns_lookup_keep and dns_records_keep. */
	bool (*lookup)(const struct dns_options *options, const char *host,
		       uint16_t port, msec by, struct name_facts *ret,
		       unsigned long *ret_ttl, struct fault *why);
	bool (*records)(const struct dns_options *options,
			struct records_facts *io, unsigned long *ret_ttl,
			size_t n, msec by, struct fault *why);
};

extern const struct dns_source dns_servers;

bool dns_cache_new(size_t most, const struct dns_source *source,
		   struct dns_cache **ret);
void dns_cache_free(struct dns_cache *c);	/* accepts NULL */

/* As dns_lookup and dns_records. */
bool dns_cache_lookup(struct dns_cache *c, const struct dns_options *options,
		      const char *host, uint16_t port, msec by,
		      struct name_facts *ret, struct fault *why);
bool dns_cache_records(struct dns_cache *c, const struct dns_options *options,
		       struct records_facts *io, size_t n, msec by,
		       struct fault *why);

#endif
