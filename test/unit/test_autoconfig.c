#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/base/buf.h"
#include "providers/autoconfig.h"

#define SERVER(kind, type, body) \
	"<" kind " type=\"" type "\">" body "</" kind ">"
#define FIELDS(host, port, socket, user) \
	"<hostname>" host "</hostname><port>" port "</port><socketType>" \
	socket "</socketType><username>" user "</username>" \
	"<authentication>password-cleartext</authentication>"
#define DOCUMENT(body) \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
	"<clientConfig version=\"1.1\"><emailProvider id=\"x\">" \
	"<displayName> X \xe3\x83\xa1\xe3\x83\xbc\xe3\x83\xab </displayName>" \
	body "</emailProvider></clientConfig>"

static struct autoconfig got;
static struct fault why;

static bool parse(const char *xml)
{
	why.kind = FAULT_NONE;
	return autoconfig_parse(span_of(xml), "x.example", &got, &why);
}

static void whole_file(void **state)
{
	(void)state;
	assert_true(parse(DOCUMENT(
		SERVER("incomingServer", "imap",
		       FIELDS("\n IMAP.%EMAILDOMAIN% ", "993", "SSL",
			      "%EMAILADDRESS%")
		       "<authentication>OAuth2</authentication>")
		SERVER("incomingServer", "pop3",
		       FIELDS("pop.x.example", "110", "STARTTLS",
			      "%EMAILLOCALPART%"))
		SERVER("incomingServer", "exchange",
		       FIELDS("owa.x.example", "443", "SSL", "u"))
		SERVER("outgoingServer", "smtp",
		       FIELDS("smtp.x.example", "25", "plain", "u42"))
		"<documentation url=\"https://x.example/\"><descr lang=\"en\">"
		"Help</descr></documentation>")));
	assert_string_equal(got.name, "X \xe3\x83\xa1\xe3\x83\xbc\xe3\x83\xab");
	assert_int_equal(got.servers, 3);
	assert_string_equal(got.server[0].endpoint.host, "imap.x.example");
	assert_int_equal(got.server[0].endpoint.port, 993);
	assert_int_equal(got.server[0].endpoint.security, SECURITY_TLS);
	assert_string_equal(got.server[0].user_form, "address");
	assert_int_equal(got.server[0].auth, AUTH_PASSWORD | AUTH_OAUTH2);
	assert_int_equal(got.server[1].endpoint.service, SERVICE_POP3);
	assert_int_equal(got.server[1].endpoint.security, SECURITY_STARTTLS);
	assert_string_equal(got.server[1].user_form, "local");
	assert_int_equal(got.server[2].endpoint.security, SECURITY_NONE);
	assert_string_equal(got.server[2].user_form, "other");
}

static void user_names(void **state)
{
	static const struct {
		const char *text, *form;
	} rows[] = {
		{ "%EMAILADDRESS%", "address" },
		{ "%EMAILLOCALPART%", "local" },
		{ "%EMAILLOCALPART%@%EMAILDOMAIN%", "address" },
		{ "%EMAILLOCALPART%@x.example", "address" },
		{ "%EMAILLOCALPART%@other.example", "other" },
		/* filled in for the address that we gave */
		{ "postmaster@x.example", "address" },
		{ "postmaster", "local" },
		{ "x0042", "other" },
		{ "", "other" },
	};
	char xml[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(xml, sizeof(xml), DOCUMENT(SERVER("incomingServer",
			 "imap", FIELDS("h.example", "993", "SSL", "%s"))),
			 rows[i].text);
		assert_true(parse(xml));
		if (strcmp(got.server[0].user_form, rows[i].form) != 0)
			print_error("%s\n", rows[i].text);
		assert_string_equal(got.server[0].user_form, rows[i].form);
	}
}

/* A server that could not be used is none. */
static void servers_left_out(void **state)
{
	static const char *const rows[] = {
		SERVER("incomingServer", "imap",
		       FIELDS("", "993", "SSL", "u")),
		SERVER("incomingServer", "imap",
		       FIELDS("192.0.2.1", "993", "SSL", "u")),
		SERVER("incomingServer", "imap",
		       FIELDS("a b.example", "993", "SSL", "u")),
		SERVER("incomingServer", "imap",
		       FIELDS("h.example/x", "993", "SSL", "u")),
		SERVER("incomingServer", "imap",
		       FIELDS("h.example", "0", "SSL", "u")),
		SERVER("incomingServer", "imap",
		       FIELDS("h.example", "65536", "SSL", "u")),
		SERVER("incomingServer", "imap",
		       FIELDS("h.example", "x", "SSL", "u")),
		SERVER("incomingServer", "nntp",
		       FIELDS("h.example", "993", "SSL", "u")),
		SERVER("otherServer", "imap",
		       FIELDS("h.example", "993", "SSL", "u")),
		"<addon>" SERVER("incomingServer", "imap",
		       FIELDS("h.example", "993", "SSL", "u")) "</addon>",
		/* the fields of another element's child are not its own */
		SERVER("incomingServer", "imap", "<x>" FIELDS("h.example",
		       "993", "SSL", "u") "</x>"),
	};
	char xml[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(xml, sizeof(xml), DOCUMENT("%s"), rows[i]);
		assert_true(parse(xml));
		if (got.servers > 0)
			print_error("row %zu\n", i);
		assert_int_equal(got.servers, 0);
	}
}

static void not_a_configuration(void **state)
{
	static const struct {
		const char *xml;
		enum fault_kind kind;
	} rows[] = {
		{ "", FAULT_PROTOCOL },
		{ "Not found", FAULT_PROTOCOL },
		{ "<html><body>Welcome", FAULT_PROTOCOL },
		{ "<!DOCTYPE html><html></html>", FAULT_PROTOCOL },
		{ "<rss></rss>", FAULT_PROTOCOL },
		{ "<clientConfig>", FAULT_PROTOCOL },
		{ "<clientConfig></clientConfig><more/>", FAULT_PROTOCOL },
		{ "<?xml version=\"1.0\" encoding=\"klingon\"?>"
		  "<clientConfig></clientConfig>", FAULT_PROTOCOL },
		{ "<clientConfig>&lol;</clientConfig>", FAULT_PROTOCOL },
		{ "<!DOCTYPE c [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
		  "<clientConfig>&b;</clientConfig>", FAULT_PROTOCOL },
		{ "<!DOCTYPE c SYSTEM \"file:///etc/passwd\">"
		  "<clientConfig></clientConfig>", FAULT_PROTOCOL },
		{ "<clientConfig><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>"
		  "<a><a>", FAULT_TOO_LONG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_false(parse(rows[i].xml));
		if (why.kind != rows[i].kind)
			print_error("%s: %s\n", rows[i].xml, why.text);
		assert_int_equal(why.kind, rows[i].kind);
		assert_true(why.text[0] != '\0');
	}
}

/* More than there is room for: what comes first stays. */
static void many_and_long(void **state)
{
	size_t cap = 1 << 16;
	char *xml = malloc(cap);
	struct buf b = buf_over(xml, cap);

	(void)state;
	assert_non_null(xml);
	buf_str(&b, "<clientConfig><emailProvider><displayName>");
	for (int i = 0; i < 5000; i++)
		buf_char(&b, 'n');
	buf_str(&b, "</displayName>");
	for (int i = 0; i < 100; i++)
		buf_fmt(&b, SERVER("incomingServer", "imap",
				   FIELDS("h%d.example", "993", "SSL", "u")),
			i);
	buf_str(&b, "</emailProvider></clientConfig>");
	assert_false(b.full);
	assert_true(parse(xml));
	assert_int_equal(got.servers, OFFERS_MAX);
	assert_string_equal(got.server[0].endpoint.host, "h0.example");
	assert_int_equal(strlen(got.name), sizeof(got.name) - 1);
	free(xml);
}

/* Only the first provider counts: a second one is another mailbox. */
static void one_provider(void **state)
{
	(void)state;
	assert_true(parse("<clientConfig><emailProvider></emailProvider>"
			  "<emailProvider>" SERVER("incomingServer", "imap",
			  FIELDS("h.example", "993", "SSL", "u"))
			  "</emailProvider></clientConfig>"));
	assert_int_equal(got.servers, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_file),
		cmocka_unit_test(user_names),
		cmocka_unit_test(servers_left_out),
		cmocka_unit_test(not_a_configuration),
		cmocka_unit_test(many_and_long),
		cmocka_unit_test(one_provider),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
