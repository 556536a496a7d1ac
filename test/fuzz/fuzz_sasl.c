#include <string.h>

#include "probes/sasl.h"
#include "test/fuzz/fuzz.h"

static const char *const names[] = {
	"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256",
	"XOAUTH2", "OAUTHBEARER"
};

/*
 * The first byte chooses the mechanism, the lines that follow are what the
 * server challenges us with. A server that was never proven must not pass.
 */
static void talk(const struct sasl_mechanism *m, struct span server)
{
	struct secret password = { 0 }, response = { 0 };
	struct credentials who = { "taro@mail.test", &password,
				   sasl_wants_token(m) };
	struct sasl_session session;
	struct span challenge = { "", 0 };
	struct fault why;
	bool go_on;

	HOLDS(secret_init(&password, 64) && secret_init(&response, 16384));
	HOLDS(secret_add(&password, SPAN_LIT("pencil")));
	sasl_begin(&session, m, &who, "mail.test", 993);
	memcpy(session.nonce, "fyko+d2lbbFgONRv9qkxdawL", 25);
	go_on = !sasl_client_first(m) ||
		sasl_respond(&session, challenge, &response, &why);
	while (go_on && span_cut(&server, '\n', &challenge))
		go_on = sasl_respond(&session, challenge, &response, &why);
	if (sasl_finish(&session, &why) && sasl_proves_server(m))
		HOLDS(session.server_proven);
	sasl_end(&session);
	secret_release(&response);
	secret_release(&password);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t count = sizeof(names) / sizeof(names[0]);
	const struct sasl_mechanism *m;

	if (size == 0)
		return 0;
	m = sasl_by_name(names[data[0] % count]);
	HOLDS(m != NULL);
	talk(m, fuzz_span(data + 1, size - 1));
	return 0;
}
