#include "probes/wire/dns_message.h"

#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"

/*
 *	message  = header(12) question* answer* ...
 *	question = name type(2) class(2)
 *	answer   = name type(2) class(2) ttl(4) length(2) data
 *	name     = (length(1) label)* (0 / pointer(2))
 */
#define TYPE_A 1
#define TYPE_CNAME 5
#define TYPE_AAAA 28
#define CLASS_IN 1

#define NAME_WIRE_MAX 255	/* RFC 1035 2.3.4 */
#define JUMPS_MAX 127		/* no name has more labels */
#define ANSWERS_MAX 256		/* the rest is not looked at */
#define HOPS_MAX 16		/* resolvers give up at about as many */

struct reader {
	const uint8_t *data;
	size_t len, at;
};

struct record {
	char owner[HOST_CAP];
	unsigned type, class;
	size_t data, data_len;
};

static bool read_u16(struct reader *r, unsigned *ret)
{
	if (r->len - r->at < 2)
		return false;
	*ret = (unsigned)r->data[r->at] << 8 | r->data[r->at + 1];
	r->at += 2;
	return true;
}

static bool skip(struct reader *r, size_t n)
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
static bool read_name(struct reader *r, char ret[HOST_CAP])
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

static bool read_record(struct reader *r, struct record *ret)
{
	unsigned len;

	if (!read_name(r, ret->owner) || !read_u16(r, &ret->type) ||
	    !read_u16(r, &ret->class) || !skip(r, 4) || !read_u16(r, &len))
		return false;
	ret->data = r->at;
	ret->data_len = len;
	return skip(r, len);
}

static bool is_of(const struct record *record, unsigned type, const char *owner)
{
	return record->type == type && record->class == CLASS_IN &&
	       text_same(record->owner, owner);
}

static bool read_target(const struct reader *r, const struct record *record,
			char ret[HOST_CAP])
{
	struct reader data = *r;

	data.at = record->data;
	return read_name(&data, ret) &&
	       data.at == record->data + record->data_len;
}

/* Everything we shall look at can be read: the later passes cannot fail. */
static bool answers_are_sound(struct reader r, unsigned count)
{
	struct record record;
	char target[HOST_CAP];

	for (unsigned i = 0; i < count; i++) {
		if (!read_record(&r, &record))
			return false;
		if (record.class != CLASS_IN)
			continue;
		if (record.type == TYPE_A && record.data_len != 4)
			return false;
		if (record.type == TYPE_AAAA && record.data_len != 16)
			return false;
		if (record.type == TYPE_CNAME &&
		    !read_target(&r, &record, target))
			return false;
	}
	return true;
}

static bool find_alias(struct reader r, unsigned count, const char *owner,
		       char ret_target[HOST_CAP])
{
	struct record record;

	for (unsigned i = 0; i < count && read_record(&r, &record); i++)
		if (is_of(&record, TYPE_CNAME, owner))
			return read_target(&r, &record, ret_target);
	return false;
}

struct chain {
	size_t hops;
	char name[HOPS_MAX][HOST_CAP];
	bool loop;
};

static bool chain_has(const struct chain *c, const char *name)
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
static const char *chain_follow(struct reader r, unsigned count,
				const char *asked, struct chain *ret)
{
	const char *name = asked;
	char target[HOST_CAP];

	ret->hops = 0;
	ret->loop = false;
	while (find_alias(r, count, name, target)) {
		if (ret->hops == HOPS_MAX) {
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

/* A and AAAA bring the same chain: the longer one tells more. */
static void chain_keep(const struct chain *c, struct name_facts *io)
{
	size_t n = c->hops < CNAMES_MAX ? c->hops : CNAMES_MAX;

	if (n <= io->cnames)
		return;
	memcpy(io->cname, c->name, n * HOST_CAP);
	io->cnames = n;
}

/* How many addresses `name` has here (some may be in *io already). */
static size_t addresses_of(struct reader r, unsigned count, const char *name,
			   uint16_t port, struct name_facts *io)
{
	struct record record;
	size_t found = 0;

	for (unsigned i = 0; i < count && read_record(&r, &record); i++) {
		enum family family = record.type == TYPE_AAAA ? FAMILY_IPV6
							      : FAMILY_IPV4;

		if (!is_of(&record, TYPE_A, name) &&
		    !is_of(&record, TYPE_AAAA, name))
			continue;
		address_add(io, family, r.data + record.data, port);
		found++;
	}
	return found;
}

static enum fault_kind fault_of_rcode(unsigned rcode)
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
static bool read_head(struct reader *r, unsigned *ret_rcode,
		      unsigned *ret_answers)
{
	unsigned id, flags, questions, answers;
	char name[HOST_CAP];

	if (!read_u16(r, &id) || !read_u16(r, &flags) ||
	    !read_u16(r, &questions) || !read_u16(r, &answers) || !skip(r, 4))
		return false;
	if (!(flags & 0x8000))		/* QR: a question is no answer */
		return false;
	*ret_rcode = flags & 0xf;
	*ret_answers = answers < ANSWERS_MAX ? answers : ANSWERS_MAX;
	for (unsigned i = 0; i < questions; i++)
		if (!read_name(r, name) || !skip(r, 4))
			return false;
	return true;
}

void dns_message_read(const uint8_t *message, size_t len, const char *asked,
		      uint16_t port, struct name_facts *io,
		      enum fault_kind *ret_fault)
{
	struct reader r = { message, len, 0 };
	unsigned rcode, answers;
	struct chain chain;
	const char *end;

	*ret_fault = FAULT_DNS_MALFORMED;
	if (!read_head(&r, &rcode, &answers))
		return;
	if (!answers_are_sound(r, answers)) {
		/* A server that fails need not be eloquent about it. */
		if (rcode != 0 && rcode != 3)
			*ret_fault = fault_of_rcode(rcode);
		return;
	}
	end = chain_follow(r, answers, asked, &chain);
	chain_keep(&chain, io);
	*ret_fault = chain.loop ? FAULT_CNAME_LOOP : fault_of_rcode(rcode);
	if (*ret_fault == FAULT_NONE &&
	    addresses_of(r, answers, end, port, io) == 0)
		*ret_fault = FAULT_NO_DATA;
}
