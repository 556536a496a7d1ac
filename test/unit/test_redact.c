#include "test/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/redact.h"

static char clean[4096];

static const char *redacted(const char *secret, const char *text)
{
	struct buf out = buf_over(clean, sizeof(clean));
	struct redactor *r = NULL;
	struct secret s;

	assert_true(secret_init(&s, strlen(secret) + 1));
	assert_true(secret_add(&s, span_of(secret)));
	assert_true(redactor_new(&s, &r));
	redact(r, span_of(text), &out);
	redactor_free(r);
	secret_release(&s);
	return clean;
}

#define CANARY "K4n\"ry-\\b <x>&7 q'z"

static void every_form_is_hidden(void **state)
{
	static const char *const forms[] = {
		CANARY,
		"K4N\"RY-\\B <X>&7 Q'Z",
		"K4n\\\"ry-\\\\b <x>&7 q'z",
		"K4n%22ry-%5cb%20%3cx%3e%267%20q%27z",
		"K4n%22ry-%5Cb%20%3Cx%3E%267%20q%27z",
		"K4n%22ry-%5Cb+%3Cx%3E%267+q%27z",
		"K4n&quot;ry-\\b &lt;x&gt;&amp;7 q&#39;z",
		"K4n\\u0022ry-\\\\b \\u003cx\\u003E&7 q'z",
		"K4n&quot;ry-\\b &lt;x&gt;&amp;7 q&#x27;z",
		"K4n\\x22ry\\x2d\\x5c\\x62 \\x3cx\\x3E&7\\x20q\\x27z",
		"K4n=22ry-=5Cb=20<x>&7 q'z",
		"4b346e2272792d5c62203c783e26372071277a",
		"4B346E2272792D5C62203C783E26372071277A",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		char text[256];

		snprintf(text, sizeof(text), "got %s, bad", forms[i]);
		assert_string_equal(redacted(CANARY, text),
				    "got <secret>, bad");
	}
}

static void base64_is_hidden_at_any_alignment(void **state)
{
	(void)state;
	for (size_t before = 0; before < 7; before++) {
		for (size_t after = 0; after < 4; after++) {
			char raw[128], text[256];
			struct buf out;
			int n = snprintf(raw, sizeof(raw), "%.*s%s%.*s",
					 (int)before, "xxxxxxx", CANARY,
					 (int)after, "yyyy");

			out = buf_over(text, sizeof(text));
			buf_str(&out, "bad: ");
			base64_encode(&out, (struct span){ raw, (size_t)n });
			buf_str(&out, " end");
			/* nothing of the blob is left, bits of neighbours
			 * would tell the ends of the secret */
			assert_string_equal(redacted(CANARY, text),
					    "bad: <secret> end");
		}
	}
}

static void plain_blob_is_hidden(void **state)
{
	struct buf out;
	char text[128];

	(void)state;
	out = buf_over(text, sizeof(text));
	base64_encode(&out, (struct span){ "\0tim\0hunter22", 13 });
	assert_string_equal(redacted("hunter22", text), "<secret>");
}

static void base64url_is_hidden(void **state)
{
	(void)state;
	/* "a?>b?>c?>" is YT8+Yj8+Yz8+ */
	assert_string_equal(redacted("a?>b?>c?>", "bad YT8-Yj8-Yz8- it is"),
			    "bad <secret> it is");
	assert_string_equal(redacted("%25abc", "raw %25abc, url %2525abc"),
			    "raw <secret>, url <secret>");
}

static void prepared_form_is_hidden(void **state)
{
	(void)state;
	/* full width letters come back as SASLprep made them */
	assert_string_equal(redacted("\xef\xbc\xa1\xef\xbd\x81\xef\xbc\x93" "xyz",
				     "no Aa3xyz here"), "no <secret> here");
}

static void what_everybody_says_stays(void **state)
{
	static const char text[] = "Application-specific password required";

	(void)state;
	/* hiding it would hide the cause, and tell the password */
	assert_string_equal(redacted("password", text), text);
	/* short ones match by chance */
	assert_string_equal(redacted("spe", text), text);
	assert_string_equal(redacted("", text), text);
}

static void several_and_none(void **state)
{
	struct buf out = buf_over(clean, sizeof(clean));

	(void)state;
	assert_string_equal(redacted("s3cr3t", "s3cr3ts3cr3t s3cr3"),
			    "<secret><secret> s3cr3");
	redact(NULL, span_of("as it is"), &out);
	assert_string_equal(clean, "as it is");
	redactor_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_hidden),
		cmocka_unit_test(base64_is_hidden_at_any_alignment),
		cmocka_unit_test(plain_blob_is_hidden),
		cmocka_unit_test(base64url_is_hidden),
		cmocka_unit_test(prepared_form_is_hidden),
		cmocka_unit_test(what_everybody_says_stays),
		cmocka_unit_test(several_and_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
