#include "reports/experiment_private.h"

#include "test/unit/trial_lab.h"

/* ---- from one endpoint that failed to the probes ---- */

static void silence_in_clear_is_tried_with_tls(void **state)
{
	struct lab *l = lab_new("mail.example", 993, SECURITY_NONE,
				STAGE_GREETING, FAULT_TIMEOUT);

	(void)state;
	l->need.early = true;
	assert_int_equal(plan(l), 1);
	assert_true(plans(l, "tls_at_once", "mail.example", 993,
			  SECURITY_TLS));
	/* asked again, it adds nothing */
	assert_int_equal(plan(l), 0);
	lab_free(l);
}

static void what_is_proven_needs_no_experiment(void **state)
{
	struct lab *l = lab_new("mail.example", 993, SECURITY_NONE,
				STAGE_GREETING, FAULT_TIMEOUT);

	(void)state;
	l->need.proven = true;
	assert_int_equal(plan(l), 0);
	lab_free(l);
}

static void a_refused_login_needs_none(void **state)
{
	struct lab *l = lab_new("mail.example", 993, SECURITY_TLS, STAGE_LOGIN,
				FAULT_REJECTED);

	(void)state;
	assert_int_equal(plan(l), 0);
	lab_free(l);
}

/* 143 is IMAP's, but not this provider's: 993 is tried and would prove it. */
static void a_port_the_provider_lacks_is_odd(void **state)
{
	struct lab *l = lab_new("mail.example", 143, SECURITY_STARTTLS,
				STAGE_CONNECT, FAULT_TIMEOUT);

	(void)state;
	l->provider[0] = (struct endpoint){
		.service = SERVICE_IMAP, .host = "mail.example", .port = 993,
		.security = SECURITY_TLS,
	};
	l->right = (struct right){ .n = 1, .server = { &l->provider[0] } };
	assert_int_equal(plan(l), 1);
	assert_true(plans(l, "usual_port", "mail.example", 993, SECURITY_TLS));
	lab_free(l);
}

/* What other hosts answer says nothing of a program on this machine. */
static void nothing_is_tried_around_oneself(void **state)
{
	struct lab *l = lab_new("127.0.0.1", 993, SECURITY_STARTTLS,
				STAGE_CONNECT, FAULT_TIMEOUT);

	(void)state;
	assert_int_equal(plan(l), 0);
	span_copy(SPAN_LIT("192.0.2.1"), l->e.endpoint.host, HOST_CAP);
	assert_true(plan(l) > 0);
	lab_free(l);
}

static void an_odd_port_is_tried_on_the_usual_ones(void **state)
{
	struct lab *l = lab_new("mail.example", 9930, SECURITY_TLS,
				STAGE_CONNECT, FAULT_REFUSED);

	(void)state;
	plan(l);
	assert_true(plans(l, "usual_port", "mail.example", 993, SECURITY_TLS));
	assert_true(plans(l, "usual_port", "mail.example", 143,
			  SECURITY_STARTTLS));
	lab_free(l);
}

static void the_providers_server_is_tried(void **state)
{
	struct lab *l = lab_new("imap.old.example", 993, SECURITY_TLS,
				STAGE_RESOLVE, FAULT_NXDOMAIN);

	(void)state;
	l->provider[0] = (struct endpoint){ SERVICE_IMAP, "imap.new.example",
					    993, SECURITY_TLS, false };
	l->provider[1] = (struct endpoint){ SERVICE_SMTP, "smtp.new.example",
					    465, SECURITY_TLS, false };
	l->right.n = 2;
	l->right.server[0] = &l->provider[0];
	l->right.server[1] = &l->provider[1];
	plan(l);
	assert_true(plans(l, "provider_name", "imap.new.example", 993,
			  SECURITY_TLS));
	assert_false(plans(l, "provider_name", "smtp.new.example", 465,
			   SECURITY_TLS));
	lab_free(l);
}

static void other_addresses_are_tried(void **state)
{
	static const enum attempt_state states[] = {
		ATTEMPT_FAILED, ATTEMPT_WON, ATTEMPT_LOST, ATTEMPT_NOT_MADE,
		ATTEMPT_NOT_MADE,
	};
	struct lab *l = lab_new("mail.example", 993, SECURITY_TLS,
				STAGE_GREETING, FAULT_TIMEOUT);
	struct connect_facts *c = &l->e.connection;
	size_t found = 0;

	(void)state;
	c->attempts = ARRAY_SIZE(states);
	c->winner = 1;
	for (size_t i = 0; i < c->attempts; i++) {
		c->attempt[i].state = states[i];
		snprintf(c->attempt[i].address.text, ADDRESS_TEXT_CAP,
			 "192.0.2.%zu", i);
	}
	l->need.early = true;
	plan(l);
	/* neither the one that was reached, nor one that was not; two at most */
	for (size_t i = 0; i < l->trials.n; i++) {
		const struct trial *t = &l->trials.trial[i];

		if (strcmp(t->id, "other_address") != 0)
			continue;
		assert_string_equal(t->address, found++ ? "192.0.2.3" :
							  "192.0.2.2");
		assert_string_equal(t->endpoint.host, "mail.example");
	}
	assert_int_equal(found, 2);
	assert_int_equal(plan(l), 0);
	lab_free(l);
}

/* ---- servers that only the domain can name ---- */

static struct search *search_new(void)
{
	struct search *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	PUT(s->domain, "club.example");
	return s;
}

static void name_server(struct search *s, enum source source,
			const char *host, uint16_t port, enum security security)
{
	struct candidate *c = &s->candidate[s->candidates];

	if (s->candidates > 0 && s->candidate[s->candidates - 1].source == source)
		c = &s->candidate[s->candidates - 1];
	else
		s->candidates++;
	c->source = source;
	c->offer[c->offers].endpoint = (struct endpoint){
		SERVICE_IMAP, "", port, security, false };
	span_copy(span_of(host), c->offer[c->offers].endpoint.host, HOST_CAP);
	c->offers++;
}

static const char *named_by(const struct lab *l, const char *host)
{
	for (size_t i = 0; i < l->trials.n; i++)
		if (strcmp(l->trials.trial[i].endpoint.host, host) == 0)
			return l->trials.trial[i].named_by;
	return "nobody";
}

static void the_domain_is_asked_for_want_of_a_provider(void **state)
{
	struct lab *l = lab_new("imap.old.example", 993, SECURITY_TLS,
				STAGE_RESOLVE, FAULT_NXDOMAIN);

	(void)state;
	assert_true(trials_want_names(&l->need, &l->right, &l->trials));
	l->need.fault = FAULT_SERVFAIL;
	assert_false(trials_want_names(&l->need, &l->right, &l->trials));
	l->need.fault = FAULT_NXDOMAIN;
	l->provider[0] = (struct endpoint){ SERVICE_IMAP, "imap.new.example",
					    993, SECURITY_TLS, false };
	l->right = (struct right){ .n = 1, .server = { &l->provider[0] } };
	assert_false(trials_want_names(&l->need, &l->right, &l->trials));
	lab_free(l);
}

static void what_the_domain_names_is_tried(void **state)
{
	struct lab *l = lab_new("imap.old.example", 993, SECURITY_TLS,
				STAGE_RESOLVE, FAULT_NXDOMAIN);
	struct search *s = search_new();

	(void)state;
	name_server(s, SOURCE_SRV, "mail.club.example", 993, SECURITY_TLS);
	name_server(s, SOURCE_SRV, "mail.club.example", 143,
		    SECURITY_STARTTLS);
	name_server(s, SOURCE_SRV, "imap.old.example", 993, SECURITY_TLS);
	name_server(s, SOURCE_ISPDB, "clear.club.example", 143, SECURITY_NONE);
	name_server(s, SOURCE_GUESS, "imap.club.example", 993, SECURITY_TLS);
	l->names = s;
	plan(l);
	assert_true(plans(l, "provider_name", "mail.club.example", 993,
			  SECURITY_TLS));
	assert_string_equal(named_by(l, "mail.club.example"), "srv");
	/* one port a host, not the host in question, nothing in clear */
	assert_false(plans(l, "provider_name", "mail.club.example", 143,
			   SECURITY_STARTTLS));
	assert_string_equal(named_by(l, "imap.old.example"), "nobody");
	assert_string_equal(named_by(l, "clear.club.example"), "nobody");
	/* guesses are for want of anything better */
	assert_string_equal(named_by(l, "imap.club.example"), "nobody");
	free(s);
	lab_free(l);
}

static void guesses_are_bounded(void **state)
{
	struct lab *l = lab_new("imap.old.example", 993, SECURITY_TLS,
				STAGE_RESOLVE, FAULT_NXDOMAIN);
	struct search *s = search_new();
	char host[] = "a.club.example";

	(void)state;
	for (; host[0] < 'j'; host[0]++)
		name_server(s, SOURCE_GUESS, host, 993, SECURITY_TLS);
	l->names = s;
	plan(l);
	assert_string_equal(named_by(l, "a.club.example"), "guess");
	assert_string_equal(named_by(l, "c.club.example"), "guess");
	assert_string_equal(named_by(l, "d.club.example"), "nobody");
	free(s);
	lab_free(l);
}

static void hosts_of_another_kind(void **state)
{
	static const struct {
		const char *host;
		enum host_kind kind;
	} rows[] = {
		{ "imap.club.example", HOST_KIND_UNKNOWN },
		{ "mail.club.example", HOST_KIND_UNKNOWN },
		{ "popular.club.example", HOST_KIND_UNKNOWN },
		{ "pop.club.example", HOST_KIND_SERVICE },
		{ "pop3.club.example", HOST_KIND_SERVICE },
		{ "smtp.club.example", HOST_KIND_SERVICE },
		{ "MX2.club.example", HOST_KIND_EXCHANGER },
		{ "www.club.example", HOST_KIND_WEB },
		{ "club.example", HOST_KIND_WEB },
		{ "mailbox.club.example", HOST_KIND_SERVICE },
	};
	struct search *s = search_new();

	(void)state;
	PUT(s->exchanger[s->exchangers++], "mx1.club.example");
	PUT(s->exchanger[s->exchangers++], "mx2.club.example");
	name_server(s, SOURCE_SRV, "right.club.example", 993, SECURITY_TLS);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct lab *l = lab_new(rows[i].host, 993, SECURITY_TLS,
					STAGE_CONNECT, FAULT_REFUSED);

		l->names = s;
		l->provider[0] = (struct endpoint){
			SERVICE_POP3, "mailbox.club.example", 995,
			SECURITY_TLS, false };
		l->provider[1] = (struct endpoint){
			SERVICE_IMAP, "right.club.example", 993,
			SECURITY_TLS, false };
		l->right = (struct right){ .n = 2, .server = {
			&l->provider[0], &l->provider[1] } };
		plan(l);
		assert_int_equal(plans(l, "host_of_another_kind",
				       "right.club.example", 993,
				       SECURITY_TLS),
				 rows[i].kind != HOST_KIND_UNKNOWN);
		assert_int_equal(l->trials.trial[0].kind, rows[i].kind);
		lab_free(l);
	}
	free(s);
}

/* zoho.com and zoho.eu: only the domain knows which it is. */
static void another_data_centre(void **state)
{
	static const struct {
		const char *named;
		bool of_host, tried;
	} rows[] = {
		{ "imappro.zoho.eu", true, true },
		{ "imappro.zoho.eu", false, false },
		{ "imappro.zoho.com", true, false },
		{ "imap.zoho.com", true, false },
		{ "imap.gmail.com", true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct lab *l = lab_new("imap.zoho.com", 993, SECURITY_TLS,
					STAGE_LOGIN, FAULT_REJECTED);
		struct search *s = search_new();

		l->provider[0] = (struct endpoint){
			SERVICE_IMAP, "imap.zoho.com", 993, SECURITY_TLS,
			false };
		l->right = (struct right){ .n = 1,
					   .server = { &l->provider[0] },
					   .of_host = rows[i].of_host };
		name_server(s, SOURCE_MX, rows[i].named, 993, SECURITY_TLS);
		l->names = s;
		assert_int_equal(trials_want_names(&l->need, &l->right,
						   &l->trials),
				 rows[i].of_host);
		assert_int_equal(plan(l) > 0, rows[i].tried);
		assert_int_equal(plans(l, "other_data_centre", rows[i].named,
				       993, SECURITY_TLS), rows[i].tried);
		free(s);
		lab_free(l);
	}
}

static void names_of_the_certificate_are_tried(void **state)
{
	struct lab *l = lab_new("imap.customer.example", 993, SECURITY_TLS,
				STAGE_TLS, FAULT_CERT_NAME);

	(void)state;
	l->need.proven = true;
	l->e.tls.chain = 1;
	l->e.tls.cert[0].names = 2;
	PUT(l->e.tls.cert[0].name[0], "*.provider.example");
	PUT(l->e.tls.cert[0].name[1], "sv7.provider.example");
	plan(l);
	assert_true(plans(l, "fitting_name", "imap.provider.example", 993,
			  SECURITY_TLS));
	assert_true(plans(l, "fitting_name", "sv7.provider.example", 993,
			  SECURITY_TLS));
	lab_free(l);
}

static void there_is_an_end(void **state)
{
	struct lab *l = lab_new("mail.example", 993, SECURITY_TLS,
				STAGE_CONNECT, FAULT_TIMEOUT);

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		l->need.about = (uint8_t)(i % ENDPOINTS_MAX);
		l->e.endpoint.port = (uint16_t)(20000 + i);
		l->e.endpoint.host[0] = (char)('a' + i % 26);
		plan(l);
	}
	assert_int_equal(l->trials.n, TRIALS_MAX);
	lab_free(l);
}

static void the_lanes_share_the_rows(void **state)
{
	struct lab *l = lab_new("mail.example", 1993, SECURITY_TLS,
				STAGE_CONNECT, FAULT_TIMEOUT);
	struct trials *all = &l->trials;
	struct trials at_hand = { .table = all->table };

	(void)state;
	l->provider[0] = (struct endpoint){
		.service = SERVICE_IMAP, .host = "imap.example", .port = 993,
		.security = SECURITY_TLS,
	};
	l->right = (struct right){ .n = 1, .server = { &l->provider[0] } };
	plan(l);
	l->need.part = TRIALS_AT_HAND;
	trials_plan(&l->need, &l->right, NULL, &at_hand);
	assert_true(at_hand.n > 0 && at_hand.n < all->n);
	for (size_t i = 0; i < at_hand.n; i++)
		assert_string_not_equal(at_hand.trial[i].endpoint.host,
					"imap.example");
	l->need.part = TRIALS_AT_RIGHT_HOST;
	trials_plan(&l->need, &l->right, NULL, &at_hand);
	assert_int_equal(at_hand.n, all->n);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_in_clear_is_tried_with_tls),
		cmocka_unit_test(what_is_proven_needs_no_experiment),
		cmocka_unit_test(a_refused_login_needs_none),
		cmocka_unit_test(nothing_is_tried_around_oneself),
		cmocka_unit_test(an_odd_port_is_tried_on_the_usual_ones),
		cmocka_unit_test(a_port_the_provider_lacks_is_odd),
		cmocka_unit_test(the_providers_server_is_tried),
		cmocka_unit_test(other_addresses_are_tried),
		cmocka_unit_test(the_domain_is_asked_for_want_of_a_provider),
		cmocka_unit_test(what_the_domain_names_is_tried),
		cmocka_unit_test(guesses_are_bounded),
		cmocka_unit_test(hosts_of_another_kind),
		cmocka_unit_test(another_data_centre),
		cmocka_unit_test(names_of_the_certificate_are_tried),
		cmocka_unit_test(there_is_an_end),
		cmocka_unit_test(the_lanes_share_the_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
