#ifndef MAILWHY_WIRE_DNS_MESSAGE_H
#define MAILWHY_WIRE_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/base/fault.h"
#include "probes/wire/facts.h"

/*
 * Read the answer section of one DNS message (RFC 1035 4.1): the CNAME chain
 * from `asked` and the addresses at its end. Pure; for any bytes.
 * Adds to *io: cname[] and address[]. *ret_fault is what this answer means
 * for its type: NONE, NXDOMAIN, NO_DATA, SERVFAIL, DNS_REFUSED, CNAME_LOOP,
 * DNS_MALFORMED.
 */
void dns_message_read(const uint8_t *message, size_t len, const char *asked,
		      uint16_t port, struct name_facts *io,
		      enum fault_kind *ret_fault);

/*
 * The same for io->type records (MX, RFC 1035 3.3.9; SRV, RFC 2782) of
 * io->asked: fills io->record[] in the order to try, and io->fault. Records
 * beyond RECORDS_MAX are dropped, the least wanted ones first.
 */
void dns_message_records(const uint8_t *message, size_t len,
			 struct records_facts *io);

/* The least TTL of its answers, in seconds; ULONG_MAX: there are none. */
unsigned long dns_message_ttl(const uint8_t *message, size_t len);

/* Append an address unless it is there already or the facts are full. */
void address_add(struct name_facts *io, enum family family,
		 const uint8_t *bytes, uint16_t port);

#endif
