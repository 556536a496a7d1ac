#include "cmd/demo/player.h"

#include <string.h>

#include "probes/base/text.h"

/*
 * What any well-behaved server says, so that a scenario tells only what is
 * special. Wordings follow Dovecot and Postfix, which most people meet.
 */

static const char *const offers[SERVICE_COUNT] = {
	[SERVICE_IMAP] = ("IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE QUOTA "
			  "NAMESPACE UNSELECT AUTH=PLAIN AUTH=LOGIN"),
	[SERVICE_SMTP] = ("PIPELINING, SIZE 52428800, ETRN, AUTH PLAIN LOGIN, "
			  "ENHANCEDSTATUSCODES, 8BITMIME"),
	[SERVICE_POP3] = ("TOP, UIDL, RESP-CODES, PIPELINING, USER, "
			  "SASL PLAIN LOGIN"),
};

static const char *const offers_clear[SERVICE_COUNT] = {
	[SERVICE_IMAP] = "IMAP4rev1 SASL-IR LITERAL+ ID STARTTLS LOGINDISABLED",
	[SERVICE_SMTP] = ("PIPELINING, SIZE 52428800, ETRN, STARTTLS, "
			  "ENHANCEDSTATUSCODES, 8BITMIME"),
	[SERVICE_POP3] = "TOP, UIDL, RESP-CODES, PIPELINING, STLS",
};

static const char *offered(const struct player *p)
{
	const struct scene *e = p->scene;
	enum service service = e->endpoint.service;

	if (e->endpoint.security == SECURITY_STARTTLS && !p->in_tls)
		return e->offers_clear ? e->offers_clear : offers_clear[service];
	return e->offers ? e->offers : offers[service];
}

void polite_greeting(struct player *p)
{
	switch (p->scene->endpoint.service) {
	case SERVICE_IMAP:
		player_say(p, "* OK [CAPABILITY %s] %s ready.", offered(p),
			   p->scene->endpoint.host);
		break;
	case SERVICE_SMTP:
		player_say(p, "220 %s ESMTP ready", p->scene->endpoint.host);
		break;
	case SERVICE_POP3:
		player_say(p, "+OK %s ready.", p->scene->endpoint.host);
		break;
	}
}

/* ---- logins ---- */

static const char *const yes[SERVICE_COUNT] = {
	[SERVICE_IMAP] = "OK Logged in",
	[SERVICE_SMTP] = "235 2.7.0 Authentication successful",
	[SERVICE_POP3] = "+OK Logged in.",
};

static const char *const no[SERVICE_COUNT] = {
	[SERVICE_IMAP] = "NO [AUTHENTICATIONFAILED] Authentication failed.",
	[SERVICE_SMTP] = ("535 5.7.8 Error: authentication failed: "
			  "authentication failure"),
	[SERVICE_POP3] = "-ERR [AUTH] Authentication failed.",
};

void polite_login(struct player *p, bool right)
{
	enum service service = p->scene->endpoint.service;
	const char *text = right ? yes[service] : no[service];

	if (player_cue(p, right ? CUE_ACCEPTED : CUE_REFUSED,
		       (struct span){ "", 0 }))
		return;
	if (service == SERVICE_IMAP)
		player_say(p, "%s %s", p->tag, text);
	else
		player_say(p, "%s", text);
}

/* ---- commands, a table a service ---- */

struct polite {
	const char *command;
	const char *answer;		/* lines by \n; "=": behind the tag */
	void (*run)(struct player *p, struct span command);
	bool needs_login;
};

static void say_lines(struct player *p, const char *answer)
{
	struct span rest = span_of(answer), line;

	while (rest.len > 0) {
		span_cut(&rest, '\n', &line);
		if (span_skip(&line, "="))
			player_say(p, "%s %.*s", p->tag, (int)line.len, line.at);
		else
			player_say(p, "%.*s", (int)line.len, line.at);
	}
}

static bool play_table(struct player *p, const struct polite *rows, size_t n,
		       struct span command)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(rows[i].command);

		if (!span_starts(command, rows[i].command) ||
		    (command.len > len && command.at[len] != ' ' &&
		     command.at[len] != ':'))
			continue;
		if (rows[i].needs_login && !p->logged_in)
			return false;
		if (rows[i].run)
			rows[i].run(p, span_trim(span_from(command, len)));
		if (rows[i].answer)
			say_lines(p, rows[i].answer);
		return true;
	}
	return false;
}

static void begin_tls(struct player *p, struct span rest)
{
	(void)rest;
	p->then = THEN_SECURE;
}

static void say_goodbye(struct player *p, struct span rest)
{
	(void)rest;
	p->then = THEN_CLOSE;
}

/* ---- IMAP ---- */

static void imap_capability(struct player *p, struct span rest)
{
	(void)rest;
	player_say(p, "* CAPABILITY %s", offered(p));
}

static void imap_idle(struct player *p, struct span rest)
{
	(void)rest;
	player_say(p, "+ idling");
	p->turn = TURN_IDLE;
}

#define MAILBOX \
	"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\n" \
	"* 0 EXISTS\n* 0 RECENT\n* OK [UIDVALIDITY 1] UIDs valid\n" \
	"* OK [UIDNEXT 1] Predicted next UID\n"
#define QUOTA "* QUOTA \"User quota\" (STORAGE 120 1048576)\n"

static const struct polite imap_rows[] = {
	{ "CAPABILITY", "=OK Capability completed.", imap_capability, false },
	{ "NOOP", "=OK NOOP completed.", NULL, false },
	{ "LOGOUT", "* BYE Logging out\n=OK Logout completed.", say_goodbye, false },
	{ "STARTTLS", "=OK Begin TLS negotiation now.", begin_tls, false },
	{ "ID", "* ID (\"name\" \"mailwhy demo\")\n=OK ID completed.", NULL, false },
	{ "EXAMINE", MAILBOX "=OK [READ-ONLY] Examine completed.", NULL, true },
	{ "SELECT", MAILBOX "=OK [READ-WRITE] Select completed.", NULL, true },
	{ "GETQUOTAROOT", "* QUOTAROOT INBOX \"User quota\"\n" QUOTA
	  "=OK Getquotaroot completed.", NULL, true },
	{ "GETQUOTA", QUOTA "=OK Getquota completed.", NULL, true },
	{ "LIST", "* LIST (\\HasNoChildren) \"/\" INBOX\n=OK List completed.",
	  NULL, true },
	{ "LSUB", "* LSUB () \"/\" INBOX\n=OK Lsub completed.", NULL, true },
	{ "NAMESPACE", "* NAMESPACE ((\"\" \"/\")) NIL NIL\n"
	  "=OK Namespace completed.", NULL, true },
	{ "STATUS", "* STATUS INBOX (MESSAGES 0 RECENT 0 UIDNEXT 1 "
	  "UIDVALIDITY 1 UNSEEN 0)\n=OK Status completed.", NULL, true },
	{ "IDLE", NULL, imap_idle, true },
	{ "ENABLE", "* ENABLED\n=OK Enabled.", NULL, true },
	{ "UID SEARCH", "* SEARCH\n=OK Search completed.", NULL, true },
	{ "SEARCH", "* SEARCH\n=OK Search completed.", NULL, true },
	{ "UID", "=OK Completed.", NULL, true },
	{ "FETCH", "=OK Fetch completed.", NULL, true },
	{ "CHECK", "=OK Check completed.", NULL, true },
	{ "CLOSE", "=OK Close completed.", NULL, true },
	{ "UNSELECT", "=OK Unselect completed.", NULL, true },
	{ "SUBSCRIBE", "=OK Subscribe completed.", NULL, true },
};

/* ---- SMTP ---- */

static void smtp_ehlo(struct player *p, struct span rest)
{
	struct span words = span_of(offered(p)), word;

	(void)rest;
	if (words.len == 0) {
		player_say(p, "250 %s", p->scene->endpoint.host);
		return;
	}
	player_say(p, "250-%s", p->scene->endpoint.host);
	while (span_cut(&words, ',', &word)) {
		word = span_trim(word);
		player_say(p, "250%c%.*s", words.len > 0 ? '-' : ' ',
			   (int)word.len, word.at);
		if (words.len == 0)
			break;
	}
}

static void smtp_data(struct player *p, struct span rest)
{
	(void)rest;
	player_say(p, "354 End data with <CR><LF>.<CR><LF>");
	p->turn = TURN_DATA;
}

static const struct polite smtp_rows[] = {
	{ "EHLO", NULL, smtp_ehlo, false },
	{ "HELO", "250 Hello", NULL, false },
	{ "STARTTLS", "220 2.0.0 Ready to start TLS", begin_tls, false },
	{ "MAIL FROM", "250 2.1.0 Ok", NULL, true },
	{ "RCPT TO", "250 2.1.5 Ok", NULL, true },
	{ "DATA", NULL, smtp_data, true },
	{ "RSET", "250 2.0.0 Ok", NULL, false },
	{ "NOOP", "250 2.0.0 Ok", NULL, false },
	{ "VRFY", "252 2.0.0 Try it", NULL, true },
	{ "QUIT", "221 2.0.0 Bye", say_goodbye, false },
};

/* ---- POP3 ---- */

static void pop3_capa(struct player *p, struct span rest)
{
	struct span words = span_of(offered(p)), word;

	(void)rest;
	player_say(p, "+OK");
	while (words.len > 0 && span_cut(&words, ',', &word)) {
		word = span_trim(word);
		player_say(p, "%.*s", (int)word.len, word.at);
	}
	player_say(p, ".");
}

static const struct polite pop3_rows[] = {
	{ "CAPA", NULL, pop3_capa, false },
	{ "STLS", "+OK Begin TLS negotiation now.", begin_tls, false },
	{ "STAT", "+OK 0 0", NULL, true },
	{ "LIST", "+OK 0 messages:\n.", NULL, true },
	{ "UIDL", "+OK\n.", NULL, true },
	{ "RETR", "-ERR There's no message 1.", NULL, true },
	{ "TOP", "-ERR There's no message 1.", NULL, true },
	{ "DELE", "-ERR There's no message 1.", NULL, true },
	{ "RSET", "+OK", NULL, true },
	{ "NOOP", "+OK", NULL, true },
	{ "QUIT", "+OK Logging out.", say_goodbye, false },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool is_login(enum service service, struct span command)
{
	return login_is_attempt(service, command) ||
	       (service == SERVICE_POP3 && span_starts(command, "USER"));
}

void polite_command(struct player *p, struct span command)
{
	enum service service = p->scene->endpoint.service;
	bool known = false;

	if (is_login(service, command)) {
		login_command(p, command);
		return;
	}
	switch (service) {
	case SERVICE_IMAP:
		known = play_table(p, imap_rows, COUNT(imap_rows), command);
		if (!known)
			player_say(p, "%s BAD Error in IMAP command received "
				   "by server.", p->tag);
		break;
	case SERVICE_SMTP:
		known = play_table(p, smtp_rows, COUNT(smtp_rows), command);
		if (!known && span_starts(command, "MAIL"))
			player_say(p, "530 5.7.0 Authentication required");
		else if (!known)
			player_say(p, "500 5.5.2 Error: command not recognized");
		break;
	case SERVICE_POP3:
		known = play_table(p, pop3_rows, COUNT(pop3_rows), command);
		if (!known)
			player_say(p, "-ERR Unknown command.");
		break;
	}
}
