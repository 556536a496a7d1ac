#include "reports/experiment_private.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/embedded.h"
#include "test/unit/samples.h"

/* ---- the table that ships ---- */

static struct experiment_table *table(void)
{
	struct experiment_table *t = NULL;
	struct fault why = { .kind = FAULT_NONE };

	if (!experiment_table_own(&t, &why))
		FAIL_MSG("%s\n", why.text);
	return t;
}

static const struct field *field_named(const struct record *r,
				       const char *name)
{
	for (size_t i = 0; i < r->fields; i++)
		if (strcmp(r->field[i].name, name) == 0)
			return &r->field[i];
	return NULL;
}

/* Readers pass over what they do not know; a misspelt member must not ship. */
static void assert_known(const struct record *r, const struct json *object)
{
	for (const struct json *m = json_first(object); m; m = json_next(m)) {
		const struct field *f = field_named(r, json_name(m));

		if (!f)
			print_error("unknown member %s\n", json_name(m));
		assert_non_null(f);
		if (f->record && json_is_object(m))
			assert_known(f->record, m);
		for (const struct json *v = json_first(m);
		     f->record && json_is_array(m) && v; v = json_next(v))
			assert_known(f->record, v);
	}
}

static void every_member_is_known(void **state)
{
	const struct embedded *file = &embedded_experiments[0];
	struct json *doc;
	struct fault why;

	(void)state;
	assert_true(json_parse((struct span){ file->bytes, file->len }, &doc,
			       &why));
	assert_known(&experiment_table_record, doc);
	json_free(doc);
}

static void every_row_can_happen_and_says_something(void **state)
{
	struct experiment_table *t = table();

	(void)state;
	assert_true(t->rows >= 8);
	for (size_t i = 0; i < t->rows; i++) {
		const struct experiment *x = &t->row[i];

		assert_true(x->stages > 0 && x->faults > 0);
		assert_true(x->outcomes > 0 && x->source[0]);
		assert_ptr_equal(experiment_by_id(t, x->id), x);
		for (size_t k = 0; k < x->outcomes; k++) {
			const struct meaning *o = &x->outcome[k];

			assert_true(o->any || o->none);
			assert_true(o->proves + o->suggests + o->excludes > 0);
			for (size_t e = 0; e < o->excludes; e++) {
				assert_true(!o->proves ||
					    o->excluded[e] != o->proved[0]);
				assert_true(!o->suggests ||
					    o->excluded[e] != o->suggested[0]);
			}
		}
	}
	experiment_table_free(t);
}

/* ---- planning ---- */

struct lab {
	struct evidence e, tried[TRIALS_MAX];
	struct right right;
	struct endpoint provider[2];
	const struct search *names;
	struct trials trials;
	struct trial_need need;
};

static struct lab *lab_new(const char *host, uint16_t port, enum security s,
			   enum stage stage, enum fault_kind fault)
{
	struct lab *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	sample_endpoint(&l->e, SERVICE_IMAP, host, s);
	l->e.endpoint.port = port;
	l->trials.table = table();
	l->need = (struct trial_need){ .seen = &l->e, .stage = stage,
				       .fault = fault };
	return l;
}

static void lab_free(struct lab *l)
{
	experiment_table_free((struct experiment_table *)l->trials.table);
	free(l);
}

static size_t plan(struct lab *l)
{
	return trials_plan(&l->need, &l->right, l->names, &l->trials);
}

static bool plans(const struct lab *l, const char *id, const char *host,
		  uint16_t port, enum security s)
{
	for (size_t i = 0; i < l->trials.n; i++) {
		const struct trial *t = &l->trials.trial[i];

		if (strcmp(t->id, id) == 0 && t->endpoint.port == port &&
		    t->endpoint.security == s &&
		    strcmp(t->endpoint.host, host) == 0)
			return true;
	}
	return false;
}

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

/* ---- what the outcomes mean ---- */

static void see(struct lab *l, size_t i, enum sight s)
{
	struct evidence *e = &l->tried[i];

	if (s >= SIGHT_RESOLVED)
		sample_step(e, STAGE_RESOLVE, 1);
	if (s == SIGHT_ANSWERED)
		sample_fail(e, STAGE_CONNECT, 1, FAULT_REFUSED, "");
	if (s >= SIGHT_CONNECTED)
		sample_step(e, STAGE_CONNECT, 1);
	e->tls.handshake_done = s >= SIGHT_HANDSHAKE;
	e->tls.verified = s >= SIGHT_VERIFIED;
	if (s >= SIGHT_GREETED)
		sample_step(e, STAGE_GREETING, 1);
	l->trials.seen[i] = e;
	assert_int_equal(sight_of(&l->trials, i), s);
}

static void see_all(struct lab *l, enum sight s)
{
	for (size_t i = 0; i < l->trials.n; i++)
		see(l, i, s);
}

static struct rule_match rivals(void)
{
	return (struct rule_match){ .rule = "", .causes = 3, .cause = {
		{ CAUSE_SERVER_UNAVAILABLE, CONFIDENCE_LIKELY },
		{ CAUSE_NETWORK_BLOCKED, CONFIDENCE_POSSIBLE },
		{ CAUSE_CONNECTION_DROPPED, CONFIDENCE_POSSIBLE } } };
}

static void a_greeting_proves(void **state)
{
	struct lab *l = lab_new("mail.example", 993, SECURITY_NONE,
				STAGE_GREETING, FAULT_TIMEOUT);
	struct rule_match m = rivals();
	struct ranked_cause c[RULE_CAUSES_MAX];
	msec wait = 99;

	(void)state;
	plan(l);
	/* not made yet: nothing is known */
	trials_weigh(&l->trials, 0, &m);
	assert_int_equal(m.cause[0].cause, CAUSE_SERVER_UNAVAILABLE);
	assert_false(trials_end_wait(&l->trials, 0, &wait));
	see_all(l, SIGHT_GREETED);
	trials_weigh(&l->trials, 0, &m);
	assert_int_equal(m.causes, 1);
	assert_int_equal(m.cause[0].cause, CAUSE_PLAINTEXT_ON_TLS_PORT);
	assert_int_equal(m.cause[0].confidence, CONFIDENCE_PROVEN);
	assert_true(trials_end_wait(&l->trials, 0, &wait));
	assert_int_equal(wait, 0);
	assert_true(trials_settle(&l->trials, 0));
	assert_false(trials_settle(&l->trials, 1));
	assert_int_equal(trial_verdict(&l->trials, 0, c), 1);
	/* another endpoint is not concerned */
	m = rivals();
	trials_weigh(&l->trials, 1, &m);
	assert_int_equal(m.cause[0].cause, CAUSE_SERVER_UNAVAILABLE);
	lab_free(l);
}

static void silence_proves_nothing(void **state)
{
	struct lab *l = lab_new("mail.example", 993, SECURITY_NONE,
				STAGE_GREETING, FAULT_TIMEOUT);
	struct rule_match m = rivals();

	(void)state;
	plan(l);
	see_all(l, SIGHT_CONNECTED);
	trials_weigh(&l->trials, 0, &m);
	assert_int_equal(m.causes, 3);
	assert_int_equal(m.cause[0].cause, CAUSE_SERVER_UNAVAILABLE);
	assert_int_equal(m.cause[0].confidence, CONFIDENCE_LIKELY);
	lab_free(l);
}

/* What is planned can be told with all that may come of it. */
static void prospects_are_the_outcomes(void **state)
{
	struct lab *l = lab_new("mail.example", 143, SECURITY_TLS, STAGE_TLS,
				FAULT_TIMEOUT);
	struct trial_prospect p;

	(void)state;
	assert_true(plan(l) > 0);
	assert_string_equal(l->trials.trial[0].id, "clear_at_once");
	assert_true(trial_prospect(&l->trials, 0, 0, &p));
	assert_true(p.concludes && !p.otherwise);
	assert_int_equal(p.sight, SIGHT_GREETED);
	assert_int_equal(p.so.cause, CAUSE_TLS_ON_PLAINTEXT_PORT);
	assert_int_equal(p.so.confidence, CONFIDENCE_PROVEN);
	assert_true(trial_prospect(&l->trials, 0, 1, &p));
	assert_true(!p.concludes && p.otherwise);
	assert_int_equal(p.excludes, 1);
	assert_int_equal(p.excluded[0], CAUSE_TLS_ON_PLAINTEXT_PORT);
	assert_false(trial_prospect(&l->trials, 0, 2, &p));
	lab_free(l);
}

/* Silent with TLS and silent without: no server that greets in clear text. */
static void neither_way_excludes(void **state)
{
	struct lab *l = lab_new("mail.example", 143, SECURITY_TLS, STAGE_TLS,
				FAULT_TIMEOUT);
	struct rule_match m = { .rule = "", .causes = 2, .cause = {
		{ CAUSE_TLS_ON_PLAINTEXT_PORT, CONFIDENCE_LIKELY },
		{ CAUSE_SERVER_UNAVAILABLE, CONFIDENCE_POSSIBLE } } };
	const struct rule_match before = m;

	(void)state;
	l->trials.first = &l->e;
	sample_fail(&l->e, STAGE_TLS, 4000, FAULT_TIMEOUT, "");
	plan(l);
	see_all(l, SIGHT_CONNECTED);
	trials_weigh(&l->trials, 0, &m);
	assert_int_equal(m.causes, 1);
	assert_int_equal(m.cause[0].cause, CAUSE_SERVER_UNAVAILABLE);
	assert_int_equal(m.cause[0].confidence, CONFIDENCE_LIKELY);
	/* the server spoke after all: the silence was none */
	l->e.step[l->e.steps - 1].why.kind = FAULT_NOT_TLS;
	m = before;
	trials_weigh(&l->trials, 0, &m);
	assert_int_equal(m.causes, 2);
	assert_int_equal(m.cause[0].cause, CAUSE_TLS_ON_PLAINTEXT_PORT);
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

/* The same silence, told apart by what other hosts and ports answer. */
static enum cause silent_port(enum sight elsewhere, enum sight here)
{
	struct lab *l = lab_new("mail.example", 993, SECURITY_TLS,
				STAGE_CONNECT, FAULT_TIMEOUT);
	struct rule_match m = { .rule = "", .causes = 4, .cause = {
		{ CAUSE_NETWORK_BLOCKED, CONFIDENCE_LIKELY },
		{ CAUSE_WRONG_PORT, CONFIDENCE_POSSIBLE },
		{ CAUSE_SERVER_UNAVAILABLE, CONFIDENCE_POSSIBLE },
		{ CAUSE_WRONG_HOST, CONFIDENCE_POSSIBLE } } };
	enum cause first;

	plan(l);
	for (size_t i = 0; i < l->trials.n; i++)
		see(l, i, strcmp(l->trials.trial[i].endpoint.host,
				 "mail.example") == 0 ? here : elsewhere);
	trials_weigh(&l->trials, 0, &m);
	assert_true(m.causes > 0);
	first = m.cause[0].cause;
	lab_free(l);
	return first;
}

static void a_silent_port_is_told_apart(void **state)
{
	(void)state;
	assert_int_equal(silent_port(SIGHT_RESOLVED, SIGHT_CONNECTED),
			 CAUSE_NETWORK_BLOCKED);
	assert_int_equal(silent_port(SIGHT_CONNECTED, SIGHT_CONNECTED),
			 CAUSE_WRONG_PORT);
	assert_int_equal(silent_port(SIGHT_ANSWERED, SIGHT_CONNECTED),
			 CAUSE_WRONG_PORT);
	assert_int_not_equal(silent_port(SIGHT_CONNECTED, SIGHT_RESOLVED),
			     CAUSE_NETWORK_BLOCKED);
	assert_int_equal(silent_port(SIGHT_RESOLVED, SIGHT_RESOLVED),
			 CAUSE_NETWORK_BLOCKED);
	/* no other name could be found either: nothing follows */
	assert_int_equal(silent_port(SIGHT_NOTHING, SIGHT_RESOLVED),
			 CAUSE_NETWORK_BLOCKED);
}

static enum cause version_of(const char *offered, const char *ours)
{
	struct lab *l = lab_new("mail.example", 993, SECURITY_TLS, STAGE_TLS,
				FAULT_TLS_ALERT);
	struct rule_match m = { .rule = "", .causes = 2, .cause = {
		{ CAUSE_TLS_CIPHER, CONFIDENCE_LIKELY },
		{ CAUSE_TLS_VERSION, CONFIDENCE_POSSIBLE } } };
	enum cause first;

	plan(l);
	for (size_t i = 0; i < l->trials.n; i++) {
		if (!l->trials.trial[i].only_hello)
			continue;
		PUT(l->tried[i].tls.offered, offered);
		PUT(l->tried[i].tls.our_versions, ours);
		l->trials.seen[i] = &l->tried[i];
	}
	trials_weigh(&l->trials, 0, &m);
	first = m.cause[0].cause;
	lab_free(l);
	return first;
}

static void the_servers_hello_tells_whose_limit_it_is(void **state)
{
	(void)state;
	assert_int_equal(version_of("TLSv1.0", "TLSv1.2"), CAUSE_TLS_VERSION);
	assert_int_equal(version_of("TLSv1.1", "TLSv1.2-1.3"),
			 CAUSE_TLS_VERSION);
	assert_int_equal(version_of("TLSv1.3", "TLSv1.2"), CAUSE_TLS_VERSION);
	assert_int_equal(version_of("TLSv1.3", "TLSv1.2-1.3"),
			 CAUSE_TLS_CIPHER);
	assert_int_equal(version_of("TLSv1.2", "TLSv1.2"), CAUSE_TLS_CIPHER);
	assert_int_equal(version_of("", "TLSv1.2"), CAUSE_TLS_CIPHER);
}

/* The suite it would take is one that a handshake of ours does not have. */
static void a_foreign_suite_is_proof(void **state)
{
	static const struct {
		bool ours;
		enum sight sight;
		enum confidence sure;
	} rows[] = {
		{ true, SIGHT_OFFERS_SHARED, CONFIDENCE_LIKELY },
		{ false, SIGHT_OFFERS_CIPHER, CONFIDENCE_PROVEN },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct lab *l = lab_new("mail.example", 993, SECURITY_TLS,
					STAGE_TLS, FAULT_TLS_CIPHER);
		struct rule_match m = { .rule = "", .causes = 1, .cause = {
			{ CAUSE_TLS_VERSION, CONFIDENCE_POSSIBLE } } };
		struct tls_facts *t = &l->tried[0].tls;

		plan(l);
		assert_true(l->trials.trial[0].only_hello);
		PUT(t->offered, "TLSv1.2");
		PUT(t->our_versions, "TLSv1.2");
		PUT(t->offered_cipher, "TLS_RSA_WITH_RC4_128_SHA");
		t->cipher_is_ours = rows[i].ours;
		l->trials.seen[0] = &l->tried[0];
		assert_int_equal(sight_of(&l->trials, 0), rows[i].sight);
		trials_weigh(&l->trials, 0, &m);
		assert_int_equal(m.cause[0].cause, CAUSE_TLS_CIPHER);
		assert_int_equal(m.cause[0].confidence, rows[i].sure);
		lab_free(l);
	}
}

static void proven_causes_stay(void **state)
{
	struct lab *l = lab_new("mail.example", 993, SECURITY_TLS,
				STAGE_CONNECT, FAULT_TIMEOUT);
	struct rule_match m = { .rule = "", .causes = 1, .cause = {
		{ CAUSE_IP_BLOCKED, CONFIDENCE_PROVEN } } };

	(void)state;
	plan(l);
	see_all(l, SIGHT_RESOLVED);
	trials_weigh(&l->trials, 0, &m);
	assert_int_equal(m.cause[0].cause, CAUSE_IP_BLOCKED);
	assert_int_equal(m.cause[0].confidence, CONFIDENCE_PROVEN);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_known),
		cmocka_unit_test(every_row_can_happen_and_says_something),
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
		cmocka_unit_test(a_greeting_proves),
		cmocka_unit_test(silence_proves_nothing),
		cmocka_unit_test(prospects_are_the_outcomes),
		cmocka_unit_test(neither_way_excludes),
		cmocka_unit_test(the_lanes_share_the_rows),
		cmocka_unit_test(a_silent_port_is_told_apart),
		cmocka_unit_test(the_servers_hello_tells_whose_limit_it_is),
		cmocka_unit_test(a_foreign_suite_is_proof),
		cmocka_unit_test(proven_causes_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
