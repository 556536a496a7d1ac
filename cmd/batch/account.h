#ifndef MAILWHY_BATCH_ACCOUNT_H
#define MAILWHY_BATCH_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/options.h"
#include "probes/base/secret.h"
#include "reports/expect.h"
#include "reports/outcome.h"

/*
 * One account as its file has it: values only, nothing looked up yet. The
 * secret is a reference; it is read when the account's turn comes and wiped
 * right after. All owned; account_free().
 */
struct account {
	const char *file;		/* borrowed from the input */
	unsigned line, column;
	char *name;			/* what reports call it */
	char *address, *user;		/* NULL: not given */
	bool has_secret, is_token;
	enum secret_source secret_source;
	char *secret_argument;		/* variable, file, command */
	struct secret *inline_secret;	/* --allow-inline-secrets, or NULL */
	char *sender, *mechanism;	/* NULL: not given */
	size_t urls;
	char *url[ENDPOINTS_MAX];	/* imaps://mail.example.com:993 */
	size_t labels;
	struct outcome_label label[LABELS_MAX];
	struct expect expect;		/* what is wanted; those for all included */
};

void account_free(struct account *a);	/* accepts NULL */

#endif
