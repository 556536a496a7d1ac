#include "probes/wire/dns_message.h"

#include <limits.h>
#include <string.h>

#include "probes/wire/dns_reader.h"

#define TYPE_A 1
#define TYPE_AAAA 28

/* Everything we shall look at can be read: the later passes cannot fail. */
static bool answers_are_sound(struct dns_reader r, unsigned count)
{
	struct dns_record record;
	char target[HOST_CAP];

	for (unsigned i = 0; i < count; i++) {
		if (!dns_read_record(&r, &record))
			return false;
		if (record.class != DNS_CLASS_IN)
			continue;
		if (record.type == TYPE_A && record.data_len != 4)
			return false;
		if (record.type == TYPE_AAAA && record.data_len != 16)
			return false;
		if (record.type == DNS_TYPE_CNAME &&
		    !dns_read_target(&r, &record, 0, target))
			return false;
	}
	return true;
}

/* A and AAAA bring the same chain: the longer one tells more. */
static void chain_keep(const struct dns_chain *c, struct name_facts *io)
{
	size_t n = c->hops < CNAMES_MAX ? c->hops : CNAMES_MAX;

	if (n <= io->cnames)
		return;
	memcpy(io->cname, c->name, n * HOST_CAP);
	io->cnames = n;
}

/* How many addresses `name` has here (some may be in *io already). */
static size_t addresses_of(struct dns_reader r, unsigned count,
			   const char *name, uint16_t port,
			   struct name_facts *io)
{
	struct dns_record record;
	size_t found = 0;

	for (unsigned i = 0; i < count && dns_read_record(&r, &record); i++) {
		enum family family = record.type == TYPE_AAAA ? FAMILY_IPV6
							      : FAMILY_IPV4;

		if (!dns_record_is(&record, TYPE_A, name) &&
		    !dns_record_is(&record, TYPE_AAAA, name))
			continue;
		address_add(io, family, r.data + record.data, port);
		found++;
	}
	return found;
}

void dns_message_read(const uint8_t *message, size_t len, const char *asked,
		      uint16_t port, struct name_facts *io,
		      enum fault_kind *ret_fault)
{
	struct dns_reader r = { message, len, 0 };
	unsigned rcode, answers;
	struct dns_chain chain;
	const char *end;

	*ret_fault = FAULT_DNS_MALFORMED;
	if (!dns_read_head(&r, &rcode, &answers))
		return;
	if (!answers_are_sound(r, answers)) {
		/* A server that fails need not be eloquent about it. */
		if (rcode != 0 && rcode != 3)
			*ret_fault = dns_fault_of_rcode(rcode);
		return;
	}
	end = dns_chain_follow(r, answers, asked, &chain);
	chain_keep(&chain, io);
	*ret_fault = chain.loop ? FAULT_CNAME_LOOP : dns_fault_of_rcode(rcode);
	if (*ret_fault == FAULT_NONE &&
	    addresses_of(r, answers, end, port, io) == 0)
		*ret_fault = FAULT_NO_DATA;
}

unsigned long dns_message_ttl(const uint8_t *message, size_t len)
{
	struct dns_reader r = { message, len, 0 };
	unsigned long least = ULONG_MAX;
	unsigned rcode, answers;
	struct dns_record record;

	if (!dns_read_head(&r, &rcode, &answers))
		return least;
	for (unsigned i = 0; i < answers && dns_read_record(&r, &record); i++)
		if (record.class == DNS_CLASS_IN && record.ttl < least)
			least = record.ttl;
	return least;
}
