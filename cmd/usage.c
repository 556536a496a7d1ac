#include "cmd/options.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/option.h"
#include "reports/layout.h"

#define USAGE_CAP (32u << 10)
#define TEXT_COLUMN 30

static const char *const headings[] = {
	[GROUP_TARGET] = "usage.group_target",
	[GROUP_SECRET] = "usage.group_secret",
	[GROUP_LOGIN] = "usage.group_login",
	[GROUP_NETWORK] = "usage.group_network",
	[GROUP_REPORT] = "usage.group_report",
	[GROUP_EXPLAIN] = "usage.group_explain",
	[GROUP_SETTINGS] = "usage.group_settings",
	[GROUP_DEMO] = "usage.group_demo",
	[GROUP_PROVIDERS] = "usage.group_providers",
	[GROUP_BATCH] = "usage.group_batch",
};
_Static_assert(sizeof(headings) / sizeof(headings[0]) == GROUP_COUNT,
	       "every group has a heading");

static void add_text(struct buf *out, enum lang l, const char *id,
		     unsigned width)
{
	layout_wrap(out, text_of(l, id), 0, 0, width);
	buf_char(out, '\n');
}

static void add_row(struct buf *out, enum lang l, const struct option *row,
		    unsigned width)
{
	char head[128], id[64];
	struct buf h = buf_over(head, sizeof(head));
	struct buf i = buf_over(id, sizeof(id));
	size_t at = TEXT_COLUMN;

	if (row->letter)
		buf_fmt(&h, "  -%c, --%s", row->letter, row->name);
	else
		buf_fmt(&h, "      --%s", row->name);
	if (row->value)
		buf_fmt(&h, " %s", row->value);
	buf_fmt(&i, "option.%s", row->name);
	if (h.len + 2 > TEXT_COLUMN) {
		buf_fmt(out, "%s\n%*s", head, TEXT_COLUMN, "");
	} else {
		layout_pad(out, head, TEXT_COLUMN);
	}
	layout_wrap(out, text_of(l, id), at, TEXT_COLUMN, width);
	buf_char(out, '\n');
}

static void add_group(struct buf *out, enum lang l, enum option_group group,
		      unsigned width)
{
	buf_char(out, '\n');
	add_text(out, l, headings[group], width);
	for (const struct option *row = option_table; row->name; row++)
		if (row->group == group)
			add_row(out, l, row, width);
}

int options_usage(const struct options *o)
{
	char *text = malloc(USAGE_CAP);
	struct fault why = { .kind = FAULT_NO_MEMORY };
	struct report_style style;
	struct buf out;
	int code;

	if (!text)
		return complain_internal(o->lang, &why);
	out = buf_over(text, USAGE_CAP);
	report_style_of(o, &style);
	add_text(&out, o->lang, "usage.synopsis", 0);
	for (int g = 0; g < GROUP_COUNT; g++)
		add_group(&out, o->lang, (enum option_group)g, style.width);
	buf_char(&out, '\n');
	add_text(&out, o->lang, "usage.settings", style.width);
	buf_char(&out, '\n');
	add_text(&out, o->lang, "usage.exit_codes", style.width);
	code = print_result(o->lang, text, 0);
	free(text);
	return code;
}
