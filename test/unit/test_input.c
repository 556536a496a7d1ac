#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/batch/input.h"

/* Files of accounts: what comes out of them, and what is wrong with them. */

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/mailwhy-input-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "%s/x", folder);
	unlink(command);
	return rmdir(folder);
}

static void path_of(const char *name, char *room, size_t cap)
{
	snprintf(room, cap, "%s/%s", folder, name);
}

static void write_file(const char *name, const char *text, size_t len)
{
	char path[128];
	FILE *f;

	path_of(name, path, sizeof(path));
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
}

/*
 * All of it in one line: "name[ user]" of accounts, "!line:column" of flaws
 * ("!!" of a whole file), and their texts when `told` is there.
 */
static void read_all(const char *name, bool allow, char *room, size_t cap,
		     char *told, size_t told_cap)
{
	char path[128];
	struct input_plan plan = { .path = path, .lang = LANG_EN,
				   .expect = EXPECT_NOTHING,
				   .allow_inline = allow };
	struct buf out = buf_over(room, cap);
	struct buf says = buf_over(told, told_cap);
	struct input *in;
	struct account *a;
	struct flaw f;
	enum input_answer got;

	path_of(name, path, sizeof(path));
	assert_true(input_open(&plan, &in));
	while ((got = input_next(in, &a, &f)) != INPUT_END) {
		assert_int_not_equal(got, INPUT_LATER);
		buf_str(&out, out.len > 0 ? " " : "");
		if (got == INPUT_ACCOUNT) {
			buf_fmt(&out, "%s%s%s", a->name, a->user ? "/" : "",
				a->user ? a->user : "");
			account_free(a);
			continue;
		}
		buf_fmt(&out, "%s%u:%u", f.note ? "~" :
			f.whole_file ? "!!" : "!", f.line,
			f.column);
		buf_fmt(&says, "%s\n", f.text);
	}
	input_close(in);
	unlink(path);
}

static void expect_read_of(const char *name, const char *text, size_t len,
			   const char *wanted)
{
	char got[4096], told[4096];

	write_file(name, text, len);
	read_all(name, false, got, sizeof(got), told, sizeof(told));
	if (strcmp(got, wanted) != 0)
		print_error("of %s\nwas told %s", text, told);
	assert_string_equal(got, wanted);
}

struct row {
	const char *name, *text, *wanted;
};

static void test_json_lines(void **state)
{
	static const struct row rows[] = {
		{ "x", "{\"address\":\"a@x.example\"}\n"
		       "{\"address\":\"b@x.example\",\"user\":\"b\"}\n",
		  "a@x.example b@x.example/b" },
		/* no line end, empty lines, CR LF, BOM */
		{ "x", "\xef\xbb\xbf\r\n\n{\"address\":\"a@x.example\"}\r\n\n"
		       "{\"address\":\"b@x.example\"}",
		  "a@x.example b@x.example" },
		/* one bad line never stops the others */
		{ "x", "{\"address\":\"a@x.example\"\n"
		       "{\"address\":\"b@x.example\"}\n"
		       "nonsense\n[1]\n{}\n{\"address\":\"c@x.example\"}\n",
		  "!1:25 b@x.example !3:1 !4:1 !5:1 c@x.example" },
		{ "x", "{\"adress\":\"a@x.example\"}\n"
		       "{\"address\":\"a@x.example\",\"address\":\"b@x.example\"}\n"
		       "{\"address\":\"no address\"}\n"
		       "{\"address\":5}\n"
		       "{\"user\":\"u\",\"name\":\"n\",\"endpoints\":"
		       "\"imaps://u@h.example\"}\n",
		  "!1:2 !2:2 !3:2 !4:2 n/u" },
		{ "x", "{\"address\":\"a@x.example\",\"expect\":{\"tls\":2}}\n"
		       "{\"address\":\"a@x.example\",\"expect\":{\"cause\":"
		       "\"works\",\"capabilities\":{\"imap\":[1]}}}\n"
		       "{\"expect\":[]}\n",
		  "!1:36 !2:68 !3:2" },
		{ "x", "", "" },
		{ "x", "\n \n", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_read_of(rows[i].name, rows[i].text,
			       strlen(rows[i].text), rows[i].wanted);
}

static void test_json(void **state)
{
	static const struct row rows[] = {
		{ "x", "[{\"address\":\"a@x.example\"},\n"
		       " {\"address\":\"b@x.example\"}]", 
		  "a@x.example b@x.example" },
		{ "x", "[]", "" },
		{ "x", "{\n\"address\": \"a@x.example\",\n\"user\": \"}]\\\"\"\n}\n",
		  "a@x.example/}]\"" },
		/* an object around them */
		{ "x", "{\"expect\":{\"tls\":\"1.2\"},\"accounts\":[\n"
		       "{\"address\":\"a@x.example\"}\n]}",
		  "a@x.example" },
		{ "x", "{\"acounts\": 1, \"accounts\": []}", "!1:2" },
		/* slips between accounts */
		{ "x", "[{\"address\":\"a@x.example\"}\n"
		       " {\"address\":\"b@x.example\"},\n]",
		  "a@x.example !2:2 b@x.example !3:1" },
		/* one slip is one flaw */
		{ "x", "[a:::b {\"address\":\"a@x.example\"} nonsense, 2 3]",
		  "!1:2 a@x.example !1:34 !1:34 !1:44 !1:46" },
		{ "x", "[1, \"x\", {\"address\":\"a@x.example\"}]",
		  "!1:2 !1:5 a@x.example" },
		/* a member of the fourth line of the second account */
		{ "x", "[{\"address\":\"a@x.example\"},\n{\n"
		       "  \"address\": \"b@x.example\",\n"
		       "  \"pasword\": {\"env\": \"P\"}\n}]",
		  "a@x.example !4:3" },
		{ "x", "[{\"address\":\"a@x.example\"}", "a@x.example !!1:27" },
		{ "x", "[{\"address\":\"a@x.example\"},{\"address\":",
		  "a@x.example !1:28" },
		/* comments, which are one flaw each */
		{ "x", "[ // two, of whom\n{\"address\":\"a@x.example\"},"
		       "/* the\nsecond */ {\"address\":\"b@x.example\"}]\n# end",
		  "!1:3 a@x.example !2:27 b@x.example !4:1" },
		{ "x", "[{\"address\":\"a@x.example\"} /* [", "a@x.example "
		  "!1:28 !!1:32" },
		{ "x", "[{\"address\":\"a@x.example\",\"labels\":"
		       "{\"a\":\"1\",\"a\":\"2\"}}]", "!1:27" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_read_of(rows[i].name, rows[i].text,
			       strlen(rows[i].text), rows[i].wanted);
}

static void test_csv(void **state)
{
	static const struct row rows[] = {
		{ "x", "address,user\na@x.example,a\nb@x.example,\n",
		  "a@x.example/a b@x.example" },
		{ "x", "\xef\xbb\xbf" "address;user;label.team\r\n"
		       "a@x.example;\"a;\"\"b\";sales\r\n",
		  "a@x.example/a;\"b" },
		{ "x", "sep=;\naddress;user\na@x.example;u\n",
		  "a@x.example/u" },
		{ "x", "address\tuser\na@x.example\tu\n\t\n",
		  "a@x.example/u" },
		{ "x", "address,user\ra@x.example,u\rb@x.example,v\r",
		  "a@x.example/u b@x.example/v" },
		{ "x", "メールアドレス,氏名\na@x.example,太郎\n", "太郎 <a@x.example>" },
		/* too many fields, a bad address, and the others */
		{ "x", "address,user\na@x.example,u,more\nnone,u\n"
		       "b@x.example,v\n",
		  "!2:15 !3:1 b@x.example/v" },
		/* a quote that is never closed costs its own line */
		{ "x", "address,user\n\"a@x.example,u\nb@x.example,v\n",
		  "!2:1 b@x.example/v" },
		{ "x", "adress,user\na@x.example,u\n", "!!1:1" },
		{ "x", "name,user\na,u\n", "!!1:1" },
		/* columns of somebody's own are told, and left alone */
		{ "x", "No.;部署;メールアドレス;備考\n1;営業;a@x.example;\"x;\"\n",
		  "~1:1 a@x.example" },
		{ "x", "E_Mail-Address,User_Name\na@x.example,u\n",
		  "a@x.example/u" },
		{ "x", "address,Note,Date,Gender,Age\na@x.example,1,2,3,4\n",
		  "~1:1 a@x.example" },
		/* but not what was to be a column of ours */
		{ "x", "address,usr\na@x.example,u\n", "!!1:9" },
		{ "x", "address,expect_lgoin\na@x.example,imap\n", "!!1:9" },
		/* a title above the headings, empty columns, Excel's sep= */
		{ "x", "社員一覧;;2026年11月\n;;\n\"sep=;\"\n"
		       "address;;user\na@x.example;;u\n;;\n",
		  "a@x.example/u" },
		{ "x", "Users,,\nadress,user,\na@x.example,u,\n", "!!1:1" },
		{ "x", "a,b\nc,d\n", "!!1:1" },
		/* headings of full width, in two lines, spelt otherwise */
		{ "x", "Ｅメール;\"ユーザー\nＩＤ\"\na@x.example;u\n",
		  "a@x.example/u" },
		{ "x", "Mail-Address,Login Name\na@x.example,u\n",
		  "a@x.example/u" },
		{ "x", "メールアドレス（必須）,ユーザーID*\na@x.example,u\n",
		  "a@x.example/u" },
		{ "x", "(Email),Email\n,a@x.example\n", "~1:1 a@x.example" },
		/* spaces that nobody sees, two marks at the beginning */
		{ "x", "\xef\xbb\xbf\xef\xbb\xbf" "address,user\n"
		       "\xc2\xa0" "a@x.example　,\xe2\x80\x8bu \n"
		       "\xef\xbb\xbf" "b@x.example,v\n",
		  "a@x.example/u b@x.example/v" },
		/* the same twice is once; two are not */
		{ "x", "Email,メール\na@x.example,a@x.example\n"
		       "b@x.example,c@x.example\nd@x.example,\n",
		  "a@x.example !3:13 d@x.example" },
		{ "x", "address,label.a,label.a\na@x.example,1,2\n",
		  "!2:15" },
		/* lines of an old Macintosh are lines */
		{ "x", "address,user\ra@x.example,u\rnone,u\r", "a@x.example/u "
		  "!3:1" },
		/* no headings at all: the first line is an account */
		{ "x", "a@x.example,hunter2\nb@x.example,hunter3\n", "!!1:1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_read_of(rows[i].name, rows[i].text,
			       strlen(rows[i].text), rows[i].wanted);
}

/* What follows a NUL would be lost without a word. */
static void test_nul(void **state)
{
	static const char csv[] = "address,user\na@x.example,ro\0ot\n"
		"b@x.example,v\n";
	static const char json[] = "{\"address\":\"a@x.example\",\"user\":"
		"\"\\\\u0000\"}\n{\"address\":\"b@x.example\",\"user\":"
		"\"b\\u0000c\"}\n{\"address\":\"c\0@x.example\"}\n";
	static const char only[64];

	(void)state;
	expect_read_of("x", csv, sizeof(csv) - 1, "!2:15 b@x.example/v");
	expect_read_of("x", json, sizeof(json) - 1,
		       "a@x.example/\\u0000 !2:35 !3:14");
	expect_read_of("x", only, sizeof(only), "!!1:1");
}

/* Hosts in columns of servers: the usual ports, or those of the port. */
static void servers_of(const char *text, const char *wanted)
{
	struct input_plan plan = { .lang = LANG_EN, .expect = EXPECT_NOTHING };
	char path[512], got[1024];
	struct buf out = buf_over(got, sizeof(got));
	struct account *a;
	struct flaw f;
	struct input *in;

	write_file("x", text, strlen(text));
	path_of("x", path, sizeof(path));
	plan.path = path;
	assert_true(input_open(&plan, &in));
	switch (input_next(in, &a, &f)) {
	case INPUT_ACCOUNT:
		for (size_t i = 0; i < a->urls; i++)
			buf_fmt(&out, "%s%s", i > 0 ? " " : "", a->url[i]);
		account_free(a);
		break;
	default:
		buf_fmt(&out, "%s", f.text);
	}
	input_close(in);
	unlink(path);
	assert_string_equal(got, wanted);
}

static void test_servers(void **state)
{
	(void)state;
	servers_of("address,server\na@x.example,mail.x.example\n",
		   "imaps://mail.x.example:993 submissions://mail.x.example:465"
		   " submission://mail.x.example:587");
	servers_of("メールアドレス,受信サーバー,送信サーバー\n"
		   "a@x.example,pop.x.example,smtp.x.example:587\n",
		   "pop3s://pop.x.example:995 submission://smtp.x.example:587");
	servers_of("address;IMAP server;SMTP server\n"
		   "a@x.example;m.x.example:143;m.x.example\n",
		   "imap://m.x.example:143 submissions://m.x.example:465"
		   " submission://m.x.example:587");
	servers_of("address,host\na@x.example,pop3s://h.x.example\n",
		   "pop3s://h.x.example");
	servers_of("address,server\na@x.example,h.x.example:8080\n",
		   "\"h.x.example:8080\" is no server; expected one such as "
		   "imaps://mail.example.com:993 or "
		   "submission://mail.example.com:587.");
	servers_of("address,server\na@x.example,taro:hunter2@h.x.example\n",
		   "\"server\": a server may not hold a password. Refer to "
		   "it: \"password\": {\"env\": \"NAME\"}, {\"file\": "
		   "\"PATH\"} or {\"command\": \"COMMAND\"} (CSV: "
		   "password_env, password_file, password_command).");
}

static void test_encodings(void **state)
{
	static const char utf16[] = "\xff\xfe" "a\0d\0d\0r\0";
	static const char big[] = "\0a\0d\0d\0r";
	/* "name" in katakana and kanji */
	static const char sjis[] = "address,name\n"
		"a@x.example,\x91\xbe\x98\x59\n";
	/* a name whose second bytes are ASCII */
	static const char kanji[] = "address,name\n"
		"a@x.example,\x8eR\x93" "c\n";
	static const char latin[] = "address,name\na@x.example,J\xf6rg\n";
	/* the same in EUC-JP, and headings in UTF-16 without a mark */
	static const char euc[] = "address,name\n"
		"a@x.example,\xc2\xc0\xcf\xba\n";
	static const char katakana[] = "\xe1\x30\x22\x6c;\0u\0\n\0";
	static const char packed[] = "PK\3\4\x14\0\x06\0";
	char got[512], told[1024];

	(void)state;
	write_file("x", euc, sizeof(euc) - 1);
	read_all("x", false, got, sizeof(got), told, sizeof(told));
	assert_string_equal(got, "!!2:13");
	assert_non_null(strstr(told, "iconv -f EUC-JP"));
	write_file("x", katakana, sizeof(katakana) - 1);
	read_all("x", false, got, sizeof(got), told, sizeof(told));
	assert_string_equal(got, "!!1:1");
	assert_non_null(strstr(told, "iconv -f UTF-16LE"));
	write_file("x", packed, sizeof(packed) - 1);
	read_all("x", false, got, sizeof(got), told, sizeof(told));
	assert_string_equal(got, "!!1:1");
	assert_non_null(strstr(told, "workbook"));
	expect_read_of("x", utf16, sizeof(utf16) - 1, "!!1:1");
	expect_read_of("x", big, sizeof(big) - 1, "!!1:1");
	write_file("x", sjis, sizeof(sjis) - 1);
	read_all("x", false, got, sizeof(got), told, sizeof(told));
	assert_string_equal(got, "!!2:13");
	assert_non_null(strstr(told, "iconv -f CP932"));
	write_file("x", latin, sizeof(latin) - 1);
	read_all("x", false, got, sizeof(got), told, sizeof(told));
	assert_string_equal(got, "!!2:14");
	assert_non_null(strstr(told, "CP1252"));
	write_file("x", kanji, sizeof(kanji) - 1);
	read_all("x", false, got, sizeof(got), told, sizeof(told));
	assert_string_equal(got, "!!2:13");
	assert_non_null(strstr(told, "iconv -f CP932"));
}

static void test_secrets_are_not_shown(void **state)
{
	static const char text[] =
		"{\"address\":\"a@x.example\",\"password\":\"hunter2\"}\n"
		"{\"address\":\"b@x.example\",\"password\":{\"env\":\"hunter 2\"}}\n"
		"{\"address\":\"c@x.example\",\"endpoints\":"
		"[\"imaps://c:hunter2@x.example\"]}\n"
		"{\"address\":\"d@x.example\",\"password\":{\"env\":\"P\"},"
		"\"token\":\"hunter2\"}\n";
	char got[512], told[2048];

	(void)state;
	write_file("x", text, sizeof(text) - 1);
	read_all("x", false, got, sizeof(got), told, sizeof(told));
	assert_string_equal(got, "!1:26 !2:26 !3:26 !4:49");
	assert_null(strstr(told, "hunter"));
	assert_non_null(strstr(told, "--allow-inline-secrets"));
	write_file("x", text, sizeof(text) - 1);
	read_all("x", true, got, sizeof(got), told, sizeof(told));
	assert_string_equal(got, "a@x.example !2:26 !3:26 !4:49");
	assert_null(strstr(told, "hunter"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_lines),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_secrets_are_not_shown),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
