#ifndef MAILWHY_HUMAN_PRIVATE_H
#define MAILWHY_HUMAN_PRIVATE_H

#include "reports/page.h"
#include "reports/report.h"
#include "reports/words.h"

/*
 * For the files human*.c, and for other writers of pages for people: human.c the page as a whole, human_style.c
 * marks, colours and columns, human_step.c the one fact of each step,
 * human_endpoint.c the lines of an endpoint, human_label.c labels with their
 * paragraphs, human_search.c where the servers come from, human_trials.c
 * the experiments, human_why.c all that follows, human_known.c how sure it is.
 */
struct human {
	struct page page;
	const struct report_input *in;
	const struct report_style *style;
	struct words words;		/* of the endpoint or cause in hand */
	size_t stage_columns;		/* widest name of a stage */
	size_t label_columns;		/* widest label below the endpoints */
};

enum mark { MARK_OK, MARK_FAIL, MARK_SKIP, MARK_NOTE };
enum ink { INK_PLAIN, INK_BOLD, INK_DIM, INK_GOOD, INK_BAD, INK_WARN };

/* human_style.c */
void human_ink(struct human *h, enum ink ink);
void human_mark(struct human *h, enum mark mark);
size_t human_mark_columns(const struct human *h);
const char *human_ellipsis(const struct human *h);
const char *human_dash(const struct human *h);
void human_spaces(struct human *h, size_t n);
void human_str(struct human *h, const char *text);
void human_pad(struct human *h, const char *text, size_t columns);
/* A paragraph, its first line at column `at`, ended by a line break. */
void human_wrap(struct human *h, const char *text, size_t at, size_t indent);
/*
 * The rest of a line that stands at column `at`: a fact, cut to fit, and
 * `right` at the right margin; ended by a line break.
 */
void human_fact(struct human *h, const char *fact, size_t at,
		const char *right);
void human_time(const struct human *h, msec took, struct buf *out);
/* The labels of a page (ids of texts) stand in a column as wide as the widest. */
void human_labels(struct human *h, const char *const *ids, size_t n);
/* Those of a check, and the names of the stages. */
void human_columns(struct human *h);

/*
 * human_label.c: what follows the endpoints. The first paragraph of a subject
 * stands beside its label (a text's id), which is taken: *label is NULL for
 * the others, which stand below it. `human_indent` is their column.
 */
size_t human_indent(const struct human *h);
void human_paragraph(struct human *h, const char **label, const char *text);
void human_numbered(struct human *h, const char **label, unsigned n,
		    const char *text);

/* human_step.c: the one fact that matters; h->words holds the endpoint. */
void human_step_fact(struct human *h, const struct evidence *e,
		     const struct step *s, struct buf *out);
const char *human_tls_version(const struct tls_facts *t, char room[16]);
/* Why a step was left out. */
void human_skip(const struct human *h, enum skip skip, struct buf *out);

/* human.c: the first line; confidence "" is not told */
void human_verdict(struct human *h, enum mark mark, const char *title,
		   const char *confidence);

/* human_trials.c: what was tried, and what it showed */
void human_trials(struct human *h);

/* human_why.c: who can mend it; nothing where nobody has to. */
void human_who(struct human *h, enum cause cause);

/* human_endpoint.c */
void human_endpoints(struct human *h);

/*
 * human_known.c: how well it is known what is told, and whom to ask.
 * human_caution is for the provider's own steps: not sure, or old.
 */
void human_caution(struct human *h, const char **label);
void human_help(struct human *h);
void human_known(struct human *h);

/* human_search.c: where the servers are known from, if that was a question. */
bool human_has_search(const struct human *h);
void human_search(struct human *h);

/* human_why.c */
void human_warnings(struct human *h);	/* what was insecure, at the top */
void human_why(struct human *h);

#endif
