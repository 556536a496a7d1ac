#include <errno.h>
#include <string.h>
#include <time.h>

#include "cmd/batch/care_plan.h"
#include "cmd/batch/engine.h"
#include "cmd/batch/resume.h"
#include "cmd/command.h"
#include "probes/wire/wait.h"

static int refuse_input(const struct options *o, int error)
{
	char reason[128];
	const struct text_arg args[] = {
		{ "file", o->target[0] }, { "reason", reason }, { NULL, NULL }
	};

	reason_of_errno(o->lang, error, reason, sizeof(reason));
	return complain(o->lang, "batch.file", args);
}

/* Options that mean one account; each has its own line in the file. */
static int check_options(const struct options *o)
{
	const char *one = o->save ? "--save" : o->bundle ? "--bundle" :
			  o->explain_plan ? "--explain-plan" :
			  o->address ? "--address" : NULL;
	const struct text_arg args[] = { { "option", one }, { NULL, NULL } };

	if (o->targets != 1)
		return complain(o->lang, o->targets ? "batch.one_file" :
				"batch.no_file", NULL);
	if (one)
		return complain(o->lang, "batch.option", args);
	if (o->secret_source != SECRET_FROM_PROMPT &&
	    o->secret_source != SECRET_FROM_NETRC)
		return complain(o->lang, "batch.one_secret", NULL);
	return 0;
}

/* --expect, as often as it is given. */
static int read_expect(const struct options *o, struct expect *ret)
{
	struct expect_slip slip;
	char where[80];
	struct buf b = buf_over(where, sizeof(where));
	const struct text_arg args[] = {
		{ "where", where }, { "value", slip.value }, { NULL, NULL }
	};

	*ret = EXPECT_NOTHING;
	for (size_t i = 0; i < o->expects; i++) {
		if (expect_parse(o->expect[i], ret, &slip))
			continue;
		buf_fmt(&b, "--expect%s%s", slip.member[0] ? " " : "",
			slip.member);
		return complain(o->lang, slip.text, args);
	}
	return 0;
}

static int no_memory(const struct options *o)
{
	const struct fault why = { .kind = FAULT_NO_MEMORY };

	return complain_internal(o->lang, &why);
}

/* A list that came out empty by mistake must not pass for a good one. */
static int refuse_empty(const struct options *o)
{
	const struct text_arg args[] = {
		{ "file", strcmp(o->target[0], "-") == 0 ?
		  text_of(o->lang, "batch.stdin") : o->target[0] },
		{ NULL, NULL }
	};

	return complain(o->lang, "batch.empty", args);
}

/* What a former run has done is told first, then the rest is. */
static int run_on(const struct options *o, struct engine_plan *plan)
{
	struct resume former = { .taken = 0 };
	int code = o->resume ? resume_read(o, plan->outputs, &former) : 0;

	if (code != 0) {
		resume_release(&former);
		outputs_drop(plan->outputs);
		return code;
	}
	plan->code = former.code;
	plan->intake->done = &former.done;
	code = engine_run(plan);
	resume_release(&former);
	if (code == 0 && !plan->intake->some)
		code = refuse_empty(o);
	if (!outputs_close(plan->outputs) && code != EXIT_INTERRUPTED)
		code = outcome_worse(code, EXIT_USAGE);
	return code;
}

/* Whatever cannot be had is told before an output is touched. */
static int run_with_care(const struct options *o, struct engine_plan *plan)
{
	char path[CARE_PATH_CAP];
	struct care_plan care;
	int code;

	if (!wait_gently(&plan->end_fd) || !network_share(plan->network) ||
	    !shards_open(&plan->intake->shards, o))
		return no_memory(o);
	care_plan_of(o, path, &care);
	retry_plan_of(o, &plan->retry);
	code = care_open(&care, (epoch)time(NULL), &plan->care);
	if (code != 0)
		return code;
	code = outputs_open(o, &plan->outputs);
	if (code == 0)
		code = run_on(o, plan);
	if (!care_close(plan->care, (epoch)time(NULL)) &&
	    code != EXIT_INTERRUPTED)
		code = outcome_worse(code, EXIT_USAGE);
	return code;
}

int command_batch(const struct options *o)
{
	struct network network = { .trust = NULL };
	struct knowledge knowledge;
	struct intake intake = { .input = NULL };
	struct engine_plan plan = { .o = o, .network = &network,
				    .knowledge = &knowledge,
				    .intake = &intake };
	struct input_plan wanted = {
		.path = o->targets > 0 ? o->target[0] : "",
		.format = o->input_format, .lang = o->lang,
		.allow_inline = o->allow_inline_secrets,
	};
	int code = check_options(o);

	if (code == 0)
		code = read_expect(o, &wanted.expect);
	if (code != 0)
		return code;
	if (!input_open(&wanted, &intake.input))
		return refuse_input(o, errno);
	knowledge_init(&knowledge);
	if (network_open(o, &network, &code))
		code = run_with_care(o, &plan);
	network_close(&network);
	knowledge_release(&knowledge);
	intake_close(&intake);
	return code;
}
