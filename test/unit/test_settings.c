#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/settings_fill.h"
#include "probes/base/text.h"
#include "reports/layout.h"
#include "reports/settings.h"
#include "test/unit/samples.h"

static const char mail[] =
	"{\"id\":\"example_mail\",\"names\":{\"en\":\"Example Mail\","
	"\"ja\":\"例示メール\"},"
	"\"domains\":[\"example.org\"],\"mx_suffixes\":[],"
	"\"servers\":["
	"{\"service\":\"imap\",\"host\":\"imap.example.org\","
	"\"port\":993,\"security\":\"tls\"},"
	"{\"service\":\"smtp\",\"host\":\"smtp.example.org\","
	"\"port\":465,\"security\":\"tls\"},"
	"{\"service\":\"smtp\",\"host\":\"smtp.example.org\","
	"\"port\":587,\"security\":\"starttls\"},"
	"{\"service\":\"pop3\",\"host\":\"{server}.example.org\","
	"\"port\":995,\"security\":\"tls\"}],"
	"\"user_form\":{\"imap\":\"local\",\"pop3\":\"other\"},"
	"\"user_hint\":{\"en\":\"For POP3 the number of your contract.\","
	"\"ja\":\"POP3では契約番号を使います。\"},"
	"\"secret\":{\"kind\":\"app_password\",\"min\":16,\"max\":16,"
	"\"alphabet\":\"lower\",\"separators\":\" \",\"sure\":true},"
	"\"switches\":{\"imap\":\"off\",\"smtp\":\"on\",\"pop3\":\"off\"},"
	"\"app_password_url\":\"https://www.example.org/passwords\","
	"\"help\":{\"en\":\"The help desk answers from 9 to 17.\","
	"\"ja\":\"受付時間は9時から17時です。\","
	"\"url\":\"https://www.example.org/help\",\"phone\":\"0120-000-000\"},"
	"\"remedies\":{\"app_password_required\":["
	"{\"en\":\"Turn on two-step verification.\","
	"\"ja\":\"2段階認証を有効にします。\"},"
	"{\"en\":\"Make an app password.\",\"ja\":\"アプリパスワードを作ります。\","
	"\"url\":\"https://www.example.org/passwords\"}],"
	"\"protocol_disabled\":["
	"{\"en\":\"Open Settings > IMAP and choose On.\","
	"\"ja\":\"「設定」>「IMAP」で「オン」を選びます。\"}]},"
	"\"quirks\":[{\"en\":\"Mail older than a year is moved to the "
	"archive, which mail programs do not see.\","
	"\"ja\":\"1年以上前のメールはアーカイブに移され、メールソフトには"
	"表示されません。\"}],"
	"\"lockout\":{\"en\":\"Ten refused logins lock it for an hour.\","
	"\"ja\":\"10回失敗すると1時間ロックされます。\"},"
	"\"doubts\":[{\"en\":\"Sources differ on port 587.\","
	"\"ja\":\"送信のポート587については、情報が分かれています。\"}],"
	"\"sources\":[\"https://www.example.org/help/imap\"],"
	"\"checked\":\"2025-08\",\"sure\":true,"
	"\"parts\":{\"servers\":{\"sure\":false}}}";

static struct provider *sample_provider(const char *json)
{
	struct provider *p = NULL;
	struct fault why = { .kind = FAULT_NONE };

	if (!provider_parse(span_of(json), "x.json", &p, &why))
		FAIL_MSG("%s", why.text);
	return p;
}

/* An account as the command would fill it; 465 is blocked on the way. */
struct scene {
	struct provider *provider;
	struct program *program;
	struct sample *live;
	struct settings s;
};

static void scene_open(struct scene *c, enum lang l)
{
	*c = (struct scene){ .provider = sample_provider(mail) };
	settings_begin("taro@example.org", NOW, &c->s);
	settings_take_provider(c->provider, l, &c->s);
	c->s.how_found = "domain";
	c->s.found_at = "example.org";
	c->s.version = "0.1.0";
}

static void scene_close(struct scene *c)
{
	program_free(c->program);
	provider_free(c->provider);
	free(c->live);
}

static void scene_answers(struct scene *c)
{
	struct sample *s = sample_works();

	c->live = s;
	s->d.endpoint_verdict[0] = s->d.endpoint_verdict[2] = CAUSE_NOT_TRIED;
	s->d.endpoint_verdict[1] = CAUSE_NETWORK_BLOCKED;
	s->e[1].steps = 0;
	sample_step(&s->e[1], STAGE_RESOLVE, 3);
	sample_fail(&s->e[1], STAGE_CONNECT, 15000, FAULT_TIMEOUT, "");
	c->s.live = &s->in;
	for (int i = 0; i < 3; i++)
		c->s.live_index[i] = i;
}

static void scene_program(struct scene *c, const char *name)
{
	struct fault why;

	assert_true(program_by_name(name, &c->program, &why));
	c->s.program = c->program;
}

static void scene_compare(struct scene *c, bool right)
{
	struct customer_server imap = {
		.service = SERVICE_IMAP, .port = right ? 993 : 143,
		.has_security = true, .user = right ? "taro" : "taro@example.org",
		.security = right ? SECURITY_TLS : SECURITY_NONE,
		.foreign = right ? NULL : "Other Mail",
	};
	struct customer_server smtp = {
		.service = SERVICE_SMTP, .port = right ? 587 : 465,
		.has_security = true, .security = SECURITY_STARTTLS,
		.user = "taro@example.org",
	};

	PUT(imap.host, right ? "imap.example.org" : "imap.other.example");
	PUT(smtp.host, "smtp.example.org");
	compare_server(&c->s.known, &imap, &c->s.comparison[0]);
	compare_server(&c->s.known, &smtp, &c->s.comparison[1]);
	c->s.compared = 2;
	c->s.exit_code = right ? 0 : 1;
}

/* ---- golden files ---- */

static void golden(const struct settings *s, const char *name, enum lang l)
{
	const struct report_style style = { l, 0, false, true, 80 };
	char *text = settings_human(s, &style);

	assert_non_null(text);
	golden_compare(__FILE__, name, text);
	free(text);
}

static void golden_json(const struct settings *s, const char *name,
			enum lang l)
{
	const struct report_style style = { l, 0, false, true, 80 };
	char *text = settings_json(s, &style);

	assert_non_null(text);
	golden_compare(__FILE__, name, text);
	free(text);
}

static const char *const names[][LANG_COUNT] = {
	{ "settings_known.en.txt", "settings_known.ja.txt" },
	{ "settings_program.en.txt", "settings_program.ja.txt" },
	{ "settings_wrong.en.txt", "settings_wrong.ja.txt" },
	{ "settings_right.en.txt", "settings_right.ja.txt" },
	{ "settings_unknown.en.txt", "settings_unknown.ja.txt" },
};

static void reads_as_agreed(void **state)
{
	struct scene c;

	(void)state;
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		enum lang lang = (enum lang)l;

		scene_open(&c, lang);
		scene_answers(&c);
		golden(&c.s, names[0][l], lang);
		golden_json(&c.s, l == LANG_EN ? "settings_known.en.json" :
			    "settings_known.ja.json", lang);
		scene_program(&c, "thunderbird");
		golden(&c.s, names[1][l], lang);
		golden_json(&c.s, l == LANG_EN ? "settings_program.en.json" :
			    "settings_program.ja.json", lang);
		c.s.program = NULL;
		scene_compare(&c, false);
		golden(&c.s, names[2][l], lang);
		golden_json(&c.s, l == LANG_EN ? "settings_wrong.en.json" :
			    "settings_wrong.ja.json", lang);
		scene_compare(&c, true);
		golden(&c.s, names[3][l], lang);
		scene_close(&c);

		settings_begin("taro@nowhere.example", NOW, &c.s);
		c.s.offline = true;
		c.s.did_you_mean = "taro@example.org";
		c.s.version = "0.1.0";
		c.s.exit_code = 4;
		golden(&c.s, names[4][l], lang);
		golden_json(&c.s, l == LANG_EN ? "settings_unknown.en.json" :
			    "settings_unknown.ja.json", lang);
	}
}

/* ---- whatever is known: within the margin, nothing unfilled ---- */

static void fits(const char *text, unsigned width)
{
	struct span rest = span_of(text), line;

	while (width > 0 && span_cut(&rest, '\n', &line)) {
		char room[4096];

		span_copy(line, room, sizeof(room));
		if (span_has(line, "https://"))
			continue;
		if (layout_width(room) > width)
			FAIL_MSG("over %u columns: %s", width, room);
		assert_false(line.len > 0 && line.at[line.len - 1] == ' ');
	}
}

/* "settings.title", not "the mail settings." */
static bool has_id(const char *text, const char *prefix)
{
	for (const char *at = text; (at = strstr(at, prefix)) != NULL; at++)
		if (ascii_is_alpha(at[strlen(prefix)]) &&
		    (at == text || !ascii_is_alpha(at[-1])))
			return true;
	return false;
}

static void complete(const char *text)
{
	static const char *const leftovers[] = {
		"settings.", "compare.", "label.", "cause.", "protocol.",
		"security.", "mark.", "(nul", "{address", "{provider", "{in",
		"{smtp", "{secret",
	};

	for (size_t i = 0; i < ARRAY_SIZE(leftovers); i++)
		if (has_id(text, leftovers[i]))
			FAIL_MSG("\"%s\" left over in:\n%s", leftovers[i],
				 text);
}

static void try_styles(const struct settings *s, enum lang l)
{
	static const unsigned widths[] = { 40, 60, 80, 0, 132 };

	for (size_t w = 0; w < ARRAY_SIZE(widths); w++) {
		const struct report_style style = {
			l, w % 2, w == 4, w % 2 == 0, widths[w] };
		char *text = settings_human(s, &style);

		assert_non_null(text);
		if (!style.color)
			fits(text, widths[w]);
		complete(text);
		free(text);
	}
}

static const char *const program_names[] = {
	"iphone", "android", "outlook", "outlook-new", "thunderbird"
};

static void every_provider_has_its_pages(void **state)
{
	char id[PROVIDER_ID_CAP];

	(void)state;
	for (size_t i = 0; provider_id_at(i, id, sizeof(id)); i++) {
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			struct scene c = { .provider = NULL };
			struct fault why;

			assert_true(provider_by_id(NULL, id, &c.provider,
						   &why));
			settings_begin("taro@mail.example", NOW, &c.s);
			settings_take_provider(c.provider, (enum lang)l, &c.s);
			c.s.how_found = "domain";
			c.s.found_at = "mail.example";
			try_styles(&c.s, (enum lang)l);
			scene_program(&c, program_names[i %
				      ARRAY_SIZE(program_names)]);
			try_styles(&c.s, (enum lang)l);
			scene_close(&c);
		}
	}
}

static void every_reason_is_told(void **state)
{
	(void)state;
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		struct scene c;

		scene_open(&c, (enum lang)l);
		scene_compare(&c, false);
		for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
			struct compared_server *x = &c.s.comparison[0];

			x->field[r % COMPARE_FIELDS].reason =
				(enum compare_reason)r;
			x->field[r % COMPARE_FIELDS].result =
				r % 2 ? COMPARE_WRONG : COMPARE_UNSURE;
			try_styles(&c.s, (enum lang)l);
		}
		scene_close(&c);
	}
}

static void no_server_is_no_end(void **state)
{
	static const char none[] =
		"{\"id\":\"x\",\"names\":{\"en\":\"X\",\"ja\":\"X\"},"
		"\"domains\":[\"x.test\"],\"mx_suffixes\":[],\"servers\":[],"
		"\"user_form\":\"address\",\"secret\":{\"kind\":\"none\"},"
		"\"sources\":[\"s\"],\"checked\":\"2026-08\",\"sure\":true}";
	struct scene c = { .provider = sample_provider(none) };
	const struct report_style style = { LANG_EN, 0, false, true, 80 };
	char *text;

	(void)state;
	settings_begin("a@x.test", NOW, &c.s);
	settings_take_provider(c.provider, LANG_EN, &c.s);
	text = settings_human(&c.s, &style);
	assert_non_null(strstr(text, "gives mail programs no access"));
	assert_null(settings_choice(&c.s, SERVICE_IMAP));
	free(text);
	scene_program(&c, "iphone");
	text = settings_human(&c.s, &style);
	assert_null(strstr(text, "Host Name"));
	free(text);
	scene_close(&c);
}

/* ---- the values themselves ---- */

static void the_server_that_answers_is_chosen(void **state)
{
	struct scene c;

	(void)state;
	scene_open(&c, LANG_EN);
	assert_int_equal(settings_choice(&c.s, SERVICE_SMTP)->endpoint.port,
			 465);
	scene_answers(&c);
	assert_int_equal(settings_choice(&c.s, SERVICE_SMTP)->endpoint.port,
			 587);
	/* where none answers, the best stays the best */
	c.live->d.endpoint_verdict[2] = CAUSE_NETWORK_BLOCKED;
	assert_int_equal(settings_choice(&c.s, SERVICE_SMTP)->endpoint.port,
			 465);
	scene_close(&c);
}

static void the_user_name_has_its_form(void **state)
{
	struct scene c;

	(void)state;
	scene_open(&c, LANG_EN);
	assert_string_equal(c.s.known.server[0].user, "taro");
	assert_string_equal(c.s.known.server[1].user, "taro@example.org");
	assert_string_equal(c.s.known.server[3].user, "");
	assert_true(c.s.known.server[3].per_customer);
	scene_close(&c);
}

/* ---- what discovery found ---- */

static void offer(struct discovery *d, enum source source,
		  enum service service, const char *form, unsigned auth)
{
	struct found_server *to = &d->server[d->servers++];

	*to = (struct found_server){ .source = source, .user_form = form,
				     .auth = auth };
	to->endpoint = (struct endpoint){ .service = service, .port = 993 };
	PUT(to->endpoint.host, "imap.found.example");
	d->search.winner = 0;
	d->search.candidates = 1;
	d->search.candidate[0].source = source;
	PUT(d->search.candidate[0].asked, "https://found.example/x");
}

static struct settings taken(const struct discovery *d)
{
	struct settings s;

	settings_begin("taro@example.org", NOW, &s);
	settings_take_discovery(d, LANG_EN, &s);
	return s;
}

static void what_a_domain_says_is_taken(void **state)
{
	struct discovery *d = calloc(1, sizeof(*d));
	struct settings s;

	(void)state;
	d->how_found = "";
	offer(d, SOURCE_AUTOCONFIG, SERVICE_IMAP, "local", AUTH_PASSWORD);
	s = taken(d);
	assert_string_equal(s.how_found, "autoconfig");
	assert_string_equal(s.found_at, "https://found.example/x");
	assert_string_equal(s.known.server[0].user, "taro");
	assert_true(s.known.user_sure);
	assert_false(s.known.guessed);
	assert_string_equal(s.secret, "");
	/* who says nothing of the user name leaves it open */
	d->server[0].user_form = "";
	s = taken(d);
	assert_string_equal(s.known.server[0].user, "taro@example.org");
	assert_false(s.known.user_sure);
	d->server[0].auth = AUTH_OAUTH2;
	s = taken(d);
	assert_string_equal(s.secret, "oauth");
	free(d);
}

static void a_guess_is_told_as_one(void **state)
{
	struct discovery *d = calloc(1, sizeof(*d));
	struct settings s;

	(void)state;
	d->how_found = "";
	d->search.winner = -1;
	s = taken(d);
	assert_string_equal(s.how_found, "");
	assert_int_equal(s.known.servers, 0);
	offer(d, SOURCE_GUESS, SERVICE_IMAP, "", 0);
	s = taken(d);
	assert_true(s.known.guessed);
	assert_string_equal(s.how_found, "guess");
	free(d);
}

/* The domain's own word on its servers, the provider's on all the rest. */
static void a_provider_and_other_servers(void **state)
{
	struct discovery *d = calloc(1, sizeof(*d));
	struct settings s;

	(void)state;
	d->how_found = "mx";
	d->provider = sample_provider(mail);
	d->search.winner = -1;
	s = taken(d);
	assert_string_equal(s.how_found, "mx");
	assert_int_equal(s.known.servers, 4);
	offer(d, SOURCE_SRV, SERVICE_IMAP, "address", 0);
	s = taken(d);
	assert_string_equal(s.how_found, "srv");
	assert_int_equal(s.known.servers, 1);
	assert_string_equal(s.known.server[0].endpoint.host,
			    "imap.found.example");
	assert_string_equal(s.secret, "app_password");
	assert_string_equal(s.provider_id, "example_mail");
	provider_free(d->provider);
	free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_agreed),
		cmocka_unit_test(every_provider_has_its_pages),
		cmocka_unit_test(every_reason_is_told),
		cmocka_unit_test(no_server_is_no_end),
		cmocka_unit_test(the_server_that_answers_is_chosen),
		cmocka_unit_test(the_user_name_has_its_form),
		cmocka_unit_test(what_a_domain_says_is_taken),
		cmocka_unit_test(a_guess_is_told_as_one),
		cmocka_unit_test(a_provider_and_other_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
