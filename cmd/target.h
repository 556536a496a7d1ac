#ifndef MAILWHY_TARGET_H
#define MAILWHY_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/discover.h"
#include "cmd/options.h"
#include "providers/provider.h"

/*
 * From what was asked for (an address, URLs, flags) to endpoints. Pure but
 * for the built-in providers; no network: where it takes one, `undiscovered` is
 * left true, and target_take is told what discover() found.
 *
 *	imaps://user@host[:993]		imap://user@host[:143]	   STARTTLS
 *	smtps:// submissions://  465	submission:// smtp:// 587  STARTTLS
 *	pop3s://                 995	pop3://               110  STARTTLS
 */
#define USER_CAP 512

struct target {
	char address[USER_CAP];		/* "" when only a host was given */
	char user[USER_CAP];		/* what is sent; "" no login possible */
	struct provider *provider;	/* or NULL; owned */
	const char *how_found;		/* "domain", "mx"; "" no provider */
	bool undiscovered;		/* no endpoints and no user yet */
	size_t endpoints;
	struct endpoint endpoint[ENDPOINTS_MAX];
};

/*
 * false: nothing usable. *ret_code is then 2 after one line on stderr, or 5
 * when built-in data is broken.
 */
bool target_resolve(const struct options *o, struct target *ret,
		    int *ret_code);
/*
 * Endpoints and user name of an address that was undiscovered; takes over
 * d->provider. true with no endpoints: nothing was found, which is a result
 * of its own. false: as above.
 */
bool target_take(const struct options *o, struct discovery *d,
		 struct target *io, int *ret_code);
void target_release(struct target *t);

/* ---- parts, for the options and the tests; all pure ---- */

/* "user:secret@host", with a scheme or without: not to be shown again. */
bool target_holds_secret(const char *text);
/* local@domain: one @, neither side empty, no white space. */
bool target_is_address(const char *text);
/* Full-width letters, as a Japanese input method types them: "taro＠". */
bool target_is_full_width(const char *text);
/* A host name or address literal that could be looked up. */
bool target_host_is_plausible(const char *text);
/* "host:port", "[v6]:port": both parts are there. */
bool target_split_port(struct span text, struct span *ret_host,
		       uint16_t *ret_port);
/* HOST:PORT:ADDR[,ADDR...] */
bool target_parse_override(const char *text, struct resolve_override *ret);
/* HOST1:PORT1:HOST2:PORT2, every part but the colons may be empty */
bool target_parse_connect_rule(const char *text, struct connect_rule *ret);

struct target_url {
	enum service service;
	enum security security;
	char user[USER_CAP];		/* percent-decoded; "" none */
	char host[HOST_CAP];		/* v6 without brackets */
	uint16_t port;
};

/* NULL: parsed. Else the text id of what is wrong (no part of it secret). */
const char *target_parse_url(const char *text, struct target_url *ret);

#endif
