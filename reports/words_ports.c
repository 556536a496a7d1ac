#include "reports/words.h"

#include <string.h>

/*
 * Which other ports may be recommended: those that the provider is known to
 * have, or that the service usually has, without those that were seen to fail.
 */

static bool is_way(const struct endpoint *e, const struct endpoint *about,
		   enum security security, unsigned port)
{
	return e->service == about->service && e->port == port &&
	       e->security == security && strcmp(e->host, about->host) == 0;
}

/* Nobody there, or nothing came back: no way that could be recommended. */
static bool is_shut(const struct evidence *e)
{
	const struct step *s = e ? evidence_step(e, STAGE_CONNECT) : NULL;

	return s && s->result == STEP_FAILED;
}

static bool was_shut(const struct words *w, const struct endpoint *about,
		     enum security security, unsigned port)
{
	const struct trials *t = w->in->trials;

	for (size_t i = 0; i < w->in->n; i++)
		if (is_way(&w->in->seen[i]->endpoint, about, security, port) &&
		    is_shut(w->in->seen[i]))
			return true;
	for (size_t i = 0; t && i < t->n; i++)
		if (is_way(&t->trial[i].endpoint, about, security, port) &&
		    is_shut(t->seen[i]))
			return true;
	return false;
}

/* The provider's port with this security, 0: none; unknown: the usual one. */
static unsigned port_of(const struct words *w, const struct endpoint *e,
			enum security security)
{
	const struct right *r = w->in->right;
	const struct endpoint *way;
	if (!r || !right_has_service(r, e->service))
		return default_port(e->service, security);
	for (size_t n = 0; (way = right_way(r, e->service, e->host, n)); n++) {
		if (way->security == security)
			return way->port;
	}
	return 0;
}

static void add_list(struct words *w, const char *name, bool tls,
		     bool starttls)
{
	char room[120] = "";
	struct buf b = buf_over(room, sizeof(room));
	if (tls || starttls)
		words_fill(w, "ports.", tls && starttls ? "both" :
			   tls ? "tls" : "starttls", "", &b);
	words_add(w, name, room);
}

/* All ports of this host from which nothing comes back. */
static void add_blocked(struct words *w, const struct endpoint *e)
{
	const struct endpoint *other;
	unsigned left = 0;
	char list[80] = "";
	for (int told = 0; told < 2; told++) {
		for (size_t i = 0; i < w->in->n; i++) {
			char port[8];
			struct buf b = buf_over(port, sizeof(port));
			other = &w->in->seen[i]->endpoint;
			if (w->in->diagnosis->endpoint_verdict[i] !=
				    CAUSE_NETWORK_BLOCKED ||
			    strcmp(other->host, e->host) != 0)
				continue;
			if (!told) {
				left++;
				continue;
			}
			buf_fmt(&b, "%u", other->port);
			text_join(w->lang, --left == 0 ? "list.and" :
				  "list.join", list, sizeof(list), port);
		}
	}
	words_add(w, "blocked", list);
}

/* The service's other ports; 0: there is none. */
struct ways {
	unsigned tls, starttls;
};

static struct ways other_ways(const struct words *w, const struct endpoint *e)
{
	struct ways r = { port_of(w, e, SECURITY_TLS),
			  port_of(w, e, SECURITY_STARTTLS) };
	r.tls = r.tls == e->port ? 0 : r.tls;
	r.starttls = r.starttls == e->port ? 0 : r.starttls;
	return r;
}

static struct ways open_ways(const struct words *w, const struct endpoint *e)
{
	struct ways r = other_ways(w, e);
	if (was_shut(w, e, SECURITY_TLS, r.tls))
		r.tls = 0;
	if (was_shut(w, e, SECURITY_STARTTLS, r.starttls))
		r.starttls = 0;
	return r;
}

void words_ports(struct words *w, const struct endpoint *e)
{
	unsigned tls = port_of(w, e, SECURITY_TLS);
	unsigned starttls = port_of(w, e, SECURITY_STARTTLS);
	struct ways other = other_ways(w, e), open = open_ways(w, e);
	bool none = other.tls == 0 && other.starttls == 0;
	words_fmt(w, "tls_port", "%u", tls ? tls :
		  default_port(e->service, SECURITY_TLS));
	words_fmt(w, "starttls_port", "%u", starttls ? starttls :
		  default_port(e->service, SECURITY_STARTTLS));
	add_list(w, "usual_ports", other.tls > 0 || none,
		 other.starttls > 0 || none);
	add_list(w, "ports", open.tls > 0, open.starttls > 0);
	add_blocked(w, e);
}

bool words_ports_are_shut(const struct words *w)
{
	const struct endpoint *e = &w->about->endpoint;
	struct ways other = other_ways(w, e), open = open_ways(w, e);
	return (other.tls > 0 || other.starttls > 0) && open.tls == 0 &&
	       open.starttls == 0;
}

bool words_have_ports(const struct words *w)
{
	for (size_t i = 0; i < w->args; i++)
		if (strcmp(w->arg[i].name, "ports") == 0)
			return w->arg[i].value[0] != '\0';
	return true;
}
