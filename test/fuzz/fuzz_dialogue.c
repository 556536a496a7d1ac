/*
 * A whole check against a server that says any bytes. The first byte chooses
 * service, security and mechanism; the rest is what the server sends, in
 * pieces. Whatever it says, the report is honest and the secret stays in.
 */
#include <string.h>

#include "probes/probe.h"
#include "reports/diagnose.h"
#include "reports/report.h"
#include "test/fuzz/fuzz.h"

#define SECRET "Kanarienvogel"

struct mute_world {
	struct world world;		/* first: a world is a mute_world */
	struct span server;
	size_t piece;
	msec clock;
};

static msec mute_now(struct world *w)
{
	return ((struct mute_world *)w)->clock++;
}

static bool mute_resolve(struct world *w, const char *host, uint16_t port,
			 msec by, struct name_facts *ret, struct fault *why)
{
	(void)w, (void)by, (void)why;
	span_copy(span_of(host), ret->asked, sizeof(ret->asked));
	HOLDS(address_parse("192.0.2.1", port, &ret->address[0]));
	ret->addresses = 1;
	return true;
}

static bool mute_read(void *self, char *to, size_t cap, size_t *ret_len,
		      msec by, struct fault *why)
{
	struct mute_world *m = self;
	size_t len = m->server.len < cap ? m->server.len : cap;

	if (len == 0) {
		m->clock = by > m->clock ? by : m->clock;
		return fail(why, FAULT_TIMEOUT, "silence");
	}
	len = len < m->piece ? len : m->piece;
	memcpy(to, m->server.at, len);
	m->server = span_from(m->server, len);
	*ret_len = len;
	return true;
}

static bool mute_write(void *self, const char *from, size_t len, msec by,
		       struct fault *why)
{
	(void)self, (void)from, (void)len, (void)by, (void)why;
	return true;
}

static void mute_close(void *self)
{
	(void)self;
}

static bool mute_connect(struct world *w, struct connect_facts *io, msec by,
			 struct stream *ret, struct fault *why)
{
	static const struct stream_ops ops = {
		.name = "mute", .read = mute_read,
		.write = mute_write, .close = mute_close,
	};

	(void)by, (void)why;
	io->winner = 0;
	io->attempt[0].state = ATTEMPT_WON;
	*ret = (struct stream){ &ops, w };
	return true;
}

static bool mute_secure(struct world *w, const struct tls_request *request,
			struct stream *io, msec by, struct tls_facts *ret,
			struct fault *why)
{
	(void)w, (void)request, (void)io, (void)by, (void)why;
	ret->handshake_done = ret->verified = true;
	ret->alert = -1;
	return true;
}

static bool yes(void *context, const struct evidence *refused,
		const struct endpoint *next)
{
	(void)context, (void)refused, (void)next;
	return true;
}

static bool no(void *context, const struct evidence *refused)
{
	(void)context, (void)refused;
	return false;
}

static void choose(uint8_t byte, struct endpoint *e, const char **mechanism)
{
	static const char *const names[] = {
		NULL, "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256",
		"SCRAM-SHA-1", "XOAUTH2", "OAUTHBEARER"
	};

	memset(e, 0, sizeof(*e));
	e->service = (enum service)(byte % SERVICE_COUNT);
	e->security = (enum security)(byte / 3 % 3);
	e->port = default_port(e->service, e->security);
	span_copy(SPAN_LIT("mail.test"), e->host, sizeof(e->host));
	*mechanism = names[byte / 9 % 8];
}

static void run_probe(const struct endpoint *e, const char *mechanism,
		      struct span server, struct evidence *seen)
{
	struct secret secret = { 0 };
	struct redactor *redactor = NULL;
	struct gate gate;
	const struct login_policy policy = { NULL, yes, no, 1, 2 };
	struct mute_world m = {
		.world = {
			.now = mute_now, .resolve = mute_resolve,
			.connect = mute_connect, .secure = mute_secure,
		},
		.server = server, .piece = 1 + server.len % 700
	};
	struct credentials who = { "taro@mail.test", &secret, false };
	struct probe_plan plan = {
		.world = &m.world, .login = {
			.who = &who, .mechanism = mechanism,
			.allow_plaintext = e->security == SECURITY_NONE,
			.sender = "taro@mail.test",
			.client_name = "[127.0.0.1]" },
		.gate = &gate, .last_stage = STAGE_LOGOUT, .timeout = 60000
	};
	struct probe probe = { &plan, seen };

	who.is_token = mechanism && sasl_wants_token(sasl_by_name(mechanism));
	HOLDS(secret_init(&secret, 64) && secret_add(&secret, SPAN_LIT(SECRET)));
	HOLDS(redactor_new(&secret, &redactor));
	plan.redactor = redactor;
	HOLDS(gate_init(&gate, &policy));
	seen->endpoint = *e;
	probe_each(&probe, 1);
	gate_release(&gate);
	redactor_free(redactor);
	secret_release(&secret);
}

static void check_report(const struct report_input *in, bool as_json)
{
	const struct report_style style = {
		.lang = LANG_EN, .verbosity = 1, .unicode = true, .width = 80
	};
	char *text = as_json ? report_json(in, &style)
			     : report_human(in, &style);

	HOLDS(text != NULL);
	HOLDS(strstr(text, SECRET) == NULL);
	HOLDS(strchr(text, '\x1b') == NULL);
	free(text);
}

static void judge(const struct evidence *seen)
{
	static struct rules *rules;
	static struct diagnosis diagnosis;
	const struct expectation nothing_known = {
		.provider = "", .ordinary_refusal = CAUSE_COUNT,
		.address = "taro@mail.test", .user = "taro@mail.test"
	};
	struct report_input in = {
		.n = 1, .seen = &seen, .diagnosis = &diagnosis,
		.address = "taro@mail.test", .user = "taro@mail.test",
		.provider_id = "", .provider_name = "", .how_found = "",
		.login_budget = 2, .version = "0"
	};
	struct fault why;

	if (!rules)
		rules = rules_general(&why);
	HOLDS(rules != NULL);
	diagnose(&seen, 1, &nothing_known, rules, &diagnosis);
	if (diagnosis.verdict == CAUSE_WORKS)
		HOLDS(seen->login.outcome == LOGIN_ACCEPTED ||
		      seen->login.preauth);
	if (diagnosis.verdict == CAUSE_WRONG_CREDENTIALS)
		HOLDS(seen->login.outcome == LOGIN_REFUSED);
	check_report(&in, false);
	check_report(&in, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct evidence seen;
	struct endpoint endpoint;
	const char *mechanism;

	if (size == 0)
		return 0;
	choose(data[0], &endpoint, &mechanism);
	memset(&seen, 0, sizeof(seen));
	run_probe(&endpoint, mechanism, fuzz_span(data + 1, size - 1), &seen);
	judge(&seen);
	return 0;
}
