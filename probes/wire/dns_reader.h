#ifndef MAILWHY_WIRE_DNS_READER_H
#define MAILWHY_WIRE_DNS_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/base/fault.h"
#include "probes/wire/facts.h"

/*
 * The parts of a DNS message (RFC 1035 4.1), for dns_message*.c. Pure; every
 * call returns false where the bytes end too early or make no sense.
 *
 *	message  = header(12) question* answer* ...
 *	question = name type(2) class(2)
 *	answer   = name type(2) class(2) ttl(4) length(2) data
 *	name     = (length(1) label)* (0 / pointer(2))
 */
#define DNS_CLASS_IN 1
#define DNS_TYPE_CNAME 5

struct dns_reader {
	const uint8_t *data;
	size_t len, at;
};

struct dns_record {
	char owner[HOST_CAP];
	unsigned type, class;
	unsigned long ttl;		/* seconds */
	size_t data, data_len;		/* where its data lies */
};

bool dns_read_u16(struct dns_reader *r, unsigned *ret);
bool dns_skip(struct dns_reader *r, size_t n);
/* Lower case, without the last dot; the root is "."; odd bytes as \\046. */
bool dns_read_name(struct dns_reader *r, char ret[HOST_CAP]);
bool dns_read_record(struct dns_reader *r, struct dns_record *ret);
/* Header and questions; the reader stands at the first answer afterwards. */
bool dns_read_head(struct dns_reader *r, unsigned *ret_rcode,
		   unsigned *ret_answers);

bool dns_record_is(const struct dns_record *record, unsigned type,
		   const char *owner);
/* The name that fills the record's data from `offset` on. */
bool dns_read_target(const struct dns_reader *r,
		     const struct dns_record *record, size_t offset,
		     char ret[HOST_CAP]);

#define DNS_HOPS_MAX 16		/* resolvers give up at about as many */

struct dns_chain {
	size_t hops;
	char name[DNS_HOPS_MAX][HOST_CAP];
	bool loop;
};

/*
 * From `asked`, alias by alias, to the name that holds the data (it borrows
 * from `asked` or *ret). The CNAME records must have been read once before.
 */
const char *dns_chain_follow(struct dns_reader r, unsigned count,
			     const char *asked, struct dns_chain *ret);

enum fault_kind dns_fault_of_rcode(unsigned rcode);

#endif
