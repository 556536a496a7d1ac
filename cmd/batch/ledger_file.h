#ifndef MAILWHY_BATCH_LEDGER_FILE_H
#define MAILWHY_BATCH_LEDGER_FILE_H

#include <stdint.h>

#include "cmd/batch/ledger.h"

/*
 * The rows of the state file, and who holds it. Text, a line a row:
 *
 *	mailwhy-logins 1 KEY
 *	refused ID TAG COUNT TIME CHECK
 *	forgiven ID 0000 0 TIME CHECK
 *	host ID 0000 COUNT TIME CHECK
 *
 * KEY is 32 random bytes, ID 16 bytes of a hash, TAG 2, CHECK 4 bytes of the
 * line's own; all in hexadecimal and keyed. A last line without an end is one
 * a crash has cut: it is left out. Anything else that does not fit is damage.
 */
enum ledger_row_kind { ROW_REFUSED, ROW_FORGIVEN, ROW_HOST };

#define LEDGER_ID 16
#define LEDGER_KEY 32

struct ledger_row {
	enum ledger_row_kind kind;
	unsigned char id[LEDGER_ID];
	uint16_t tag;
	unsigned count;
	epoch at;
};

/* ---- the text of it; pure ---- */

#define LEDGER_LINE_CAP 128

/* With its line end. false: no hash to be had. */
bool ledger_line(const unsigned char key[LEDGER_KEY],
		 const struct ledger_row *row, char to[LEDGER_LINE_CAP]);
bool ledger_head(const unsigned char key[LEDGER_KEY],
		 char to[LEDGER_LINE_CAP]);
/*
 * All rows to `take`, the key before the first. Empty: no key, no row. 0, or
 * the number of the line that is damaged; take() false (no memory): -1.
 */
long ledger_parse(struct span text, unsigned char ret_key[LEDGER_KEY],
		  bool *ret_has_key,
		  bool (*take)(void *context, const struct ledger_row *row),
		  void *context);

/* ---- the file ---- */

struct ledger_file;

/* Locked and read. *ret_text: free(); "" when there was none. */
enum ledger_problem ledger_file_open(const char *path, enum lang lang,
				     struct ledger_file **ret, char **ret_text,
				     size_t *ret_len, char reason[REASON_CAP]);
bool ledger_file_replace(struct ledger_file *f, struct span text,
			 char reason[REASON_CAP]);
bool ledger_file_append(struct ledger_file *f, struct span line,
			char reason[REASON_CAP]);
void ledger_file_close(struct ledger_file *f);	/* accepts NULL */

#endif
