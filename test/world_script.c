#include "test/world_script.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/demo/web.h"
#include "probes/base/digest.h"
#include "probes/base/text.h"
#include "probes/wire/dns.h"

#define OPERATION_MSEC 7		/* what a round trip takes here */
#define DEFAULT_ADDRESS "192.0.2.25"
#define NOW 1893456000			/* 2030-01-01, the servers' time */
#define DAY 86400
#define BUILT (NOW - 100 * DAY)

static struct script_world *world_of(struct world *w)
{
	return (struct script_world *)w;
}

static msec script_now(struct world *w)
{
	return world_of(w)->clock;
}

static bool time_out(struct script_world *w, msec by, struct fault *why)
{
	if (by > w->clock)
		w->clock = by;
	return fail(why, FAULT_TIMEOUT, "no answer in the time allowed");
}

/* Is this the operation to break? Counts it, and takes its time. */
static bool breaks(struct script_world *w)
{
	w->clock += OPERATION_MSEC;
	if (++w->operations != w->break_at)
		return w->broken && w->refused_after;
	w->broken = true;
	return true;
}

static bool broken(struct script_world *w, msec by, struct fault *why)
{
	switch (w->break_how) {
	case BREAK_TIMEOUT:
		return time_out(w, by, why);
	case BREAK_RESET:
		return fail(why, FAULT_RESET, "connection reset by the peer");
	default:
		return fail(why, FAULT_CLOSED, "the server closed the connection");
	}
}

/* ---- resolve ---- */

static bool add_address(struct name_facts *n, const char *text, uint16_t port)
{
	bool is6 = strchr(text, ':') != NULL;

	if (n->addresses < ADDRESSES_MAX &&
	    address_parse(text, port, &n->address[n->addresses]))
		n->addresses++;
	return is6;
}

static bool resolve_fault(struct name_facts *n, enum fault_kind kind,
			  struct fault *why)
{
	n->a = n->aaaa = kind;
	return fail(why, kind, "the name server: %s", fault_name(kind));
}

static bool resolve_broken(struct script_world *w, msec by,
			   struct name_facts *n, struct fault *why)
{
	static const enum fault_kind kinds[BREAK_COUNT] = {
		[BREAK_CLOSED] = FAULT_SERVFAIL,
		[BREAK_TIMEOUT] = FAULT_DNS_TIMEOUT,
		[BREAK_RESET] = FAULT_DNS_UNREACHABLE,
		[BREAK_CUT] = FAULT_DNS_MALFORMED,
	};

	if (w->break_how == BREAK_TIMEOUT)
		time_out(w, by, why);
	return resolve_fault(n, kinds[w->break_how], why);
}

static void resolve_addresses(const struct scene_name *s, uint16_t port,
			      struct name_facts *ret)
{
	ret->a = ret->aaaa = FAULT_NO_DATA;
	for (size_t i = 0; i < s->addresses; i++) {
		if (add_address(ret, s->address[i], port))
			ret->aaaa = FAULT_NONE;
		else
			ret->a = FAULT_NONE;
	}
}

static bool is_endpoint(const struct scenario *s, const char *host)
{
	for (size_t i = 0; i < s->endpoints; i++)
		if (text_same(s->endpoint[i].endpoint.host, host))
			return true;
	return false;
}

static bool script_resolve(struct world *world, const char *host,
			   uint16_t port, msec by, struct name_facts *ret,
			   struct fault *why)
{
	struct script_world *w = world_of(world);
	const struct scene_name *s = scenario_host(w->scenario, host);

	*ret = (struct name_facts){ .asked_a = true, .asked_aaaa = true };
	span_copy(span_of(host), ret->asked, sizeof(ret->asked));
	if (address_parse(host, port, &ret->address[0])) {
		ret->source = NAME_IS_ADDRESS;
		ret->asked_a = ret->asked_aaaa = false;
		ret->addresses = 1;
		return true;
	}
	span_copy(SPAN_LIT("192.0.2.53"), ret->resolver, sizeof(ret->resolver));
	if (breaks(w))
		return resolve_broken(w, by, ret, why);
	while (s && s->alias && ret->cnames < CNAMES_MAX) {
		span_copy(span_of(s->alias), ret->cname[ret->cnames++],
			  HOST_CAP);
		s = scenario_host(w->scenario, s->alias);
	}
	if (s && s->fault == FAULT_DNS_TIMEOUT)
		time_out(w, by, why);
	if (s && s->fault)
		return resolve_fault(ret, s->fault, why);
	ret->aaaa = FAULT_NO_DATA;
	if (s)
		resolve_addresses(s, port, ret);
	else if (is_endpoint(w->scenario, ret->cnames ?
			     ret->cname[ret->cnames - 1] : host))
		add_address(ret, DEFAULT_ADDRESS, port);
	else
		return resolve_fault(ret, FAULT_NXDOMAIN, why);
	return true;
}

/* ---- records, pages ---- */

static enum fault_kind records_broken(struct script_world *w, msec by)
{
	struct fault ignored;

	if (w->break_how == BREAK_TIMEOUT) {
		time_out(w, by, &ignored);
		return FAULT_DNS_TIMEOUT;
	}
	return w->break_how == BREAK_RESET ? FAULT_DNS_UNREACHABLE :
					     FAULT_SERVFAIL;
}

static bool script_records(struct world *world, struct records_facts *io,
			   size_t n, msec by, struct fault *why)
{
	struct script_world *w = world_of(world);
	bool break_all = breaks(w);

	(void)why;
	for (size_t i = 0; i < n; i++) {
		if (break_all)
			io[i].fault = records_broken(w, by);
		else
			scenario_records(w->scenario, &io[i]);
		if (io[i].fault == FAULT_DNS_TIMEOUT && by > w->clock)
			w->clock = by;
	}
	return true;
}

/* ---- streams ---- */

static bool speaks_clear_first(const struct scene *s)
{
	return s->tls != SCENE_TLS_ALWAYS &&
	       (s->endpoint.security != SECURITY_TLS ||
		s->tls == SCENE_TLS_NONE);
}

/* The client has read all that was said: does it know of its login? */
static void note_read(struct script_link *l)
{
	const struct player *p = &l->player;

	if (l->ready.len > 0 || p->out_used != p->out_sent || p->login_open)
		return;
	if (p->login_accepted || p->login_refused)
		l->answered = true;
	l->accepted = p->login_accepted;
}

/* Let the server act until it has said something; *why is what came instead. */
static bool link_pump(struct script_link *l, msec by, struct fault *why)
{
	struct script_world *w = l->world;
	struct play play;

	while (l->ready.len == 0) {
		if (l->wait > 0) {
			msec left = by - w->clock;

			if (left < l->wait) {
				l->wait -= left > 0 ? left : 0;
				return time_out(w, by, why);
			}
			w->clock += l->wait;
			l->wait = 0;
		}
		player_next(&l->player, &play);
		switch (play.kind) {
		case PLAY_SEND:
			l->ready = play.bytes;
			break;
		case PLAY_WAIT:
			l->wait = play.wait;
			break;
		case PLAY_SECURE:
			l->player.then = THEN_SECURE;	/* it waits for a hello */
			return time_out(w, by, why);
		case PLAY_READ:
		case PLAY_SILENCE:
			return time_out(w, by, why);
		case PLAY_CLOSE:
			return fail(why, FAULT_CLOSED,
				    "the server closed the connection");
		case PLAY_RESET:
			return fail(why, FAULT_RESET,
				    "connection reset by the peer");
		case PLAY_ALERT:
			return fail(why, FAULT_TLS_ALERT, "the server sent "
				    "the TLS alert %s",
				    tls_alert_name(play.alert));
		case PLAY_RAW:
			return fail(why, FAULT_TLS_PROTOCOL,
				    "bytes that belong to no record");
		}
	}
	return true;
}

static bool link_broken(struct script_link *l, char *to, size_t cap,
			size_t *ret_len, msec by, struct fault *why)
{
	struct script_world *w = l->world;
	struct fault ignored;

	if (w->break_how != BREAK_TIMEOUT)
		l->closed = true;
	if (w->break_how == BREAK_CUT && link_pump(l, by, &ignored) &&
	    l->ready.len > 1) {
		*ret_len = l->ready.len / 2 < cap ? l->ready.len / 2 : cap;
		memcpy(to, l->ready.at, *ret_len);
		return true;
	}
	return broken(w, by, why);
}

static bool link_read(void *self, char *to, size_t cap, size_t *ret_len,
		      msec by, struct fault *why)
{
	struct script_link *l = self;
	struct script_world *w = l->world;
	size_t max = w->read_max && w->read_max < cap ? w->read_max : cap;

	if (l->closed)
		return fail(why, FAULT_CLOSED, "the server closed the connection");
	if (breaks(w))
		return link_broken(l, to, max, ret_len, by, why);
	if (l->world->scenario->endpoint[l->endpoint].connect == CONNECT_RESET)
		return fail(why, FAULT_RESET, "connection reset by the peer");
	if (!l->in_tls && !speaks_clear_first(&w->scenario->endpoint[l->endpoint]))
		return time_out(w, by, why);
	if (!link_pump(l, by, why))
		return false;
	*ret_len = l->ready.len < max ? l->ready.len : max;
	memcpy(to, l->ready.at, *ret_len);
	l->ready = span_from(l->ready, *ret_len);
	note_read(l);
	return true;
}

static bool link_write(void *self, const char *from, size_t len, msec by,
		       struct fault *why)
{
	struct script_link *l = self;

	if (l->closed)
		return fail(why, FAULT_RESET, "connection reset by the peer");
	if (breaks(l->world)) {
		l->closed = l->world->break_how != BREAK_TIMEOUT;
		return broken(l->world, by, why);
	}
	if (l->world->heard && !l->in_tls)
		fwrite(from, 1, len, l->world->heard);
	player_feed(&l->player, (struct span){ from, len });
	return true;
}

/* What was sent without waiting (LOGOUT) still reaches the server. */
static void link_close(void *self)
{
	struct script_link *l = self;
	struct play play = { .kind = PLAY_CLOSE };

	do {
		if (!l->closed)
			player_next(&l->player, &play);
	} while (play.kind == PLAY_SEND || play.kind == PLAY_WAIT);
	l->closed = true;
}

static const struct stream_ops link_ops = {
	"script", link_read, link_write, link_close
};

/* ---- connect ---- */

static enum fault_kind address_fault(const struct script_world *w,
				     const struct scene *scene,
				     const struct address *a)
{
	static const enum fault_kind faults[] = {
		[CONNECT_OK] = FAULT_NONE, [CONNECT_REFUSED] = FAULT_REFUSED,
		[CONNECT_TIMEOUT] = FAULT_TIMEOUT,
		[CONNECT_UNREACHABLE] = FAULT_UNREACHABLE,
		[CONNECT_RESET] = FAULT_NONE,	/* later, by the first read */
		[CONNECT_DEFAULT] = FAULT_NONE,
	};
	const struct scene_name *n = scenario_host(w->scenario,
						   scene->endpoint.host);

	for (size_t i = 0; n && i < n->addresses; i++)
		if (n->connect[i] != CONNECT_DEFAULT &&
		    strcmp(n->address[i], a->text) == 0)
			return faults[n->connect[i]];
	return faults[scene->connect];
}

static bool connect_all_failed(struct script_world *w,
			       const struct connect_facts *io, msec by,
			       struct fault *why)
{
	static const enum fault_kind order[] = {
		FAULT_REFUSED, FAULT_RESET, FAULT_UNREACHABLE
	};

	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (size_t i = 0; i < io->attempts; i++)
			if (io->attempt[i].fault == order[k])
				return fail(why, order[k], "connect: %s",
					    fault_name(order[k]));
	return time_out(w, by, why);
}

/* Whose address it is; else it is the name already. */
static const char *host_at(const struct scenario *s, const char *host)
{
	for (size_t i = 0; i < s->names; i++)
		for (size_t k = 0; k < s->host[i].addresses; k++)
			if (strcmp(s->host[i].address[k], host) == 0)
				return s->host[i].name;
	return host;
}

/* Who answers there, whatever the address; or by this one alone. */
static int find_scene(const struct script_world *w, const char *host,
		      uint16_t port, const char *address)
{
	for (size_t i = 0; i < w->scenario->endpoints; i++) {
		const struct scene *s = &w->scenario->endpoint[i];

		if (s->endpoint.port == port &&
		    text_same(s->endpoint.host, host) &&
		    (address ? s->address && strcmp(s->address, address) == 0 :
			       !s->address))
			return (int)i;
	}
	return -1;
}

static bool link_open(struct script_world *w, size_t endpoint,
		      struct stream *ret, struct fault *why)
{
	struct script_link *l = &w->link[w->links];

	if (w->links == LINKS_MAX)
		return fail(why, FAULT_INTERNAL, "too many connections");
	w->links++;
	*l = (struct script_link){ .world = w, .endpoint = endpoint };
	player_begin(&l->player, w->scenario, endpoint, !speaks_clear_first(
		     &w->scenario->endpoint[endpoint]), NOW);
	*ret = (struct stream){ &link_ops, l };
	return true;
}

static bool connect_broken(struct script_world *w, struct connect_facts *io,
			   msec by, struct fault *why)
{
	static const enum fault_kind kinds[BREAK_COUNT] = {
		[BREAK_CLOSED] = FAULT_REFUSED, [BREAK_TIMEOUT] = FAULT_TIMEOUT,
		[BREAK_RESET] = FAULT_UNREACHABLE, [BREAK_CUT] = FAULT_RESET,
	};

	for (size_t i = 0; i < io->attempts; i++) {
		io->attempt[i].state = ATTEMPT_FAILED;
		io->attempt[i].fault = kinds[w->break_how];
		io->attempt[i].began = io->attempt[i].ended = w->clock;
	}
	if (w->break_how == BREAK_TIMEOUT)
		return time_out(w, by, why);
	return fail(why, kinds[w->break_how], "connect: %s",
		    fault_name(kinds[w->break_how]));
}

/* A port that the scenario does not name: nobody listens there. */
static bool connect_refused(const struct script_world *w,
			    struct connect_facts *io, struct fault *why)
{
	for (size_t i = 0; i < io->attempts; i++) {
		io->attempt[i].state = ATTEMPT_FAILED;
		io->attempt[i].fault = FAULT_REFUSED;
		io->attempt[i].began = io->attempt[i].ended = w->clock;
	}
	return fail(why, FAULT_REFUSED, "connect: nobody listens there");
}

static bool script_connect(struct world *world, struct connect_facts *io,
			   msec by, struct stream *ret, struct fault *why)
{
	struct script_world *w = world_of(world);
	const char *host = host_at(w->scenario, io->host);
	int at = find_scene(w, host, io->port, NULL), own;

	io->winner = -1;
	if (breaks(w))
		return connect_broken(w, io, by, why);
	if (at < 0)
		return connect_refused(w, io, why);
	for (size_t i = 0; i < io->attempts && io->winner < 0; i++) {
		struct attempt *a = &io->attempt[i];

		a->fault = address_fault(w, &w->scenario->endpoint[at],
					 &a->address);
		a->began = a->ended = w->clock;
		a->state = a->fault ? ATTEMPT_FAILED : ATTEMPT_WON;
		if (!a->fault)
			io->winner = (int)i;
	}
	if (io->winner < 0)
		return connect_all_failed(w, io, by, why);
	own = find_scene(w, host, io->port,
			 io->attempt[io->winner].address.text);
	return link_open(w, (size_t)(own >= 0 ? own : at), ret, why);
}

/* ---- secure ---- */

/* As tls_client judges the certificates that pki.c makes. */
static const struct {
	enum fault_kind fault;
	const char *issuer, *org;
} certificates[CERT_KIND_COUNT] = {
	[CERT_KIND_OTHER_NAME] = { FAULT_CERT_NAME, NULL, NULL },
	[CERT_KIND_SELF_SIGNED] = { FAULT_CERT_SELF_SIGNED, NULL, NULL },
	[CERT_KIND_UNKNOWN_CA] = { FAULT_CERT_UNKNOWN_CA, "Private Office CA",
		NULL },
	[CERT_KIND_NO_INTERMEDIATE] = { FAULT_CERT_INCOMPLETE,
		"mailwhy test R0", "Let's Encrypt" },
	[CERT_KIND_UNLISTED] = { FAULT_CERT_UNKNOWN_CA,
		"mailwhy test X0", "Let's Encrypt" },
	[CERT_KIND_NO_ROOT] = { FAULT_CERT_INCOMPLETE, "Private Office CA",
		NULL },
	[CERT_KIND_SHA1] = { FAULT_CERT_WEAK, NULL, NULL },
	[CERT_KIND_INTERCEPTED] = { FAULT_CERT_UNKNOWN_CA,
		"mailwhy test antivirus Web/Mail Shield Root", NULL },
	[CERT_KIND_INSPECTED] = { FAULT_NONE,
		"mailwhy test antivirus Web/Mail Shield Root", NULL },
	[CERT_KIND_CLIENT_ONLY] = { FAULT_CERT_USAGE, NULL, NULL },
};

static void cert_fill(const struct scene *scene, const char *host,
		      struct cert_facts *c)
{
	enum cert_kind kind = scene->cert;
	const char *issuer = certificates[kind].issuer;
	const char *name = kind == CERT_KIND_OTHER_NAME ? "elsewhere.example" : host;
	unsigned char hash[DIGEST_MAX];
	struct buf b;

	if (!issuer)
		issuer = kind == CERT_KIND_SELF_SIGNED ? name :
			 "mailwhy test issuer";
	b = buf_over(c->subject, sizeof(c->subject));
	buf_fmt(&b, "CN=%.64s", name);
	b = buf_over(c->issuer, sizeof(c->issuer));
	buf_fmt(&b, "CN=%s", issuer);
	if (certificates[kind].org)
		buf_fmt(&b, ",O=%s", certificates[kind].org);
	span_copy(span_of(name), c->subject_name, sizeof(c->subject_name));
	span_copy(span_of(issuer), c->issuer_name, sizeof(c->issuer_name));
	span_copy(span_of(name), c->name[0], sizeof(c->name[0]));
	/* one a host: no two servers have the same */
	digest_hash(DIGEST_SHA256, span_of(host), hash);
	b = buf_over(c->sha256, sizeof(c->sha256));
	hex_encode(&b, (struct span){ (const char *)hash, 32 });
	c->names = 1;
	c->not_before = NOW - 30 * DAY;
	c->not_after = NOW + 60 * DAY;
	if (kind == CERT_KIND_EXPIRED)
		c->not_after = NOW - DAY;
	if (kind == CERT_KIND_FUTURE)
		c->not_before = NOW + DAY;
	span_copy(SPAN_LIT("EC P-256"), c->key, sizeof(c->key));
	c->self_signed = kind == CERT_KIND_SELF_SIGNED;
}

/* The dates count when nothing worse is wrong. */
static enum fault_kind judge_dates(const struct cert_facts *c, epoch now)
{
	if (now > c->not_after)
		return FAULT_CERT_EXPIRED;
	return now < c->not_before ? FAULT_CERT_FUTURE : FAULT_NONE;
}

static bool judge_cert(const struct scene *scene, const char *host,
		       struct tls_facts *ret, struct fault *why)
{
	enum fault_kind fault = certificates[scene->cert].fault;

	ret->handshake_done = true;
	ret->legacy_renegotiation = scene->tls == SCENE_TLS_LEGACY;
	ret->chain = 1;
	cert_fill(scene, host, &ret->cert[0]);
	if (!fault)
		fault = judge_dates(&ret->cert[0], ret->checked_at);
	span_copy(SPAN_LIT("TLSv1.2"), ret->version, sizeof(ret->version));
	span_copy(SPAN_LIT("TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256"),
		  ret->cipher, sizeof(ret->cipher));
	ret->cert_expired = fault == FAULT_CERT_EXPIRED;
	ret->cert_future = fault == FAULT_CERT_FUTURE;
	ret->cert_wrong_name = fault == FAULT_CERT_NAME;
	ret->cert_weak = fault == FAULT_CERT_WEAK;
	ret->cert_wrong_usage = fault == FAULT_CERT_USAGE;
	ret->cert_untrusted = fault == FAULT_CERT_SELF_SIGNED ||
			      fault == FAULT_CERT_UNKNOWN_CA ||
			      fault == FAULT_CERT_INCOMPLETE;
	ret->verified = !fault;
	return !fault || fail(why, fault, "the certificate: %s",
			      fault_name(fault));
}

static bool alerted(int alert, struct tls_facts *ret, struct fault *why)
{
	enum fault_kind kind = FAULT_TLS_ALERT;

	if (alert == 70 || alert == 86)
		kind = FAULT_TLS_VERSION;
	else if (alert == 40 || alert == 71)
		kind = FAULT_TLS_CIPHER;
	ret->alert = alert;
	ret->alert_fatal = true;
	return fail(why, kind, "the server sent the TLS alert %s",
		    tls_alert_name(alert));
}

/* As tls_hello. */
static bool told_version(unsigned minor, unsigned suite,
			 struct tls_facts *ret, struct fault *why)
{
	struct buf b = buf_over(ret->offered, sizeof(ret->offered));

	ret->cipher_is_ours = suite != 0x000a;
	span_copy(span_of(suite == 0x000a ? "TLS_RSA_WITH_3DES_EDE_CBC_SHA" :
			  "TLS_RSA_WITH_AES_128_CBC_SHA"),
		  ret->offered_cipher, sizeof(ret->offered_cipher));

	buf_fmt(&b, "TLSv1.%u", minor);
	return fail(why, FAULT_TLS_VERSION, "the server offers %s",
		    ret->offered);
}

static bool not_tls(struct script_link *l, msec by, struct tls_facts *ret,
		    struct fault *why)
{
	if (!link_pump(l, by, why))
		return false;
	ret->first_bytes = l->ready.len < FIRST_BYTES_MAX ? l->ready.len :
			   FIRST_BYTES_MAX;
	memcpy(ret->first, l->ready.at, ret->first_bytes);
	return fail(why, FAULT_NOT_TLS, "what the server sent is not TLS");
}

/* Read as the handshake would: whoever stands in between shall see it. */
static bool silent(struct stream *io, msec by, struct fault *why)
{
	char byte;
	size_t len;

	stream_read(io, &byte, 1, &len, by, why);
	return false;
}

static bool handshake(struct script_link *l, struct stream *io,
		      const struct tls_request *request, msec by,
		      struct tls_facts *ret, struct fault *why)
{
	struct script_world *w = l->world;
	const struct scene *scene = &w->scenario->endpoint[l->endpoint];
	struct play play;

	if (scene->connect == CONNECT_RESET || scene->tls == SCENE_TLS_RESET)
		return fail(why, FAULT_RESET, "connection reset by the peer");
	if (scene->tls == SCENE_TLS_CLOSE)
		return fail(why, FAULT_CLOSED, "closed during the handshake");
	if (scene->tls == SCENE_TLS_SILENCE)
		return silent(io, by, why);
	if (scene->tls == SCENE_TLS_OFFERS && request->only_hello)
		return told_version(scene->minor, scene->suite, ret, why);
	if (scene->tls == SCENE_TLS_ALERT || scene->tls == SCENE_TLS_OFFERS)
		return alerted(scene->alert, ret, why);
	if (speaks_clear_first(scene)) {
		if (l->ready.len > 0)
			return not_tls(l, by, ret, why);
		player_next(&l->player, &play);
		if (play.kind == PLAY_SEND)
			l->ready = play.bytes;
		if (play.kind != PLAY_SECURE)
			return not_tls(l, by, ret, why);
		player_secured(&l->player);
	}
	if (request->only_hello)
		return told_version(2, 0, ret, why);
	l->in_tls = true;
	return judge_cert(scene, request->host, ret, why) ||
	       request->allow_unverified;
}

static bool script_secure(struct world *world,
			  const struct tls_request *request, struct stream *io,
			  msec by, struct tls_facts *ret, struct fault *why)
{
	struct script_world *w = world_of(world);
	/* one thread: the handshake follows upon its connection */
	struct script_link *l = &w->link[w->links - 1];
	bool ok;

	*ret = (struct tls_facts){ .alert = -1, .built_at = BUILT,
		.checked_at = NOW + scenario_clock(w->scenario) };
	span_copy(SPAN_LIT("TLSv1.2"), ret->our_versions,
		  sizeof(ret->our_versions));
	span_copy(span_of(request->host), ret->server_name,
		  sizeof(ret->server_name));
	ok = !breaks(w) ? handshake(l, io, request, by, ret, why) :
	     broken(w, by, why);
	if (!ok)
		stream_close(io);
	return ok;
}

struct script_world *script_world_new(const struct scenario *s)
{
	struct script_world *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->world = (struct world){ script_now, script_resolve, script_connect,
				   script_secure, script_records,
				   scene_fetch };
	w->scenario = s;
	w->clock = 1000;
	return w;
}

void script_world_free(struct script_world *w)
{
	free(w);
}

unsigned script_world_logins(const struct script_world *w)
{
	unsigned logins = 0;

	for (size_t i = 0; i < w->links; i++)
		logins += w->link[i].player.logins;
	return logins;
}
