#include "probes/wire/dns.h"

#include <ares.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/wire/dns_channel.h"
#include "probes/wire/dns_message.h"
#include "probes/wire/tcp.h"
#include "probes/wire/wait.h"

#define TYPE_A 1
#define TYPE_AAAA 28

/*
 * RFC 8305 section 3: once A has come, AAAA gets 50 ms more. The other way
 * round we wait longer, because the addresses are handed over in one piece
 * and an IPv6 that does not work needs the IPv4 to fall back on.
 */
#define AAAA_GRACE 50
#define A_GRACE 1000

struct question {
	struct lookup *lookup;
	enum fault_kind *fault;		/* where the facts keep it */
	bool asked, done;
	bool found;			/* it brought addresses */
	msec came;
};

/* One call of dns_lookup; everything c-ares calls back ends here. */
struct lookup {
	const char *host;
	uint16_t port;
	struct name_facts *facts;
	struct dns_channel channel;
	struct question a, aaaa;
	unsigned long ttl;		/* the least that came */
};

/* ---- what failed ---- */

/*
 * A and AAAA may fail in two ways; the first here that either shows is told.
 * That the name has no addresses is only sure when nothing else is wrong.
 */
static const struct {
	enum fault_kind kind;
	const char *text;
} kinds[] = {
	{ FAULT_NO_MEMORY,       "out of memory" },
	{ FAULT_INTERNAL,        "the resolver library failed" },
	{ FAULT_BAD_NAME,        "no legal host name" },
	{ FAULT_CNAME_LOOP,      "its aliases lead in a circle" },
	{ FAULT_NXDOMAIN,        "the name does not exist" },
	{ FAULT_SERVFAIL,        "the name server failed (SERVFAIL)" },
	{ FAULT_DNS_REFUSED,     "the name server will not answer (REFUSED)" },
	{ FAULT_DNS_MALFORMED,   "the name server's answer makes no sense" },
	{ FAULT_DNS_TIMEOUT,     "no name server answered in time" },
	{ FAULT_DNS_UNREACHABLE, "no name server could be reached" },
	{ FAULT_NO_DATA,         "the name exists but has no address" },
};

static bool lookup_fail(const struct lookup *l, struct fault *why)
{
	const struct name_facts *facts = l->facts;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (facts->a == kinds[i].kind || facts->aaaa == kinds[i].kind)
			return fail(why, kinds[i].kind, "%.100s: %s", l->host,
				    kinds[i].text);
	return fail(why, FAULT_INTERNAL, "%.100s: no answer and no fault",
		    l->host);
}

/* ---- without asking ---- */

static void known_address(struct lookup *l, enum family family,
			  const void *bytes)
{
	address_add(l->facts, family, bytes, l->port);
	l->facts->source = NAME_FROM_HOSTS_FILE;
}

static void hosts_file(struct lookup *l, enum family family)
{
	int af = family == FAMILY_IPV6 ? AF_INET6 : AF_INET;
	struct hostent *found = NULL;

	if (ares_gethostbyname_file(l->channel.ares, l->facts->asked, af,
				    &found) != ARES_SUCCESS)
		return;
	for (char **at = found->h_addr_list; *at; at++)
		if (found->h_addrtype == af)
			known_address(l, family, *at);
	ares_free_hostent(found);
}

/* RFC 6761 section 6.3: localhost and what lies below it never goes out. */
static bool is_localhost(const char *name)
{
	return text_same(name, "localhost") || text_ends(name, ".localhost");
}

static bool known_here(struct lookup *l, enum family family)
{
	static const uint8_t six[16] = { [15] = 1 }, four[4] = { 127, 0, 0, 1 };

	if (family != FAMILY_IPV4)
		hosts_file(l, FAMILY_IPV6);
	if (family != FAMILY_IPV6)
		hosts_file(l, FAMILY_IPV4);
	if (l->facts->addresses > 0)
		return true;
	if (!is_localhost(l->facts->asked))
		return false;
	if (family != FAMILY_IPV4)
		known_address(l, FAMILY_IPV6, six);
	if (family != FAMILY_IPV6)
		known_address(l, FAMILY_IPV4, four);
	return true;
}

/* ---- asking ---- */

static void answered(void *arg, int status, int timeouts,
		     unsigned char *message, int len)
{
	struct question *q = arg;
	struct lookup *l = q->lookup;
	unsigned long ttl = ULONG_MAX;

	(void)timeouts;
	/* Our own doing: the deadline has spoken already. */
	if (dns_status_is_end(status))
		return;
	if (message && len > 0) {
		dns_message_read(message, (size_t)len, l->facts->asked,
				 l->port, l->facts, q->fault);
		ttl = dns_message_ttl(message, (size_t)len);
	} else {
		*q->fault = dns_fault_of_status(status);
	}
	if (ttl < l->ttl)
		l->ttl = ttl;
	q->done = true;
	q->found = *q->fault == FAULT_NONE;
	q->came = now_msec();
}

static void ask(struct lookup *l, enum family family)
{
	bool six = family == FAMILY_IPV6;
	struct question *q = six ? &l->aaaa : &l->a;

	q->lookup = l;
	q->fault = six ? &l->facts->aaaa : &l->facts->a;
	q->asked = true;
	*(six ? &l->facts->asked_aaaa : &l->facts->asked_a) = true;
	dns_channel_ask(&l->channel, l->facts->asked,
			six ? TYPE_AAAA : TYPE_A, answered, q);
}

static bool is_open(const struct question *q)
{
	return q->asked && !q->done;
}

/* Until when the questions still open are worth waiting for. */
static msec patience(const struct lookup *l, msec by)
{
	if (l->a.found)
		return msec_min(by, l->a.came + AAAA_GRACE);
	if (l->aaaa.found)
		return msec_min(by, l->aaaa.came + A_GRACE);
	return by;
}

/* false: cancelled, or poll failed. */
static bool wait_answers(struct lookup *l, msec by, struct fault *why)
{
	while (is_open(&l->a) || is_open(&l->aaaa)) {
		msec end = patience(l, by);

		if (now_msec() >= end)
			break;
		if (!dns_channel_turn(&l->channel, end, why))
			return false;
	}
	if (is_open(&l->a))
		l->facts->a = FAULT_DNS_TIMEOUT;
	if (is_open(&l->aaaa))
		l->facts->aaaa = FAULT_DNS_TIMEOUT;
	return true;
}

static bool is_missing(enum fault_kind kind)
{
	return kind == FAULT_NO_DATA || kind == FAULT_NXDOMAIN;
}

static enum family other(enum family family)
{
	return family == FAMILY_IPV4 ? FAMILY_IPV6 : FAMILY_IPV4;
}

/*
 * -4 or -6 and the name has nothing of that family: whether it has the other
 * tells a choice of ours from a name without addresses.
 */
static bool wrong_family(struct lookup *l, enum family family, msec by,
			 struct fault *why)
{
	struct name_facts *facts = l->facts;
	bool four = family == FAMILY_IPV4;
	struct fault ignored;

	if (!known_here(l, other(family))) {
		ask(l, other(family));
		if (!wait_answers(l, by, &ignored) &&
		    ignored.kind == FAULT_CANCELLED) {
			*why = ignored;
			return false;
		}
	}
	/* with an address, NXDOMAIN is a load balancer that knows no AAAA */
	if (facts->addresses == 0 &&
	    (facts->a == facts->aaaa || facts->a == FAULT_NXDOMAIN ||
	     facts->aaaa == FAULT_NXDOMAIN))
		return lookup_fail(l, why);
	fail(why, four ? FAULT_NO_IPV4 : FAULT_NO_IPV6,
	     "%.90s has no %s address%s%s", l->host, four ? "IPv4" : "IPv6",
	     facts->addresses > 0 ? ", but " : "",
	     facts->addresses > 0 ? facts->address[0].text : "");
	facts->addresses = 0;
	return false;
}

static bool ask_servers(struct lookup *l, enum family family, msec by,
			struct fault *why)
{
	struct name_facts *facts = l->facts;

	dns_channel_server(&l->channel, facts->resolver,
			   sizeof(facts->resolver));
	facts->source = NAME_FROM_DNS;
	if (family != FAMILY_IPV4)
		ask(l, FAMILY_IPV6);
	if (family != FAMILY_IPV6)
		ask(l, FAMILY_IPV4);
	if (!wait_answers(l, by, why))
		return false;
	if (facts->addresses > 0)
		return true;
	if (family != FAMILY_ANY &&
	    is_missing(family == FAMILY_IPV6 ? facts->aaaa : facts->a))
		return wrong_family(l, family, by, why);
	return lookup_fail(l, why);
}

/* ---- the whole ---- */

static bool is_itself(const struct dns_options *options, const char *host,
		      struct name_facts *ret, struct fault *why)
{
	const struct address *a = &ret->address[0];

	ret->source = NAME_IS_ADDRESS;
	memcpy(ret->asked, a->text, sizeof(a->text));
	if (options->family == FAMILY_IPV4 && a->family != FAMILY_IPV4)
		return fail(why, FAULT_NO_IPV4, "%.60s is no IPv4 address",
			    host);
	if (options->family == FAMILY_IPV6 && a->family != FAMILY_IPV6)
		return fail(why, FAULT_NO_IPV6, "%.60s is no IPv6 address",
			    host);
	ret->addresses = 1;
	return true;
}

bool dns_lookup(const struct dns_options *options, const char *host,
		uint16_t port, msec by, struct name_facts *ret,
		struct fault *why)
{
	unsigned long ttl;

	return dns_lookup_keep(options, host, port, by, ret, &ttl, why);
}

bool dns_lookup_keep(const struct dns_options *options, const char *host,
		     uint16_t port, msec by, struct name_facts *ret,
		     unsigned long *ret_ttl, struct fault *why)
{
	struct lookup l = { .host = ret->asked, .port = port, .facts = ret,
			    .ttl = ULONG_MAX };
	struct fault end = { .kind = FAULT_NONE };
	bool found;

	*ret = (struct name_facts){ .source = NAME_FROM_DNS };
	*ret_ttl = ULONG_MAX;
	if (address_parse(host, port, &ret->address[0]))
		return is_itself(options, host, ret, why);
	if (!host_to_ascii(host, ret->asked, sizeof(ret->asked), why) ||
	    !dns_channel_open(&l.channel, options, by, why))
		return false;
	found = known_here(&l, options->family) ||
		ask_servers(&l, options->family, by, &end);
	dns_channel_close(&l.channel);
	*ret_ttl = l.ttl;
	if (!found) {
		*why = end;
		return false;
	}
	addresses_sort(ret);
	return true;
}
