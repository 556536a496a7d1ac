#ifndef MAILWHY_EXPECT_H
#define MAILWHY_EXPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/outcome.h"

/*
 * What is wanted of an account, and whether it is so. Without expectations
 * the account is expected to log in wherever it is asked to.
 *
 *	"expect": { "login": ["imap", "smtp"], "no_login": ["pop3"],
 *		    "certificate_days": 14, "tls": "1.2",
 *		    "capabilities": { "imap": ["IDLE"] }, "max_ms": 2000,
 *		    "cause": "protocol_disabled" }
 *
 * A leaver's account ("no_login") passes when its login is refused, by a
 * cause of the account or the secret; a server that is down proves nothing.
 */
enum wish { WISH_NONE, WISH_LOGIN, WISH_NO_LOGIN };

#define CAPABILITIES_MAX 12

struct expect {
	enum wish login[SERVICE_COUNT];
	int certificate_days;		/* least; -1: not asked */
	char tls[8];			/* least: "1.2", "1.3"; "" */
	size_t capabilities;
	struct expect_capability {
		enum service service;
		char name[40];
	} capability[CAPABILITIES_MAX];
	msec max_msec;			/* of the whole account; 0 */
	enum cause cause;		/* CAUSE_COUNT: not asked */
};

#define EXPECT_NOTHING ((struct expect){ .certificate_days = -1, \
					 .cause = CAUSE_COUNT })

/*
 * What is wrong with an expectation: the id of a text, which has the names
 * {where}, what the caller calls the member ("--expect tls"), and {value}.
 */
struct expect_slip {
	const char *text;
	char member[64];		/* as it was written, "" the whole */
	char value[64];
};

bool expect_is_empty(const struct expect *e);
/*
 * "expect" of one account over that of all: the one given last holds. An
 * account that is expected to fail by its cause has no logins of all.
 */
void expect_over(const struct expect *all, struct expect *io);
bool expect_read(const struct json *object, struct expect *ret,
		 struct expect_slip *why);

/*
 * The same as text: "certificate_days" and "14", "login" and "imap smtp",
 * "capabilities.imap" and "IDLE MOVE". What is there already stays.
 */
bool expect_add(const char *member, const char *value, struct expect *io,
		struct expect_slip *why);
/* "login=imap,smtp,tls=1.2": what has no name goes on with the list before. */
bool expect_parse(const char *text, struct expect *io,
		  struct expect_slip *why);

/* How many rows of ret are filled; pure. */
size_t expect_judge(const struct expect *e, const struct report_input *in,
		    struct outcome_expectation ret[EXPECTATIONS_MAX]);

#endif
