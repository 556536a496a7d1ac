#include <string.h>

#include "probes/wire/dns_message.h"
#include "probes/wire/dns_reader.h"

/*
 *	MX  = preference(2) exchange
 *	SRV = priority(2) weight(2) port(2) target
 */
#define MX_HEAD 2
#define SRV_HEAD 6

static bool read_mail_record(const struct dns_reader *r,
			     const struct dns_record *record,
			     enum record_type type, struct mail_record *ret)
{
	struct dns_reader data = *r;
	bool srv = type == RECORD_SRV;

	memset(ret, 0, sizeof(*ret));
	if (record->data_len < (srv ? SRV_HEAD : MX_HEAD))
		return false;
	data.at = record->data;
	return dns_read_u16(&data, &ret->priority) &&
	       (!srv || (dns_read_u16(&data, &ret->weight) &&
			 dns_read_u16(&data, &ret->port))) &&
	       dns_read_target(r, record, srv ? SRV_HEAD : MX_HEAD, ret->host);
}

/*
 * RFC 2782 lets chance decide among weights; a diagnosis had better say the
 * same twice, so the heavier comes first.
 */
static bool comes_before(const struct mail_record *a,
			 const struct mail_record *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	if (a->weight != b->weight)
		return a->weight > b->weight;
	return strcmp(a->host, b->host) < 0;
}

static void insert(struct records_facts *io, const struct mail_record *new)
{
	size_t at = io->n;

	while (at > 0 && comes_before(new, &io->record[at - 1]))
		at--;
	if (at == RECORDS_MAX)
		return;
	if (io->n < RECORDS_MAX)
		io->n++;
	memmove(&io->record[at + 1], &io->record[at],
		(io->n - at - 1) * sizeof(io->record[0]));
	io->record[at] = *new;
}

/* false: an answer that we cannot read. */
static bool collect(struct dns_reader r, unsigned count, const char *owner,
		    struct records_facts *io)
{
	struct dns_record record;
	struct mail_record found;

	for (unsigned i = 0; i < count; i++) {
		if (!dns_read_record(&r, &record))
			return false;
		if (!dns_record_is(&record, io->type, owner))
			continue;
		if (!read_mail_record(&r, &record, io->type, &found))
			return false;
		insert(io, &found);
	}
	return true;
}

void dns_message_records(const uint8_t *message, size_t len,
			 struct records_facts *io)
{
	struct dns_reader r = { message, len, 0 };
	unsigned rcode, answers;
	struct dns_chain chain;
	const char *end;

	io->n = 0;
	io->fault = FAULT_DNS_MALFORMED;
	if (!dns_read_head(&r, &rcode, &answers))
		return;
	end = dns_chain_follow(r, answers, io->asked, &chain);
	if (chain.loop) {
		io->fault = FAULT_CNAME_LOOP;
	} else if (collect(r, answers, end, io)) {
		io->fault = dns_fault_of_rcode(rcode);
		if (io->fault == FAULT_NONE && io->n == 0)
			io->fault = FAULT_NO_DATA;
	} else if (rcode != 0 && rcode != 3) {
		/* a server that fails need not be eloquent about it */
		io->fault = dns_fault_of_rcode(rcode);
	}
	if (io->fault != FAULT_NONE)
		io->n = 0;
}
