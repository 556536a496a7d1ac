#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/domain.h"
#include "probes/wire/thread.h"
#include "probes/wire/wait.h"

/*
 * The questions of domain_ask, answered by a script: which are asked, what
 * becomes of the answers, and that nobody is waited for in vain.
 */
struct script {
	struct world world;		/* first */
	const char *mx;			/* host; NULL: no record */
	enum fault_kind mx_fault;	/* of the call itself */
	const char *knows;		/* the domain the ISPDB knows */
	bool silent_pages;		/* they wait until their deadline */
	enum fault_kind page_fault;
	unsigned records, pages;	/* asked so far */
	char last_own_url[URL_CAP];
	bool clear_asked, clear_allowed_for_list;
};

static struct mutex counting;

static msec script_now(struct world *w)
{
	(void)w;
	return now_msec();
}

static bool script_records(struct world *w, struct records_facts *io,
			   size_t n, msec by, struct fault *why)
{
	struct script *s = (struct script *)w;

	(void)by;
	mutex_lock(&counting);
	s->records += (unsigned)n;
	mutex_unlock(&counting);
	for (size_t i = 0; i < n; i++)
		io[i].fault = FAULT_NXDOMAIN;
	if (io->type == RECORD_MX && s->mx_fault != FAULT_NONE)
		return fail(why, s->mx_fault, "scripted");
	if (io->type == RECORD_MX && s->mx) {
		io->fault = FAULT_NONE;
		io->n = 1;
		span_copy(span_of(s->mx), io->record[0].host, HOST_CAP);
	}
	return true;
}

static void count_page(struct script *s, const struct http_request *r)
{
	mutex_lock(&counting);
	s->pages++;
	if (strstr(r->url, "//autoconfig.x.example/"))
		span_copy(span_of(r->url), s->last_own_url, URL_CAP);
	s->clear_asked = s->clear_asked || strncmp(r->url, "http:", 5) == 0;
	if (strstr(r->url, "thunderbird") && r->allow_clear)
		s->clear_allowed_for_list = true;
	mutex_unlock(&counting);
}

static bool script_fetch(struct world *w, const struct http_request *r,
			 msec by, struct http_facts *ret, struct fault *why)
{
	struct script *s = (struct script *)w;
	bool listed = s->knows && text_ends(r->url, s->knows);

	span_copy(span_of(r->url), ret->url, sizeof(ret->url));
	count_page(s, r);
	if (s->silent_pages)
		return wait_until(by, why) ?
		       fail(why, FAULT_TIMEOUT, "silence") : false;
	if (s->page_fault != FAULT_NONE)
		return fail(why, s->page_fault, "scripted");
	ret->status = listed ? 200 : 404;
	return true;
}

static struct domain_facts *f;
static struct script script;
static struct domain_request request;

static int set_up(void **state)
{
	(void)state;
	script = (struct script){ .world = {
		.now = script_now, .records = script_records,
		.fetch = script_fetch } };
	request = (struct domain_request){ .world = &script.world,
					   .domain = "x.example" };
	f = malloc(sizeof(*f));
	wait_reset();
	return f && wait_setup() ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	free(f);
	return 0;
}

static bool ask(msec limit, struct fault *why)
{
	why->kind = FAULT_NONE;
	return domain_ask(&request, now_msec() + limit, f, why);
}

static void everybody_is_asked(void **state)
{
	struct fault why;

	(void)state;
	script.mx = "mx1.mail.hoster.example";
	script.knows = "/hoster.example";
	assert_true(ask(5000, &why));
	assert_int_equal(script.records, 1 + SRV_SERVICES);
	/* two of its own, the list by domain, and by MX twice */
	assert_int_equal(script.pages, 5);
	assert_int_equal(f->mx_state, QUESTION_DONE);
	assert_int_equal(f->srv_state, QUESTION_DONE);
	assert_string_equal(f->srv[0].asked, "_imaps._tcp.x.example");
	for (size_t i = 0; i < PAGE_COUNT; i++)
		assert_int_equal(f->page[i].state, QUESTION_DONE);
	assert_int_equal(f->page[PAGE_ISPDB].http.status, 404);
	assert_int_equal(f->page[PAGE_ISPDB_MX].http.status, 200);
	assert_string_equal(f->page[PAGE_ISPDB_MX].http.url,
			    "https://autoconfig.thunderbird.net/v1.1/"
			    "hoster.example");
	assert_non_null(strstr(script.last_own_url,
			       "emailaddress=postmaster%40x.example"));
	assert_false(script.clear_asked);
}

/* Names are shortened, but neither to the own domain nor to a bare one. */
static void exchangers_domains(void **state)
{
	static const struct {
		const char *mx;
		bool asked;
	} rows[] = {
		{ NULL, false }, { ".", false }, { "mx.x.example", false },
		{ "hoster.example", false }, { "mx.hoster.example", true },
	};
	struct fault why;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		script.mx = rows[i].mx;
		assert_true(ask(5000, &why));
		assert_int_equal(f->page[PAGE_ISPDB_MX].state,
				 rows[i].asked ? QUESTION_DONE :
				 QUESTION_NOT_ASKED);
	}
}

static bool mx_is_known(void *context, const struct domain_facts *so_far)
{
	(void)context;
	return so_far->mx_state == QUESTION_DONE;
}

/* The rest is silent, and nobody waits for it. */
static void enough_is_enough(void **state)
{
	msec began = now_msec();
	struct fault why;

	(void)state;
	script.silent_pages = true;
	request.is_enough = mx_is_known;
	assert_true(ask(30000, &why));
	assert_true(now_msec() - began < 10000);
	assert_int_equal(f->page[PAGE_AUTOCONFIG].state, QUESTION_NOT_ASKED);
	/* and the waits of this thread are as they were */
	assert_true(wait_until(now_msec() + 1, &why));
}

static void deadline(void **state)
{
	msec began = now_msec();
	struct fault why;

	(void)state;
	script.silent_pages = true;
	assert_true(ask(200, &why));
	assert_true(now_msec() - began >= 200);
	assert_int_equal(f->page[PAGE_ISPDB].state, QUESTION_DONE);
	assert_int_equal(f->page[PAGE_ISPDB].why.kind, FAULT_TIMEOUT);
}

static void interrupted(void **state)
{
	struct fault why;

	(void)state;
	script.silent_pages = true;
	wait_cancel_all();
	assert_false(ask(30000, &why));
	assert_int_equal(why.kind, FAULT_CANCELLED);
	wait_reset();
}

static void faults_are_kept(void **state)
{
	struct fault why;

	(void)state;
	script.mx_fault = FAULT_INTERNAL;
	script.page_fault = FAULT_CERT_NAME;
	assert_true(ask(5000, &why));
	assert_int_equal(f->mx.fault, FAULT_INTERNAL);
	assert_int_equal(f->page[PAGE_AUTOCONFIG].why.kind, FAULT_CERT_NAME);
}

/* --insecure-discovery: the domain's own pages, never Mozilla's. */
static void clear_text_when_told(void **state)
{
	struct fault why;

	(void)state;
	request.allow_clear = true;
	assert_true(ask(5000, &why));
	assert_true(script.clear_asked);
	assert_false(script.clear_allowed_for_list);
	assert_int_equal(script.pages, 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everybody_is_asked),
		TEST(exchangers_domains),
		TEST(enough_is_enough),
		TEST(deadline),
		TEST(interrupted),
		TEST(faults_are_kept),
		TEST(clear_text_when_told),
	};
	int failed;

	mutex_init(&counting);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	mutex_release(&counting);
	return failed;
}
