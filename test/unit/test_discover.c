#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/discover.h"
#include "probes/base/text.h"
#include "probes/wire/wait.h"

/*
 * From an address to servers, in a world that is a script: its records, its
 * pages, and which of its hosts greet.
 */
struct script {
	struct world world;		/* first */
	const char *mx, *srv;		/* hosts; NULL: no record */
	const char *page;		/* of autoconfig; NULL: 404 */
	const char *greets;		/* a host that does */
	enum fault_kind greets_with;	/* NONE: verified */
	unsigned questions;
};

static msec script_now(struct world *w)
{
	(void)w;
	return now_msec();
}

static bool script_records(struct world *w, struct records_facts *io,
			   size_t n, msec by, struct fault *why)
{
	struct script *s = (struct script *)w;
	bool mx = io->type == RECORD_MX;
	const char *host = mx ? s->mx : s->srv;

	(void)by;
	(void)why;
	for (size_t i = 0; i < n; i++)
		io[i].fault = FAULT_NO_DATA;
	if (host) {
		io->fault = FAULT_NONE;
		io->n = 1;
		io->record[0].port = mx ? 0 : 993;
		span_copy(span_of(host), io->record[0].host, HOST_CAP);
	}
	return true;
}

static bool script_fetch(struct world *w, const struct http_request *r,
			 msec by, struct http_facts *ret, struct fault *why)
{
	struct script *s = (struct script *)w;
	bool own = strstr(r->url, "//autoconfig.") != NULL &&
		   !strstr(r->url, "thunderbird");
	struct span body = span_of(s->page);

	(void)by;
	(void)why;
	span_copy(span_of(r->url), ret->url, sizeof(ret->url));
	ret->status = own && s->page ? 200 : 404;
	ret->body_len = own ? body.len : 0;
	memcpy(ret->body, body.at ? body.at : "", ret->body_len);
	return true;
}

/* Probes are played: the host that greets does so on its TLS ports. */
static struct script *playing;

static void run_script(struct probe *probes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct evidence *e = probes[i].evidence;
		bool greets = playing->greets &&
			      text_same(e->endpoint.host, playing->greets) &&
			      e->endpoint.security == SECURITY_TLS;

		assert_true(probes[i].plan->no_login);
		playing->questions++;
		e->steps = 1;
		e->step[0].stage = greets ? STAGE_TLS : STAGE_RESOLVE;
		e->step[0].why.kind = greets ? playing->greets_with :
				      FAULT_NXDOMAIN;
		e->step[0].result = greets && playing->greets_with ==
				    FAULT_NONE ? STEP_PASSED : STEP_FAILED;
	}
}

static struct script script;
static struct options options;
static struct discovery *d;
static struct fault why;

static int set_up(void **state)
{
	(void)state;
	script = (struct script){ .world = {
		.now = script_now, .records = script_records,
		.fetch = script_fetch } };
	playing = &script;
	options = (struct options){ .lang = LANG_EN, .quiet = true };
	return wait_setup() ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	discover_free(d);
	d = NULL;
	return 0;
}

static void look(const char *address)
{
	const struct discover_request request = {
		.o = &options, .world = &script.world, .run = run_script,
	};

	discover_free(d);
	d = NULL;
	why.kind = FAULT_NONE;
	assert_true(discover(&request, address, &d, &why));
}

static enum source winner(void)
{
	return d->search.winner < 0 ? SOURCE_COUNT :
	       d->search.candidate[d->search.winner].source;
}

static void known_by_domain(void **state)
{
	struct endpoint e[ENDPOINTS_MAX];

	(void)state;
	script.world.records = NULL;	/* nobody is asked */
	script.world.fetch = NULL;
	look("taro@gmail.com");
	assert_string_equal(d->how_found, "domain");
	assert_int_equal(winner(), SOURCE_DOMAIN);
	assert_false(d->search.network);
	assert_int_equal(discover_endpoints(d, &options, e), 3);
	assert_string_equal(e[0].host, "imap.gmail.com");
	assert_string_equal(d->server[0].user_form, "address");
}

static void known_by_exchanger(void **state)
{
	(void)state;
	script.mx = "aspmx.l.google.com";
	script.srv = "imap.x.example";
	look("taro@x.example");
	assert_string_equal(d->how_found, "mx");
	assert_string_equal(d->provider->id, "google_workspace");
	assert_int_equal(winner(), SOURCE_MX);
	assert_int_equal(script.questions, 0);
}

static void said_by_the_domain(void **state)
{
	struct endpoint e[ENDPOINTS_MAX];

	(void)state;
	script.page = "<clientConfig><emailProvider>"
		"<incomingServer type=\"imap\"><hostname>i.x.example</hostname>"
		"<port>1993</port><socketType>SSL</socketType>"
		"<username>%EMAILLOCALPART%</username></incomingServer>"
		"<incomingServer type=\"imap\"><hostname>i.x.example</hostname>"
		"<port>143</port><socketType>STARTTLS</socketType>"
		"<username>%EMAILLOCALPART%</username></incomingServer>"
		"<outgoingServer type=\"smtp\"><hostname>o.x.example</hostname>"
		"<port>465</port><socketType>SSL</socketType>"
		"<username>%EMAILLOCALPART%</username></outgoingServer>"
		"</emailProvider></clientConfig>";
	look("taro@x.example");
	assert_int_equal(winner(), SOURCE_AUTOCONFIG);
	assert_null(d->provider);
	assert_true(discover_wants_local_part(d));
	/* of IMAP the best, of submission each */
	assert_int_equal(discover_endpoints(d, &options, e), 2);
	assert_int_equal(e[0].port, 1993);
	assert_string_equal(e[1].host, "o.x.example");
	options.has_security = true;
	options.security = SECURITY_STARTTLS;
	assert_int_equal(discover_endpoints(d, &options, e), 1);
	assert_int_equal(e[0].port, 143);
	options.has_security = false;
	options.port = 99;
	assert_int_equal(discover_endpoints(d, &options, e), 0);
}

static void guessed(void **state)
{
	(void)state;
	script.greets = "mail.x.example";
	look("taro@x.example");
	assert_int_equal(winner(), SOURCE_GUESS);
	assert_string_equal(d->server[0].endpoint.host, "mail.x.example");
	assert_false(discover_wants_local_part(d));
	assert_true(script.questions > 10);
	script.greets_with = FAULT_CERT_NAME;
	look("taro@x.example");
	assert_int_equal(winner(), SOURCE_GUESS);
	script.greets_with = FAULT_TIMEOUT;
	look("taro@x.example");
	assert_int_equal(winner(), SOURCE_COUNT);
	assert_int_equal(d->servers, 0);
}

/* SRV has IMAP alone: the rest is guessed, and not asked for again. */
static void what_is_left_is_guessed(void **state)
{
	(void)state;
	script.srv = "imap.x.example";
	script.greets = "smtp.x.example";
	look("taro@x.example");
	assert_int_equal(winner(), SOURCE_SRV);
	assert_int_equal(script.questions, 6);
	assert_int_equal(d->servers, 2);
	assert_int_equal(d->server[1].source, SOURCE_GUESS);
}

static void one_service(void **state)
{
	(void)state;
	script.greets = "pop.x.example";
	options.has_service = true;
	options.service = SERVICE_POP3;
	look("taro@x.example");
	assert_int_equal(script.questions, 3);
	assert_int_equal(d->servers, 1);
	assert_int_equal(d->server[0].endpoint.port, 995);
}

static void suggestions(void **state)
{
	(void)state;
	look("taro@hotmaik.com");
	assert_string_equal(d->search.suggestion, "hotmail.com");
	/* who names servers is no slip of a finger */
	script.srv = "imap.hotmaik.com";
	look("taro@hotmaik.com");
	assert_string_equal(d->search.suggestion, "");
	script.srv = NULL;
	look("taro@x.example");
	assert_string_equal(d->search.suggestion, "");
}

static void nobody_is_asked_when_told(void **state)
{
	(void)state;
	options.no_network_discovery = true;
	script.world.records = NULL;
	script.world.fetch = NULL;
	look("taro@x.example");
	assert_int_equal(d->servers, 0);
	assert_int_equal(d->search.candidates, 1);
}

/* For experiments: nobody is probed, and guesses are listed. */
static void names_only(void **state)
{
	const struct discover_request request = {
		.o = &options, .world = &script.world, .run = run_script,
		.in_order = true,
	};
	struct search s;

	(void)state;
	script.mx = "mx1.x.example";
	script.srv = "mail.x.example";
	assert_true(discover_names(&request, "taro@x.example", &s, &why));
	assert_int_equal(script.questions, 0);
	assert_true(s.network);
	assert_int_equal(s.exchangers, 1);
	assert_string_equal(s.exchanger[0], "mx1.x.example");
	for (size_t i = 0; i < s.candidates; i++) {
		const struct candidate *c = &s.candidate[i];

		if (c->source == SOURCE_SRV)
			assert_string_equal(c->offer[0].endpoint.host,
					    "mail.x.example");
		/* IMAP has been named, submission has not */
		for (size_t k = 0; c->source == SOURCE_GUESS &&
				   k < c->offers; k++)
			assert_int_equal(c->offer[k].endpoint.service,
					 SERVICE_SMTP);
	}
	/* the usual names need nobody */
	options.no_network_discovery = true;
	script.world.records = NULL;
	script.world.fetch = NULL;
	assert_true(discover_names(&request, "taro@x.example", &s, &why));
	assert_false(s.network);
	assert_int_equal(s.candidate[s.candidates - 1].source, SOURCE_GUESS);
	assert_string_equal(s.candidate[s.candidates - 1].offer[0].endpoint.host,
			    "imap.x.example");
}

static void no_domain(void **state)
{
	const struct discover_request request = {
		.o = &options, .world = &script.world, .run = run_script,
	};

	(void)state;
	assert_false(discover(&request, "taro@bad domain", &d, &why));
	assert_int_equal(why.kind, FAULT_BAD_NAME);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(known_by_domain),
		TEST(known_by_exchanger),
		TEST(said_by_the_domain),
		TEST(guessed),
		TEST(what_is_left_is_guessed),
		TEST(one_service),
		TEST(suggestions),
		TEST(nobody_is_asked_when_told),
		TEST(names_only),
		TEST(no_domain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
