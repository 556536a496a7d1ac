#include "cmd/command.h"

#include <stdlib.h>

#include "cmd/ask.h"
#include "cmd/check_output.h"
#include "cmd/check_scene.h"
#include "cmd/keep.h"
#include "cmd/progress.h"
#include "probes/wire/wait.h"

static bool may_try(void *context, unsigned refused, unsigned budget)
{
	const struct options *o = context;
	char used[16], all[16];
	struct buf u = buf_over(used, sizeof(used));
	struct buf a = buf_over(all, sizeof(all));
	const struct text_arg args[] = {
		{ "refused", used }, { "budget", all }, { NULL, NULL }
	};

	buf_fmt(&u, "%u", refused);
	buf_fmt(&a, "%u", budget);
	return ask_yes(o->lang, "prompt.variants", args);
}

static int print_report(const struct options *o, const struct check_scene *s)
{
	struct fault why;
	struct report_style style;
	char *report;
	int code;

	if (o->format == FORMAT_OUTPUT)
		return check_print_output(o, s);
	report_style_of(o, &style);
	report = check_report(&s->request, &s->result,
			      o->format == FORMAT_JSON, &style, NULL);
	if (!report) {
		fail(&why, FAULT_NO_MEMORY, "no memory for the report");
		return complain_internal(o->lang, &why);
	}
	code = print_result(o->lang, report, s->result.diagnosis.exit_code);
	free(report);
	return code;
}

static int run_check(const struct options *o, struct check_scene *s)
{
	struct progress progress;
	struct fault why = { .kind = FAULT_NONE };
	int code, kept;
	bool ok;

	s->request.plan.start = now_msec();
	progress_begin(&progress, o, &s->request.plan);
	ok = check_account(&s->request, &s->result, &why);
	progress_end(&progress);
	if (!ok)
		return complain_internal(o->lang, &why);
	/* what was cut short is no diagnosis; the shell sees 130 */
	if (wait_cancelled())
		return EXIT_INTERRUPTED;
	code = print_report(o, s);
	kept = keep_session(o, &s->request, &s->result, NULL);
	return kept ? kept : code;
}

static int run_scene(const struct options *o, struct network *n,
		     struct check_scene *s)
{
	int code = EXIT_INTERNAL;

	/* nobody types a password only to hear of another mistake */
	if (!target_resolve(o, &s->target, &code) ||
	    !network_open(o, n, &code))
		return code;
	if (s->target.undiscovered && !scene_find_servers(o, n, s, &code))
		return code;
	/* nor one that has nowhere to go */
	if (s->target.endpoints > 0 && scene_wants_secret(o) &&
	    (!scene_confirm_server(o, s, &code) ||
	     !scene_obtain_secret(o, s, &code)))
		return code;
	scene_request(o, n, s);
	s->request.may_try = o->try_variants ? may_try : NULL;
	s->request.may_try_context = (void *)o;
	return run_check(o, s);
}

int command_check(const struct options *o)
{
	struct check_scene *s = calloc(1, sizeof(*s));
	struct network network = { .trust = NULL };
	struct fault why;
	int code;

	if (!s) {
		fail(&why, FAULT_NO_MEMORY, "no memory for the check");
		return complain_internal(o->lang, &why);
	}
	code = run_scene(o, &network, s);
	scene_release(s);
	network_close(&network);
	free(s);
	return code;
}
