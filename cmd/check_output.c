#include "cmd/check_output.h"

#include <stdlib.h>

#include "cmd/command.h"
#include "cmd/plugin.h"
#include "reports/nagios.h"

static void style_of(const struct options *o, struct writer_style *ret)
{
	struct report_style style;

	report_style_of(o, &style);
	*ret = (struct writer_style){
		.lang = o->lang, .color = style.color,
		.unicode = style.unicode, .width = style.width,
		.warning = o->warning, .critical = o->critical,
		.days_warning = o->days_warning,
		.days_critical = o->days_critical,
	};
}

/* What the outputs call it: the address, or whoever was asked for where. */
static const char *name_of(const struct check_scene *s)
{
	if (s->target.address[0])
		return s->target.address;
	if (s->target.user[0])
		return s->target.user;
	return s->target.endpoints > 0 ? s->target.endpoint[0].host : "";
}

static char *written(const struct options *o, const struct writer_style *style,
		     const struct account_outcome *outcome, const char *line)
{
	struct writer *w = writer_open(o->output_kind, style);
	struct page page;

	if (!w)
		return NULL;
	page_open(&page);
	writer_begin(w, &page);
	writer_add(w, outcome, line, &page);
	writer_end(w, &page);
	writer_close(w);
	return page_close(&page);
}

static int print(const struct options *o, const struct account_outcome *outcome,
		 const char *line)
{
	const struct fault no_memory = { .kind = FAULT_NO_MEMORY };
	struct writer_style style;
	int code = outcome->exit_code;
	char *text;

	style_of(o, &style);
	text = written(o, &style, outcome, line);
	if (!text)
		return complain_internal(o->lang, &no_memory);
	if (o->output_kind == writer_by_name("nagios"))
		code = EXIT_STATE + (int)nagios_state(outcome, &style);
	code = print_result(o->lang, text, code);
	free(text);
	return code;
}

int check_print_output(const struct options *o, const struct check_scene *s)
{
	const struct outcome_about about = { .name = name_of(s),
					     .attempts = 1 };
	struct check_report_room *room = calloc(1, sizeof(*room));
	struct fault why = { .kind = FAULT_NO_MEMORY };
	struct account_outcome outcome;
	struct report_input in;
	char *line;
	int code;

	if (!room)
		return complain_internal(o->lang, &why);
	check_report_input(&s->request, &s->result, o->lang, room, &in);
	if (outcome_of(&in, &about, o->lang, &outcome, &line, &why)) {
		code = print(o, &outcome, line);
		free(line);
		outcome_release(&outcome);
	} else {
		code = complain_internal(o->lang, &why);
	}
	free(room);
	return code;
}
