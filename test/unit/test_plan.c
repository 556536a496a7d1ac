#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/span.h"
#include "providers/plan.h"

/*
 * What a domain says is put together by hand here; what is made of it is
 * looked at.
 */
#define PUT(to, text) span_copy(span_of(text), (to), sizeof(to))

static struct domain_facts *f;
static struct search *s;
static const struct wish all = { { true, true, true } };

static int set_up(void **state)
{
	(void)state;
	f = calloc(1, sizeof(*f));
	s = calloc(1, sizeof(*s));
	if (!f || !s)
		return -1;
	PUT(f->domain, "x.example");
	f->mx_state = f->srv_state = QUESTION_DONE;
	f->mx.fault = FAULT_NO_DATA;
	for (size_t i = 0; i < SRV_SERVICES; i++)
		f->srv[i].fault = FAULT_NXDOMAIN;
	for (size_t i = 0; i < PAGE_COUNT; i++) {
		f->page[i].state = QUESTION_DONE;
		f->page[i].http.status = 404;
	}
	plan_begin("x.example", s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(f);
	free(s);
	return 0;
}

static void put_record(struct records_facts *r, unsigned port,
		       const char *host)
{
	r->fault = FAULT_NONE;
	r->record[r->n].port = port;
	PUT(r->record[r->n].host, host);
	r->n++;
}

static void put_page(enum page page, const char *imap_host,
		     const char *security)
{
	struct http_facts *h = &f->page[page].http;
	struct buf b = buf_over(h->body, sizeof(h->body));

	h->status = 200;
	buf_fmt(&b, "<clientConfig><emailProvider><incomingServer "
		"type=\"imap\"><hostname>%s</hostname><port>993</port>"
		"<socketType>%s</socketType></incomingServer></emailProvider>"
		"</clientConfig>", imap_host, security);
	h->body_len = b.len;
}

static const struct candidate *candidate(enum source source)
{
	for (size_t i = 0; i < s->candidates; i++)
		if (s->candidate[i].source == source)
			return &s->candidate[i];
	assert_true(false);
	return NULL;
}

/* "" when nothing was chosen. */
static const char *host_of(enum service service)
{
	for (size_t i = 0; i < s->candidates; i++)
		for (size_t j = 0; j < s->candidate[i].offers; j++) {
			const struct offer *o = &s->candidate[i].offer[j];

			if (o->chosen && o->endpoint.service == service)
				return o->endpoint.host;
		}
	return "";
}

static enum source winner(void)
{
	return s->winner < 0 ? SOURCE_COUNT : s->candidate[s->winner].source;
}

static struct provider *google(void)
{
	struct provider *p = NULL;
	struct fault why;

	assert_true(provider_by_id(NULL, "google_workspace", &p, &why));
	return p;
}

/* Take the best away, one after the other: the next one wins. */
static void the_order(void **state)
{
	struct provider *p = google();

	(void)state;
	put_record(&f->mx, 0, "aspmx.l.google.com");
	put_record(&f->srv[0], 993, "srv.x.example");
	put_page(PAGE_AUTOCONFIG, "auto.x.example", "SSL");
	put_page(PAGE_WELL_KNOWN, "well.x.example", "SSL");
	put_page(PAGE_ISPDB, "list.x.example", "SSL");
	put_page(PAGE_ISPDB_MX, "mxlist.x.example", "SSL");
	plan_read(f, NULL, p, s);
	plan_choose(&all, s);
	assert_int_equal(winner(), SOURCE_MX);
	assert_string_equal(host_of(SERVICE_IMAP), "imap.gmail.com");
	provider_free(p);
	plan_read(f, NULL, NULL, s);
	plan_choose(&all, s);
	assert_int_equal(winner(), SOURCE_SRV);
	assert_string_equal(host_of(SERVICE_IMAP), "srv.x.example");
	f->srv[0].fault = FAULT_NXDOMAIN;
	f->srv[0].n = 0;
	for (enum page i = PAGE_AUTOCONFIG; i < PAGE_COUNT; i++) {
		plan_read(f, NULL, NULL, s);
		plan_choose(&all, s);
		assert_int_equal(winner(),
				 SOURCE_AUTOCONFIG + (i - PAGE_AUTOCONFIG));
		f->page[i].http.status = 404;
	}
	plan_read(f, NULL, NULL, s);
	plan_choose(&all, s);
	assert_int_equal(s->winner, -1);
}

/* One source has this service, another that one. */
static void service_by_service(void **state)
{
	(void)state;
	put_record(&f->srv[2], 465, "smtp.x.example");
	put_page(PAGE_ISPDB, "imap.x.example", "SSL");
	plan_read(f, NULL, NULL, s);
	plan_choose(&all, s);
	assert_int_equal(winner(), SOURCE_ISPDB);
	assert_string_equal(host_of(SERVICE_SMTP), "smtp.x.example");
	assert_string_equal(host_of(SERVICE_IMAP), "imap.x.example");
	assert_string_equal(host_of(SERVICE_POP3), "");
}

/* Nothing without encryption wins, however good its source is. */
static void never_in_clear(void **state)
{
	(void)state;
	put_page(PAGE_AUTOCONFIG, "clear.x.example", "plain");
	put_page(PAGE_ISPDB, "tls.x.example", "STARTTLS");
	plan_read(f, NULL, NULL, s);
	plan_choose(&all, s);
	assert_string_equal(host_of(SERVICE_IMAP), "tls.x.example");
	f->page[PAGE_ISPDB].http.status = 404;
	plan_read(f, NULL, NULL, s);
	plan_choose(&all, s);
	assert_int_equal(s->winner, -1);
	assert_int_equal(candidate(SOURCE_AUTOCONFIG)->outcome, OUTCOME_FOUND);
}

/* RFC 6186: the target "." ends the search for this service. */
static void denied_services(void **state)
{
	(void)state;
	put_record(&f->srv[0], 0, ".");
	put_record(&f->srv[1], 0, ".");
	put_record(&f->srv[4], 995, "pop.x.example");
	put_page(PAGE_AUTOCONFIG, "auto.x.example", "SSL");
	plan_read(f, NULL, NULL, s);
	assert_true(s->denied[SERVICE_IMAP]);
	assert_false(s->denied[SERVICE_POP3]);
	plan_choose(&all, s);
	assert_string_equal(host_of(SERVICE_IMAP), "");
	assert_string_equal(host_of(SERVICE_POP3), "pop.x.example");
	/* no STARTTLS, but TLS: that is no denial */
	f->srv[0].n = 0;
	put_record(&f->srv[0], 993, "imap.x.example");
	plan_read(f, NULL, NULL, s);
	assert_false(s->denied[SERVICE_IMAP]);
	plan_choose(&all, s);
	assert_string_equal(host_of(SERVICE_IMAP), "imap.x.example");
}

static void bad_records_are_no_offers(void **state)
{
	(void)state;
	put_record(&f->srv[0], 0, "imap.x.example");
	put_record(&f->srv[1], 143, "bad\\046host");
	put_record(&f->srv[2], 465, "192.0.2.1");
	plan_read(f, NULL, NULL, s);
	assert_int_equal(candidate(SOURCE_SRV)->offers, 0);
	assert_int_equal(candidate(SOURCE_SRV)->outcome, OUTCOME_NOTHING);
}

/* ---- what is still open ---- */

static void settled(void **state)
{
	const struct wish imap = { { true, false, false } };

	(void)state;
	f->page[PAGE_ISPDB].state = QUESTION_OPEN;
	plan_read(f, NULL, NULL, s);
	assert_false(plan_is_settled(s, &all));
	put_page(PAGE_AUTOCONFIG, "auto.x.example", "SSL");
	plan_read(f, NULL, NULL, s);
	assert_true(plan_is_settled(s, &imap));
	/* SMTP may still come from the list */
	assert_false(plan_is_settled(s, &all));
	put_record(&f->srv[2], 465, "smtp.x.example");
	plan_read(f, NULL, NULL, s);
	assert_true(plan_is_settled(s, &all));
	/* an open source that ranks higher could change the winner */
	f->mx_state = QUESTION_OPEN;
	plan_read(f, NULL, NULL, s);
	assert_false(plan_is_settled(s, &all));
}

static void open_ones_are_not_looked_at(void **state)
{
	(void)state;
	put_page(PAGE_AUTOCONFIG, "auto.x.example", "SSL");
	f->page[PAGE_AUTOCONFIG].state = QUESTION_OPEN;
	plan_read(f, NULL, NULL, s);
	assert_int_equal(candidate(SOURCE_AUTOCONFIG)->offers, 0);
	assert_int_equal(candidate(SOURCE_AUTOCONFIG)->outcome,
			 OUTCOME_NOT_ASKED);
}

/* ---- outcomes ---- */

static void outcomes_of_pages(void **state)
{
	static const struct {
		enum fault_kind fault;
		unsigned status;
		enum outcome outcome;
	} rows[] = {
		{ FAULT_NXDOMAIN, 0, OUTCOME_NOTHING },
		{ FAULT_NO_DATA, 0, OUTCOME_NOTHING },
		{ FAULT_TIMEOUT, 0, OUTCOME_FAILED },
		{ FAULT_CERT_NAME, 0, OUTCOME_FAILED },
		{ FAULT_TOO_LONG, 200, OUTCOME_UNUSABLE },
		{ FAULT_NONE, 404, OUTCOME_NOTHING },
		{ FAULT_NONE, 403, OUTCOME_NOTHING },
		{ FAULT_NONE, 500, OUTCOME_FAILED },
		{ FAULT_NONE, 200, OUTCOME_UNUSABLE },
		{ FAULT_NONE, 304, OUTCOME_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		f->page[PAGE_AUTOCONFIG].why.kind = rows[i].fault;
		f->page[PAGE_AUTOCONFIG].http.status = rows[i].status;
		plan_read(f, NULL, NULL, s);
		assert_int_equal(candidate(SOURCE_AUTOCONFIG)->outcome,
				 rows[i].outcome);
	}
}

static void outcomes_of_dns(void **state)
{
	(void)state;
	f->mx.fault = FAULT_NXDOMAIN;
	plan_read(f, NULL, NULL, s);
	assert_true(s->no_domain);
	assert_int_equal(candidate(SOURCE_MX)->outcome, OUTCOME_NOTHING);
	f->mx.fault = FAULT_DNS_TIMEOUT;
	for (size_t i = 0; i < SRV_SERVICES; i++)
		f->srv[i].fault = FAULT_DNS_TIMEOUT;
	plan_read(f, NULL, NULL, s);
	assert_true(s->no_dns);
	assert_int_equal(candidate(SOURCE_MX)->outcome, OUTCOME_FAILED);
	assert_int_equal(candidate(SOURCE_SRV)->outcome, OUTCOME_FAILED);
	put_record(&f->mx, 0, ".");
	plan_read(f, NULL, NULL, s);
	assert_true(s->no_mail);
	assert_int_equal(candidate(SOURCE_MX)->outcome, OUTCOME_DENIED);
}

/* ---- guesses ---- */

static struct offer *guess_at(enum service service, const char *host,
			      unsigned port)
{
	struct candidate *c = &s->candidate[s->candidates - 1];

	assert_int_equal(c->source, SOURCE_GUESS);
	for (size_t i = 0; i < c->offers; i++)
		if (c->offer[i].endpoint.service == service &&
		    c->offer[i].endpoint.port == port &&
		    strcmp(c->offer[i].endpoint.host, host) == 0)
			return &c->offer[i];
	return NULL;
}

static void guesses_for_what_is_missing(void **state)
{
	(void)state;
	put_page(PAGE_ISPDB, "imap.x.example", "SSL");
	put_record(&f->mx, 0, "mx.x.example");
	plan_read(f, NULL, NULL, s);
	assert_true(plan_guess(f, NULL, &all, s));
	assert_null(guess_at(SERVICE_IMAP, "imap.x.example", 993));
	assert_null(guess_at(SERVICE_POP3, "pop.x.example", 995));
	assert_non_null(guess_at(SERVICE_SMTP, "smtp.x.example", 465));
	assert_non_null(guess_at(SERVICE_SMTP, "mail.x.example", 587));
	assert_non_null(guess_at(SERVICE_SMTP, "mx.x.example", 465));
}

/* Unsigned DNS must not lead a password to a stranger's host. */
static void no_foreign_guess(void **state)
{
	(void)state;
	put_record(&f->mx, 0, "mx.evil.example");
	plan_read(f, NULL, NULL, s);
	assert_true(plan_guess(f, NULL, &all, s));
	assert_null(guess_at(SERVICE_IMAP, "mx.evil.example", 993));
	f->mx.n = 0;
	put_record(&f->mx, 0, "evilx.example");
	plan_read(f, NULL, NULL, s);
	assert_true(plan_guess(f, NULL, &all, s));
	assert_null(guess_at(SERVICE_IMAP, "evilx.example", 993));
}

/* A provider whose hosts differ per customer says how they look. */
static void guesses_by_template(void **state)
{
	static const struct {
		const char *mx;
		bool fits;
	} rows[] = {
		{ "sv12.hoster.example", true },
		{ "a.b.hoster.example", false },
		{ "hoster.example", false },
		{ ".hoster.example", false },
		{ "sv12.hoster.example.evil.example", false },
	};
	struct provider p = { .servers = 1 };

	(void)state;
	p.server[0] = (struct endpoint){ .service = SERVICE_IMAP, .port = 993 };
	PUT(p.server[0].host, "{server}.hoster.example");
	p.is_template[0] = true;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		f->mx.n = 0;
		put_record(&f->mx, 0, rows[i].mx);
		plan_read(f, NULL, &p, s);
		assert_int_equal(candidate(SOURCE_MX)->outcome, OUTCOME_FOUND);
		assert_int_equal(candidate(SOURCE_MX)->offers, 0);
		assert_true(plan_guess(f, &p, &all, s));
		assert_int_equal(guess_at(SERVICE_IMAP, rows[i].mx, 993) !=
				 NULL, rows[i].fits);
	}
}

static void known_by_domain_without_servers(void **state)
{
	struct provider p = { .servers = 1 };

	(void)state;
	p.server[0] = (struct endpoint){ .service = SERVICE_IMAP, .port = 993 };
	PUT(p.server[0].host, "{server}.hoster.example");
	p.is_template[0] = true;
	plan_read(f, &p, NULL, s);
	assert_int_equal(candidate(SOURCE_DOMAIN)->outcome, OUTCOME_FOUND);
	assert_int_equal(candidate(SOURCE_DOMAIN)->offers, 0);
	put_page(PAGE_ISPDB, "imap.x.example", "SSL");
	plan_read(f, &p, NULL, s);
	plan_choose(&all, s);
	assert_int_equal(winner(), SOURCE_ISPDB);
}

static void no_guess_without_a_domain(void **state)
{
	(void)state;
	f->mx.fault = FAULT_NXDOMAIN;
	plan_read(f, NULL, NULL, s);
	assert_false(plan_guess(f, NULL, &all, s));
	assert_int_equal(candidate(SOURCE_GUESS)->outcome, OUTCOME_NOT_ASKED);
}

/* All of the best host's ports that answered; a bad certificate comes last. */
static void the_best_guess(void **state)
{
	(void)state;
	plan_read(f, NULL, NULL, s);
	plan_guess(f, NULL, &all, s);
	plan_choose(&all, s);
	assert_int_equal(s->winner, -1);	/* nobody has tried yet */
	guess_at(SERVICE_IMAP, "imap.x.example", 993)->fault = FAULT_CERT_NAME;
	guess_at(SERVICE_IMAP, "mail.x.example", 993)->fault = FAULT_TIMEOUT;
	plan_choose(&all, s);
	assert_string_equal(host_of(SERVICE_IMAP), "imap.x.example");
	guess_at(SERVICE_IMAP, "imap.x.example", 993)->chosen = false;
	guess_at(SERVICE_IMAP, "mail.x.example", 993)->fault = FAULT_NONE;
	guess_at(SERVICE_IMAP, "x.example", 993)->fault = FAULT_NONE;
	guess_at(SERVICE_SMTP, "smtp.x.example", 465)->fault = FAULT_REFUSED;
	guess_at(SERVICE_SMTP, "smtp.x.example", 587)->fault = FAULT_NONE;
	plan_choose(&all, s);
	assert_int_equal(winner(), SOURCE_GUESS);
	assert_string_equal(host_of(SERVICE_IMAP), "mail.x.example");
	assert_false(guess_at(SERVICE_IMAP, "x.example", 993)->chosen);
	assert_true(guess_at(SERVICE_SMTP, "smtp.x.example", 587)->chosen);
	assert_false(guess_at(SERVICE_SMTP, "smtp.x.example", 465)->chosen);
}

static void what_a_probe_saw(void **state)
{
	struct evidence *e = calloc(1, sizeof(*e));
	struct offer o = { .checked = false };

	(void)state;
	assert_non_null(e);
	e->steps = 1;
	e->step[0].stage = STAGE_TLS;
	e->step[0].result = STEP_FAILED;
	e->step[0].why.kind = FAULT_CERT_EXPIRED;
	plan_take_guess(e, &o);
	assert_true(o.checked);
	assert_int_equal(o.fault, FAULT_CERT_EXPIRED);
	e->step[0].result = STEP_PASSED;
	plan_take_guess(e, &o);
	assert_int_equal(o.fault, FAULT_NONE);
	free(e);
}

/* RFC 6186 section 6: a forged record must not lead a password away. */
static void hosts_to_confirm(void **state)
{
	static const struct {
		const char *host;
		bool unsure;
	} rows[] = {
		{ "imap.x.example", false }, { "x.example", false },
		{ "imap.hoster.example", true }, { "evilx.example", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		f->srv[0].n = 0;
		put_record(&f->srv[0], 993, rows[i].host);
		plan_read(f, NULL, NULL, s);
		plan_choose(&all, s);
		assert_int_equal(plan_unsure_host(s) != NULL, rows[i].unsure);
	}
	/* its own page over HTTPS says the same */
	f->srv[0].n = 0;
	put_record(&f->srv[0], 993, "imap.hoster.example");
	put_page(PAGE_AUTOCONFIG, "imap.hoster.example", "SSL");
	plan_read(f, NULL, NULL, s);
	plan_choose(&all, s);
	assert_null(plan_unsure_host(s));
	PUT(f->page[PAGE_AUTOCONFIG].http.end_url, "http://x.example/");
	plan_read(f, NULL, NULL, s);
	plan_choose(&all, s);
	assert_string_equal(plan_unsure_host(s), "imap.hoster.example");
	/* what is not used needs no confirmation */
	plan_read(f, NULL, NULL, s);
	assert_null(plan_unsure_host(s));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_order),
		TEST(service_by_service),
		TEST(never_in_clear),
		TEST(denied_services),
		TEST(bad_records_are_no_offers),
		TEST(settled),
		TEST(open_ones_are_not_looked_at),
		TEST(outcomes_of_pages),
		TEST(outcomes_of_dns),
		TEST(guesses_for_what_is_missing),
		TEST(no_foreign_guess),
		TEST(guesses_by_template),
		TEST(known_by_domain_without_servers),
		TEST(no_guess_without_a_domain),
		TEST(the_best_guess),
		TEST(what_a_probe_saw),
		TEST(hosts_to_confirm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
