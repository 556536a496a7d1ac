#include "reports/experiment_private.h"

#include "probes/base/embedded.h"
#include "test/unit/trial_lab.h"

/* ---- the table that ships ---- */

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
		cmocka_unit_test(a_greeting_proves),
		cmocka_unit_test(silence_proves_nothing),
		cmocka_unit_test(prospects_are_the_outcomes),
		cmocka_unit_test(neither_way_excludes),
		cmocka_unit_test(a_silent_port_is_told_apart),
		cmocka_unit_test(the_servers_hello_tells_whose_limit_it_is),
		cmocka_unit_test(a_foreign_suite_is_proof),
		cmocka_unit_test(proven_causes_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
