#ifndef MAILWHY_SHEET_H
#define MAILWHY_SHEET_H

#include "reports/page.h"
#include "reports/report.h"

/*
 * A page of labels with their paragraphs beside them; on a narrow terminal
 * below them. The first paragraph of a subject takes the label (a text's id),
 * the others stand below it:
 *
 *	const char *label = "label.help";
 *	sheet_put(&s, &label, "The help desk.");
 *	sheet_put(&s, &label, "Telephone: 0120-000-000");
 */
struct sheet {
	struct page page;
	const struct report_style *style;
	size_t label_columns;		/* the widest of them */
};

/* `labels`: the ids of all labels that may come; NULL ends them. */
void sheet_open(struct sheet *s, const struct report_style *style,
		const char *const *labels);
void sheet_title(struct sheet *s, const char *text);
void sheet_put(struct sheet *s, const char **label, const char *text);
void sheet_numbered(struct sheet *s, const char **label, unsigned n,
		    const char *text);
/* The text `id` with its values filled in. */
void sheet_fill(struct sheet *s, const char **label, const char *id,
		const struct text_arg *args);
/* malloc'd, for the caller to free; NULL: no memory. */
char *sheet_close(struct sheet *s);

#endif
