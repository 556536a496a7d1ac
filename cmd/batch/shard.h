#ifndef MAILWHY_BATCH_SHARD_H
#define MAILWHY_BATCH_SHARD_H

#include "cmd/batch/account.h"

/*
 * --shard I/N: the same accounts on the same shard, always and everywhere, and
 * all of one server's on one, so that what is asked of a server holds when
 * shards run side by side. A server is the domain its hosts lie in: those of
 * imap.example.com and smtp.example.com go together. The servers of an account
 * without any are its provider's, or else the domain of its address stands for
 * them.
 */
struct shards {
	unsigned index, count;		/* from 1; count 0: all of them */
	const struct options *o;
	struct shard_memory *memory;	/* private: domains looked up */
};

bool shards_open(struct shards *s, const struct options *o);
void shards_close(struct shards *s);	/* accepts zeroed */
bool shards_have(const struct shards *s, const struct account *a);
/* What is no account is told by one of them. */
bool shards_have_line(const struct shards *s, unsigned line);

/* Pure: "imap.example.com" is "example.com", as "example.com" is. */
const char *shard_domain(const char *host);
unsigned shard_of(const char *domain, unsigned count);	/* from 1 */

#endif
