#include "cmd/batch/care_plan.h"

#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/digest.h"
#include "probes/base/span.h"

#define RETRIES 2
#define RETRY_WAIT ((msec)10 * 1000)
#define RETRY_MOST ((msec)5 * 60 * 1000)

static void pace_plan(const struct care_options *o, struct pace_limits *ret)
{
	static const struct pace_limits *const of[] = {
		[PACE_CHOICE_GENTLE] = &pace_gentle,
		[PACE_CHOICE_NORMAL] = &pace_normal,
		[PACE_CHOICE_OFF] = &pace_off,
	};

	*ret = *of[o->pace];
	if (o->host_connections.is_given)
		ret->connections = o->host_connections.n;
	if (o->host_logins.is_given)
		ret->logins_per_second = o->host_logins.n;
	if (o->host_refusals.is_given) {
		ret->refusals = o->host_refusals.n;
		if (o->host_refusals.within > 0)
			ret->window = o->host_refusals.within;
	}
	if (o->has_host_wait)
		ret->patience = o->host_wait;
}

static void ledger_plan(const struct care_options *o,
			struct ledger_limits *ret)
{
	*ret = ledger_default;
	if (!o->account_refusals.is_given)
		return;
	ret->most = o->account_refusals.n;
	if (o->account_refusals.within > 0)
		ret->forget_after = o->account_refusals.within / 1000;
}

static void add_shard(char path[CARE_PATH_CAP], unsigned shard,
		      unsigned shards)
{
	char stem[CARE_PATH_CAP];
	struct buf b;

	span_copy(span_of(path), stem, sizeof(stem));
	b = buf_over(path, CARE_PATH_CAP);
	buf_fmt(&b, "%s-%u-of-%u", stem, shard, shards);
}

void care_plan_of(const struct options *o, char path[CARE_PATH_CAP],
		  struct care_plan *ret)
{
	const struct care_options *c = &o->care;

	*ret = (struct care_plan){
		.state_is_wanted = c->state && !c->no_state,
		.quiet = o->quiet, .lang = o->lang,
	};
	pace_plan(c, &ret->pace);
	ledger_plan(c, &ret->ledger);
	*path = '\0';
	if (!c->no_state && c->state)
		span_copy(span_of(c->state), path, CARE_PATH_CAP);
	else if (!c->no_state)
		care_state_path(path);
	/* shards side by side, each with servers of its own */
	if (*path && !c->state && o->shards > 0)
		add_shard(path, o->shard, o->shards);
	ret->state = *path ? path : NULL;
}

void retry_plan_of(const struct options *o, struct retry_plan *ret)
{
	const struct care_options *c = &o->care;

	*ret = (struct retry_plan){
		.wait = c->retry_wait > 0 ? c->retry_wait : RETRY_WAIT,
		.most = RETRY_MOST,
	};
	if (c->retry)
		ret->retries = c->retries.is_given ? c->retries.n : RETRIES;
	if (ret->wait > ret->most)
		ret->most = ret->wait;
	/* without one they come back at the same distances: no harm */
	random_bytes((unsigned char *)&ret->seed, sizeof(ret->seed));
}
