#include "reports/explain_private.h"

#include <string.h>

#include "probes/base/text.h"

/* What a reply that was pasted most likely answers to. */

/* "451 Please authenticate before you send": no login was made yet. */
static bool asks_for_login(struct span text)
{
	static const char *const words[] = {
		"please authenticate", "authenticate before",
		"authenticate first", "log in first", "login first",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_has(text, words[i]))
			return true;
	return false;
}

/* Codes that answer to a sender or a recipient rather than to a login. */
static bool is_about_mail_itself(const struct reply *r)
{
	static const char *const of_login[] = {
		"auth error", "auth fail", "authentication fail",
		"authentication reject", "bad authentication", "command",
	};

	for (size_t i = 0; i < sizeof(of_login) / sizeof(of_login[0]); i++)
		if (span_has(span_of(r->text), of_login[i]))
			return false;
	if (r->enhanced[0] && strcmp(r->enhanced + 1, ".7.8") == 0)
		return false;		/* RFC 4954 section 6 */
	return r->code == 450 || r->code == 452 ||
	       (r->code == 451 && asks_for_login(span_of(r->text))) ||
	       (r->code >= 550 && r->code < 580) ||
	       (r->code == 0 && r->enhanced[0] && r->enhanced[2] < '4');
}

/* "454 4.7.0 TLS not available": STARTTLS was asked for, and refused. */
static bool is_about_tls(const struct reply *r)
{
	struct span text = span_of(r->text);

	return (r->code >= 400 || r->answer == ANSWER_BAD ||
		r->answer == ANSWER_NO) &&
	       span_has(text, "tls") &&
	       (span_has(text, "not available") ||
		span_has(text, "unavailable") || span_has(text, "not supp") ||
		span_has(text, "unsupported") || span_has(text, "unrecogni") ||
		span_has(text, "not offered") || span_has(text, "not enabled"));
}

/* Codes that only a login is answered with (RFC 4954, RFC 5530, RFC 3206). */
static bool is_about_login(const struct reply *r)
{
	static const char *const codes[] = {
		"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "AUTH",
		"EXPIRED",
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(r->response_code, codes[i]) == 0)
			return true;
	return r->code == 432 || r->code == 534 || r->code == 535 ||
	       r->code == 538;
}

enum stage explain_stage(const struct reply *r, bool *ret_sure)
{
	*ret_sure = false;
	if (is_about_tls(r))
		return STAGE_STARTTLS;
	if (is_about_mail_itself(r))
		return STAGE_MAILBOX;
	*ret_sure = is_about_login(r);
	return STAGE_LOGIN;
}
