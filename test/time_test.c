/*
 * How long a wrong setting takes to be named, on a link of 100 ms: the whole
 * check in the scripted world, whose clock jumps, so that the seconds are the
 * engine's own and the same on every machine. Every mistake that is no verdict
 * by itself is combined with every way in which a host may fail to answer.
 *
 *	time_test [-v]
 */
#include <stdio.h>
#include <string.h>

#include "probes/base/buf.h"
#include "probes/wire/wait.h"
#include "test/play.h"

#define TRIP_MSEC 100
#define SECURITY_BAR 3000		/* the right port, TLS or not */
#define WRONG_BAR 6000			/* host, port and security */
#define ODD_PORT 1994

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static bool verbose;
static unsigned played, failed;
static msec longest;

/* ---- the web's part ---- */

/* The domain's own host for autoconfig takes no connection, and the list is
 * not reached: all that is left is to wait. */
static bool silent_fetch(struct world *world, const struct http_request *r,
			 msec by, struct http_facts *ret, struct fault *why)
{
	struct script_world *w = (struct script_world *)world;

	(void)r;
	ret->status = 0;
	ret->redirects = 0;
	ret->body_len = 0;
	if (by > w->clock)
		w->clock = by;
	return fail(why, FAULT_TIMEOUT, "no answer in the time allowed");
}

/* ---- one case ---- */

struct want {
	enum cause verdict;
	msec within;
};

static void complain(const char *name, const char *what)
{
	printf("FAIL %s: %s\n", name, what);
	failed++;
}

static void judge(const char *name, const struct play_end *e,
		  const struct want *wanted)
{
	const struct diagnosis *d = &e->result.diagnosis;
	msec took = e->result.took;

	if (!e->finished) {
		complain(name, e->why.text);
		return;
	}
	if (verbose)
		printf("%5lld ms  %-22s %-8s %s\n", (long long)took,
		       cause_id(d->verdict),
		       confidence_name(d->cause[0].confidence), name);
	longest = took > longest ? took : longest;
	if (d->verdict != wanted->verdict)
		complain(name, cause_id(d->verdict));
	if (took > wanted->within) {
		complain(name, "too late");
		printf("     %lld ms, not %lld\n", (long long)took,
		       (long long)wanted->within);
	}
}

static void play(const char *name, const char *text, bool web_is_silent,
		 const struct want *wanted)
{
	struct scenario *s;
	struct script_world *w;
	struct play_end e;
	struct fault why;

	played++;
	if (!scenario_parse(name, span_of(text), &s, &why)) {
		complain(name, why.text);
		return;
	}
	w = script_world_new(s);
	if (w) {
		w->trip = TRIP_MSEC;
		if (web_is_silent)
			w->world.fetch = silent_fetch;
		play_timed(s, w, &e);
		judge(name, &e, wanted);
		play_release(&e);
	}
	script_world_free(w);
	scenario_free(s);
}

#define HEAD "title.en: t\ntitle.ja: t\nverdict: unknown\nexit: 4\nlogins: 0\n"
#define SECRET "secret: correct-horse-battery\n"

/* ---- the wrong kind of encryption ---- */

static const char *const services[] = { "imap", "smtp", "pop3" };
static const unsigned tls_ports[] = { 993, 465, 995 };
static const unsigned clear_ports[] = { 143, 587, 110 };

/* With a mail exchanger that is silent to those who would fetch mail. */
static void security_case(size_t s, unsigned port, const char *with,
			  const char *server, enum cause verdict, bool silent)
{
	char name[120], text[1000];
	const struct want wanted = { verdict, SECURITY_BAR };

	snprintf(name, sizeof(name), "%s with %s on %u%s", services[s], with,
		 port, silent ? ", the others silent" : "");
	snprintf(text, sizeof(text), HEAD SECRET "address: taro@mail.example\n"
		 "provider: none\n"
		 "endpoint %s host.mail.example:%u %s demanded\ntls: %s\n"
		 "endpoint %s mail.mail.example:%u tls beside\nconnect: %s\n",
		 services[s], port, with, server, services[s], tls_ports[s],
		 silent ? "timeout" : "refused");
	play(name, text, silent, &wanted);
}

static void wrong_security(void)
{
	for (size_t s = 0; s < ARRAY_SIZE(services); s++)
		for (int silent = 0; silent < 2; silent++) {
			security_case(s, tls_ports[s], "none", "always",
				      CAUSE_PLAINTEXT_ON_TLS_PORT, silent);
			security_case(s, tls_ports[s], "starttls", "always",
				      CAUSE_PLAINTEXT_ON_TLS_PORT, silent);
			security_case(s, clear_ports[s], "tls", "none",
				      CAUSE_TLS_ON_PLAINTEXT_PORT, silent);
		}
}

/* ---- the wrong host, port and kind of encryption ---- */

static const struct {
	const char *name, *server;	/* all ports of the wrong host */
} wrong_hosts[] = {
	{ "silent", "connect: timeout" },
	{ "mute in TLS", "greeting\n!silence" }, { "mute", "tls: silence\ngreeting\n!silence" },
	{ "closed", "connect: refused" }, { "reset", "connect: reset" },
	{ "unreachable", "connect: unreachable" }, { "unknown", NULL },
};

/* Who knows the right host, and from where. */
static const struct {
	const char *name, *address, *records;
	const char *host[ARRAY_SIZE(services)];
} knowing[] = {
	{ "provider by domain", "taro@gmail.com", "",
	  { "imap.gmail.com", "smtp.gmail.com", "pop.gmail.com" } },
	{ "provider by MX", "jiro@club.example",
	  "dns club.example mx aspmx.l.google.com\n",
	  { "imap.gmail.com", "smtp.gmail.com", "pop.gmail.com" } },
	{ "SRV", "jiro@club.example",
	  "dns club.example srv imap in.club.example:993 tls\n"
	  "dns club.example srv smtp out.club.example:465 tls\n"
	  "dns club.example srv pop3 in.club.example:995 tls\n",
	  { "in.club.example", "out.club.example", "in.club.example" } },
	{ "usual names", "jiro@club.example", "",
	  { "imap.club.example", "smtp.club.example", "pop.club.example" } },
};

/* All its ports do the same, whatever is spoken there. */
static void add_wrong_host(struct buf *b, size_t s, const char *server,
			   unsigned port, const char *with)
{
	const unsigned others[] = { ODD_PORT, tls_ports[s], clear_ports[s] };

	if (!server) {
		buf_str(b, "dns old.club.example nxdomain\n");
		server = "";
	}
	buf_fmt(b, "endpoint %s old.club.example:%u %s demanded\n%s\n",
		services[s], port, with, server);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i] != port)
			buf_fmt(b, "endpoint %s old.club.example:%u tls "
				"beside\n%s\n", services[s], others[i],
				server);
}

static void host_case(size_t s, size_t host, size_t known, unsigned port,
		      const char *with, bool silent)
{
	static const struct want wanted = { CAUSE_WRONG_HOST, WRONG_BAR };
	char name[160], text[2000];
	struct buf b = buf_over(text, sizeof(text));

	snprintf(name, sizeof(name), "%s with %s on %u, host %s, %s%s",
		 services[s], with, port, wrong_hosts[host].name,
		 knowing[known].name, silent ? ", web silent" : "");
	buf_fmt(&b, HEAD SECRET "address: %s\n%s", knowing[known].address,
		knowing[known].records);
	add_wrong_host(&b, s, wrong_hosts[host].server, port, with);
	buf_fmt(&b, "endpoint %s %s:%u tls beside\n", services[s],
		knowing[known].host[s], tls_ports[s]);
	play(name, text, silent, &wanted);
}

static void wrong_host(size_t s, size_t host, size_t known)
{
	static const char *const ways[] = { "none", "starttls", "tls" };
	const unsigned ports[] = { ODD_PORT, tls_ports[s], clear_ports[s] };

	for (size_t p = 0; p < ARRAY_SIZE(ports); p++)
		for (size_t w = 0; w < ARRAY_SIZE(ways); w++)
			for (int silent = 0; silent < 2; silent++)
				host_case(s, host, known, ports[p], ways[w],
					  silent);
}

static void wrong_everything(void)
{
	for (size_t s = 0; s < ARRAY_SIZE(services); s++)
		for (size_t host = 0; host < ARRAY_SIZE(wrong_hosts); host++)
			for (size_t k = 0; k < ARRAY_SIZE(knowing); k++)
				wrong_host(s, host, k);
}

/* ---- the right host, and a port that is silent ---- */

static void port_case(const char *what, const char *servers,
		      enum cause verdict, bool silent)
{
	const struct want wanted = { verdict, WRONG_BAR };
	char name[120], text[1200];

	snprintf(name, sizeof(name), "%s%s", what, silent ? ", web silent" :
		 "");
	snprintf(text, sizeof(text), HEAD SECRET "address: jiro@club.example\n"
		 "%s", servers);
	play(name, text, silent, &wanted);
}

static void wrong_port(void)
{
	for (int silent = 0; silent < 2; silent++) {
		port_case("imap on 1994, which is silent; 993 greets",
			  "endpoint imap in.club.example:1994 none demanded\n"
			  "connect: timeout\n"
			  "endpoint imap in.club.example:993 tls beside\n",
			  CAUSE_WRONG_PORT, silent);
		port_case("465 is silent everywhere, 587 greets",
			  "endpoint smtp in.club.example:465 tls demanded\n"
			  "connect: timeout\n"
			  "endpoint smtp in.club.example:587 starttls beside\n"
			  "endpoint smtp smtp.gmail.com:465 tls beside\n"
			  "connect: timeout\n", CAUSE_NETWORK_BLOCKED, silent);
	}
}

int main(int argc, char **argv)
{
	verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	if (!wait_setup())
		return 1;
	wrong_security();
	printf("wrong security: %u cases, longest %lld ms, bar %d\n", played,
	       (long long)longest, SECURITY_BAR);
	longest = 0;
	wrong_everything();
	wrong_port();
	printf("wrong host or port, too: %u cases, longest %lld ms, bar %d, %u failed\n", played,
	       (long long)longest, WRONG_BAR, failed);
	return failed > 0;
}
