#include "probes/evidence.h"

#include <string.h>

#include "probes/base/text.h"

static const char *const stages[] = {
	[STAGE_RESOLVE] = "resolve",
	[STAGE_CONNECT] = "connect",
	[STAGE_TLS] = "tls",
	[STAGE_GREETING] = "greeting",
	[STAGE_CAPABILITY] = "capability",
	[STAGE_STARTTLS] = "starttls",
	[STAGE_LOGIN] = "login",
	[STAGE_MAILBOX] = "mailbox",
	[STAGE_LOGOUT] = "logout",
};

static const char *const results[] = {
	[STEP_PASSED] = "passed",
	[STEP_FAILED] = "failed",
	[STEP_SKIPPED] = "skipped",
};

static const char *const skips[] = {
#define X(skip, name) [skip] = name,
	SKIPS(X)
#undef X
};

static const char *const answers[] = {
	[ANSWER_NONE] = "none",
	[ANSWER_OK] = "ok",
	[ANSWER_NO] = "no",
	[ANSWER_BAD] = "bad",
	[ANSWER_BYE] = "bye",
	[ANSWER_PREAUTH] = "preauth",
	[ANSWER_CONTINUE] = "continue",
};

static const char *const speeches[] = {
	[SPEECH_UNKNOWN] = "unknown",
	[SPEECH_SILENCE] = "silence",
	[SPEECH_IMAP] = "imap",
	[SPEECH_SMTP] = "smtp",
	[SPEECH_POP3] = "pop3",
	[SPEECH_TLS] = "tls",
	[SPEECH_HTTP] = "http",
	[SPEECH_SSH] = "ssh",
	[SPEECH_FTP] = "ftp",
};

static const char *const outcomes[] = {
	[LOGIN_NOT_TRIED] = "not-tried",
	[LOGIN_ACCEPTED] = "accepted",
	[LOGIN_REFUSED] = "refused",
	[LOGIN_UNDECIDED] = "undecided",
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

_Static_assert(ARRAY_SIZE(stages) == STAGE_COUNT, "every stage has a name");
_Static_assert(ARRAY_SIZE(skips) == SKIP_COUNT, "every skip has a name");

static bool find(const char *const *names, size_t n, const char *name,
		 size_t *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

const char *stage_name(enum stage s)
{
	return stages[s];
}

bool stage_by_name(const char *name, enum stage *ret)
{
	size_t i;

	if (!find(stages, ARRAY_SIZE(stages), name, &i))
		return false;
	*ret = (enum stage)i;
	return true;
}

const char *step_result_name(enum step_result r)
{
	return results[r];
}

const char *skip_name(enum skip s)
{
	return skips[s];
}

const char *answer_name(enum answer a)
{
	return answers[a];
}

const char *speech_name(enum speech s)
{
	return speeches[s];
}

bool speech_by_name(const char *name, enum speech *ret)
{
	size_t i;

	if (!find(speeches, ARRAY_SIZE(speeches), name, &i))
		return false;
	*ret = (enum speech)i;
	return true;
}

const char *login_outcome_name(enum login_outcome o)
{
	return outcomes[o];
}

/* Three digits and a separator: SMTP and FTP look alike up to their words. */
static bool has_reply_code(struct span s)
{
	for (size_t i = 0; i < 3; i++)
		if (i >= s.len || !ascii_is_digit(s.at[i]))
			return false;
	return s.len == 3 || strchr(" -\r\n", s.at[3]) != NULL;
}

static enum speech speech_of_code(struct span s)
{
	if (s.at[0] < '2' || s.at[0] > '5')
		return SPEECH_UNKNOWN;
	if (span_has(s, "smtp"))
		return SPEECH_SMTP;
	return span_has(s, "ftp") ? SPEECH_FTP : SPEECH_SMTP;
}

/* RFC 8446 5.1: an alert (21) or handshake (22) record of version 3.x. */
static bool is_tls_record(struct span s)
{
	return s.len >= 2 && (s.at[0] == 0x15 || s.at[0] == 0x16) &&
	       s.at[1] == 0x03;
}

enum speech speech_of(struct span s)
{
	static const struct {
		const char *start;
		enum speech speech;
	} starts[] = {
		{ "* OK", SPEECH_IMAP },
		{ "* BYE", SPEECH_IMAP },
		{ "* PREAUTH", SPEECH_IMAP },
		{ "* NO", SPEECH_IMAP },
		{ "* BAD", SPEECH_IMAP },
		{ "+OK", SPEECH_POP3 },
		{ "-ERR", SPEECH_POP3 },
		{ "HTTP/", SPEECH_HTTP },
		{ "<!DOCTYPE", SPEECH_HTTP },
		{ "<html", SPEECH_HTTP },
		{ "SSH-", SPEECH_SSH },
	};

	if (s.len == 0)
		return SPEECH_SILENCE;
	if (is_tls_record(s))
		return SPEECH_TLS;
	if (has_reply_code(s))
		return speech_of_code(s);
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (span_starts(s, starts[i].start))
			return starts[i].speech;
	return SPEECH_UNKNOWN;
}

bool capability_next(const struct capabilities *c, const char *prefix,
		     size_t *at, struct span *ret_word)
{
	struct span rest = span_from(span_of(c->words), *at), word;

	while (span_word(&rest, &word)) {
		*at = (size_t)(word.at + word.len - c->words);
		if (span_starts(word, prefix)) {
			*ret_word = word;
			return true;
		}
	}
	*at = strlen(c->words);
	return false;
}

bool capability_has(const struct capabilities *c, const char *word)
{
	struct span found;
	size_t at = 0;

	while (capability_next(c, word, &at, &found))
		if (span_is(found, word))
			return true;
	return false;
}

static bool has_word(const struct capabilities *c, struct span word)
{
	struct span rest = span_of(c->words), w;

	while (span_word(&rest, &w)) {
		if (w.len == word.len && memcmp(w.at, word.at, w.len) == 0)
			return true;
	}
	return false;
}

/* A word of a peer: anything that is not visible ASCII is no capability. */
static bool upper_word(struct span word, char *to, size_t cap)
{
	if (word.len == 0 || word.len >= cap)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] <= ' ' || word.at[i] > '~')
			return false;
		to[i] = ascii_upper(word.at[i]);
	}
	to[word.len] = '\0';
	return true;
}

void capability_add(struct capabilities *c, struct span word)
{
	char upper[256];
	size_t used = strlen(c->words);

	if (!upper_word(word, upper, sizeof(upper)) ||
	    has_word(c, span_of(upper)))
		return;
	if (used + 1 + word.len >= sizeof(c->words)) {
		c->cut = true;
		return;
	}
	if (used)
		c->words[used++] = ' ';
	memcpy(c->words + used, upper, word.len + 1);
}

bool capability_lacks(const struct capabilities *c, const char *word,
		      struct fault *why)
{
	if (c->cut)
		return fail(why, FAULT_TOO_LONG, "over %d bytes of "
			    "capabilities, %s not among those kept",
			    CAPABILITIES_CAP, word);
	return fail(why, FAULT_NOT_OFFERED, "%s is not listed", word);
}

static void clear(struct evidence *e, size_t from, size_t to)
{
	memset((char *)e + from, 0, to - from);
}

void evidence_begin(struct evidence *e)
{
	clear(e, offsetof(struct evidence, steps),
	      offsetof(struct evidence, step));
	clear(e, offsetof(struct evidence, step) + sizeof(e->step),
	      offsetof(struct evidence, tls));
	tls_facts_begin(&e->tls);
	clear(e, offsetof(struct evidence, tls) + sizeof(e->tls),
	      offsetof(struct evidence, transcript));
	e->transcript.lines = e->transcript.used = 0;
	e->transcript.cut = false;
	e->connection.winner = -1;
}

const struct step *evidence_step(const struct evidence *e, enum stage stage)
{
	for (size_t i = e->steps; i-- > 0;)
		if (e->step[i].stage == stage)
			return &e->step[i];
	return NULL;
}

const struct step *evidence_failure(const struct evidence *e)
{
	/* A failed logout harms nobody: it is noted and ends nothing. */
	for (size_t i = e->steps; i-- > 0;)
		if (e->step[i].result == STEP_FAILED &&
		    e->step[i].stage != STAGE_LOGOUT)
			return &e->step[i];
	return NULL;
}

const struct capabilities *evidence_capabilities(const struct evidence *e)
{
	for (size_t i = PHASE_COUNT; i-- > 0;)
		if (e->capabilities[i].known)
			return &e->capabilities[i];
	return &e->capabilities[PHASE_CLEAR];
}
