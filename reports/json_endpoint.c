#include "reports/json_private.h"

/* One endpoint and its steps, for report_json.c: ids and numbers, no prose. */

static void add_fault(struct json *parent, const char *name,
		      const struct fault *why)
{
	if (why->kind == FAULT_NONE)
		return;
	struct json *o = json_add_object(parent, name);
	json_add_str(o, "kind", fault_name(why->kind));
	json_text(o, "text", why->text);
}

/* "reply" is what was said; its parts stand beside it, where there are any. */
static void add_reply(struct json *step, const struct reply *r)
{
	if (r->answer == ANSWER_NONE && !r->text[0] && !r->untagged[0])
		return;
	json_text(step, "reply", r->text);
	struct json *o = json_add_object(step, "reply_parts");
	json_add_str(o, "answer", answer_name(r->answer));
	if (r->code)
		json_add_int(o, "code", r->code);
	if (r->enhanced[0])
		json_text(o, "enhanced", r->enhanced);
	if (r->response_code[0])
		json_text(o, "response_code", r->response_code);
	if (r->response_arg[0])
		json_text(o, "response_arg", r->response_arg);
	if (r->untagged[0])
		json_text(o, "untagged", r->untagged);
	if (r->challenge[0])
		json_text(o, "challenge", r->challenge);
}

static const char *const source_names[] = {
	[NAME_FROM_DNS] = "dns", [NAME_FROM_HOSTS_FILE] = "hosts_file",
	[NAME_IS_ADDRESS] = "address", [NAME_FROM_OPTION] = "option",
};

static void add_kind(struct json *parent, const char *name,
		     enum fault_kind kind)
{
	json_text_or_null(parent, name,
			  kind == FAULT_NONE ? "" : fault_name(kind));
}

static void add_name(struct json *step, const struct name_facts *n)
{
	json_text(step, "asked", n->asked);
	json_add_str(step, "source", source_names[n->source]);
	if (n->shared)
		json_add_bool(step, "shared", true);
	json_text_or_null(step, "resolver", n->resolver);
	if (n->asked_a)
		add_kind(step, "a_fault", n->a);
	if (n->asked_aaaa)
		add_kind(step, "aaaa_fault", n->aaaa);
	struct json *list = json_add_array(step, "addresses");
	for (size_t i = 0; i < n->addresses; i++)
		json_text(list, NULL, n->address[i].text);
	list = json_add_array(step, "cnames");
	for (size_t i = 0; i < n->cnames; i++)
		json_text(list, NULL, n->cname[i]);
}

static const char *const attempt_names[] = {
	[ATTEMPT_NOT_MADE] = "not-made", [ATTEMPT_WON] = "won",
	[ATTEMPT_LOST] = "lost", [ATTEMPT_FAILED] = "failed",
};

static void add_connection(struct json *step, const struct connect_facts *c)
{
	bool won = c->winner >= 0 && (size_t)c->winner < c->attempts;
	json_text_or_null(step, "address",
			  won ? c->attempt[c->winner].address.text : "");
	json_add_bool(step, "redirected", c->redirected);
	if (c->redirected) {
		json_text(step, "dialled_host", c->host);
		json_add_int(step, "dialled_port", c->port);
	}
	struct json *list = json_add_array(step, "attempts");
	for (size_t i = 0; i < c->attempts; i++) {
		const struct attempt *a = &c->attempt[i];
		struct json *o = json_add_object(list, NULL);
		json_text(o, "address", a->address.text);
		json_add_str(o, "state", attempt_names[a->state]);
		if (a->state == ATTEMPT_FAILED)
			json_add_str(o, "fault", fault_name(a->fault));
		if (a->state == ATTEMPT_NOT_MADE)
			continue;
		json_add_int(o, "ms", a->ended - a->began);
		json_add_int(o, "began_ms", a->began);
	}
}

static void add_certificate(struct json *chain, const struct cert_facts *c)
{
	struct json *o = json_add_object(chain, NULL);
	json_text(o, "subject", c->subject);
	json_text(o, "issuer", c->issuer);
	struct json *names = json_add_array(o, "names");
	for (size_t i = 0; i < c->names; i++)
		json_text(names, NULL, c->name[i]);
	json_date(o, "not_before", c->not_before);
	json_date(o, "not_after", c->not_after);
	json_text(o, "key", c->key);
	json_text(o, "signature", c->signature);
	json_text(o, "sha256", c->sha256);
	json_add_bool(o, "self_signed", c->self_signed);
	json_add_bool(o, "is_ca", c->is_ca);
}

static void add_defects(struct json *step, const struct tls_facts *t)
{
	const struct {
		bool is;
		const char *name;
	} defects[] = {
		{ t->cert_untrusted, "untrusted" },
		{ t->cert_wrong_name, "wrong-name" },
		{ t->cert_expired, "expired" },
		{ t->cert_future, "future" },
		{ t->cert_weak, "weak" },
		{ t->cert_wrong_usage, "wrong-usage" },
		{ t->cert_invalid, "invalid" },
	};
	struct json *list = json_add_array(step, "defects");
	for (size_t i = 0; i < sizeof(defects) / sizeof(defects[0]); i++) {
		if (defects[i].is)
			json_add_str(list, NULL, defects[i].name);
	}
}

static void add_first_bytes(struct json *step, const struct tls_facts *t)
{
	char hex[2 * FIRST_BYTES_MAX + 1];
	struct buf b = buf_over(hex, sizeof(hex));
	if (t->first_bytes == 0)
		return;
	for (size_t i = 0; i < t->first_bytes && i < FIRST_BYTES_MAX; i++)
		buf_fmt(&b, "%02x", t->first[i]);
	json_add_str(step, "first_bytes", hex);
}

static void add_tls(struct json *step, const struct tls_facts *t)
{
	json_text_or_null(step, "version", t->version);
	json_text_or_null(step, "cipher", t->cipher);
	json_text_or_null(step, "group", t->group);
	json_add_bool(step, "verified", t->verified);
	if (t->resumed)
		json_add_bool(step, "resumed", true);
	if (t->resumption_broke)
		json_add_bool(step, "resumption_broke", true);
	json_text_or_null(step, "server_name", t->server_name);
	json_text_or_null(step, "our_versions", t->our_versions);
	if (t->alert >= 0)
		json_add_int(step, "alert", t->alert);
	else
		json_add_null(step, "alert");
	if (t->library_code)
		json_add_int(step, "library_code", t->library_code);
	add_first_bytes(step, t);
	add_defects(step, t);
	struct json *chain = json_add_array(step, "chain");
	for (size_t i = 0; i < t->chain; i++)
		add_certificate(chain, &t->cert[i]);
	json_text_or_null(step, "root", t->root);
	json_text_or_null(step, "trust_file", t->trust_file);
	if (t->checked_at > 0)
		json_date(step, "checked_at", t->checked_at);
}

static void add_capabilities(struct json *step, const struct evidence *e,
			     const struct step *s)
{
	const struct capabilities *c =
		&e->capabilities[s->in_tls ? PHASE_TLS : PHASE_CLEAR];
	struct json *list = json_add_array(step, "capabilities");
	size_t at = 0;
	struct span word;
	while (capability_next(c, "", &at, &word)) {
		char text[CAPABILITIES_CAP];
		span_copy(word, text, sizeof(text));
		json_text(list, NULL, text);
	}
}

static void add_mailbox(struct json *step, const struct mailbox_facts *m)
{
	json_add_bool(step, "examined", m->examined);
	if (m->has_messages)
		json_add_int(step, "messages", (int64_t)m->messages);
	if (m->has_quota) {
		json_add_int(step, "quota_used_kib", (int64_t)m->quota_used);
		json_add_int(step, "quota_limit_kib",
			     (int64_t)m->quota_limit);
	}
	if (m->server_id[0])
		json_text(step, "server_id", m->server_id);
}

static void add_login(struct json *step, const struct login_facts *l)
{
	json_text_or_null(step, "mechanism", l->mechanism);
	json_add_str(step, "outcome", login_outcome_name(l->outcome));
	json_add_bool(step, "forced", l->forced);
	json_add_bool(step, "in_clear", l->in_clear);
	json_add_bool(step, "preauth", l->preauth);
}

static void add_stage_facts(struct json *o, const struct evidence *e,
			    const struct step *s)
{
	switch (s->stage) {
	case STAGE_RESOLVE:
		add_name(o, &e->name);
		return;
	case STAGE_CONNECT:
		add_connection(o, &e->connection);
		return;
	case STAGE_TLS:
		add_tls(o, &e->tls);
		break;
	case STAGE_CAPABILITY:
		add_capabilities(o, e, s);
		return;
	case STAGE_STARTTLS:
		json_add_int(o, "clear_bytes_dropped",
			     (int64_t)e->clear_bytes_dropped);
		if (e->clear_bytes_dropped)
			json_text(o, "clear_bytes", e->clear_bytes);
		return;
	case STAGE_LOGIN:
		add_login(o, &e->login);
		return;
	case STAGE_MAILBOX:
		add_mailbox(o, &e->mailbox);
		return;
	case STAGE_GREETING:
		break;
	case STAGE_LOGOUT:
	case STAGE_COUNT:
		return;
	}
	json_add_str(o, "speech", speech_name(s->speech));
}

static void add_step(struct json *steps, const struct evidence *e,
		     const struct step *s)
{
	struct json *o = json_add_object(steps, NULL);
	json_add_str(o, "stage", stage_name(s->stage));
	json_add_str(o, "result", step_result_name(s->result));
	json_add_int(o, "ms", s->ended - s->began);
	json_add_int(o, "began_ms", s->began);
	if (s->waited > 0)
		json_add_int(o, "waited_ms", s->waited);
	json_add_bool(o, "in_tls", s->in_tls);
	if (s->result == STEP_SKIPPED) {
		json_add_str(o, "skip", skip_name(s->skip));
		if (s->stage != STAGE_LOGIN)
			return;
	}
	add_fault(o, "fault", &s->why);
	add_reply(o, &s->reply);
	add_stage_facts(o, e, s);
}

static const char *mark_name(enum line_mark m)
{
	return m == LINE_SENT ? "sent" : m == LINE_RECEIVED ? "received" :
	       "note";
}

static void add_transcript(struct json *endpoint, const struct transcript *t)
{
	struct json *list = json_add_array(endpoint, "transcript");
	for (size_t i = 0; i < t->lines; i++) {
		const struct transcript_line *l = &t->line[i];
		char text[TRANSCRIPT_CAP + 1];
		struct json *o = json_add_object(list, NULL);
		span_copy((struct span){ t->text + l->start, l->len }, text,
			  sizeof(text));
		json_add_int(o, "at_ms", l->at);
		json_add_str(o, "mark", mark_name(l->mark));
		json_add_bool(o, "in_tls", l->in_tls);
		json_text(o, "text", text);
	}
	json_add_bool(endpoint, "transcript_cut", t->cut);
}

/* In words, where the endpoint has a failure of its own to be told. */
static void add_title(struct json *o, struct words *w, size_t index)
{
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));
	if (!evidence_failure(w->in->seen[index]))
		return;
	words_of_endpoint(w, w->in, w->lang, (int)index);
	words_cause(w, w->in->diagnosis->endpoint_verdict[index], ".title", &b);
	json_text(o, "title", room);
}

void json_endpoint(struct json *endpoints, struct words *w, size_t index,
		   bool with_transcript)
{
	const struct evidence *e = w->in->seen[index];
	const struct diagnosis *d = w->in->diagnosis;
	struct json *o = json_add_object(endpoints, NULL);
	json_add_str(o, "service", service_name(e->endpoint.service));
	json_text(o, "host", e->endpoint.host);
	json_add_int(o, "port", e->endpoint.port);
	json_add_str(o, "security", security_name(e->endpoint.security));
	json_add_bool(o, "demanded", e->endpoint.demanded);
	json_add_str(o, "verdict", cause_id(d->endpoint_verdict[index]));
	json_add_str(o, "confidence",
		     confidence_name(d->endpoint_confidence[index]));
	add_title(o, w, index);
	json_add_str(o, "login", login_outcome_name(e->login.outcome));
	struct json *steps = json_add_array(o, "steps");
	for (size_t i = 0; i < e->steps; i++)
		add_step(steps, e, &e->step[i]);
	if (with_transcript)
		add_transcript(o, &e->transcript);
}
