#ifndef MAILWHY_WRITER_PRIVATE_H
#define MAILWHY_WRITER_PRIVATE_H

#include "reports/writer.h"

/* One writer a file; writer.c lists them. */
extern const struct writer_kind writer_jsonl, writer_junit, writer_tap,
	writer_prometheus, writer_github, writer_csv, writer_nagios,
	writer_summary;

/* ---- writer_words.c: what several of them say ---- */

/* What a case is called, in every language and run: "imap HOST:993 tls". */
void write_case_id(struct page *out, const struct outcome_case *c);
/* "0.365" */
void write_seconds(struct page *out, msec t);
/* One sentence: title, and the reason it was not tried. */
void write_title(struct page *out, enum lang l,
		 const struct account_outcome *o);
/* The same of a case: its failure, or why it does not count. */
void write_case_title(struct page *out, enum lang l,
		      const struct outcome_case *c);
/* The server's words or the fault, "" when nothing failed. */
void write_said(struct page *out, enum lang l, const struct outcome_case *c);
/* Title, who said what, which expectations are not met, what to do: a line
 * each, the last one without its end. */
void write_story(struct page *out, enum lang l,
		 const struct account_outcome *o);

/* Append all of a page's text through `add`, which escapes it; it is closed. */
void page_pour(struct page *from, struct page *to,
	       void (*add)(struct page *to, const char *text));

#endif
