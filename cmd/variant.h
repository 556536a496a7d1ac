#ifndef MAILWHY_VARIANT_H
#define MAILWHY_VARIANT_H

#include "cmd/target.h"
#include "probes/redact.h"
#include "probes/sasl.h"
#include "reports/experiment.h"

/*
 * --try-variants: the secret and the user name as they were probably meant.
 * Each is a login of its own, so nothing here happens unasked and nothing
 * beyond the login budget. A form that would be the same as what was given is
 * not there.
 */
struct variants {
	unsigned available;		/* bits of enum variant */
	struct secret secret[VARIANT_COUNT];
	char user[USER_CAP];		/* the name's other form */
	struct credentials who[VARIANT_COUNT];
	struct redactor *redactor[VARIANT_COUNT];
};

/*
 * `separators`: what an app password is shown with, or NULL. `form`: what the
 * provider wants for a user name ("address", "local"), NULL not known.
 * Without memory there are none.
 */
void variants_prepare(const struct credentials *who, const char *address,
		      const char *separators, const char *form,
		      struct variants *ret);
void variants_release(struct variants *v);	/* wipes */

#endif
