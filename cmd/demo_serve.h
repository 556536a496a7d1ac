#ifndef MAILWHY_DEMO_SERVE_H
#define MAILWHY_DEMO_SERVE_H

#include "cmd/demo/server.h"
#include "cmd/options.h"
#include "probes/base/buf.h"

/*
 * mailwhy demo --serve: tell where the servers of the scenario listen, and
 * wait for Ctrl-C, which is how it ends (exit 130, as everywhere). The
 * authority's certificate lies in a private temporary file meanwhile.
 */
int demo_serve(const struct options *o, const struct scenario *s,
	       const struct servers *all);

/*
 * demo_try.c: the command line that sends the real check to these servers, as
 * a line to copy.
 */
void demo_try(struct buf *out, const struct scenario *s,
	      const struct servers *all, const char *ca);

#endif
