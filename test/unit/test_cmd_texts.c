#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/option.h"
#include "probes/base/buf.h"
#include "probes/base/secret.h"
#include "reports/layout.h"

/*
 * Every text that cmd/ asks for. An id that is not there shows itself as
 * "error.xyz" to a person: nothing else would notice.
 */

/* Numbers that texts name as they are. */
_Static_assert(ENDPOINTS_MAX == 8, "error.targets_many");
_Static_assert(TARGETS_MAX == 200, "error.arguments_many");
_Static_assert(SECRET_CAP == 64 << 10, "error.secret_too_long");
_Static_assert(OVERRIDES_MAX == 16, "expected.resolve");
_Static_assert(CONNECT_RULES_MAX == 16, "expected.connect-to");
_Static_assert(PROBE_MSEC == 60 * 1000, "option.timeout");

static void known(const char *family, const char *name)
{
	char id[96];

	snprintf(id, sizeof(id), "%s%s", family, name);
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		if (!text_known((enum lang)l, id))
			print_error("no text %s in %s\n", id,
				    lang_code((enum lang)l));
		assert_true(text_known((enum lang)l, id));
	}
}

static void every_option_is_told(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct option *row = option_table; row->name; row++, n++) {
		known("option.", row->name);
		if (row->value)
			known("expected.", row->name);
	}
	assert_true(n > 40);
	known("expected.", "switch");
}

/* "" stands where a complaint has no such argument. */
static const struct {
	const char *id, *names;
} complaints[] = {
	{ "error.no_memory", "" },
	{ "error.internal", "fault text" },
	{ "error.stdout", "reason" },
	{ "error.command_unknown", "command near" },
	{ "error.command_near", "command near" },
	{ "error.option_unknown", "option" },
	{ "error.option_near", "option near" },
	{ "error.option_value", "where value expected" },
	{ "error.option_value_hidden", "where expected" },
	{ "error.option_missing", "where expected" },
	{ "error.option_extra", "where" },
	{ "error.option_command", "option command" },
	{ "error.explain_read", "file reason" },
	{ "error.explain_empty", "" },
	{ "error.explain_both", "" },
	{ "explain.paste", "" },
	{ "explain.provider_unknown", "provider" },
	{ "error.secret_argument", "option" },
	{ "error.config_read", "file reason" },
	{ "error.config_line", "file line" },
	{ "error.config_unknown", "file line name" },
	{ "error.config_near", "file line name near" },
	{ "error.config_secret", "file line name" },
	{ "reason.no_file", "" },
	{ "reason.file_large", "" },
	{ "reason.binary", "" },
	{ "error.ca_file", "file reason" },
	{ "error.no_target", "" },
	{ "error.no_user", "" },
	{ "error.target", "target" },
	{ "error.target_after", "number" },
	{ "error.targets_many", "target" },
	{ "error.address", "target" },
	{ "error.address_domain", "target" },
	{ "error.two_addresses", "target other" },
	{ "error.two_users", "target other" },
	{ "error.url_scheme", "target" },
	{ "error.url_secret", "" },
	{ "error.url_user", "target" },
	{ "error.url_host", "target" },
	{ "error.url_port", "target" },
	{ "error.url_path", "target" },
	{ "error.url_and_server", "target" },
	{ "error.server_service", "target" },
	{ "error.port_service", "target" },
	{ "error.provider_service", "target other" },
	{ "error.arguments_many", "target" },
	{ "error.provider_no_access", "target other" },
	{ "error.provider_no_servers", "target other" },
	{ "error.provider_template", "target other" },
	{ "error.providers_check", "" },
	{ "error.provider_file", "file reason" },
	{ "error.provider_wrong", "fault" },
	{ "error.provider_file_name", "file" },
	{ "error.provider_own", "folder fault" },
	{ "error.provider_unknown", "name near" },
	{ "error.provider_near", "name near" },
	{ "error.domain_unknown", "target other" },
	{ "error.no_prompt", "" },
	{ "error.prompt_timeout", "" },
	{ "error.secret_read", "option source name reason" },
	{ "error.secret_variable", "option source name" },
	{ "error.secret_variable_hidden", "option" },
	{ "error.secret_command", "option reason" },
	{ "error.secret_timeout", "option source reason" },
	{ "error.secret_empty", "option source" },
	{ "error.secret_too_long", "option source" },
	{ "error.secret_nul", "option source" },
	{ "error.secret_newline", "option source" },
	{ "error.netrc_home", "option" },
	{ "error.netrc_entry", "option name" },
	{ "error.scenario", "scenario" },
	{ "error.scenario_many", "scenario" },
	{ "error.scenario_none", "" },
	{ "demo.any_server", "" },
	{ "error.scenario_script", "scenario" },
	{ "error.demo_file", "reason" },
	{ "warning.open_permissions", "option source name" },
	{ "warning.crlf", "option source" },
	{ "warning.secret", "note" },
	{ "prompt.password", "user" },
	{ "prompt.token", "user" },
	{ "prompt.source", "" },
	{ "demo.other", "what" },
	{ "usage.synopsis", "" },
	{ "usage.group_target", "" },
	{ "usage.group_secret", "" },
	{ "usage.group_login", "" },
	{ "usage.group_network", "" },
	{ "usage.group_report", "" },
	{ "usage.group_demo", "" },
	{ "usage.settings", "" },
	{ "usage.exit_codes", "" },
};

/* Is `name` of `len` bytes one of the words? */
static bool is_listed(const char *words, const char *name, size_t len)
{
	for (const char *w = words; *w; w += strspn(w, " ")) {
		size_t n = strcspn(w, " ");

		if (n == len && strncmp(w, name, len) == 0)
			return true;
		w += n;
	}
	return false;
}

/* A {name} nobody fills in would stand in the complaint as it is. */
static void only_known_names(enum lang l, const char *id, const char *names)
{
	for (const char *at = text_of(l, id); (at = strchr(at, '{')); at++) {
		size_t len = strcspn(at + 1, "}");
		bool listed = is_listed(names, at + 1, len);

		if (!listed)
			print_error("%s: {%.*s} is never filled in\n", id,
				    (int)len, at + 1);
		assert_true(listed);
	}
}

static void every_complaint_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(complaints); i++) {
		known(complaints[i].id, "");
		only_known_names(LANG_EN, complaints[i].id,
				 complaints[i].names);
		only_known_names(LANG_JA, complaints[i].id,
				 complaints[i].names);
		if (strncmp(complaints[i].id, "usage.", 6) != 0) {
			assert_null(strchr(text_of(LANG_EN, complaints[i].id),
					   '\n'));
			assert_null(strchr(text_of(LANG_JA, complaints[i].id),
					   '\n'));
		}
	}
}

/* Nothing of what is in the open is told again. */
static void no_secret_is_repeated(void **state)
{
	static const char *const ids[] = {
		"error.url_secret", "error.secret_argument",
		"error.option_value_hidden", "error.target_after",
		"error.secret_variable_hidden",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			const char *text = text_of((enum lang)l, ids[i]);

			assert_null(strstr(text, "{value}"));
			assert_null(strstr(text, "{target}"));
			assert_null(strstr(text, "{name}"));
		}
}

static void synopsis_fits(void **state)
{
	(void)state;
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		char text[2048];
		char *line = text, *end;
		struct buf b = buf_over(text, sizeof(text));

		text_fill(&b, (enum lang)l, "usage.synopsis", NULL);
		assert_false(b.full);
		for (; line; line = end ? end + 1 : NULL) {
			end = strchr(line, '\n');
			if (end)
				*end = '\0';
			assert_true(layout_width(line) <= 80);
		}
	}
}

/* Whatever a value holds, a complaint is one line without escapes. */
static void complaint_is_one_line(void **state)
{
	char seen[2048];
	int fds[2], saved = dup(STDERR_FILENO);
	char *value = malloc(100000);
	const struct text_arg args[] = {
		{ "where", "--x" }, { "value", value }, { "expected", "b" },
		{ NULL, NULL }
	};
	ssize_t n;

	(void)state;
	assert_non_null(value);
	memset(value, 'a', 99999);
	memcpy(value, "\033[31m\r\n\xe2\x80\xae", 10);
	value[99999] = '\0';
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	assert_int_equal(complain(LANG_EN, "error.option_value", args), 2);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fds[1]);
	n = read(fds[0], seen, sizeof(seen) - 1);
	close(fds[0]);
	free(value);
	assert_true(n > 20 && n < 1000);
	seen[n] = '\0';
	assert_ptr_equal(strchr(seen, '\n'), seen + n - 1);
	assert_null(strchr(seen, '\033'));
	assert_null(strchr(seen, '\r'));
	assert_null(strstr(seen, "\xe2\x80\xae"));
	assert_non_null(strstr(seen, "--x wants b, not"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_option_is_told),
		cmocka_unit_test(every_complaint_is_told),
		cmocka_unit_test(no_secret_is_repeated),
		cmocka_unit_test(synopsis_fits),
		cmocka_unit_test(complaint_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
