#include "test/world_script.h"
#include "test/world_script_private.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/demo/web.h"
#include "probes/base/text.h"
#include "probes/wire/dns.h"

#define TRIP_MSEC 7			/* what a round trip takes here */
#define DEFAULT_ADDRESS "192.0.2.25"

static msec script_now(struct world *w)
{
	return script_world_of(w)->clock;
}

bool script_time_out(struct script_world *w, msec by, struct fault *why)
{
	if (by > w->clock)
		w->clock = by;
	return fail(why, FAULT_TIMEOUT, "no answer in the time allowed");
}

/* Is this the operation to break? Counts it; it takes so many round trips. */
bool script_breaks(struct script_world *w, msec trips)
{
	w->clock += trips * w->trip;
	if (++w->operations != w->break_at)
		return w->broken && w->refused_after;
	w->broken = true;
	return true;
}

bool script_broken(struct script_world *w, msec by, struct fault *why)
{
	switch (w->break_how) {
	case BREAK_TIMEOUT:
		return script_time_out(w, by, why);
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
		script_time_out(w, by, why);
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
	struct script_world *w = script_world_of(world);
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
	if (script_breaks(w, 1))
		return resolve_broken(w, by, ret, why);
	while (s && s->alias && ret->cnames < CNAMES_MAX) {
		span_copy(span_of(s->alias), ret->cname[ret->cnames++],
			  HOST_CAP);
		s = scenario_host(w->scenario, s->alias);
	}
	if (s && s->fault == FAULT_DNS_TIMEOUT)
		script_time_out(w, by, why);
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
		script_time_out(w, by, &ignored);
		return FAULT_DNS_TIMEOUT;
	}
	return w->break_how == BREAK_RESET ? FAULT_DNS_UNREACHABLE :
					     FAULT_SERVFAIL;
}

static bool script_records(struct world *world, struct records_facts *io,
			   size_t n, msec by, struct fault *why)
{
	struct script_world *w = script_world_of(world);
	bool break_all = script_breaks(w, 1);

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
		[CONNECT_NO_DESCRIPTORS] = FAULT_NO_DESCRIPTORS,
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
		FAULT_REFUSED, FAULT_RESET, FAULT_UNREACHABLE,
		FAULT_NO_DESCRIPTORS
	};

	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (size_t i = 0; i < io->attempts; i++)
			if (io->attempt[i].fault == order[k])
				return fail(why, order[k], "connect: %s",
					    fault_name(order[k]));
	return script_time_out(w, by, why);
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
	player_begin(&l->player, w->scenario, endpoint, !script_clear_first(
		     &w->scenario->endpoint[endpoint]), SCRIPT_NOW);
	*ret = (struct stream){ &script_link_ops, l };
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
		return script_time_out(w, by, why);
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
	struct script_world *w = script_world_of(world);
	const char *host = host_at(w->scenario, io->host);
	int at = find_scene(w, host, io->port, NULL), own;

	io->winner = -1;
	if (script_breaks(w, 1))
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
	w->trip = TRIP_MSEC;
	return w;
}

void script_world_run(struct probe *probes, size_t n)
{
	struct script_world *w = script_world_of(probes[0].plan->world);
	msec began = w->clock, ended = w->clock;

	for (size_t i = 0; i < n; i++) {
		w->clock = began;
		probe_run(&probes[i]);
		ended = w->clock > ended ? w->clock : ended;
	}
	w->clock = ended;
}

bool script_world_pair(struct world *world, bool (*first)(void *arg),
		       void (*second)(void *arg), void *arg)
{
	struct script_world *w = script_world_of(world);
	msec began = w->clock, ended;
	bool enough = first(arg);

	if (enough)
		return true;
	ended = w->clock;
	w->clock = began;
	second(arg);
	w->clock = ended > w->clock ? ended : w->clock;
	return false;
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
