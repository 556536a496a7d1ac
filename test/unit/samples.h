#ifndef MAILWHY_TEST_SAMPLES_H
#define MAILWHY_TEST_SAMPLES_H

/*
 * Accounts as probes and diagnosis would leave them, for the tests of the
 * report writers; and golden files: MAILWHY_GOLDEN=write makes them anew, all
 * other runs compare.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/report.h"
#include "test/unit/unit.h"

#define NOW 1795305600			/* 2026-11-22 */
#define DAY 86400

struct sample {
	struct evidence e[3];
	const struct evidence *seen[3];
	struct diagnosis d;
	struct remedy remedy[3];
	struct report_input in;
};

static inline void put(char *to, size_t cap, const char *text)
{
	span_copy(span_of(text), to, cap);
}
/* cmocka's fail_msg() calls its own fail(), which unit.h took away. */
#define FAIL_MSG(...) \
	do { \
		print_error(__VA_ARGS__); \
		_fail(__FILE__, __LINE__); \
	} while (0)
#define PUT(field, text) put((field), sizeof(field), (text))

static inline struct step *sample_step(struct evidence *e, enum stage stage,
				       msec took)
{
	struct step *s = &e->step[e->steps++];
	msec at = e->steps > 1 ? e->step[e->steps - 2].ended : 0;
	*s = (struct step){ .stage = stage, .began = at, .ended = at + took };
	return s;
}

static inline struct step *sample_fail(struct evidence *e, enum stage stage,
				       msec took, enum fault_kind kind,
				       const char *reply)
{
	struct step *s = sample_step(e, stage, took);
	s->result = STEP_FAILED;
	fail(&s->why, kind, "%s", fault_name(kind));
	PUT(s->reply.text, reply);
	s->reply.answer = reply[0] ? ANSWER_NO : ANSWER_NONE;
	return s;
}

static inline struct step *sample_skip(struct evidence *e, enum stage stage,
				       enum skip skip)
{
	struct step *s = sample_step(e, stage, 0);
	s->result = STEP_SKIPPED;
	s->skip = skip;
	return s;
}

static inline void sample_endpoint(struct evidence *e, enum service service,
				   const char *host, enum security security)
{
	e->endpoint.service = service;
	PUT(e->endpoint.host, host);
	e->endpoint.port = default_port(service, security);
	e->endpoint.security = security;
	e->connection.winner = -1;
	e->tls.alert = -1;
}

static inline void sample_address(struct address *a, const char *text)
{
	a->family = strchr(text, ':') ? FAMILY_IPV6 : FAMILY_IPV4;
	PUT(a->text, text);
}

static inline void sample_resolved(struct evidence *e)
{
	struct name_facts *n = &e->name;
	PUT(n->asked, e->endpoint.host);
	PUT(n->resolver, "192.0.2.53");
	n->asked_a = n->asked_aaaa = true;
	n->addresses = 2;
	sample_address(&n->address[0], "2001:db8::6d");
	sample_address(&n->address[1], "192.0.2.108");
	sample_step(e, STAGE_RESOLVE, 12);
}

static inline void sample_connected(struct evidence *e)
{
	struct connect_facts *c = &e->connection;
	sample_resolved(e);
	c->attempts = 2;
	c->winner = 0;
	c->attempt[0] = (struct attempt){ .address = e->name.address[0],
					  .state = ATTEMPT_WON, .began = 12,
					  .ended = 21 };
	c->attempt[1].address = e->name.address[1];
	sample_step(e, STAGE_CONNECT, 9);
}

static inline void sample_certificate(struct evidence *e)
{
	struct tls_facts *t = &e->tls;
	struct cert_facts *c = &t->cert[0];
	t->handshake_done = t->verified = true;
	PUT(t->version, "TLSv1.3");
	PUT(t->cipher, "TLS_AES_256_GCM_SHA384");
	PUT(t->group, "x25519");
	PUT(t->server_name, e->endpoint.host);
	PUT(t->our_versions, "TLSv1.2-1.3");
	PUT(t->trust_file, "/etc/ssl/certs/ca-certificates.crt");
	PUT(t->root, "Example Root R1");
	t->checked_at = NOW;
	t->chain = 1;
	PUT(c->subject_name, e->endpoint.host);
	PUT(c->subject, "CN=server");
	PUT(c->issuer, "CN=WR2,O=Example Trust,C=US");
	PUT(c->issuer_name, "WR2");
	PUT(c->issuer_org, "Example Trust");
	PUT(c->name[0], e->endpoint.host);
	c->names = 1;
	c->not_before = NOW - 29 * DAY;
	c->not_after = NOW + 61 * DAY;
	PUT(c->key, "EC P-256");
	PUT(c->signature, "sha256WithRSA");
	memset(c->sha256, 'a', 64);
}

/* Up to the capabilities, in TLS from the start or by STARTTLS. */
static inline void sample_ready(struct evidence *e, const char *greeting)
{
	bool later = e->endpoint.security == SECURITY_STARTTLS;
	sample_connected(e);
	sample_certificate(e);
	if (!later)
		sample_step(e, STAGE_TLS, 24)->in_tls = true;
	struct step *s = sample_step(e, STAGE_GREETING, 8);
	s->reply.answer = ANSWER_OK;
	s->in_tls = !later;
	PUT(s->reply.text, greeting);
	struct capabilities *c = &e->capabilities[later ? PHASE_CLEAR :
						  PHASE_TLS];
	c->known = true;
	PUT(c->words, later ? "SIZE=35882577 STARTTLS" :
	    "SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER");
	if (e->endpoint.service == SERVICE_IMAP)
		sample_skip(e, STAGE_CAPABILITY, SKIP_NOT_NEEDED);
	else
		sample_step(e, STAGE_CAPABILITY, 9);
	e->step[e->steps - 1].in_tls = !later;
	if (!later)
		return;
	s = sample_step(e, STAGE_STARTTLS, 9);
	PUT(s->reply.text, "220 2.0.0 Ready to start TLS");
	s->reply.answer = ANSWER_OK;
	s->reply.code = 220;
	sample_step(e, STAGE_TLS, 25)->in_tls = true;
	e->capabilities[PHASE_TLS] = (struct capabilities){ .known = true };
	PUT(e->capabilities[PHASE_TLS].words, "AUTH=PLAIN AUTH=LOGIN");
	sample_step(e, STAGE_CAPABILITY, 8)->in_tls = true;
}

static inline void sample_accepted(struct evidence *e)
{
	e->login.outcome = LOGIN_ACCEPTED;
	PUT(e->login.mechanism, "PLAIN");
	sample_step(e, STAGE_LOGIN, 120)->in_tls = true;
}

static inline void sample_refused(struct evidence *e, const char *reply)
{
	e->login.outcome = LOGIN_REFUSED;
	PUT(e->login.mechanism, "PLAIN");
	sample_fail(e, STAGE_LOGIN, 310, FAULT_REJECTED, reply)->in_tls = true;
}

static inline void sample_cause(struct sample *s, enum cause cause,
				enum confidence sure, int endpoint)
{
	struct diagnosed_cause *c = &s->d.cause[s->d.causes++];
	c->cause = cause;
	c->confidence = sure;
	if (s->d.causes == 1) {
		s->d.verdict = cause;
		s->d.exit_code = cause_exit_code(cause);
	}
	if (endpoint < 0)
		return;
	c->proofs = 1;
	c->proof[0].endpoint = (uint8_t)endpoint;
	c->proof[0].step = (uint8_t)(s->e[endpoint].steps - 1);
	if (s->d.endpoint_verdict[endpoint] == 0)
		s->d.endpoint_verdict[endpoint] = cause;
	s->d.endpoint_confidence[endpoint] = sure;
}

static inline struct finding *sample_finding(struct sample *s,
					     enum finding_id id, int endpoint)
{
	struct finding *f = &s->d.finding[s->d.findings++];
	f->id = id;
	f->endpoint = endpoint;
	return f;
}

static inline struct sample *sample_new(size_t n, const char *address)
{
	struct sample *s = calloc(1, sizeof(*s));
	assert_non_null(s);
	for (size_t i = 0; i < 3; i++)
		s->seen[i] = &s->e[i];
	s->in = (struct report_input){
		.n = n, .seen = s->seen, .diagnosis = &s->d,
		.address = address, .user = address, .provider_id = "",
		.provider_name = "", .how_found = "", .remedy = s->remedy,
		.login_budget = 2, .version = "0.1.0", .made_at = NOW,
		.took = 365,
	};
	return s;
}

static inline void sample_three(struct sample *s, const char *imap,
				const char *smtp)
{
	sample_endpoint(&s->e[0], SERVICE_IMAP, imap, SECURITY_TLS);
	sample_endpoint(&s->e[1], SERVICE_SMTP, smtp, SECURITY_TLS);
	sample_endpoint(&s->e[2], SERVICE_SMTP, smtp, SECURITY_STARTTLS);
	sample_ready(&s->e[0], "OK Gimap ready for requests from 192.0.2.1");
	sample_ready(&s->e[1], "220 smtp.gmail.com ESMTP");
	sample_ready(&s->e[2], "220 smtp.gmail.com ESMTP");
}

/* Google's IMAP refuses the ordinary password and says why. */
static inline struct sample *sample_app_password(enum lang l)
{
	struct sample *s = sample_new(3, "taro@gmail.com");
	sample_three(s, "imap.gmail.com", "smtp.gmail.com");
	sample_refused(&s->e[0], "NO [ALERT] Application-specific password "
		       "required: https://support.google.com/accounts/"
		       "answer/185833 (Failure)");
	PUT(s->e[0].step[s->e[0].steps - 1].reply.response_code, "ALERT");
	sample_skip(&s->e[1], STAGE_LOGIN, SKIP_CAUSE_NAMED);
	sample_skip(&s->e[2], STAGE_LOGIN, SKIP_CAUSE_NAMED);
	sample_cause(s, CAUSE_APP_PASSWORD, CONFIDENCE_PROVEN, 0);
	s->d.endpoint_verdict[1] = s->d.endpoint_verdict[2] = CAUSE_NOT_TRIED;
	for (unsigned e = NOT_NETWORK; e <= NOT_PASSWORD; e++)
		s->d.excluded[e] = true;
	s->d.logins_attempted = s->d.logins_refused = 1;
	s->in.provider_id = "gmail";
	s->in.provider_name = "Gmail";
	s->in.how_found = "domain";
	s->in.remedies = 2;
	PUT(s->remedy[0].text, l == LANG_JA ? "2段階認証プロセスを有効にします。" :
	    "Turn on 2-Step Verification.");
	PUT(s->remedy[0].url,
	    "https://myaccount.google.com/signinoptions/twosv");
	PUT(s->remedy[1].text, l == LANG_JA ? "アプリパスワードを作ります。" :
	    "Make an app password.");
	PUT(s->remedy[1].url, "https://myaccount.google.com/apppasswords");
	sample_finding(s, FINDING_NO_IPV6, 1);
	return s;
}

static inline struct sample *sample_works(void)
{
	struct sample *s = sample_new(3, "taro@example.org");
	sample_three(s, "imap.example.org", "smtp.example.org");
	for (size_t i = 0; i < 3; i++) {
		sample_accepted(&s->e[i]);
		s->d.endpoint_verdict[i] = CAUSE_WORKS;
		s->d.endpoint_confidence[i] = CONFIDENCE_PROVEN;
	}
	s->e[0].mailbox = (struct mailbox_facts){
		.examined = true, .has_messages = true, .messages = 23,
		.has_quota = true, .quota_used = 7340032,
		.quota_limit = 15728640 };
	sample_step(&s->e[0], STAGE_MAILBOX, 11)->in_tls = true;
	sample_step(&s->e[0], STAGE_LOGOUT, 1)->in_tls = true;
	sample_cause(s, CAUSE_WORKS, CONFIDENCE_PROVEN, -1);
	s->d.service_works[SERVICE_IMAP] = true;
	s->d.service_works[SERVICE_SMTP] = true;
	s->d.logins_attempted = 3;
	sample_finding(s, FINDING_CERT_ENDS_SOON, 0)->number = 9;
	return s;
}

/* What is told of the provider is old and not sure, and there is a help desk. */
static inline struct sample *sample_old_facts(enum lang l)
{
	static const char *const doubts[LANG_COUNT][2] = {
		{ "Nobody publishes these settings.",
		  "The menus may have other names." },
		{ "公開されている設定が見つかりませんでした。",
		  "画面の名称は異なることがあります。" },
	};
	struct sample *s = sample_app_password(l);
	PUT(s->in.remedy_checked, "2025-09");
	s->in.remedy_uncertain = true;
	s->in.provider_checked = "2025-09";
	s->in.doubts = 2;
	s->in.doubt[0] = doubts[l][0];
	s->in.doubt[1] = doubts[l][1];
	s->in.servers_checked = "2024-10";
	s->in.servers_uncertain = true;
	s->in.help = (struct report_help){
		l == LANG_JA ? "情報システム部にお問い合わせください。" :
		"Ask the help desk on the third floor.",
		"https://help.example.com/mail", "0120-000-000"
	};
	return s;
}

/* One ordinary refusal, a provider with a password of its own: rivals. */
static inline struct sample *sample_rivals(void)
{
	struct sample *s = sample_new(2, "hanako@docomo.ne.jp");
	sample_three(s, "imap.spmode.ne.jp", "mail.spmode.ne.jp");
	sample_refused(&s->e[0], "NO [AUTHENTICATIONFAILED] Authentication "
		       "failed.");
	sample_skip(&s->e[1], STAGE_LOGIN, SKIP_BUDGET);
	sample_cause(s, CAUSE_SEPARATE_PASSWORD, CONFIDENCE_LIKELY, 0);
	sample_cause(s, CAUSE_USERNAME_FORMAT, CONFIDENCE_POSSIBLE, 0);
	sample_cause(s, CAUSE_WRONG_CREDENTIALS, CONFIDENCE_POSSIBLE, 0);
	s->d.endpoint_verdict[1] = CAUSE_NOT_TRIED;
	s->d.excluded[NOT_NETWORK] = s->d.excluded[NOT_PORT] = true;
	s->d.excluded[NOT_TLS] = s->d.excluded[NOT_CERTIFICATE] = true;
	s->d.logins_attempted = s->d.logins_refused = 1;
	s->in.provider_id = "docomo";
	s->in.provider_name = "ドコモメール";
	s->in.how_found = "domain";
	PUT(sample_finding(s, FINDING_SECRET_SUSPICIOUS, -1)->detail,
	    "trailing_space");
	return s;
}

/* Insecure flags, STARTTLS, a transcript, SMTP refused where IMAP works. */
static inline void sample_line(struct evidence *e, enum line_mark mark,
			       bool in_tls, msec at, const char *text)
{
	struct transcript *t = &e->transcript;
	size_t len = strlen(text);
	t->line[t->lines++] = (struct transcript_line){
		mark, in_tls, at, (uint16_t)t->used, (uint16_t)len };
	memcpy(t->text + t->used, text, len);
	t->used += len;
}

static inline struct sample *sample_mixed(void)
{
	struct sample *s = sample_new(2, "taro@example.org");
	sample_endpoint(&s->e[0], SERVICE_IMAP, "mail.example.org",
			SECURITY_TLS);
	sample_endpoint(&s->e[1], SERVICE_SMTP, "mail.example.org",
			SECURITY_STARTTLS);
	sample_ready(&s->e[0], "OK Dovecot ready.");
	sample_accepted(&s->e[0]);
	sample_ready(&s->e[1], "220 mail.example.org ESMTP Postfix");
	s->e[1].tls.verified = false;
	s->e[1].tls.cert_wrong_name = true;
	for (size_t i = 0; i < s->e[1].steps; i++) {
		if (s->e[1].step[i].stage == STAGE_TLS)
			fail(&s->e[1].step[i].why, FAULT_CERT_NAME,
			     "for other names");
	}
	sample_refused(&s->e[1], "535 5.7.139 Authentication unsuccessful, "
		       "SmtpClientAuthentication is disabled for the Tenant.\n"
		       "535 Visit https://aka.ms/smtp_auth_disabled for more");
	sample_line(&s->e[1], LINE_RECEIVED, false, 22,
		    "220 mail.example.org ESMTP Postfix");
	sample_line(&s->e[1], LINE_SENT, false, 23, "EHLO [192.0.2.1]");
	sample_line(&s->e[1], LINE_NOTE, false, 40, "TLS 1.3 begins");
	sample_line(&s->e[1], LINE_SENT, true, 70, "AUTH PLAIN <secret>");
	s->e[1].transcript.cut = true;
	sample_cause(s, CAUSE_PROTOCOL_DISABLED, CONFIDENCE_PROVEN, 1);
	sample_cause(s, CAUSE_RATE_LIMITED, CONFIDENCE_PROVEN, 1);
	s->d.endpoint_verdict[0] = CAUSE_WORKS;
	s->d.service_works[SERVICE_IMAP] = true;
	s->d.logins_attempted = 2;
	s->d.logins_refused = 1;
	sample_finding(s, FINDING_UNVERIFIED, 1);
	sample_finding(s, FINDING_CLEAR_LOGIN, 1);
	s->in.demonstration = "smtp-auth-disabled";
	return s;
}

/* Nothing but a host, and its certificate is for other names. */
static inline struct sample *sample_other_name(void)
{
	struct sample *s = sample_new(1, "");
	struct evidence *e = &s->e[0];
	sample_endpoint(e, SERVICE_IMAP, "mail.example.net", SECURITY_TLS);
	sample_connected(e);
	sample_certificate(e);
	e->tls.verified = false;
	e->tls.cert_wrong_name = true;
	PUT(e->tls.cert[0].name[0], "*.hosting.example");
	PUT(e->tls.cert[0].name[1], "hosting.example");
	e->tls.cert[0].names = 2;
	sample_fail(e, STAGE_TLS, 20, FAULT_CERT_NAME, "");
	sample_skip(e, STAGE_GREETING, SKIP_FAILED_BEFORE);
	s->in.user = "taro";
	sample_cause(s, CAUSE_CERT_HOSTNAME, CONFIDENCE_PROVEN, 0);
	s->d.cause[0].proof[0].step = 2;
	s->d.excluded[NOT_NETWORK] = s->d.excluded[NOT_PASSWORD] = true;
	return s;
}

/* ---- golden files ---- */

static inline char *golden_read(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	char *text = calloc(1, 1u << 18);
	assert_non_null(text);
	size_t len = fread(text, 1, (1u << 18) - 1, f);
	text[len] = '\0';
	fclose(f);
	return text;
}

/* `here` is __FILE__ of a test in test/unit/. */
static inline void golden_compare(const char *here, const char *name,
				  const char *text)
{
	char path[512];
	const char *folder = strstr(here, "unit/test_");
	assert_non_null(folder);
	snprintf(path, sizeof(path), "%.*sgolden/%s", (int)(folder - here),
		 here, name);
	const char *mode = getenv("MAILWHY_GOLDEN");
	if (mode && strcmp(mode, "write") == 0) {
		FILE *f = fopen(path, "wb");
		assert_non_null(f);
		fputs(text, f);
		fclose(f);
		return;
	}
	char *wanted = golden_read(path);
	if (!wanted)
		FAIL_MSG("%s is missing; make it with MAILWHY_GOLDEN=write",
			 path);
	if (strcmp(wanted, text) != 0)
		FAIL_MSG("%s differs; now:\n%s", path, text);
	free(wanted);
}

#endif
