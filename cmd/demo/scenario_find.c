#include "cmd/demo/scenario.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probes/base/embedded.h"
#include "probes/base/text.h"
#include "probes/wire/tcp.h"
#include "probes/wire/tls.h"
#include "probes/domain_facts.h"

#define TIMEOUT_DEFAULT 20000		/* reached only where a server is silent */

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->texts; i++)
		free(s->text[i]);
	free(s);
}

static struct span name_of(const struct embedded *e)
{
	struct span name = span_of(e->name);

	return text_ends(e->name, ".scn") ? span_head(name, name.len - 4) : name;
}

bool scenario_load(const char *name, struct scenario **ret, struct fault *why)
{
	const struct embedded *e = embedded_scenarios;

	for (; e->name; e++) {
		struct span known = name_of(e);

		if (known.len == strlen(name) &&
		    memcmp(known.at, name, known.len) == 0)
			return scenario_parse(name, (struct span){
					      e->bytes, e->len }, ret, why);
	}
	*why = (struct fault){ .kind = FAULT_NONE };
	return false;
}

/* A base says so in a line of its own; the rest of it need not be read. */
static bool is_abstract(const struct embedded *e)
{
	static const char line[] = "abstract: yes";
	struct span text = { e->bytes, e->len }, part;

	while (span_cut(&text, '\n', &part))
		if (span_is(part, line))
			return true;
	return false;
}

bool scenario_name_at(size_t index, char *ret_name, size_t cap)
{
	const struct embedded *e = embedded_scenarios;

	for (; e->name; e++) {
		if (is_abstract(e) || index-- > 0)
			continue;
		span_copy(name_of(e), ret_name, cap);
		return true;
	}
	return false;
}

const char *scenario_user(const struct scenario *s)
{
	return s->user ? s->user : s->address;
}

const char *scenario_login(const struct scenario *s)
{
	return s->login ? s->login : scenario_user(s);
}

unsigned scenario_timeout(const struct scenario *s)
{
	unsigned ms;

	if (s->timeout && span_number(span_of(s->timeout), &ms))
		return ms;
	return TIMEOUT_DEFAULT;
}

static bool has_ipv6(void)
{
	uint16_t port = 0;
	int listener = tcp_listen6(&port, 1);

	if (listener >= 0)
		close(listener);
	return listener >= 0;
}

bool scenario_is_playable(const struct scenario *s)
{
	if (s->worlds && strcmp(s->worlds, "tls1.2") == 0)
		return !tls_speaks_1_3();
	if (s->worlds && strcmp(s->worlds, "ipv6") == 0)
		return has_ipv6();
	return !s->worlds || strcmp(s->worlds, "script") != 0;
}

#define DAY 86400

epoch scenario_clock(const struct scenario *s)
{
	struct span days = span_of(s->clock ? s->clock : "0");
	bool behind = span_skip(&days, "-");
	unsigned n = 0;

	if (!span_number(days, &n))
		n = 0;
	return behind ? -(epoch)n * DAY : (epoch)n * DAY;
}

bool scenario_says(const char *value)
{
	return value && strcmp(value, "yes") == 0;
}

const struct scene_name *scenario_host(const struct scenario *s,
				       const char *name)
{
	for (size_t i = 0; i < s->names; i++)
		if (text_same(s->host[i].name, name))
			return &s->host[i];
	return NULL;
}

/* Is this what was asked for, "_imaps._tcp." and the domain? */
static bool record_fits(const struct scene_record *r,
			const struct records_facts *io)
{
	char name[HOST_CAP];
	struct buf b = buf_over(name, sizeof(name));

	if (r->type != io->type)
		return false;
	for (size_t i = 0; r->type == RECORD_SRV && i < SRV_SERVICES; i++)
		if (srv_service(i) == r->endpoint.service &&
		    srv_security(i) == r->endpoint.security)
			buf_fmt(&b, "%s._tcp.", srv_label(i));
	buf_str(&b, r->name);
	return text_same(name, io->asked);
}

/* What is wrong with the domain is wrong with all that is below it. */
static enum fault_kind fault_of_records(const struct scenario *s,
					const char *asked)
{
	const char *at = strrchr(s->address, '@');
	const struct scene_name *n;

	if (asked[0] == '_')		/* RFC 2782: _service._proto.name */
		asked = strchr(asked, '.') ? strchr(asked, '.') + 1 : asked;
	if (asked[0] == '_')
		asked = strchr(asked, '.') ? strchr(asked, '.') + 1 : asked;
	n = scenario_host(s, asked);
	if (n && n->fault)
		return n->fault;
	return n || (at && text_same(at + 1, asked)) ? FAULT_NO_DATA :
						       FAULT_NXDOMAIN;
}

void scenario_records(const struct scenario *s, struct records_facts *io)
{
	io->n = 0;
	io->fault = FAULT_NONE;
	for (size_t i = 0; i < s->records && io->n < RECORDS_MAX; i++) {
		const struct scene_record *r = &s->record[i];
		struct mail_record *to = &io->record[io->n];

		if (!record_fits(r, io))
			continue;
		*to = (struct mail_record){
			.priority = (unsigned)(io->n + 1) * 10,
			.port = r->endpoint.port
		};
		span_copy(span_of(r->endpoint.host), to->host,
			  sizeof(to->host));
		io->n++;
	}
	if (io->n == 0)
		io->fault = fault_of_records(s, io->asked);
}

static bool cue_fits(const struct scene_cue *c, struct span command)
{
	size_t len = c->kind == CUE_COMMAND ? strlen(c->command) : 0;

	if (c->kind != CUE_COMMAND)
		return true;
	return span_starts(command, c->command) &&
	       (command.len == len || command.at[len] == ' ' ||
		command.at[len] == ':');
}

const struct scene_cue *scenario_cue(const struct scenario *s, size_t endpoint,
				     enum cue_kind kind, bool in_tls,
				     struct span command)
{
	const struct scene_cue *best = NULL;
	size_t best_len = 0;

	for (size_t i = 0; i < s->cues; i++) {
		const struct scene_cue *c = &s->cue[i];
		size_t len = c->command ? strlen(c->command) : 0;

		if (c->endpoint != endpoint || c->kind != kind ||
		    (c->phase == CUE_CLEAR && in_tls) ||
		    (c->phase == CUE_TLS && !in_tls) || !cue_fits(c, command))
			continue;
		if (!best || len >= best_len) {
			best = c;
			best_len = len;
		}
	}
	return best;
}

size_t scenario_asked(const struct scenario *s)
{
	size_t n = 0;

	while (n < s->endpoints && !s->endpoint[n].beside)
		n++;
	return n;
}
