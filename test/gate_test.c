/*
 * The login gate, counted where it matters: at the servers. Each case is
 * played in the scripted world, one probe after the other, and several times
 * on loopback, where the endpoints race.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/wire/wait.h"
#include "test/play.h"

#define RACES 3

#define HEAD "title.en: t\ntitle.ja: t\nverdict: unknown\nexit: 4\nlogins: 0\n"
#define ACCOUNT HEAD "provider: none\naddress: taro@mail.example\n" \
	"secret: correct-horse-battery\n"

static const struct gate_case {
	const char *name;
	const char *text;		/* NULL: the built-in scenario `name` */
	unsigned logins;		/* one after the other */
	unsigned fewest, most;		/* racing */
} cases[] = {
	{ "healthy", NULL, 3, 3, 3 },
	{ "healthy-all-services", NULL, 4, 4, 4 },
	{ "wrong-password", NULL, 1, 1, 1 },
	{ "wrong-password-everywhere", NULL, 1, 1, 1 },
	/* IMAP is vague and SMTP says more: one more login, of two endpoints */
	{ "gmail-smtp-says-more", NULL, 2, 1, 2 },
	{ "outlook-wrong-secret", NULL, 2, 1, 2 },
	/* whoever is first, its answer names the cause */
	{ "gmail-app-password", NULL, 1, 1, 1 },
	/* three services refuse without a reason */
	{ "three services refuse", ACCOUNT "password: another\n"
	  "endpoint imap imap.mail.example:993 tls\n"
	  "endpoint smtp smtp.mail.example:465 tls\n"
	  "endpoint pop3 pop.mail.example:995 tls\n", 1, 1, 2 },
	/* vague everywhere, though SMTP is asked: never more than two */
	{ "gmail is vague everywhere", HEAD "base: gmail-base\n"
	  "password: another\n", 2, 1, 2 },
	/* asked for one by one, they still share one account */
	{ "demanded endpoints refuse", ACCOUNT "password: another\n"
	  "endpoint imap imap.mail.example:993 tls demanded\n"
	  "endpoint imap imap.mail.example:143 starttls demanded\n"
	  "endpoint smtp smtp.mail.example:465 tls demanded\n"
	  "endpoint smtp smtp.mail.example:587 starttls demanded\n", 1, 1, 2 },
	/* accepted by one service, refused by the other: once per service */
	{ "imap works, smtp refuses", ACCOUNT
	  "endpoint imap imap.mail.example:993 tls\n"
	  "endpoint smtp smtp.mail.example:465 tls\n"
	  "greeting\n!delay 300\nS: 220 ready\n"
	  "refused\nS: 535 5.7.8 Authentication failed\n"
	  "endpoint smtp smtp.mail.example:587 starttls\n"
	  "greeting\n!delay 300\nS: 220 ready\n"
	  "refused\nS: 535 5.7.8 Authentication failed\n", 2, 2, 2 },
	/* a login whose answer is lost counts as refused */
	{ "the answer is lost", ACCOUNT "password: another\n"
	  "endpoint imap imap.mail.example:993 tls\nrefused\n!close\n"
	  "endpoint imap imap.mail.example:143 starttls\nrefused\n!close\n"
	  , 1, 1, 1 },
	/* no way to send the secret: no login at all */
	{ "no-mechanism", NULL, 0, 0, 0 },
	{ "cert-expired", NULL, 0, 0, 0 },
};

static unsigned failed;

static void complain_of(const struct gate_case *c, const char *where,
			const char *what, unsigned number)
{
	printf("FAIL %s (%s): %s: %u\n", c->name, where, what, number);
	failed++;
}

static void check(const struct gate_case *c, const char *where,
		  const struct play_end *e, unsigned fewest, unsigned most)
{
	const struct diagnosis *d = &e->result.diagnosis;

	if (!e->finished) {
		complain_of(c, where, e->why.text, 0);
		return;
	}
	if (e->logins < fewest || e->logins > most)
		complain_of(c, where, "logins at the servers", e->logins);
	if (d->logins_attempted != e->logins)
		complain_of(c, where, "logins in the report",
			    d->logins_attempted);
	if (d->logins_refused > 2)
		complain_of(c, where, "refused logins", d->logins_refused);
}

static void play_case(const struct gate_case *c, const struct scenario *s)
{
	struct script_world *w = script_world_new(s);
	struct play_end e;

	if (!w) {
		failed++;
		return;
	}
	play_script(s, w, &e);
	check(c, "script", &e, c->logins, c->logins);
	play_release(&e);
	script_world_free(w);
	for (int i = 0; i < RACES; i++) {
		if (play_loopback(s, &e))
			check(c, "loopback", &e, c->fewest, c->most);
		else
			complain_of(c, "loopback", e.why.text, 0);
		play_release(&e);
	}
}

int main(void)
{
	size_t n = sizeof(cases) / sizeof(cases[0]);

	if (!wait_setup() || !dns_setup() || !tls_setup())
		return 1;
	for (size_t i = 0; i < n; i++) {
		const struct gate_case *c = &cases[i];
		struct scenario *s = NULL;
		struct fault why;
		bool ok;

		ok = c->text ? scenario_parse("gate", span_of(c->text), &s,
					      &why) :
		     scenario_load(c->name, &s, &why);
		if (ok)
			play_case(c, s);
		else
			complain_of(c, "scenario", why.text, 0);
		scenario_free(s);
	}
	dns_teardown();
	printf("gate: %zu cases, %d races each, %u failed\n", n, RACES, failed);
	return failed > 0;
}
