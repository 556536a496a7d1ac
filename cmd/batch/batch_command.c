#include <errno.h>
#include <string.h>
#include <time.h>

#include "cmd/batch/care_plan.h"
#include "cmd/batch/engine.h"
#include "cmd/batch/input.h"
#include "cmd/batch/outputs.h"
#include "cmd/command.h"
#include "probes/wire/wait.h"

static int refuse_input(const struct options *o, int error)
{
	char reason[128];
	const struct text_arg args[] = {
		{ "file", o->target[0] }, { "reason", reason }, { NULL, NULL }
	};

	reason_of_errno(error, reason, sizeof(reason));
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

static int run_with_care(const struct options *o, struct engine_plan *plan)
{
	char path[CARE_PATH_CAP];
	struct care_plan care;
	int code;

	care_plan_of(o, path, &care);
	retry_plan_of(o, &plan->retry);
	code = care_open(&care, (epoch)time(NULL), &plan->care);
	if (code != 0)
		return code;
	code = engine_run(plan);
	if (!care_close(plan->care, (epoch)time(NULL)) &&
	    code != EXIT_INTERRUPTED)
		code = outcome_worse(code, EXIT_USAGE);
	return code;
}

static int run_open(const struct options *o, struct engine_plan *plan)
{
	const struct fault no_memory = { .kind = FAULT_NO_MEMORY };
	int code = outputs_open(o, &plan->outputs);

	if (code != 0)
		return code;
	if (!wait_gently(&plan->end_fd) || !network_share(plan->network)) {
		outputs_drop(plan->outputs);
		return complain_internal(o->lang, &no_memory);
	}
	code = run_with_care(o, plan);
	if (!outputs_close(plan->outputs) && code != EXIT_INTERRUPTED)
		code = outcome_worse(code, EXIT_USAGE);
	return code;
}

int command_batch(const struct options *o)
{
	struct network network = { .trust = NULL };
	struct knowledge knowledge;
	struct engine_plan plan = { .o = o, .network = &network,
				    .knowledge = &knowledge };
	const struct input_plan wanted = {
		.path = o->targets > 0 ? o->target[0] : "",
		.format = o->input_format, .lang = o->lang,
		.allow_inline = o->allow_inline_secrets,
	};
	int code = check_options(o);

	if (code != 0)
		return code;
	if (!input_open(&wanted, &plan.input))
		return refuse_input(o, errno);
	knowledge_init(&knowledge);
	if (network_open(o, &network, &code))
		code = run_open(o, &plan);
	network_close(&network);
	knowledge_release(&knowledge);
	input_close(plan.input);
	return code;
}
