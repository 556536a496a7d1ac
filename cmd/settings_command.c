#include "cmd/command.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/check.h"
#include "cmd/compare_input.h"
#include "cmd/discover.h"
#include "cmd/network.h"
#include "cmd/progress.h"
#include "cmd/settings_fill.h"
#include "cmd/target.h"
#include "probes/wire/dns.h"
#include "probes/wire/wait.h"
#include "providers/typo.h"

#define LIVE_MSEC 15000			/* a server that is slower is no help */
#define LIST_CAP 256

/* Everything the report borrows from; released in one place. */
struct scene {
	char address[USER_CAP], domain[HOST_CAP];
	char suggestion[USER_CAP];
	struct discovery *discovery;
	const struct provider *provider;	/* of it; NULL unknown */
	struct program *program;
	struct customer customer;
	struct provider *foreign[CUSTOMER_SERVERS_MAX];
	struct network network;
	struct check_request request;
	struct check_result result;
	const struct evidence *seen[ENDPOINTS_MAX];
	struct report_input live;
	struct settings settings;
};

/* ---- what was asked ---- */

static bool take_address(const struct options *o, struct scene *s,
			 int *ret_code)
{
	const char *address = o->targets > 0 ? o->target[0] : o->address;
	const struct text_arg args[] = {
		{ "target", address }, { NULL, NULL }
	};
	struct fault why;

	if (o->targets > 1 || (o->targets == 0 && !address)) {
		*ret_code = complain(o->lang, "error.settings_address", NULL);
		return false;
	}
	span_copy(span_of(address), s->address, sizeof(s->address));
	if (!target_is_address(address)) {
		*ret_code = complain(o->lang, "error.address", args);
		return false;
	}
	if (host_to_ascii(strrchr(address, '@') + 1, s->domain,
			  sizeof(s->domain), &why))
		return true;
	*ret_code = complain(o->lang, "error.address_domain", args);
	return false;
}

static bool refuse_program(const struct options *o, int *ret_code)
{
	char list[LIST_CAP] = "";
	struct program *p = NULL;
	struct fault why;
	const struct text_arg args[] = {
		{ "program", o->program }, { "list", list }, { NULL, NULL }
	};

	for (size_t i = 0; program_at(i, &p, &why); i++) {
		text_join(o->lang, "list.join", list, sizeof(list), p->id);
		program_free(p);
	}
	*ret_code = complain(o->lang, "error.program", args);
	return false;
}

static bool take_program(const struct options *o, struct scene *s,
			 int *ret_code)
{
	struct fault why;

	if (!o->program || program_by_name(o->program, &s->program, &why))
		return true;
	if (why.kind == FAULT_NONE)
		return refuse_program(o, ret_code);
	*ret_code = complain_internal(o->lang, &why);
	return false;
}

/* ---- what is known ---- */

/*
 * Whoever runs a domain that is a known slip for another is not asked what
 * the settings are.
 */
static bool is_mistyped(const struct scene *s)
{
	char meant[HOST_CAP];

	return typo_is_known(s->domain, meant);
}

/* "taro@gmail.com" for taro@gmial.com: told, never taken. */
static void suggest(struct scene *s)
{
	const char *domain = s->discovery->search.suggestion;
	struct buf b = buf_over(s->suggestion, sizeof(s->suggestion));

	if (!domain[0])
		return;
	buf_add(&b, span_head(span_of(s->address), strcspn(s->address, "@")));
	buf_fmt(&b, "@%s", domain);
	s->settings.did_you_mean = s->suggestion;
}

static bool find_settings(const struct options *o, struct scene *s,
			  int *ret_code)
{
	struct settings *to = &s->settings;
	struct options quiet = *o;
	const struct discover_request request = {
		.o = &quiet, .world = &s->network.world.world,
		.trust = s->network.trust, .run = probe_all,
	};
	struct fault why = { .kind = FAULT_NONE };

	settings_begin(s->address, (epoch)time(NULL), to);
	to->offline = o->offline;
	to->program = s->program;
	to->mistyped = is_mistyped(s);
	if (o->offline || to->mistyped)
		quiet.no_network_discovery = true;
	if (!discover(&request, s->address, &s->discovery, &why)) {
		*ret_code = why.kind == FAULT_CANCELLED ? EXIT_INTERRUPTED :
			    complain_internal(o->lang, &why);
		return false;
	}
	s->provider = s->discovery->provider;
	settings_take_discovery(s->discovery, o->lang, to);
	suggest(s);
	return true;
}

/* ---- what the customer has ---- */

static bool is_ours(const struct settings_known *k, const char *host)
{
	for (size_t i = 0; i < k->servers; i++)
		if (compare_host_fits(k->server[i].endpoint.host, host))
			return true;
	return false;
}

/*
 * Whose host is it? One of another provider's servers, or one that takes mail
 * from other servers.
 */
static bool look_up_host(const struct options *o, struct scene *s, size_t i,
			 int *ret_code)
{
	struct customer_server *c = &s->customer.server[i];
	struct provider *exchanger = NULL;
	struct fault why;

	if (!c->host[0] || is_ours(&s->settings.known, c->host))
		return true;
	if (provider_by_server(c->host, &s->foreign[i], &why)) {
		if (!s->provider ||
		    strcmp(s->foreign[i]->id, s->provider->id) != 0)
			c->foreign = s->foreign[i]->name[o->lang];
		return true;
	}
	if (why.kind == FAULT_NONE &&
	    provider_by_mx(o->own_providers, c->host, &exchanger, &why)) {
		c->is_mx = span_has(span_of(c->host), "mx") ||
			   span_has(span_of(c->host), "-in.") ||
			   span_has(span_of(c->host), ".protection.");
		provider_free(exchanger);
	}
	if (why.kind == FAULT_NONE)
		return true;
	*ret_code = complain_internal(o->lang, &why);
	return false;
}

/* A user name alone is compared with that of the receiving server. */
static bool take_customer(const struct options *o, struct scene *s,
			  int *ret_code)
{
	struct customer *c = &s->customer;

	if (!customer_from_options(o, c))
		return true;
	if (c->servers == 0) {
		c->server[0] = (struct customer_server){
			.service = settings_receiver(&s->settings),
			.user = c->user,
		};
		c->servers = 1;
	}
	for (size_t i = 0; i < c->servers; i++)
		if (!look_up_host(o, s, i, ret_code))
			return false;
	return true;
}

/* ---- how the servers answer ---- */

static int add_endpoint(struct check_request *r, const struct endpoint *e)
{
	if (r->endpoints == ENDPOINTS_MAX ||
	    provider_host_is_template(e->host))
		return -1;
	r->endpoint[r->endpoints] = *e;
	r->endpoint[r->endpoints].demanded = true;
	return (int)r->endpoints++;
}

static void list_known(struct scene *s)
{
	struct settings *to = &s->settings;

	for (size_t i = 0; i < to->known.servers; i++)
		to->live_index[i] = add_endpoint(
			&s->request, &to->known.server[i].endpoint);
}

/* The customer's own hosts come first: they are what is asked about. */
static void list_customers(struct scene *s, int at[CUSTOMER_SERVERS_MAX])
{
	for (size_t i = 0; i < s->customer.servers; i++) {
		const struct customer_server *c = &s->customer.server[i];
		struct endpoint e = { .service = c->service };

		at[i] = -1;
		if (!c->host[0] || c->foreign || c->is_mx ||
		    is_ours(&s->settings.known, c->host))
			continue;
		e.security = c->has_security ? c->security : SECURITY_TLS;
		e.port = c->port ? c->port :
			 default_port(c->service, e.security);
		span_copy(span_of(c->host), e.host, sizeof(e.host));
		at[i] = add_endpoint(&s->request, &e);
	}
}

static void take_answers(struct scene *s, const int at[CUSTOMER_SERVERS_MAX])
{
	for (size_t i = 0; i < s->customer.servers; i++) {
		struct customer_server *c = &s->customer.server[i];
		const struct step *failed;
		enum cause verdict;

		if (at[i] < 0)
			continue;
		failed = evidence_failure(&s->result.seen[at[i]]);
		verdict = s->result.diagnosis.endpoint_verdict[at[i]];
		c->was_tried = true;
		c->answers = verdict == CAUSE_NOT_TRIED;
		c->is_missing = failed && failed->why.kind == FAULT_NXDOMAIN;
	}
}

static void fill_live(struct scene *s)
{
	struct report_input *in = &s->live;

	*in = (struct report_input){
		.n = s->result.n, .seen = s->seen,
		.diagnosis = &s->result.diagnosis, .address = s->address,
		.user = s->address, .provider_id = s->settings.provider_id,
		.provider_name = s->settings.known.provider, .how_found = "",
		.version = MAILWHY_VERSION,
	};
	for (size_t i = 0; i < s->result.n; i++)
		s->seen[i] = &s->result.seen[i];
	s->settings.live = in;
}

static bool run_probes(const struct options *o, struct scene *s,
		       int *ret_code)
{
	struct probe_plan *plan = &s->request.plan;
	struct progress progress;
	struct fault why = { .kind = FAULT_NONE };
	bool ok;

	network_plan(o, &s->network, plan);
	plan->no_login = true;
	plan->timeout = msec_min(plan->timeout, LIVE_MSEC);
	plan->start = now_msec();
	progress_begin(&progress, o, plan);
	ok = check_account(&s->request, &s->result, &why);
	progress_end(&progress);
	if (!ok)
		*ret_code = complain_internal(o->lang, &why);
	else if (wait_cancelled())
		*ret_code = EXIT_INTERRUPTED;
	return ok && !wait_cancelled();
}

static bool ask_servers(const struct options *o, struct scene *s,
			int *ret_code)
{
	int at[CUSTOMER_SERVERS_MAX];

	s->request = (struct check_request){
		.address = s->address, .user = s->address,
		.provider = s->provider, .how_found = "", .run = probe_all,
	};
	list_customers(s, at);
	list_known(s);
	if (o->offline || s->request.endpoints == 0)
		return true;
	if (!run_probes(o, s, ret_code))
		return false;
	take_answers(s, at);
	fill_live(s);
	return true;
}

/* ---- the report ---- */

static void compare(struct scene *s)
{
	struct settings *to = &s->settings;
	bool no_access = strcmp(to->secret, "none") == 0;

	to->not_compared = to->known.servers == 0 && !no_access &&
			   s->customer.servers > 0;
	if (to->not_compared)
		return;
	for (size_t i = 0; i < s->customer.servers; i++)
		compare_server(&to->known, &s->customer.server[i],
			       &to->comparison[i]);
	to->compared = s->customer.servers;
}

static bool service_answers(const struct settings *s, enum service service)
{
	bool asked = false;

	for (size_t i = 0; i < s->known.servers; i++) {
		int at = s->live_index[i];

		if (s->known.server[i].endpoint.service != service || at < 0)
			continue;
		asked = true;
		if (s->live->diagnosis->endpoint_verdict[at] ==
		    CAUSE_NOT_TRIED)
			return true;
	}
	return !asked;
}

/*
 * 4: not known (3: nobody could be asked). Compared: 1 when something is
 * wrong. Else 3 when what is known does not answer just now; POP3 beside IMAP
 * does not count.
 */
static int exit_code(const struct scene *s)
{
	const struct settings *to = &s->settings;

	if (to->known.servers == 0 && to->compared == 0)
		return strcmp(to->secret, "none") == 0 ? 0 :
		       to->search->no_dns ? 3 : 4;
	for (size_t i = 0; i < to->compared; i++)
		if (compare_worst(&to->comparison[i]) == COMPARE_WRONG)
			return 1;
	if (to->compared > 0 || !to->live)
		return 0;
	return service_answers(to, settings_receiver(to)) &&
	       service_answers(to, SERVICE_SMTP) ? 0 : 3;
}

static int print_settings(const struct options *o, struct scene *s)
{
	struct report_style style;
	struct fault why;
	char *report;
	int code;

	compare(s);
	s->settings.exit_code = exit_code(s);
	report_style_of(o, &style);
	report = o->format == FORMAT_JSON ?
		 settings_json(&s->settings, &style) :
		 settings_human(&s->settings, &style);
	if (!report) {
		fail(&why, FAULT_NO_MEMORY, "no memory for the report");
		return complain_internal(o->lang, &why);
	}
	code = print_result(o->lang, report, s->settings.exit_code);
	free(report);
	return code;
}

static int run_scene(const struct options *o, struct scene *s)
{
	int code = EXIT_INTERNAL;

	if (!take_address(o, s, &code) || !take_program(o, s, &code) ||
	    !network_open(o, &s->network, &code) ||
	    !find_settings(o, s, &code) || !take_customer(o, s, &code) ||
	    !ask_servers(o, s, &code))
		return code;
	return print_settings(o, s);
}

int command_settings(const struct options *o)
{
	struct scene *s = calloc(1, sizeof(*s));
	struct fault why;
	int code;

	if (!s) {
		fail(&why, FAULT_NO_MEMORY, "no memory for the settings");
		return complain_internal(o->lang, &why);
	}
	code = run_scene(o, s);
	check_release(&s->result);
	network_close(&s->network);
	for (size_t i = 0; i < CUSTOMER_SERVERS_MAX; i++)
		provider_free(s->foreign[i]);
	program_free(s->program);
	discover_free(s->discovery);
	free(s);
	return code;
}
