#include "cmd/demo/dns_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "probes/base/text.h"
#include "probes/wire/dns.h"
#include "probes/wire/wait.h"

#define HEADER 12
#define TYPE_A 1
#define TYPE_CNAME 5
#define TYPE_AAAA 28
#define TTL 30
#define LOOP_PREFIX "loop."		/* the other half of a CNAME loop */
#define ALIASES_MAX 8

struct dns_server {
	const struct scenario *scenario;
	struct bell *stop;
	struct thread thread;
	int fd;
	uint16_t port;
};

struct answer {
	uint8_t *at;
	size_t len;
	unsigned records, rcode;
	bool silent;
};

/* ---- writing ---- */

static void put8(struct answer *a, unsigned value)
{
	if (a->len < DNS_ANSWER_CAP)
		a->at[a->len++] = (uint8_t)value;
}

static void put16(struct answer *a, unsigned value)
{
	put8(a, value >> 8);
	put8(a, value & 0xff);
}

static void put_name(struct answer *a, const char *name)
{
	struct span rest = span_of(name), label;

	while (span_cut(&rest, '.', &label)) {
		put8(a, (unsigned)label.len);
		for (size_t i = 0; i < label.len; i++)
			put8(a, (uint8_t)label.at[i]);
	}
	put8(a, 0);
}

static void put_head(struct answer *a, const char *owner, unsigned type)
{
	put_name(a, owner);
	put16(a, type);
	put16(a, 1);			/* IN */
	put16(a, 0);
	put16(a, TTL);
	a->records++;
}

static void put_alias(struct answer *a, const char *owner, const char *name)
{
	size_t length_at;

	put_head(a, owner, TYPE_CNAME);
	length_at = a->len;
	put16(a, 0);
	put_name(a, name);
	a->at[length_at] = 0;
	a->at[length_at + 1] = (uint8_t)(a->len - length_at - 2);
}

static void put_address(struct answer *a, const char *owner, const char *text)
{
	struct address address;
	size_t size;

	if (!address_parse(text, 0, &address))
		return;
	size = address.family == FAMILY_IPV4 ? 4 : 16;
	put_head(a, owner, size == 4 ? TYPE_A : TYPE_AAAA);
	put16(a, (unsigned)size);
	for (size_t i = 0; i < size; i++)
		put8(a, address.bytes[i]);
}

/* RFC 1035 3.3.9, RFC 2782. */
static void put_record(struct answer *a, const struct records_facts *all,
		       const struct mail_record *r)
{
	size_t length_at;

	put_head(a, all->asked, all->type);
	length_at = a->len;
	put16(a, 0);
	put16(a, r->priority);
	if (all->type == RECORD_SRV) {
		put16(a, r->weight);
		put16(a, r->port);
	}
	put_name(a, r->host);
	if (a->len < DNS_ANSWER_CAP)
		a->at[length_at + 1] = (uint8_t)(a->len - length_at - 2);
}

/* ---- what is known ---- */

static bool is_endpoint(const struct scenario *s, const char *name)
{
	for (size_t i = 0; i < s->endpoints; i++)
		if (text_same(s->endpoint[i].endpoint.host, name))
			return true;
	return false;
}

/* A server of its own answers there (scenario.h: "at ADDRESS"). */
static bool is_served(const struct scenario *s, const char *address)
{
	for (size_t i = 0; i < s->endpoints; i++)
		if (s->endpoint[i].address &&
		    strcmp(s->endpoint[i].address, address) == 0)
			return true;
	return false;
}

static void answer_addresses(struct answer *a, const struct scenario *s,
			     const struct scene_name *n, const char *owner,
			     unsigned type)
{
	bool alive = false;

	for (size_t i = 0; i < n->addresses; i++) {
		bool is6 = strchr(n->address[i], ':') != NULL;
		bool dead = n->connect[i] != CONNECT_DEFAULT &&
			    n->connect[i] != CONNECT_OK;

		if (is6 != (type == TYPE_AAAA))
			continue;
		if (is6 && (dead || is_served(s, n->address[i])))
			put_address(a, owner, "::1");
		else if (dead)
			put_address(a, owner, DEMO_DEAD_ADDRESS);
		else if (!is6 && !alive)
			put_address(a, owner, "127.0.0.1");
		alive = alive || !dead;
	}
}

static void answer_loop(struct answer *a, const char *name)
{
	char other[HOST_CAP];
	struct buf b = buf_over(other, sizeof(other));

	buf_fmt(&b, LOOP_PREFIX "%s", name);
	put_alias(a, name, other);
	put_alias(a, other, name);
}

static void answer_fault(struct answer *a, const char *name,
			 enum fault_kind fault)
{
	if (fault == FAULT_NXDOMAIN)
		a->rcode = 3;
	else if (fault == FAULT_SERVFAIL)
		a->rcode = 2;
	else if (fault == FAULT_DNS_REFUSED)
		a->rcode = 5;
	else if (fault == FAULT_DNS_TIMEOUT)
		a->silent = true;
	else if (fault == FAULT_CNAME_LOOP)
		answer_loop(a, name);
}

static void answer_records(const struct scenario *s, struct answer *a,
			   const char *name, enum record_type type)
{
	struct records_facts all = { .type = type };

	span_copy(span_of(name), all.asked, sizeof(all.asked));
	scenario_records(s, &all);
	answer_fault(a, name, all.fault);
	for (size_t i = 0; i < all.n; i++)
		put_record(a, &all, &all.record[i]);
}

static void answer_name(const struct scenario *s, struct answer *a,
			const char *name, unsigned type)
{
	const struct scene_name *n = scenario_host(s, name);

	for (int i = 0; n && n->alias && i < ALIASES_MAX; i++) {
		put_alias(a, name, n->alias);
		name = n->alias;
		n = scenario_host(s, name);
	}
	if (n && n->fault)
		answer_fault(a, name, n->fault);
	else if (n)
		answer_addresses(a, s, n, name, type);
	else if (!is_endpoint(s, name) && a->records == 0)
		a->rcode = 3;
	else if (type == TYPE_A)
		put_address(a, name, "127.0.0.1");
}

/* ---- a message ---- */

/* The one question; returns where it ends, 0: not to be read. */
static size_t read_question(const uint8_t *query, size_t len,
			    char name[HOST_CAP], unsigned *ret_type)
{
	struct buf b = buf_over(name, HOST_CAP);
	size_t at = HEADER;

	if (len < HEADER || query[4] != 0 || query[5] != 1)
		return 0;
	while (at < len && query[at] != 0) {
		size_t label = query[at++];

		if (label > 63 || label > len - at)
			return 0;
		if (b.len > 0)
			buf_char(&b, '.');
		buf_add(&b, (struct span){ (const char *)query + at, label });
		at += label;
	}
	if (at + 5 > len || b.full)
		return 0;
	*ret_type = (unsigned)query[at + 1] << 8 | query[at + 2];
	return at + 5;
}

size_t dns_server_answer(const struct scenario *s, const uint8_t *query,
			 size_t len, uint8_t ret[DNS_ANSWER_CAP])
{
	struct answer a = { .at = ret };
	char name[HOST_CAP];
	unsigned type;
	size_t end = read_question(query, len, name, &type);

	if (end == 0 || end > DNS_ANSWER_CAP)
		return 0;
	memcpy(ret, query, end);
	a.len = end;
	if (type == RECORD_MX || type == RECORD_SRV)
		answer_records(s, &a, name, (enum record_type)type);
	else
		answer_name(s, &a, name, type);
	if (a.silent)
		return 0;
	ret[2] = 0x81;			/* an answer, recursion was asked for */
	ret[3] = (uint8_t)(0x80 | a.rcode);
	ret[7] = (uint8_t)a.records;
	ret[6] = ret[8] = ret[9] = ret[10] = ret[11] = 0;
	return a.len;
}

/* ---- the socket ---- */

static void answer_one(struct dns_server *d)
{
	uint8_t query[DNS_ANSWER_CAP], answer[DNS_ANSWER_CAP];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t got;
	size_t len;

	got = recvfrom(d->fd, query, sizeof(query), MSG_DONTWAIT,
		       (struct sockaddr *)&from, &size);
	if (got <= 0)
		return;
	len = dns_server_answer(d->scenario, query, (size_t)got, answer);
	/* A lost answer is asked for again: DNS is made that way. */
	if (len > 0 && sendto(d->fd, answer, len, MSG_DONTWAIT,
			      (struct sockaddr *)&from, size) < 0)
		return;
}

static void dns_server_run(void *arg)
{
	struct dns_server *d = arg;
	struct fault why;

	for (;;) {
		struct pollfd fds[2] = {
			{ .fd = d->fd, .events = POLLIN },
			{ .fd = d->stop->fds[0], .events = POLLIN },
		};

		if (!wait_fds(fds, 2, MSEC_NEVER, &why) || fds[1].revents)
			return;
		answer_one(d);
	}
}

static bool open_socket(struct dns_server *d)
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	socklen_t size = sizeof(here);

	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	d->fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (d->fd < 0)
		return false;
	if (bind(d->fd, (struct sockaddr *)&here, size) != 0 ||
	    getsockname(d->fd, (struct sockaddr *)&here, &size) != 0) {
		close(d->fd);
		return false;
	}
	d->port = ntohs(here.sin_port);
	return true;
}

bool dns_server_start(const struct scenario *s, struct bell *stop,
		      struct dns_server **ret, struct fault *why)
{
	struct dns_server *d = calloc(1, sizeof(*d));

	if (!d)
		return fail(why, FAULT_NO_MEMORY, "no memory for a name server");
	d->scenario = s;
	d->stop = stop;
	if (!open_socket(d)) {
		free(d);
		return fail(why, FAULT_INTERNAL, "no loopback port for UDP");
	}
	if (!thread_start(&d->thread, dns_server_run, d)) {
		close(d->fd);
		free(d);
		return fail(why, FAULT_NO_MEMORY, "a thread could not start");
	}
	*ret = d;
	return true;
}

void dns_server_join(struct dns_server *d)
{
	if (!d)
		return;
	thread_join(&d->thread);
	close(d->fd);
	free(d);
}

uint16_t dns_server_port(const struct dns_server *d)
{
	return d->port;
}
