#include "test/unit/unit.h"

#include <string.h>

#include "probes/base/buf.h"
#include "providers/provider.h"

static const char whole[] =
	"{\"id\":\"x\",\"names\":{\"en\":\"X\",\"ja\":\"X\"},"
	"\"domains\":[\"x.test\"],\"mx_suffixes\":[],"
	"\"servers\":[{\"service\":\"imap\",\"host\":\"imap.x.test\","
	"\"port\":993,\"security\":\"tls\"}],\"user_form\":\"address\","
	"\"secret\":{\"kind\":\"any\"},"
	"\"ordinary_refusal\":{\"cause\":\"web_login_required\"},"
	"\"answers_more\":[\"smtp\"],"
	"\"remedies\":{\"web_login_required\":"
	"[{\"en\":\"E\",\"ja\":\"J\",\"url\":\"https://x.test/\"}]},"
	"\"sources\":[\"https://x.test/\"],\"checked\":\"2026-08\","
	"\"sure\":true}";

/* `whole` with the first `old` replaced. */
static struct span broken(const char *old, const char *new, struct buf *b)
{
	const char *at = strstr(whole, old);

	assert_non_null(at);
	buf_add(b, (struct span){ whole, (size_t)(at - whole) });
	buf_str(b, new);
	buf_str(b, at + strlen(old));
	assert_false(b->full);
	return buf_span(b);
}

static void a_whole_file_is_read(void **state)
{
	struct fault why = { FAULT_NONE, "" };
	struct provider *p = NULL;

	(void)state;
	assert_true(provider_parse(span_of(whole), "x.json", &p, &why));
	assert_string_equal(p->id, "x");
	assert_int_equal(p->secret, SECRET_ANY);
	assert_int_equal(p->ordinary_refusal, CAUSE_WEB_LOGIN_REQUIRED);
	assert_null(p->rules);
	provider_free(p);
}

static void a_broken_file_names_itself_and_the_member(void **state)
{
	static const struct {
		const char *old, *new, *member;
	} rows[] = {
		{ "\"id\":\"x\"", "\"id\":\"\"", "id" },
		{ "\"id\":\"x\"", "\"id\":7", "id" },
		{ "\"names\":{", "\"names\":{\"de\":\"X\",", "\"de\"" },
		{ ",\"ja\":\"X\"", "", "names" },
		{ "[\"x.test\"]", "[7]", "domains" },
		{ "[\"x.test\"]", "\"x.test\"", "domains" },
		{ "\"mx_suffixes\":[],", "", "mx_suffixes" },
		{ "\"servers\":[{", "\"servers\":[], \"x\":[{", "\"x\"" },
		{ "\"imap\"", "\"imaps\"", "servers: service" },
		{ "\"imap.x.test\"", "\"\"", "servers: host" },
		{ "993", "0", "servers: port" },
		{ "993", "65536", "servers: port" },
		{ "\"security\":\"tls\"", "\"security\":\"ssl\"",
		  "servers: security" },
		{ "\"port\":993", "\"port\":993,\"ssl\":1", "\"ssl\"" },
		{ "\"user_form\":\"address\"", "\"user_form\":\"full\"",
		  "user_form" },
		{ "\"user_form\":\"address\"", "\"user_form\":{\"imap\":1}",
		  "user_form" },
		{ "\"kind\":\"any\"", "\"kind\":\"some\"", "secret: kind" },
		{ "\"any\"", "\"any\",\"min\":9,\"max\":8", "secret: min" },
		{ "\"any\"", "\"any\",\"min\":\"8\"", "secret: min" },
		{ "\"any\"", "\"any\",\"alphabet\":\"hex\"",
		  "secret: alphabet" },
		{ "\"any\"", "\"any\",\"separators\":1",
		  "secret: separators" },
		{ "\"any\"", "\"any\",\"sure\":\"yes\"", "secret: sure" },
		{ "\"cause\":\"web_login_required\"", "\"cause\":\"bad_luck\"",
		  "ordinary_refusal: cause" },
		{ "\"cause\":\"web_login_required\"",
		  "\"cause\":\"web_login_required\",\"sure\":1",
		  "ordinary_refusal: sure" },
		{ "[\"smtp\"]", "[\"http\"]", "answers_more" },
		{ "[\"smtp\"]", "\"smtp\"", "answers_more" },
		{ "\"remedies\":{", "\"remedies\":{\"bad_luck\":[],",
		  "remedies" },
		{ "\"en\":\"E\",", "", "remedies" },
		{ "\"url\":\"https:", "\"url\":\"http:", "remedies: url" },
		{ "\"sources\":[\"https://x.test/\"],", "", "sources" },
		{ "2026-08", "August", "checked" },
		{ "\"sure\":true", "\"sure\":1", "sure" },
		{ "\"sure\":true", "\"sure\":true,\"lockout\":3", "lockout" },
		{ "\"sure\":true", "\"sure\":true,\"quirks\":3", "quirks" },
		{ "\"sure\":true", "\"sure\":true,\"rules\":[{\"id\":\"r\"}]",
		  "\"r\"" },
		{ "\"sure\":true", "\"sure\":true,"
		  "\"app_password_url\":\"x.test\"", "app_password_url" },
		{ "\"sure\":true}", "\"sure\":true", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char room[2000];
		struct buf b = buf_over(room, sizeof(room));
		struct fault why = { FAULT_NONE, "" };
		struct provider *p = NULL;

		assert_false(provider_parse(broken(rows[i].old, rows[i].new,
						   &b), "x.json", &p, &why));
		assert_null(p);
		if (!strstr(why.text, "x.json") ||
		    !strstr(why.text, rows[i].member))
			print_error("%s: \"%s\"\n", rows[i].new, why.text);
		assert_non_null(strstr(why.text, "x.json"));
		assert_non_null(strstr(why.text, rows[i].member));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_file_is_read),
		cmocka_unit_test(a_broken_file_names_itself_and_the_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
