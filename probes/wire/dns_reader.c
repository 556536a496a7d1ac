#include "probes/wire/dns_reader.h"

#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"

#define NAME_WIRE_MAX 255	/* RFC 1035 2.3.4 */
#define JUMPS_MAX 127		/* no name has more labels */
#define ANSWERS_MAX 256		/* the rest is not looked at */

bool dns_read_u16(struct dns_reader *r, unsigned *ret)
{
	if (r->len - r->at < 2)
		return false;
	*ret = (unsigned)r->data[r->at] << 8 | r->data[r->at + 1];
	r->at += 2;
	return true;
}

bool dns_skip(struct dns_reader *r, size_t n)
{
	if (r->len - r->at < n)
		return false;
	r->at += n;
	return true;
}

/* A label may hold any byte; RFC 4343 2.1 shows what no host name has. */
static void label_show(struct buf *out, const uint8_t *label, size_t len)
{
	if (out->len > 0)
		buf_char(out, '.');
	for (size_t i = 0; i < len; i++) {
		char c = (char)label[i];

		if (ascii_is_alnum(c) || c == '-' || c == '_')
			buf_char(out, ascii_lower(c));
		else
			buf_fmt(out, "\\%03u", (unsigned)label[i]);
	}
}

/*
 * One name, lower case, without the last dot (the root is "."). A pointer
 * leads back only (RFC 1035 4.1.4, "a prior occurrence"): a loop of pointers
 * would need one that does not.
 */
bool dns_read_name(struct dns_reader *r, char ret[HOST_CAP])
{
	struct buf out = buf_over(ret, HOST_CAP);
	size_t at = r->at, oldest = r->at, wire = 1, jumps = 0;

	while (at < r->len) {
		unsigned len = r->data[at];

		if (jumps == 0)
			r->at = at + 1;
		if (len == 0) {
			if (out.len == 0)
				buf_char(&out, '.');
			return !out.full;
		}
		if ((len & 0xc0) == 0xc0) {
			if (at + 1 >= r->len || ++jumps > JUMPS_MAX)
				return false;
			if (jumps == 1)
				r->at = at + 2;
			at = (size_t)(len & 0x3f) << 8 | r->data[at + 1];
			if (at >= oldest)
				return false;
			oldest = at;
			continue;
		}
		wire += len + 1;
		if (len > 63 || len >= r->len - at || wire > NAME_WIRE_MAX)
			return false;
		label_show(&out, r->data + at + 1, len);
		at += len + 1;
	}
	return false;
}

bool dns_read_record(struct dns_reader *r, struct dns_record *ret)
{
	unsigned high, low, len;

	if (!dns_read_name(r, ret->owner) || !dns_read_u16(r, &ret->type) ||
	    !dns_read_u16(r, &ret->class) || !dns_read_u16(r, &high) ||
	    !dns_read_u16(r, &low) || !dns_read_u16(r, &len))
		return false;
	/* RFC 2181 section 8: with the highest bit set it is 0 */
	ret->ttl = high & 0x8000 ? 0 : (unsigned long)high << 16 | low;
	ret->data = r->at;
	ret->data_len = len;
	return dns_skip(r, len);
}

bool dns_record_is(const struct dns_record *record, unsigned type,
		   const char *owner)
{
	return record->type == type && record->class == DNS_CLASS_IN &&
	       text_same(record->owner, owner);
}

bool dns_read_target(const struct dns_reader *r,
		     const struct dns_record *record, size_t offset,
		     char ret[HOST_CAP])
{
	struct dns_reader data = *r;

	if (record->data_len < offset)
		return false;
	data.at = record->data + offset;
	return dns_read_name(&data, ret) &&
	       data.at == record->data + record->data_len;
}

static bool find_alias(struct dns_reader r, unsigned count, const char *owner,
		       char ret_target[HOST_CAP])
{
	struct dns_record record;

	for (unsigned i = 0; i < count && dns_read_record(&r, &record); i++)
		if (dns_record_is(&record, DNS_TYPE_CNAME, owner))
			return dns_read_target(&r, &record, 0, ret_target);
	return false;
}

static bool chain_has(const struct dns_chain *c, const char *name)
{
	for (size_t i = 0; i < c->hops; i++)
		if (text_same(c->name[i], name))
			return true;
	return false;
}

/*
 * From `asked` alias by alias to the name that holds the addresses. The order
 * of the records means nothing (RFC 1034 3.6), so each hop looks at them all.
 */
const char *dns_chain_follow(struct dns_reader r, unsigned count,
			     const char *asked, struct dns_chain *ret)
{
	const char *name = asked;
	char target[HOST_CAP];

	ret->hops = 0;
	ret->loop = false;
	while (find_alias(r, count, name, target)) {
		if (ret->hops == DNS_HOPS_MAX) {
			ret->loop = true;
			break;
		}
		ret->loop = text_same(target, asked) || chain_has(ret, target);
		name = memcpy(ret->name[ret->hops++], target, HOST_CAP);
		if (ret->loop)
			break;
	}
	return name;
}

enum fault_kind dns_fault_of_rcode(unsigned rcode)
{
	switch (rcode) {
	case 0:
		return FAULT_NONE;
	case 3:
		return FAULT_NXDOMAIN;
	case 5:
		return FAULT_DNS_REFUSED;
	default:		/* FORMERR, NOTIMP and the rest: it cannot */
		return FAULT_SERVFAIL;
	}
}

/* Header and questions; the reader stands at the first answer afterwards. */
bool dns_read_head(struct dns_reader *r, unsigned *ret_rcode,
		   unsigned *ret_answers)
{
	unsigned id, flags, questions, answers;
	char name[HOST_CAP];

	if (!dns_read_u16(r, &id) || !dns_read_u16(r, &flags) ||
	    !dns_read_u16(r, &questions) || !dns_read_u16(r, &answers) ||
	    !dns_skip(r, 4))
		return false;
	if (!(flags & 0x8000))		/* QR: a question is no answer */
		return false;
	*ret_rcode = flags & 0xf;
	*ret_answers = answers < ANSWERS_MAX ? answers : ANSWERS_MAX;
	for (unsigned i = 0; i < questions; i++)
		if (!dns_read_name(r, name) || !dns_skip(r, 4))
			return false;
	return true;
}
