#include "cmd/check.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/wire/wait.h"

/*
 * An address literal is what RFC 5321 4.1.4 asks of a client without a name
 * of its own; servers that check host names let it pass, and it tells nobody
 * the name of this machine.
 */
#define CLIENT_NAME "[127.0.0.1]"

/* ---- what is known of the mailbox ---- */

void check_right_of(const struct provider *p, struct right *ret)
{
	*ret = (struct right){ 0 };
	for (size_t i = 0; i < p->servers; i++)
		if (!p->is_template[i])
			ret->server[ret->n++] = &p->server[i];
	for (size_t i = 0; i < p->issuers.n; i++)
		ret->issuer[ret->issuers++] = p->issuers.name[i];
}

struct secret_shape check_shape(const struct provider *p)
{
	return (struct secret_shape){
		.is_made = p->secret == SECRET_APP_PASSWORD ||
			   p->secret == SECRET_SEPARATE ||
			   p->secret == SECRET_API_KEY,
		.is_app_password = p->secret == SECRET_APP_PASSWORD,
		.min = p->secret_min, .max = p->secret_max,
		.alphabet = p->secret_alphabet, .sure = p->secret_sure,
	};
}

void check_expect_provider(const struct provider *p, struct expectation *ret)
{
	ret->provider = p->id;
	for (size_t i = 0; i < LANG_COUNT; i++)
		ret->provider_name[i] = p->name[i];
	ret->rules = p->rules;
	ret->ordinary_refusal = p->ordinary_refusal;
	ret->ordinary_refusal_sure = p->ordinary_refusal_sure;
	ret->app_password_with_2fa = p->secret == SECRET_APP_PASSWORD_2FA;
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		ret->switched_off[i] = p->access[i] == SWITCH_OFF ||
				       p->access[i] == SWITCH_ADMIN;
	ret->starttls_offered = p->starttls_offered;
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		ret->answers_more[i] = p->answers_more[i];
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		ret->user_form[i] = p->user_form[i];
	check_right_of(p, &ret->right);
}

/*
 * The general rules cost more than a handshake to read, and nobody needs them
 * when all is well: they are read at the first refusal. Only the gate (under
 * its lock) and, after the probes, the diagnosis come here.
 */
struct judge {
	struct expectation known;
	struct endpoint known_server[RIGHT_MAX];	/* known.right may point here */
	struct knowledge *knowledge;
	const struct rules *general;	/* once they were wanted */
	struct fault why;
};

/*
 * A domain of one's own, and a host that everybody knows: whoever runs the
 * mailbox, this is no mistyped name, and these are its ports.
 */
static void know_host(struct judge *j, const char *host)
{
	struct right *right = &j->known.right;
	struct provider *p;
	struct fault why;

	if (!provider_by_server(host, &p, &why))
		return;
	for (size_t i = 0; i < p->servers && right->n < RIGHT_MAX; i++) {
		struct endpoint *e = &j->known_server[right->n];

		if (p->is_template[i] || !text_same(p->server[i].host, host) ||
		    right_is_port(right, &p->server[i]))
			continue;
		*e = p->server[i];
		right->server[right->n++] = e;
		right->of_host = true;
	}
	provider_free(p);
}

static void expect(const struct check_request *r,
		   const struct check_result *seen, struct judge *j)
{
	struct expectation *ret = &j->known;

	*ret = (struct expectation){
		.provider = "", .ordinary_refusal = CAUSE_COUNT,
		.address = r->address, .user = r->user,
	};
	for (size_t i = 0; i < r->endpoints; i++)
		if (r->worked[i])
			ret->worked.server[ret->worked.n++] = &r->endpoint[i];
	if (r->provider)
		check_expect_provider(r->provider, ret);
	for (size_t i = 0; i < r->endpoints && !r->provider; i++)
		if (!right_is_host(&ret->right, r->endpoint[i].service,
				   r->endpoint[i].host))
			know_host(j, r->endpoint[i].host);
	if (seen->secret_given)
		hygiene_tell(&seen->secret, ret);
	if (seen->trials.n > 0)
		ret->trials = &seen->trials;
}

/* ---- the policy of the login gate ---- */

static const struct rules *judge_rules(struct judge *j)
{
	if (!j->general)
		j->general = knowledge_rules(j->knowledge, &j->why);
	return j->general;
}

static bool judge_refusal(struct judge *j, const struct evidence *refused,
			  struct rule_match *ret)
{
	const struct step *step = evidence_failure(refused);

	return step && judge_rules(j) &&
	       diagnose_step(refused, step, &j->known, j->general, ret);
}

/* A login put off may be tried elsewhere, but not against a throttle or a lock. */
static bool names_cause(void *context, const struct evidence *refused)
{
	struct rule_match m;

	if (!judge_refusal(context, refused, &m))
		return false;
	if (refused->login.outcome == LOGIN_UNDECIDED)
		return m.cause[0].cause == CAUSE_RATE_LIMITED ||
		       m.cause[0].cause == CAUSE_ACCOUNT_LOCKED;
	return m.final || m.cause[0].confidence == CONFIDENCE_PROVEN;
}

/* The rule knows whose answer it would rather have; so does the provider. */
static bool may_tell_more(void *context, const struct evidence *refused,
			  const struct endpoint *next)
{
	struct judge *j = context;
	const bool *more = j->known.answers_more;
	struct rule_match m;

	if (more[next->service] && !more[refused->endpoint.service])
		return true;
	return judge_refusal(j, refused, &m) && m.ask[next->service];
}

/* ---- the run ---- */

static void plan_fill(const struct check_request *r,
		      const struct credentials *who, struct probe_plan *plan)
{
	*plan = r->plan;
	plan->login = (struct login_request){
		.who = r->secret ? who : NULL,
		.mechanism = r->mechanism,
		.allow_plaintext = r->allow_plaintext,
		.sender = r->sender,
		.client_name = CLIENT_NAME,
	};
	if (plan->timeout == 0)
		plan->timeout = PROBE_MSEC;
}

static void run_probes(const struct check_request *r, struct probe_plan *plan,
		       struct judge *judge, struct check_result *ret)
{
	const struct login_policy policy = {
		.context = judge, .may_tell_more = may_tell_more,
		.names_cause = names_cause, .refused_per_service = 1,
		.refused_per_account = r->login_budget,
	};
	struct probe probes[ENDPOINTS_MAX];
	struct gate gate;

	gate_init(&gate, &policy);
	plan->gate = &gate;
	for (size_t i = 0; i < ret->n; i++) {
		ret->seen[i].endpoint = r->endpoint[i];
		probes[i] = (struct probe){ plan, &ret->seen[i] };
	}
	if (ret->n > 0)
		r->run(probes, ret->n);
	gate_release(&gate);
}

static bool all_passed(const struct check_result *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (evidence_failure(&r->seen[i]))
			return false;
	return true;
}

static bool conclude(const struct check_request *request, struct judge *judge,
		     struct check_result *ret, struct fault *why)
{
	const struct evidence *seen[ENDPOINTS_MAX];

	if (ret->n == 0 && request->search) {
		diagnose_search(request->search, &ret->diagnosis);
		return true;
	}
	if (!all_passed(ret) && !judge_rules(judge)) {
		*why = judge->why;
		return false;
	}
	for (size_t i = 0; i < ret->n; i++)
		seen[i] = &ret->seen[i];
	diagnose(seen, ret->n, &judge->known, judge->general,
		 &ret->diagnosis);
	if (request->search)
		diagnose_hint(request->search, &ret->diagnosis);
	return true;
}

/* ---- experiments ---- */

/*
 * What is still open: an endpoint that fails, unless the account's verdict is
 * proven and is not its own.
 */
static bool is_open(const struct check_result *r, size_t i)
{
	const struct diagnosis *d = &r->diagnosis;
	const struct evidence *e = &r->seen[i];

	return evidence_failure(e) &&
	       (e->endpoint.demanded || !d->service_works[e->endpoint.service]) &&
	       (d->cause[0].confidence != CONFIDENCE_PROVEN ||
		d->endpoint_verdict[i] == d->verdict);
}

static size_t needs_of(const struct check_result *r, unsigned variants,
		       unsigned *logins, struct trial_need need[ENDPOINTS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct step *failed = evidence_failure(&r->seen[i]);

		if (is_open(r, i))
			need[n++] = (struct trial_need){
				.seen = &r->seen[i], .about = (uint8_t)i,
				.stage = failed->stage,
				.fault = failed->why.kind,
				.proven = r->diagnosis.endpoint_confidence[i] ==
					  CONFIDENCE_PROVEN,
				.variants = variants, .logins = logins,
			};
	}
	return n;
}

/* ---- --try-variants: the login once more, as it was probably meant ---- */

/* A login is worth its price only when a refused one may be our own fault. */
static bool may_be_variant(const struct check_result *r)
{
	const struct diagnosis *d = &r->diagnosis;

	if (d->logins_refused == 0 ||
	    d->cause[0].confidence == CONFIDENCE_PROVEN)
		return false;
	for (size_t i = 0; i < d->causes; i++)
		if (d->cause[i].cause == CAUSE_WRONG_CREDENTIALS ||
		    d->cause[i].cause == CAUSE_PASSWORD_MANGLED ||
		    d->cause[i].cause == CAUSE_USERNAME_FORMAT)
			return true;
	return false;
}

static void variants_for(const struct check_request *request,
			 const struct check_result *r, unsigned *ret_logins,
			 struct variants *ret)
{
	const struct credentials who = { request->user, request->secret,
					 request->is_token };
	const struct provider *p = request->provider;
	unsigned refused = r->diagnosis.logins_refused;

	*ret = (struct variants){ .available = 0 };
	*ret_logins = 0;
	if (!request->may_try || !request->secret || !may_be_variant(r) ||
	    refused >= request->login_budget)
		return;
	variants_prepare(&who, request->address,
			 p ? p->secret_separators : NULL,
			 p ? p->user_form[r->seen[0].endpoint.service] : NULL,
			 ret);
	if (ret->available && request->may_try(request->may_try_context,
					       refused, request->login_budget))
		*ret_logins = request->login_budget - refused;
}

/* The laboratory is taken down; what it saw stays. */
static void keep_trials(struct laboratory *lab, struct check_result *ret)
{
	ret->trials = lab->trials;
	ret->trials.first = ret->seen;
	memcpy(ret->made, lab->seen, sizeof(ret->made));
	memset(lab->seen, 0, sizeof(lab->seen));
}

static bool experiment(const struct check_request *request,
		       struct judge *judge, struct laboratory *lab,
		       struct check_result *ret, struct fault *why)
{
	struct trial_need need[ENDPOINTS_MAX];
	struct variants variants;
	unsigned logins;

	if (wait_cancelled())
		return true;
	variants_for(request, ret, &logins, &variants);
	lab->variants = &variants;
	laboratory_late(lab, need, needs_of(ret, variants.available, &logins,
					    need));
	variants_release(&variants);
	if (lab->trials.n == 0)
		return true;
	keep_trials(lab, ret);
	judge->known.trials = &ret->trials;
	return conclude(request, judge, ret, why);
}

static struct laboratory *laboratory_of(const struct check_request *request,
					const struct judge *judge,
					struct probe_plan *plan,
					const struct check_result *result)
{
	struct laboratory *lab = NULL;

	if (request->experiments != EXPERIMENTS_NONE)
		lab = calloc(1, sizeof(*lab));
	if (!lab)
		return NULL;
	lab->run = request->run;
	lab->pair = request->pair;
	lab->only_plan = request->experiments == EXPERIMENTS_PLANNED;
	lab->right = &judge->known.right;
	lab->knowledge = judge->knowledge;
	lab->names = request->search;
	lab->ask_names = request->address[0] ? request->ask_names : NULL;
	lab->ask_context = request->ask_context;
	laboratory_open(lab, plan, result->seen);
	plan->doubt = laboratory_doubt;
	plan->doubt_context = lab;
	return lab;
}

static void laboratory_free(struct laboratory *lab)
{
	if (!lab)
		return;
	laboratory_close(lab);
	free(lab);
}

static bool check_run(const struct check_request *request,
		      struct probe_plan *plan, struct knowledge *knowledge,
		      struct check_result *ret, struct fault *why)
{
	struct judge judge = { .knowledge = knowledge };
	struct laboratory *lab = laboratory_of(request, &judge, plan, ret);
	msec began = plan->world->now(plan->world);
	bool ok;

	expect(request, ret, &judge);
	run_probes(request, plan, &judge, ret);
	ok = conclude(request, &judge, ret, why);
	if (ok && lab && !all_passed(ret))
		ok = experiment(request, &judge, lab, ret, why);
	laboratory_free(lab);
	ret->took = plan->world->now(plan->world) - began;
	return ok;
}

bool check_judge(const struct check_request *request, struct check_result *io,
		 struct fault *why)
{
	struct knowledge own;
	struct judge judge = { .knowledge = &own };
	bool ok;

	knowledge_init(&own);
	expect(request, io, &judge);
	ok = conclude(request, &judge, io, why);
	knowledge_release(&own);
	return ok;
}

/* What it read itself goes when it ends, but for what its result names. */
static bool check_alone(const struct check_request *request,
			struct probe_plan *plan, struct check_result *ret,
			struct fault *why)
{
	struct knowledge own;
	bool ok;

	knowledge_init(&own);
	ok = check_run(request, plan, &own, ret, why);
	ret->table = own.experiments;
	own.experiments = NULL;
	knowledge_release(&own);
	return ok;
}

bool check_account(const struct check_request *request,
		   struct check_result *ret, struct fault *why)
{
	const struct credentials who = { request->user, request->secret,
					 request->is_token };
	struct redactor *redactor = NULL;
	struct probe_plan plan;
	bool ok;

	*ret = (struct check_result){ .n = request->endpoints,
				      .secret_given = request->secret != NULL,
				      .made_at = (epoch)time(NULL) };
	ret->seen = request->room;
	ret->seen_in_room = request->room != NULL;
	if (request->endpoints > 0 && !ret->seen)
		ret->seen = calloc(request->endpoints, sizeof(*ret->seen));
	if ((request->endpoints > 0 && !ret->seen) ||
	    (request->secret && !redactor_new(request->secret, &redactor))) {
		check_release(ret);
		return fail(why, FAULT_NO_MEMORY, "no memory for the check");
	}
	if (request->secret)
		hygiene_of(secret_span(request->secret), request->is_token,
			   request->provider, &ret->secret);
	plan_fill(request, &who, &plan);
	plan.redactor = redactor;
	ok = request->knowledge ?
	     check_run(request, &plan, request->knowledge, ret, why) :
	     check_alone(request, &plan, ret, why);
	redactor_free(redactor);
	if (!ok)
		check_release(ret);
	return ok;
}

void check_release(struct check_result *r)
{
	if (!r->seen_in_room)
		free(r->seen);
	free(r->tried);
	for (size_t i = 0; i < TRIAL_SETS; i++)
		free(r->made[i]);
	experiment_table_free(r->table);
	*r = (struct check_result){ 0 };
}
