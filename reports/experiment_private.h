#ifndef MAILWHY_EXPERIMENT_PRIVATE_H
#define MAILWHY_EXPERIMENT_PRIVATE_H

#include "probes/base/record.h"
#include "reports/experiment.h"

/* For experiment*.c only: the table as it is read. */

enum wish { WISH_ANY, WISH_YES, WISH_NO };
enum try_host { HOST_SAME, HOST_PROVIDER, HOST_CONTROL, HOST_CERTIFICATE,
		HOST_ADDRESS };
enum try_port { PORT_SAME, PORT_USUAL, PORT_PROVIDER };
enum try_with { WITH_SAME, WITH_TLS, WITH_NONE, WITH_USUAL, WITH_PROVIDER };

#define OUTCOMES_MAX 4
#define OUTCOME_CAUSES_MAX TRIAL_EXCLUDES_MAX

struct meaning {
	enum sight any, none;		/* NOTHING: not asked */
	size_t proves, suggests, excludes;
	enum cause proved[1], suggested[4], excluded[OUTCOME_CAUSES_MAX];
	msec wait;
};

struct experiment {
	char id[EXPERIMENT_ID_CAP];
	size_t stages, faults, securities, speeches, outcomes;
	enum stage stage[STAGE_COUNT];
	enum fault_kind fault[16];
	enum security security[3];
	enum speech speech[4];
	size_t kinds;
	enum host_kind kind[HOST_KIND_COUNT];
	bool in_clear, in_private, even_proven, early, only_hello, unverified;
	enum wish is_usual_port, is_right_host, is_here;
	enum try_host host;
	enum try_port port;
	enum try_with with;
	enum variant variant;
	enum stage until;
	struct meaning outcome[OUTCOMES_MAX];
	char source[200];
};

#define EXPERIMENT_ROWS_MAX 48

struct control_hosts {
	size_t hosts[SERVICE_COUNT];
	char host[SERVICE_COUNT][TRIAL_CONTROLS_MAX][64];
};

struct experiment_table {
	size_t rows;
	struct experiment row[EXPERIMENT_ROWS_MAX];
	struct control_hosts control;
};

/* For the test that the file has no member nobody knows. */
extern const struct record experiment_table_record;

/* What certificates, dates and STARTTLS show (sight_trust.c). */
/* Of an address that no public name should lead to (RFC 1918, 4193, 6598). */
bool sight_is_private(const struct evidence *e);
bool sight_trust(const struct trials *t, size_t index, enum sight s);

/* Banner and certificate are somebody else's (sight_foreign.c). */
bool sight_foreign(const struct trials *t, size_t index);

/* One failure on its way to the probes that settle it. */
struct planner {
	const struct trial_need *need;
	const struct right *right;
	const struct search *names;	/* of the domain; NULL not asked */
	const struct experiment *x;
	enum host_kind kind;
	const char *named_by, *address;
	struct trials *io;
};

/* Appends the probes of p->x (experiment_places.c). */
void places_add(struct planner *p);
enum host_kind place_kind(const struct planner *p);

const struct experiment *experiment_by_id(const struct experiment_table *t,
					  const char *id);
/* Does a step that failed like this belong to its failures? */
bool experiment_is_about(const struct experiment *x, const struct step *failed);
/* The first outcome of `x` that holds for the trials about `about`; or NULL. */
const struct meaning *experiment_meaning(const struct trials *t,
					 const struct experiment *x,
					 size_t about);

#endif
