#include "probes/wire/world.h"

#include <string.h>

#include "probes/base/text.h"
#include "probes/wire/tcp.h"
#include "probes/wire/wait.h"

static msec real_now(struct world *w)
{
	(void)w;
	return now_msec();
}

static const struct resolve_override *
override_for(const struct real_world *real, const char *host,
	     const char *ascii, uint16_t port)
{
	const struct resolve_override *any = NULL;

	for (size_t i = 0; i < real->overrides; i++) {
		const struct resolve_override *o = &real->override[i];

		if (o->port != 0 && o->port != port)
			continue;
		if (text_same(o->host, host) || text_same(o->host, ascii))
			return o;
		if (!any && text_same(o->host, "*"))
			any = o;
	}
	return any;
}

/* Take the addresses of --resolve that -4 and -6 allow, in their order. */
static bool override_use(const struct resolve_override *o, enum family family,
			 const char *host, uint16_t port,
			 struct name_facts *ret, struct fault *why)
{
	*ret = (struct name_facts){ .source = NAME_FROM_OPTION };
	span_copy(span_of(host), ret->asked, sizeof(ret->asked));
	for (size_t i = 0; i < o->addresses; i++) {
		struct address *a = &ret->address[ret->addresses];

		if (family != FAMILY_ANY && o->address[i].family != family)
			continue;
		*a = o->address[i];
		a->port = port;
		ret->addresses++;
	}
	if (ret->addresses == 0)
		return fail(why, family == FAMILY_IPV4 ? FAULT_NO_IPV4
						       : FAULT_NO_IPV6,
			    "%.80s: no %s address was given", host,
			    family == FAMILY_IPV4 ? "IPv4" : "IPv6");
	return true;
}

static bool real_resolve(struct world *w, const char *host, uint16_t port,
			 msec by, struct name_facts *ret, struct fault *why)
{
	const struct real_world *real = (const struct real_world *)w;
	const struct resolve_override *o;
	char ascii[HOST_CAP];
	struct fault bad;

	/* An override may be written in the name's own script or not. */
	if (real->overrides > 0 &&
	    host_to_ascii(host, ascii, sizeof(ascii), &bad)) {
		o = override_for(real, host, ascii, port);
		if (o)
			return override_use(o, real->dns.family, ascii, port,
					    ret, why);
	}
	if (real->answers)
		return dns_cache_lookup(real->answers, &real->dns, host, port,
					by, ret, why);
	return dns_lookup(&real->dns, host, port, by, ret, why);
}

static bool real_connect(struct world *w, struct connect_facts *io, msec by,
			 struct stream *ret, struct fault *why)
{
	(void)w;
	return tcp_connect(io, by, ret, why);
}

static bool real_secure(struct world *w, const struct tls_request *request,
			struct stream *io, msec by, struct tls_facts *ret,
			struct fault *why)
{
	(void)w;
	return tls_client(request, io, by, ret, why);
}

static bool real_records(struct world *w, struct records_facts *io, size_t n,
			 msec by, struct fault *why)
{
	const struct real_world *real = (const struct real_world *)w;

	if (real->answers)
		return dns_cache_records(real->answers, &real->dns, io, n, by,
					 why);
	return dns_records(&real->dns, io, n, by, why);
}

bool connect_rule_apply(const struct connect_rule *rules, size_t n,
			const char *host, uint16_t port,
			char ret_host[HOST_CAP], uint16_t *ret_port)
{
	span_copy(span_of(host), ret_host, HOST_CAP);
	*ret_port = port;
	for (const struct connect_rule *r = rules; r < rules + n; r++) {
		if ((r->from_host[0] && !text_same(r->from_host, host)) ||
		    (r->from_port && r->from_port != port))
			continue;
		if (r->to_host[0])
			span_copy(span_of(r->to_host), ret_host, HOST_CAP);
		if (r->to_port)
			*ret_port = r->to_port;
		return true;
	}
	return false;
}

void real_world_init(struct real_world *w)
{
	*w = (struct real_world){
		.world = {
			.now = real_now,
			.resolve = real_resolve,
			.connect = real_connect,
			.secure = real_secure,
			.records = real_records,
			.fetch = http_get,
		},
	};
}
