#include "test/unit/unit.h"

#include <string.h>

#include "cmd/compare_input.h"
#include "test/unit/samples.h"

static struct customer parsed(const char *text)
{
	struct customer c = { .servers = 0 };

	if (!customer_parse(text, &c))
		FAIL_MSG("not taken: %s", text);
	return c;
}

static void reads_what_people_type(void **state)
{
	struct customer c = parsed("imap=imap.example.com:993:ssl,"
				   "smtp=smtp.example.com:587:STARTTLS,"
				   "user=taro");

	(void)state;
	assert_int_equal(c.servers, 2);
	assert_int_equal(c.server[0].service, SERVICE_IMAP);
	assert_string_equal(c.server[0].host, "imap.example.com");
	assert_int_equal(c.server[0].port, 993);
	assert_int_equal(c.server[0].security, SECURITY_TLS);
	assert_int_equal(c.server[1].security, SECURITY_STARTTLS);
	assert_string_equal(c.user, "taro");
}

static void parts_may_be_missing(void **state)
{
	struct customer c = parsed("pop=:995,imap=h.example,smtp=::none,"
				   "imap=");

	(void)state;
	assert_int_equal(c.servers, 4);
	assert_int_equal(c.server[0].service, SERVICE_POP3);
	assert_string_equal(c.server[0].host, "");
	assert_int_equal(c.server[0].port, 995);
	assert_false(c.server[0].has_security);
	assert_int_equal(c.server[1].port, 0);
	assert_true(c.server[2].has_security);
	assert_int_equal(c.server[2].security, SECURITY_NONE);
	assert_string_equal(c.server[3].host, "");
}

static void spaces_do_not_matter(void **state)
{
	struct customer c = parsed(" IMAP = imap.example.com : 993 : SSL/TLS , "
				   "smtp=h:25:なし, user = taro ");

	(void)state;
	assert_string_equal(c.server[0].host, "imap.example.com");
	assert_int_equal(c.server[0].port, 993);
	assert_int_equal(c.server[0].security, SECURITY_TLS);
	assert_true(c.server[1].has_security);
	assert_int_equal(c.server[1].security, SECURITY_NONE);
	assert_string_equal(c.user, "taro");
}

static void addresses_stand_in_brackets(void **state)
{
	struct customer c = parsed("imap=[2001:db8::1]:993:tls, smtp=[::1]");

	(void)state;
	assert_string_equal(c.server[0].host, "2001:db8::1");
	assert_int_equal(c.server[0].port, 993);
	assert_string_equal(c.server[1].host, "::1");
}

static void what_is_no_setting_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "imap", "imap.example.com:993", "ftp=a:1:tls",
		"imap=a:0:tls", "imap=a:70000:tls", "imap=a:x:tls",
		"imap=a:1:quantum", "imap=a b:1:tls", "user=",
		"imap=[::1]x:993", "imap=a:1:tls:more",
		"imap=a,imap=a,imap=a,imap=a,imap=a,imap=a,imap=a",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct customer c = { .servers = 0 };

		if (customer_parse(texts[i], &c))
			FAIL_MSG("taken: %s", texts[i]);
	}
}

static void flags_name_one_server(void **state)
{
	static const struct {
		struct options o;
		enum service service;
	} rows[] = {
		{ { .server = "smtp.example.com" }, SERVICE_SMTP },
		{ { .server = "pop.example.com" }, SERVICE_POP3 },
		{ { .server = "mail.example.com" }, SERVICE_IMAP },
		{ { .server = "mail.example.com", .port = 587 },
		  SERVICE_SMTP },
		{ { .port = 995 }, SERVICE_POP3 },
		{ { .server = "imap.example.com", .has_service = true,
		    .service = SERVICE_POP3 }, SERVICE_POP3 },
	};
	struct customer c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(customer_from_options(&rows[i].o, &c));
		assert_int_equal(c.servers, 1);
		assert_int_equal(c.server[0].service, rows[i].service);
		assert_int_equal(c.server[0].port, rows[i].o.port);
	}
	struct options o = { .user = "taro" };

	assert_true(customer_from_options(&o, &c));
	assert_int_equal(c.servers, 0);
	o = (struct options){ .comparisons = 1, .user = "taro",
			      .comparison = { "imap=::tls" } };
	assert_true(customer_from_options(&o, &c));
	assert_string_equal(c.server[0].user, "taro");
	o = (struct options){ .user = NULL };
	assert_false(customer_from_options(&o, &c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_people_type),
		cmocka_unit_test(parts_may_be_missing),
		cmocka_unit_test(spaces_do_not_matter),
		cmocka_unit_test(addresses_stand_in_brackets),
		cmocka_unit_test(what_is_no_setting_is_refused),
		cmocka_unit_test(flags_name_one_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
