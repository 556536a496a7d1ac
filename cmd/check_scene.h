#ifndef MAILWHY_CHECK_SCENE_H
#define MAILWHY_CHECK_SCENE_H

#include "cmd/check.h"
#include "cmd/discover.h"
#include "cmd/network.h"
#include "cmd/options.h"
#include "cmd/target.h"
#include "probes/base/secret.h"

/*
 * Everything one check borrows from, from the options on. The steps go in this
 * order; each that can fail has then said so (to o->sink, where there is one)
 * and *ret_code is the exit code.
 *
 *	target_resolve(o, &s->target, &code)
 *	scene_find_servers()	when the target is undiscovered
 *	scene_confirm_server(), scene_obtain_secret()	when there is a login
 *	scene_request()
 *	check_account(&s->request, &s->result, &why)
 *	scene_release()
 */
#define LOGIN_BUDGET 2			/* refused logins one run may cost */

struct check_scene {
	const struct options *o;	/* both of scene_request() */
	struct network *network;
	struct target target;
	struct discovery *discovery;	/* NULL: the servers were known */
	struct secret secret;
	struct check_request request;
	struct check_result result;
};

bool scene_wants_secret(const struct options *o);
/* What scene_find_servers() does, without target_take(). */
bool scene_discover(const struct options *o, struct network *n,
		    struct check_scene *s, int *ret_code);
bool scene_find_servers(const struct options *o, struct network *n,
			struct check_scene *s, int *ret_code);
bool scene_confirm_server(const struct options *o, const struct check_scene *s,
			  int *ret_code);
bool scene_obtain_secret(const struct options *o, struct check_scene *s,
			 int *ret_code);
/* --no-experiments, --explain-plan */
enum experimenting scene_experiments(const struct options *o);
/* Progress, the start and --try-variants' question are the caller's. */
void scene_request(const struct options *o, struct network *n,
		   struct check_scene *s);
void scene_release(struct check_scene *s);	/* accepts zeroed; zeroes */

#endif
