#include "cmd/check.h"

#include "probes/base/text.h"

/* From a check to its report: what is known of the provider goes with it. */

static size_t remedies_of(const struct provider *p, enum cause verdict,
			  enum lang lang, struct remedy ret[REMEDIES_MAX])
{
	struct provider_step step[PROVIDER_STEPS_MAX];
	size_t n = p ? provider_remedy(p, verdict, step) : 0;

	for (size_t i = 0; i < n && i < REMEDIES_MAX; i++) {
		span_copy(span_of(step[i].text[lang]), ret[i].text,
			  sizeof(ret[i].text));
		span_copy(span_of(step[i].url), ret[i].url,
			  sizeof(ret[i].url));
	}
	return n < REMEDIES_MAX ? n : REMEDIES_MAX;
}

static bool uses_its_servers(const struct check_request *r)
{
	const struct provider *p = r->provider;

	for (size_t i = 0; i < r->endpoints; i++)
		for (size_t j = 0; j < p->servers; j++)
			if (text_same(r->endpoint[i].host, p->server[j].host))
				return true;
	return false;
}

static void tell_servers(const struct check_request *r,
			 struct report_input *in)
{
	const struct provider_fact *f = &r->provider->part[PART_SERVERS];

	if (!uses_its_servers(r))
		return;
	in->servers_checked = f->checked;
	in->servers_uncertain = !f->sure;
}

/* The doubts of a file that is sure are small print, for `providers`. */
static void tell_doubts(const struct provider *p, enum lang lang,
			struct report_input *in)
{
	in->doubts = 0;
	for (size_t i = 0; i < p->doubts && !p->sure; i++)
		in->doubt[in->doubts++] = p->doubt[i].text[lang];
}

void check_report_provider(const struct provider *p, const char *how_found,
			   enum lang lang, struct remedy ret[REMEDIES_MAX],
			   struct report_input *in)
{
	in->provider_id = p ? p->id : "";
	in->provider_name = p ? p->name[lang] : "";
	in->how_found = p && how_found ? how_found : "";
	in->remedy = ret;
	in->remedies = remedies_of(p, in->diagnosis->verdict, lang, ret);
	if (!p)
		return;
	in->remedy_uncertain = !p->part[PART_REMEDIES].sure;
	span_copy(span_of(p->part[PART_REMEDIES].checked), in->remedy_checked,
		  sizeof(in->remedy_checked));
	in->help = (struct report_help){ p->help.text[lang], p->help.url,
					 p->help.phone };
	in->provider_checked = p->checked;
	in->provider_sure = p->sure;
	tell_doubts(p, lang, in);
}

/* Does the server's name belong to what is wrong? */
static bool is_about_host(enum cause c)
{
	return c == CAUSE_WRONG_HOST || c == CAUSE_WRONG_PROTOCOL ||
	       c == CAUSE_AUTH_NOT_OFFERED || c == CAUSE_CERT_HOSTNAME;
}

static bool was_well(const struct evidence *e)
{
	const struct step *greeting = e ? evidence_step(e, STAGE_GREETING) :
				      NULL;
	const struct step *failed = e ? evidence_failure(e) : NULL;

	return greeting && greeting->result == STEP_PASSED &&
	       (!failed || failed->stage == STAGE_LOGOUT);
}

/* Where the provider is not known: servers the domain named, and that answer. */
static void add_found(const struct check_result *result, struct right *io)
{
	const struct trials *t = &result->trials;
	const struct right known = *io;

	for (size_t i = 0; i < t->n; i++) {
		const struct endpoint *e = &t->trial[i].endpoint;

		if (t->trial[i].named_by[0] && was_well(t->seen[i]) &&
		    !right_has_service(&known, e->service) &&
		    !right_is_port(io, e) && io->n < RIGHT_MAX)
			io->server[io->n++] = e;
	}
}

void check_report_input(const struct check_request *request,
			const struct check_result *result, enum lang lang,
			struct check_report_room *room,
			struct report_input *ret)
{
	*ret = (struct report_input){
		.n = result->n, .seen = room->seen,
		.diagnosis = &result->diagnosis, .trials = &result->trials,
		.address = request->address, .user = request->user,
		.login_budget = request->login_budget,
		.version = MAILWHY_VERSION,
		.made_at = result->made_at, .took = result->took,
		.search = request->search,
	};
	for (size_t i = 0; i < result->n; i++)
		room->seen[i] = &result->seen[i];
	check_report_provider(request->provider, request->how_found, lang,
			      room->remedy, ret);
	room->right = (struct right){ .n = 0 };
	if (request->provider) {
		check_right_of(request->provider, &room->right);
		tell_servers(request, ret);
		ret->shape = check_shape(request->provider);
	}
	if (is_about_host(result->diagnosis.verdict))
		add_found(result, &room->right);
	if (request->provider || room->right.n > 0)
		ret->right = &room->right;
}

char *check_report(const struct check_request *request,
		   const struct check_result *result, bool as_json,
		   const struct report_style *style, const char *demonstration)
{
	struct check_report_room room;
	struct report_input in;

	check_report_input(request, result, style->lang, &room, &in);
	in.demonstration = demonstration;
	return as_json ? report_json(&in, style) : report_human(&in, style);
}
