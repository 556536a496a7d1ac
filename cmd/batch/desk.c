#include "cmd/batch/desk.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/batch/known.h"
#include "cmd/command.h"
#include "cmd/hygiene.h"
#include "cmd/secret_input.h"
#include "probes/wire/wait.h"

/* ---- the options of one account ---- */

static void take_complaint(void *context, const char *text)
{
	struct desk *d = context;
	size_t used = strlen(d->told);
	struct buf out = buf_over(d->told + used, sizeof(d->told) - used);

	if (used > 0)
		buf_char(&out, '\n');
	d->last = used + out.len;
	buf_str(&out, text);
}

static void set_secret(const struct account *a, const struct options *all,
		       struct options *o)
{
	o->secret_source = SECRET_FROM_PROMPT;	/* none, as nobody is asked */
	o->secret_argument = NULL;
	o->secret_is_token = a->is_token;
	if (a->inline_secret)
		return;
	if (a->has_secret) {
		o->secret_source = a->secret_source;
		o->secret_argument = a->secret_argument;
	} else if (all->secret_source == SECRET_FROM_NETRC) {
		o->secret_source = SECRET_FROM_NETRC;
		o->secret_argument = all->secret_argument;
	}
}

static void set_options(struct desk *d)
{
	const struct account *a = d->account;
	struct options *o = &d->o;

	*o = *d->all;
	o->targets = 0;
	o->address = a->address;
	o->user = a->user ? a->user : o->user;
	o->sender = a->sender ? a->sender : o->sender;
	o->mechanism = a->mechanism ? a->mechanism : o->mechanism;
	for (size_t i = 0; i < a->urls; i++)
		o->target[o->targets++] = a->url[i];
	if (a->urls > 0)
		o->server = NULL;
	set_secret(a, d->all, o);
	o->sink = &d->sink;
}

/* ---- what came of it ---- */

static void about(struct desk *d, struct outcome_about *ret)
{
	const struct account *a = d->account;

	*ret = (struct outcome_about){
		.id = known_id(a, d->id) ? d->id : NULL,
		.name = a->name, .file = a->file, .line = a->line,
		.labels = a->labels, .label = a->label,
		.attempts = d->attempts,
	};
}

static void conclude(struct desk *d, const struct report_input *in,
		     const struct outcome_about *a)
{
	struct fault why;

	if (!outcome_of(in, a, d->o.lang, &d->outcome, &d->line, &why))
		d->no_memory = true;
}

void desk_untried(struct desk *d, enum untried reason, const char *why)
{
	const struct diagnosis nothing = {
		.verdict = CAUSE_NOT_TRIED, .causes = 1,
		.cause = { { .cause = CAUSE_NOT_TRIED } },
		/* of the verdict; the account's own comes of the reason */
		.exit_code = cause_exit_code(CAUSE_NOT_TRIED),
	};
	const struct report_input in = {
		.diagnosis = &nothing, .address = d->account->address ?
		d->account->address : "", .user = d->scene.target.user,
		.provider_id = "", .provider_name = "", .how_found = "",
		.login_budget = LOGIN_BUDGET, .version = MAILWHY_VERSION,
		.made_at = (epoch)time(NULL),
	};
	struct outcome_about a;

	about(d, &a);
	a.attempts = 0;
	a.reason = reason;
	a.why = why ? why : d->told + d->last;
	conclude(d, &in, &a);
}

static bool untried(struct desk *d, enum untried reason, int code)
{
	if (code == EXIT_INTERRUPTED || wait_cancelled())
		d->cut_short = true;
	else if (code == EXIT_INTERNAL)
		d->no_memory = true;
	else
		desk_untried(d, reason, NULL);
	return false;
}

/* ---- the steps ---- */

bool desk_begin(struct desk *d, const struct account *a)
{
	int code = EXIT_INTERNAL;

	d->account = a;
	d->sink = (struct complaint_sink){ take_complaint, d };
	set_options(d);
	return target_resolve(&d->o, &d->scene.target, &code) ||
	       untried(d, UNTRIED_BAD_INPUT, code);
}

/* Once for all accounts of a domain. */
static bool find(struct desk *d, int *ret_code)
{
	const char *at = strrchr(d->scene.target.address, '@');
	const char *domain = at ? at + 1 : "";
	struct fault why;

	switch (finds_ask(d->finds, &d->o, domain, &d->scene.discovery,
			  &why)) {
	case FINDS_COPY:
		return true;
	case FINDS_LOOK:
		break;
	case FINDS_FAILED:
		*ret_code = why.kind == FAULT_CANCELLED ? EXIT_INTERRUPTED :
			    complain_internal_of(&d->o, &why);
		return false;
	}
	if (!scene_discover(&d->o, d->network, &d->scene, ret_code)) {
		finds_told(d->finds, domain, NULL);
		return false;
	}
	finds_told(d->finds, domain, d->scene.discovery);
	return true;
}

bool desk_discover(struct desk *d)
{
	struct check_scene *s = &d->scene;
	int code = EXIT_INTERNAL;

	return (find(d, &code) &&
		target_take(&d->o, s->discovery, &s->target, &code)) ||
	       untried(d, UNTRIED_BAD_INPUT, code);
}

static bool take_inline(struct desk *d)
{
	const struct secret *from = d->account->inline_secret;
	struct secret *to = &d->scene.secret;

	return (secret_init(to, from->len) &&
		secret_add(to, secret_span(from))) ||
	       untried(d, UNTRIED_NO_SECRET, EXIT_INTERNAL);
}

bool desk_secret(struct desk *d)
{
	const struct account *a = d->account;
	int code = EXIT_USAGE;

	if (d->scene.target.endpoints == 0 || !scene_wants_secret(&d->o))
		return true;
	if (!scene_confirm_server(&d->o, &d->scene, &code))
		return untried(d, UNTRIED_BAD_INPUT, code);
	if (!a->inline_secret && d->o.secret_source == SECRET_FROM_PROMPT) {
		complain_of(&d->o, "batch.no_secret", NULL);
		return untried(d, UNTRIED_NO_SECRET, EXIT_USAGE);
	}
	if (a->inline_secret)
		return take_inline(d);
	return scene_obtain_secret(&d->o, &d->scene, &code) ||
	       untried(d, UNTRIED_NO_SECRET, code);
}

/* Asked for on the command line, for all of them. */
static bool may_try(void *context, unsigned refused, unsigned budget)
{
	(void)context;
	return refused < budget;
}

static void judge(struct desk *d)
{
	struct check_report_room room;
	struct report_input in;
	struct outcome_expectation row[EXPECTATIONS_MAX];
	struct outcome_about a;

	check_report_input(&d->scene.request, &d->scene.result, d->o.lang,
			   &room, &in);
	about(d, &a);
	a.expectation = row;
	a.expectations = expect_judge(&d->account->expect, &in, row);
	conclude(d, &in, &a);
}

void desk_check(struct desk *d, unsigned login_budget,
		const bool worked[ENDPOINTS_MAX])
{
	struct check_scene *s = &d->scene;
	struct fault why = { .kind = FAULT_NONE };

	scene_request(&d->o, d->network, s);
	s->request.login_budget = login_budget;
	memcpy(s->request.worked, worked, sizeof(s->request.worked));
	s->request.knowledge = d->knowledge;
	s->request.room = d->room;
	s->request.plan.start = now_msec();
	s->request.may_try = d->o.try_variants ? may_try : NULL;
	if (!check_account(&s->request, &s->result, &why))
		d->no_memory = true;
	else if (wait_cancelled())
		d->cut_short = true;
	else
		judge(d);
}

void desk_clear(struct desk *d)
{
	scene_release(&d->scene);
	outcome_release(&d->outcome);
	free(d->line);
	d->outcome = (struct account_outcome){ .name = NULL };
	d->line = NULL;
	d->account = NULL;
	d->told[0] = '\0';
	d->last = 0;
	d->no_memory = d->cut_short = false;
}
