#include "reports/explain_private.h"

#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/text.h"
#include "reports/diagnose_private.h"
#include "reports/symptom.h"

/*
 * Which words tell. A server's own answer weighs more than what a program
 * made of it, a named cause more than "wrong password", the later answer more
 * than an earlier one of its kind.
 */

/* One place in the text, and what the rules make of it. */
struct finding_there {
	bool found;
	bool alone;			/* no program said a word beside it */
	int weight;
	size_t line;			/* index of the kept line */
	struct rule_match match;
	struct symptom symptom;
	struct reply reply;
};

struct court {
	const struct explain *x;
	const struct expectation *known;
	const struct rules *clients, *general;
	struct finding_there reply, program, bare;
	bool success;			/* a login was accepted, and nothing
					 * failed behind it */
	size_t success_line;
};

struct rules *rules_clients(struct fault *why)
{
	struct span text = { embedded_clients[0].bytes,
			     embedded_clients[0].len };
	struct rules *ret = NULL;

	rules_parse(text, "clients.json", &ret, why);
	return ret;
}

/* ---- symptoms ---- */

static void symptom_place(const struct court *c, const struct reply *r,
			  struct symptom *s)
{
	const struct explain_place *p = &c->x->place;
	size_t n = 0;

	*s = symptom_of(r);
	s->service_known = p->service_known;
	s->service = p->service;
	s->security_known = p->security_known;
	s->security = p->security;
	s->in_tls = !p->security_known || p->security != SECURITY_NONE;
	s->port = p->port;
	s->mechanism = p->mechanism;
	s->provider = c->known->provider ? c->known->provider : "";
	s->mail = c->x->mail;
	if (p->host[0])
		s->own_words[n++] = p->host;
	if (p->address[0])
		s->own_words[n++] = p->address;
}

/* An enhanced code alone says whether it is for now or for good. */
static enum fault_kind fault_of(struct reply *r)
{
	if (r->code == 0 && r->answer == ANSWER_NONE && r->enhanced[0]) {
		r->answer = ANSWER_NO;
		return r->enhanced[0] == '4' ? FAULT_DEFERRED : FAULT_REJECTED;
	}
	return reply_fault(r);
}

/* ---- answers of servers ---- */

static int weight_of(const struct rule_match *m)
{
	return cause_weight(m->cause[0].cause, m->cause[0].confidence) * 10 +
	       (int)m->cause[0].confidence * 40;
}

static bool is_accepted(const struct reply *r)
{
	struct span text = span_of(r->text);

	if (r->code == 235)
		return true;
	return r->code == 0 && r->answer == ANSWER_OK &&
	       (span_has(text, "logged in") || span_has(text, "login compl") ||
		span_has(text, "login succe") || span_has(text, "login ok") ||
		span_has(text, "authenticate compl") ||
		span_has(text, "authentication succ") ||
		span_has(text, "authenticated"));
}

/*
 * Nobody said at which stage it was. What is sure at the most likely stage
 * is taken; else rules for any stage may speak. But what a code for senders
 * and recipients came with was no greeting and no login: rules for those have
 * nothing but words in common with it.
 */
static bool match_stages(const struct court *c, struct symptom *s,
			 struct rule_match *ret)
{
	bool sure;

	s->stage_known = true;
	s->stage = explain_stage(s->reply, &sure);
	if (rules_match(c->known->rules, c->general, s, ret) &&
	    (ret->cause[0].confidence > CONFIDENCE_POSSIBLE || sure))
		return true;
	s->stage_known = false;
	if (rules_match(c->known->rules, c->general, s, ret) &&
	    ret->cause[0].confidence >
		    (s->stage == STAGE_MAILBOX ? CONFIDENCE_LIKELY
					       : CONFIDENCE_POSSIBLE))
		return true;
	s->stage_known = true;
	return rules_match(c->known->rules, c->general, s, ret);
}

/* got code "535", with message "535 ...": the code first, then all of it. */
static bool is_fuller(const struct reply *r, const struct reply *before)
{
	return r->code != 0 && r->code == before->code &&
	       strlen(before->text) <= strlen("535") &&
	       strlen(r->text) > strlen("535");
}

/* '550 Relaying denied', Server Error: 550, ...: the code once more. */
static bool is_code_again(const struct found_reply *f, const struct reply *r,
			  const struct reply *before)
{
	return f->text.len > strlen("550,") && f->text.at[3] == ',' &&
	       r->code != 0 && r->code == before->code &&
	       strlen(before->text) > strlen("550");
}

#define TAG_MAX 8			/* bytes: "A0001 " before a reply */

static bool is_alone(const struct explain *x, size_t line,
		     const struct found_reply *f)
{
	return x->kept == 1 &&
	       strlen(x->line[line].text) <= f->text.len + TAG_MAX;
}

/* Who was refused at login is told later on that a login is needed. */
static bool follows_refused_login(const struct finding_there *login,
				  const struct rule_match *later)
{
	return login->found && login->symptom.stage == STAGE_LOGIN &&
	       login->match.cause[0].cause != CAUSE_AUTH_REQUIRED &&
	       login->match.cause[0].confidence != CONFIDENCE_POSSIBLE &&
	       later->cause[0].cause == CAUSE_AUTH_REQUIRED;
}

static void hear_reply(struct court *c, size_t line,
		       const struct found_reply *f, size_t *ret_more)
{
	struct finding_there there = { .line = line,
				       .alone = is_alone(c->x, line, f) };

	*ret_more = explain_reply(c->x, line, f, &there.reply);
	if (is_accepted(&there.reply)) {
		c->success = true;
		c->success_line = line;
		return;
	}
	symptom_place(c, &there.reply, &there.symptom);
	there.symptom.fault = fault_of(&there.reply);
	there.symptom.speech = SPEECH_UNKNOWN;
	if (there.symptom.fault == FAULT_NONE)
		return;
	if (f->service_known) {
		there.symptom.service_known = true;
		there.symptom.service = f->service;
	}
	if (c->reply.found &&
	    is_code_again(f, &there.reply, &c->reply.reply))
		return;
	if (!match_stages(c, &there.symptom, &there.match))
		return;
	if (!c->success && follows_refused_login(&c->reply, &there.match))
		return;
	c->success = false;
	there.weight = weight_of(&there.match) + (f->strong ? 20 : 0);
	if (c->reply.found && c->reply.weight > there.weight &&
	    !is_fuller(&there.reply, &c->reply.reply))
		return;
	there.found = true;
	c->reply = there;
}

static void hear_replies(struct court *c)
{
	for (size_t i = 0; i < c->x->kept; i++) {
		struct span line = span_of(c->x->line[i].text);
		struct found_reply f;
		size_t at = 0, more = 0;

		while (more == 0 && explain_next_reply(line, &at, &f))
			if (f.strong || c->x->mail)
				hear_reply(c, i, &f, &more);
		i += more;
	}
	if (c->reply.found)
		c->reply.symptom.reply = &c->reply.reply;
}

/* ---- what programs say ---- */

/* Settings, greetings and offers of a server name no trouble. */
static bool names_trouble(const struct court *c, const char *text)
{
	return rules_word_in(c->general, "trouble", span_of(text));
}

/* What happened, where people are told what to look at as well. */
static bool news_of(const struct court *c, const struct reply *block,
		    struct reply *ret)
{
	return explain_without_advice(block, ret) &&
	       names_trouble(c, ret->text);
}

/*
 * What happened comes before what people are told to look at. Advice alone
 * tells at most what is possible.
 */
static bool match_program(const struct court *c, struct symptom *s,
			  struct rule_match *ret)
{
	const struct reply *block = s->reply;
	struct reply told;
	struct rule_match news;
	bool found = rules_match(NULL, c->clients, s, ret);

	if (!found || ret->over_reply || !news_of(c, block, &told))
		return found;
	s->reply = &told;
	if (rules_match(NULL, c->clients, s, &news))
		*ret = news;
	else if (ret->cause[0].confidence == CONFIDENCE_LIKELY)
		ret->cause[0].confidence = CONFIDENCE_POSSIBLE;
	s->reply = block;
	return true;
}

static void hear_program(struct court *c, size_t first, struct reply *block)
{
	struct finding_there there = { .line = first };

	there.reply = *block;
	symptom_place(c, &there.reply, &there.symptom);
	there.symptom.fault = FAULT_NONE;
	there.symptom.speech = explain_is_binary(block->text) ? SPEECH_TLS
						      : SPEECH_UNKNOWN;
	if (!match_program(c, &there.symptom, &there.match))
		return;
	there.weight = weight_of(&there.match) +
		       (there.match.over_reply ? 2000 : 0);
	if (c->program.found && c->program.weight > there.weight)
		return;
	there.found = true;
	c->program = there;
}

#define BARE_MAX 400			/* bytes: longer texts are prose */

/* A short text without any code, as some server may have said it. */
static void hear_bare(struct court *c, struct reply *block)
{
	struct finding_there *b = &c->bare;
	struct reply told;

	if (strlen(block->text) > BARE_MAX || !names_trouble(c, block->text))
		return;
	if (!news_of(c, block, &told))
		told = *block;
	reply_from_text(c->x->place.service_known ? c->x->place.service :
			SERVICE_IMAP, span_of(told.text), &b->reply);
	symptom_place(c, &b->reply, &b->symptom);
	b->found = rules_match(c->known->rules, c->general, &b->symptom,
			       &b->match);
	/* without a code nobody knows who said it */
	if (b->found && b->match.cause[0].confidence == CONFIDENCE_PROVEN)
		b->match.cause[0].confidence = CONFIDENCE_LIKELY;
	b->weight = b->found ? weight_of(&b->match) : 0;
}

static void hear_programs(struct court *c)
{
	size_t first = 0;

	while (first < c->x->kept) {
		struct reply block = { .answer = ANSWER_NONE };
		size_t next = explain_block(c->x, first, &block);

		hear_program(c, first, &block);
		if (first == 0 && next == c->x->kept)
			hear_bare(c, &block);
		/* two lines stand in both blocks: they may belong together */
		first = next < c->x->kept && next > first + 3 ? next - 2 : next;
	}
	c->program.symptom.reply = &c->program.reply;
	c->bare.symptom.reply = &c->bare.reply;
}

/* ---- the verdict ---- */

static bool is_named(const struct finding_there *f)
{
	return cause_is_named(f->match.cause[0].cause) &&
	       f->match.cause[0].confidence > CONFIDENCE_POSSIBLE;
}

static bool is_bare_refusal(const struct finding_there *f)
{
	enum cause c = f->match.cause[0].cause;

	return c == CAUSE_WRONG_CREDENTIALS || c == CAUSE_USERNAME_FORMAT;
}

/* A server answered: the way to it was there, whatever a program advises. */
static bool is_about_way(const struct finding_there *f)
{
	enum cause c = f->match.cause[0].cause;

	return c == CAUSE_CONNECTION_DROPPED || c == CAUSE_NETWORK_DOWN ||
	       c == CAUSE_DNS_FAILURE;
}

static const struct finding_there *most_telling(const struct court *c)
{
	const struct finding_there *r = &c->reply, *p = &c->program,
				   *b = &c->bare;
	bool vague = r->found && !r->alone &&
		     r->match.cause[0].confidence == CONFIDENCE_POSSIBLE;

	/* another program's trouble: FTP and others have codes like SMTP's */
	if ((p->found && p->match.cause[0].cause == CAUSE_UNKNOWN) ||
	    (c->x->elsewhere && !c->x->mail)) {
		if (r->found && r->reply.enhanced[0])
			return r;
		return p->found && p->match.cause[0].cause == CAUSE_UNKNOWN
			       ? p : NULL;
	}

	/* what a server may have said, and it names a cause: better than a
	 * program's "cannot log in" */
	if (b->found && !r->found && is_named(b) && !p->match.over_reply &&
	    (!p->found || is_bare_refusal(p)))
		return b;
	/* "cannot log in" and "closed" add nothing to a server's refusal, nor
	 * does a program's rule to what only the server said */
	if (p->found && (p->match.over_reply || !r->found ||
			 (vague && !is_bare_refusal(p) &&
			  strlen(p->reply.text) > strlen(r->reply.text) &&
			  !is_about_way(p) &&
			  p->match.cause[0].confidence >
				  CONFIDENCE_POSSIBLE)))
		return p;
	if (r->found)
		return r;
	return b->found ? b : NULL;
}

static void fill_step(const struct court *c, const struct finding_there *f,
		      struct explanation *ret)
{
	struct evidence *e = &ret->seen;
	struct step *s = &e->step[0];

	e->steps = 1;
	s->result = STEP_FAILED;
	s->stage = f && f->symptom.stage_known ? f->symptom.stage
					       : STAGE_LOGIN;
	if (!f)
		return;
	s->why.kind = f->symptom.fault;
	s->reply = f->reply;
	ret->line = c->x->line[f->line].number;
}

/*
 * A server known to be right has its name: not found, DNS is at fault, or
 * what else stands beside the name ("smtp.example.com," was asked for).
 */
static void judge_name_of_host(const struct court *c, struct rule_match *m)
{
	const struct explain_place *p = &c->x->place;

	if (m->cause[0].cause == CAUSE_WRONG_HOST &&
	    match_has(m, CAUSE_DNS_FAILURE) && p->service_known && p->host[0] &&
	    right_is_host(&c->known->right, p->service, p->host)) {
		match_drop(m, CAUSE_WRONG_HOST);
		match_lead(m, CAUSE_DNS_FAILURE, CONFIDENCE_LIKELY);
		match_rival(m, CAUSE_WRONG_HOST, CONFIDENCE_POSSIBLE);
	}
}

static void fill_causes(const struct court *c, const struct finding_there *f,
			struct diagnosis *d)
{
	struct rule_match m = { .rule = "" };

	if (f) {
		m = f->match;
		judge_secret(c->known, &m);
		judge_access(c->known, &f->symptom, &m);
		judge_name_of_host(c, &m);
	} else {
		match_lead(&m, c->success ? CAUSE_WORKS : CAUSE_UNKNOWN,
			   c->success ? CONFIDENCE_PROVEN
				      : CONFIDENCE_POSSIBLE);
	}
	for (size_t i = 0; i < m.causes && i < CAUSES_MAX; i++) {
		struct diagnosed_cause *to = &d->cause[d->causes++];

		to->cause = m.cause[i].cause;
		to->confidence = m.cause[i].confidence;
		span_copy(span_of(m.rule), to->rule, sizeof(to->rule));
		if (f)
			to->proof[to->proofs++] = (struct proof){ 0, 0 };
	}
	d->verdict = d->cause[0].cause;
	d->exit_code = cause_exit_code(d->verdict);
}

static void fill_endpoint(const struct explain_place *p, struct endpoint *e)
{
	e->service = p->service;
	e->security = p->security;
	e->port = p->port;
	span_copy(span_of(p->host), e->host, sizeof(e->host));
}

void explain_judge(const struct explain *x, const struct expectation *known,
		   const struct rules *clients, const struct rules *general,
		   struct explanation *ret)
{
	struct court c = { .x = x, .known = known, .clients = clients,
			   .general = general };
	const struct finding_there *told;

	memset(ret, 0, sizeof(*ret));
	hear_replies(&c);
	hear_programs(&c);
	told = c.success ? NULL : most_telling(&c);
	ret->place = x->place;
	ret->lines = x->lines;
	if (told && told->symptom.service_known) {
		ret->place.service_known = true;
		ret->place.service = told->symptom.service;
	}
	fill_endpoint(&ret->place, &ret->seen.endpoint);
	fill_step(&c, told, ret);
	fill_causes(&c, told, &ret->diagnosis);
}
