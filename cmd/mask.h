#ifndef MAILWHY_MASK_H
#define MAILWHY_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/fault.h"
#include "probes/wire/facts.h"

/*
 * Texts for a public place. Names (of a person, of a domain) and the addresses
 * of machines are replaced wherever they stand as words, in any case, the same
 * one always by the same stand-in, so that a report keeps its sense.
 */
#define MASK_NAMES_MAX 256
#define MASK_ADDRESSES_MAX 64

struct mask_name {
	char from[512];
	char to[64];
	bool in_hosts;			/* a domain: also behind a dot */
};

struct mask {
	bool keep_addresses;
	bool full;			/* a name was left out */
	size_t domains;			/* of the names; see mask_hosts.h */
	size_t names;
	struct mask_name name[MASK_NAMES_MAX];	/* the longest first */
	size_t addresses;
	struct address address[MASK_ADDRESSES_MAX];
};

/* The name and its base64, as logins carry it; "" and doubles are nothing. */
void mask_add(struct mask *m, const char *from, const char *to,
	      bool in_hosts);

/* Faults: TOO_LONG, when there was no room for every name. */
bool mask_is_whole(const struct mask *m, struct fault *why);

/* In place; what grows past `cap` is cut. */
void mask_text(struct mask *m, char *text, size_t cap);

/* 192.0.2.N or 2001:db8::N, bytes and text; the loopback stays. */
void mask_address(struct mask *m, struct address *io);

#endif
