#ifndef MAILWHY_SETTINGS_PRIVATE_H
#define MAILWHY_SETTINGS_PRIVATE_H

#include "reports/human_private.h"
#include "reports/json_private.h"
#include "reports/settings.h"

/*
 * For settings_*.c only. settings_words.c makes the sentences that both
 * writers say; settings_human.c is the page for people, settings_program.c
 * and settings_compare.c its parts for --for and --compare, settings_unknown.c
 * the page of a domain nobody knows; settings_json.c the document.
 */

/* The text `id` with {address} {domain} {provider} {the_provider} and `more`
 * (ends with a NULL name; NULL: none). */
void settings_say(const struct settings *s, enum lang l, const char *id,
		  const struct text_arg *more, struct buf *out);

/* "IMAP": the service; "受信(IMAP)": what it is for. */
const char *settings_service(enum lang l, enum service s);
const char *settings_purpose(enum lang l, enum service s);

/* What kind of password: one sentence; "" when not known. */
void settings_say_secret(const struct settings *s, enum lang l,
			 struct buf *out);
/* It as a value of a field: "your app password". */
const char *settings_secret_value(const struct settings *s, enum lang l);
/* Where the settings come from, when that was compared, how sure it is. */
void settings_say_source(const struct settings *s, enum lang l,
			 struct buf *out);
void settings_say_date(const struct settings *s, const char *month,
		       enum lang l, struct buf *out);

/* How old and uncertain a part of it is; nothing when sure and fresh. */
void settings_say_doubt(const struct settings *s,
			const struct settings_date *d, enum lang l,
			struct buf *out);

enum settings_check { CHECK_NONE, CHECK_OK, CHECK_FAILED };

/* How server `index` answered just now. */
enum settings_check settings_check(const struct settings *s, size_t index);
void settings_say_check(const struct settings *s, enum lang l, size_t index,
			struct buf *out);
/* No server was reached because there is no network here: said once. */
bool settings_is_cut_off(const struct settings *s);
void settings_say_cut_off(const struct settings *s, enum lang l,
			  struct buf *out);
/* Its user name, or what to look up. */
const char *settings_user(const struct settings *s, enum lang l,
			  const struct settings_server *server);

/* A text of a program with its {names} filled in from the settings. */
void settings_fill_program(const struct settings *s, enum lang l,
			   const char *text, struct buf *out);
/* The step is for this account. */
bool settings_wants_step(const struct settings *s,
			 const struct program_step *step);

/* Both values of a compared field as people read them; "" not told. */
void settings_given_text(const struct compared_server *c, enum lang l,
			 enum compare_field f, struct buf *out);
void settings_right_text(const struct settings *s, enum lang l,
			 const struct compared_server *c,
			 enum compare_field f, struct buf *out);
/* Why a value (or, COMPARE_FIELDS, the service) is not right. */
void settings_say_reason(const struct settings *s, enum lang l,
			 const struct compared_server *c,
			 enum compare_field f, struct buf *out);
/* What to write back to the customer. */
void settings_say_reply(const struct settings *s, enum lang l,
			struct buf *out);

/* settings_program.c, settings_compare.c */
void settings_put_program(struct human *h, const struct settings *s);
void settings_put_comparison(struct human *h, const struct settings *s);
/* settings_unknown.c */
void settings_put_unknown(struct human *h, const struct settings *s);
/* settings_human.c */
/* What stands at the top, each with its mark. */
void settings_put_notes(struct human *h, const struct settings *s);
void settings_put_check(struct human *h, const struct settings *s,
			size_t index, size_t at);
/* User name, password, switches. */
void settings_put_account(struct human *h, const struct settings *s);
void settings_put_source(struct human *h, const struct settings *s);
void settings_put_text(struct human *h, const struct settings *s,
		       const char **label, const char *id,
		       const struct text_arg *more);

#endif
