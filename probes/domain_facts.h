#ifndef MAILWHY_DOMAIN_FACTS_H
#define MAILWHY_DOMAIN_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/fault.h"
#include "probes/endpoint.h"
#include "probes/wire/facts.h"

/*
 * What a domain, and those who know it, say of its mail servers: what was
 * seen, and no judgement.
 */
enum question_state {
	QUESTION_NOT_ASKED,		/* or given up: nobody needs it now */
	QUESTION_OPEN,			/* under way: do not look at it yet */
	QUESTION_DONE
};

/* _imaps._tcp and so on, in this order (RFC 6186, RFC 8314). */
#define SRV_SERVICES 6

enum page {
	PAGE_AUTOCONFIG,		/* autoconfig.DOMAIN */
	PAGE_WELL_KNOWN,		/* DOMAIN/.well-known/autoconfig/... */
	PAGE_ISPDB,			/* Mozilla's list, by the domain */
	PAGE_ISPDB_MX,			/* and by the domain of its MX */
	PAGE_COUNT
};

struct page_facts {
	enum question_state state;
	char asked[URL_CAP];		/* whole in any state */
	struct fault why;		/* NONE: an answer came (see status) */
	struct http_facts http;
};

struct domain_facts {
	char domain[HOST_CAP];		/* A-labels */
	enum question_state mx_state, srv_state;
	struct records_facts mx;
	struct records_facts srv[SRV_SERVICES];
	struct page_facts page[PAGE_COUNT];
};

/* What the n-th SRV record is for, and its label, "_imaps". */
const char *srv_label(size_t index);
enum service srv_service(size_t index);
enum security srv_security(size_t index);

/*
 * Who asks for a page is asked for an address by some servers. They are given
 * this local part, which every domain has (RFC 5321 4.5.1), and never the
 * user's own.
 */
#define DOMAIN_LOCAL_PART "postmaster"

#endif
