#ifndef MAILWHY_TEST_SCRIPT_STREAM_H
#define MAILWHY_TEST_SCRIPT_STREAM_H

/*
 * A server on paper. A script is text, one step a line:
 *
 *	S: * OK ready		the server says it, with CRLF
 *	s: * OK re		the same without CRLF
 *	C: a1 LOGIN *		the client must have said it (* fits anything)
 *	!close !reset !silence	how the script goes on for a client that reads
 *
 * A client that reads while the script waits for it gets a timeout; so does
 * one that reads past the end. What the client says is compared when the
 * script comes to it, so commands may share a packet.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "probes/talk.h"
#include "probes/wire/world.h"

struct script {
	struct world world;		/* first: a world is a script */
	const char *at;			/* next step */
	const char *pending;		/* of the line being said */
	size_t pending_len;
	bool crlf;			/* it ends in CRLF */
	char client[16384];		/* said by the client, not yet compared */
	size_t client_len;
	char all[16384];		/* everything it said */
	size_t all_len, writes;
	size_t chunk;			/* bytes a read, 0: all */
	unsigned ops, fail_at;		/* break the n-th read or write */
	enum fault_kind fail_with;
	msec clock;
	bool wrong;			/* the client said something else */
	bool closed, secured;
	char host[HOST_CAP];		/* name TLS was asked to verify */
	uint16_t dialled;
};

static inline void script_step(struct script *s, char *to, size_t cap)
{
	size_t n = strcspn(s->at, "\n");

	snprintf(to, cap, "%.*s", (int)n, s->at);
	s->at += n + (s->at[n] == '\n');
}

/* Compare the next line of the client; false: it has not said one. */
static inline bool script_hear(struct script *s, const char *want)
{
	char *end = memchr(s->client, '\n', s->client_len);
	char line[16384];
	size_t n;

	if (!end)
		return false;
	n = (size_t)(end - s->client);
	snprintf(line, sizeof(line), "%.*s", (int)n, s->client);
	if (n > 0 && line[n - 1] == '\r')
		line[n - 1] = '\0';
	else
		s->wrong = true;	/* lines end in CRLF */
	if (fnmatch(want, line, 0) != 0) {
		s->wrong = true;
		fprintf(stderr, "wanted: %s\n   got: %s\n", want, line);
	}
	s->client_len -= n + 1;
	memmove(s->client, end + 1, s->client_len);
	return true;
}

static inline bool script_breaks(struct script *s, struct fault *why)
{
	s->ops++;
	if (s->fail_at && s->ops == s->fail_at)
		return !fail(why, s->fail_with, "injected at %u", s->ops);
	return false;
}

static inline bool script_next(struct script *s, msec by, struct fault *why)
{
	while (!s->pending) {
		const char *here = s->at;
		static _Thread_local char step[16384];

		script_step(s, step, sizeof(step));
		if (step[0] == 'C' && !s->wrong) {
			if (script_hear(s, step + 3))
				continue;
			s->at = here;
		} else if (step[0] == 'S' || step[0] == 's') {
			s->pending = here + 3;
			s->pending_len = strcspn(here + 3, "\n");
			s->crlf = step[0] == 'S';
			return true;
		} else if (strcmp(step, "!close") == 0) {
			s->at = here;
			return fail(why, FAULT_CLOSED, "script");
		} else if (strcmp(step, "!reset") == 0) {
			s->at = here;
			return fail(why, FAULT_RESET, "script");
		}
		s->clock = by > s->clock ? by : s->clock;
		return fail(why, FAULT_TIMEOUT, "script");
	}
	return true;
}

static inline bool script_read(void *self, char *to, size_t cap,
			       size_t *ret_len, msec by, struct fault *why)
{
	struct script *s = self;
	size_t n = 0;

	if (script_breaks(s, why))
		return false;
	do {
		size_t limit = s->chunk ? s->chunk : cap;

		if (!s->pending && !script_next(s, by, why))
			return false;
		while (n < cap && n < limit && s->pending_len > 0) {
			to[n++] = *s->pending++;
			s->pending_len--;
		}
		if (s->pending_len == 0 && s->crlf) {
			s->pending = "\r\n";
			s->pending_len = 2;
			s->crlf = false;
		} else if (s->pending_len == 0) {
			s->pending = NULL;
		}
		/* say everything up to the next turn of the client at once */
	} while (n < cap && !s->chunk &&
		 (s->pending || *s->at == 'S' || *s->at == 's'));
	*ret_len = n;
	return n > 0 || fail(why, FAULT_TIMEOUT, "script");
}

static inline bool script_write(void *self, const char *from, size_t len,
				msec by, struct fault *why)
{
	struct script *s = self;

	(void)by;
	if (script_breaks(s, why))
		return false;
	s->writes++;
	if (s->client_len + len < sizeof(s->client)) {
		memcpy(s->client + s->client_len, from, len);
		s->client_len += len;
	}
	if (s->all_len + len < sizeof(s->all)) {
		memcpy(s->all + s->all_len, from, len);
		s->all_len += len;
	}
	return true;
}

static inline void script_close(void *self)
{
	((struct script *)self)->closed = true;
}

static const struct stream_ops script_ops = {
	.name = "script", .read = script_read,
	.write = script_write, .close = script_close,
};

static inline msec script_now(struct world *w)
{
	return ((struct script *)w)->clock++;
}

static inline bool script_resolve(struct world *w, const char *host,
				  uint16_t port, msec by,
				  struct name_facts *ret, struct fault *why)
{
	(void)w, (void)by;
	if (strstr(host, "nowhere"))
		return fail(why, FAULT_NXDOMAIN, "script");
	snprintf(ret->asked, sizeof(ret->asked), "%s", host);
	ret->addresses = 1;
	ret->address[0] = (struct address){ .family = FAMILY_IPV4,
					    .port = port,
					    .text = "192.0.2.1" };
	return true;
}

static inline bool script_connect(struct world *w, struct connect_facts *io,
				  msec by, struct stream *ret,
				  struct fault *why)
{
	struct script *s = (struct script *)w;

	(void)by, (void)why;
	io->winner = 0;
	io->attempt[0].state = ATTEMPT_WON;
	io->attempt[0].began = io->attempt[0].ended = s->clock;
	s->dialled = io->attempt[0].address.port;
	*ret = (struct stream){ &script_ops, s };
	return true;
}

static inline bool script_secure(struct world *w,
				 const struct tls_request *request,
				 struct stream *io, msec by,
				 struct tls_facts *ret, struct fault *why)
{
	struct script *s = (struct script *)w;

	(void)io, (void)by, (void)why;
	snprintf(s->host, sizeof(s->host), "%s", request->host);
	ret->handshake_done = ret->verified = true;
	s->secured = true;
	return true;
}

static inline void script_init(struct script *s, const char *text)
{
	memset(s, 0, sizeof(*s));
	s->world = (struct world){ script_now, script_resolve, script_connect,
				   script_secure, NULL, NULL };
	s->at = text;
	s->fail_with = FAULT_RESET;
}

/* Everything the script wanted to hear was said, and nothing else. */
static inline bool script_satisfied(struct script *s)
{
	while (*s->at == 'C' && !s->wrong) {
		char step[4096];

		script_step(s, step, sizeof(step));
		if (!script_hear(s, step + 3)) {
			fprintf(stderr, "never said: %s\n", step + 3);
			return false;
		}
	}
	if (s->client_len > 0)
		fprintf(stderr, "also said: %.*s", (int)s->client_len,
			s->client);
	return !s->wrong && s->client_len == 0 && !*s->at;
}

#endif
