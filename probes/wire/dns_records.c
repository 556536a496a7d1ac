#include <limits.h>
#include <string.h>

#include "probes/wire/dns.h"
#include "probes/wire/dns_channel.h"
#include "probes/wire/dns_message.h"
#include "probes/wire/wait.h"

struct inquiry {
	struct records_facts *facts;
	unsigned long *ttl;
	size_t *open;			/* questions without an answer yet */
};

static void answered(void *arg, int status, int timeouts,
		     unsigned char *message, int len)
{
	struct inquiry *q = arg;

	(void)timeouts;
	if (dns_status_is_end(status))
		return;
	if (message && len > 0) {
		dns_message_records(message, (size_t)len, q->facts);
		*q->ttl = dns_message_ttl(message, (size_t)len);
	} else {
		q->facts->fault = dns_fault_of_status(status);
	}
	--*q->open;
}

bool dns_records(const struct dns_options *options, struct records_facts *io,
		 size_t n, msec by, struct fault *why)
{
	unsigned long ttl[DNS_QUESTIONS_MAX];

	return dns_records_keep(options, io, ttl, n, by, why);
}

bool dns_records_keep(const struct dns_options *options,
		      struct records_facts *io, unsigned long *ret_ttl,
		      size_t n, msec by, struct fault *why)
{
	struct inquiry q[DNS_QUESTIONS_MAX];
	struct dns_channel channel = { .n = 0 };
	size_t open = n;
	bool ok = true;

	if (n > DNS_QUESTIONS_MAX)
		return fail(why, FAULT_INTERNAL, "too many questions");
	if (!dns_channel_open(&channel, options, by, why))
		return false;
	for (size_t i = 0; i < n; i++) {
		io[i].fault = FAULT_DNS_TIMEOUT;
		io[i].n = 0;
		ret_ttl[i] = ULONG_MAX;
		q[i] = (struct inquiry){ &io[i], &ret_ttl[i], &open };
		dns_channel_ask(&channel, io[i].asked, io[i].type, answered,
				&q[i]);
	}
	while (ok && open > 0 && now_msec() < by)
		ok = dns_channel_turn(&channel, by, why);
	dns_channel_close(&channel);
	return ok;
}
