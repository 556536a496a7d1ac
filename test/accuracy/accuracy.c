/*
 * How often do the rules name the true cause? Reads lines of JSON (protocol,
 * stage, host, port, security, mech, provider, response, cause, alt_causes,
 * telling, score) and prints every miss and the totals.
 *
 *	accuracy FILE.jsonl [-v]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/base/json.h"
#include "reports/rule.h"
#include "reports/symptom.h"

struct tally {
	unsigned lines, first, among;
};

static const struct {
	const char *name;
	enum stage stage;
} stages[] = {
	{ "auth", STAGE_LOGIN },	{ "post_auth", STAGE_MAILBOX },
	{ "greeting", STAGE_GREETING },	{ "tls", STAGE_TLS },
	{ "starttls", STAGE_STARTTLS },	{ "capability", STAGE_CAPABILITY },
	{ "dns", STAGE_RESOLVE },	{ "tcp", STAGE_CONNECT },
};

static bool stage_of(const char *name, enum stage *ret)
{
	for (size_t i = 0; name && i < sizeof(stages) / sizeof(stages[0]); i++) {
		if (strcmp(stages[i].name, name) == 0) {
			*ret = stages[i].stage;
			return true;
		}
	}
	return false;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static struct symptom symptom_read(const struct json *line,
				   struct reply *reply)
{
	const char *protocol = json_get_str(line, "protocol");
	const char *security = json_get_str(line, "security");
	const char *text = json_get_str(line, "response");
	enum service service = SERVICE_IMAP;
	bool known = protocol && service_by_name(protocol, &service);
	struct symptom s;

	if (!text)
		text = json_get_str(line, "text");
	reply_from_text(service, span_of(text), reply);
	s = symptom_of(reply);
	s.service_known = known;
	s.service = service;
	s.security_known = security && security_by_name(security, &s.security);
	s.in_tls = !s.security_known || s.security != SECURITY_NONE;
	s.stage_known = stage_of(json_get_str(line, "stage"), &s.stage);
	s.port = (uint16_t)json_int(json_get(line, "port"), 0);
	s.mechanism = or_empty(json_get_str(line, "mech"));
	s.provider = or_empty(json_get_str(line, "provider"));
	s.own_words[0] = json_get_str(line, "host");
	return s;
}

static void judge(const struct json *line, const struct rules *rules,
		  struct tally *tally, bool verbose)
{
	const char *wanted = or_empty(json_get_str(line, "cause"));
	struct rule_match match = { .rule = "-" };
	struct reply reply;
	struct symptom s = symptom_read(line, &reply);
	const char *got = "unknown";
	bool among = false;

	if (rules_match(NULL, rules, &s, &match))
		got = cause_id(match.cause[0].cause);
	for (size_t i = 0; i < match.causes; i++)
		among = among ||
			strcmp(cause_id(match.cause[i].cause), wanted) == 0;
	tally->lines++;
	tally->among += among;
	if (strcmp(got, wanted) == 0) {
		tally->first++;
		if (!verbose)
			return;
	}
	printf("%s %-26s want %-22s got %-22s %-9s by %s\n    %s\n",
	       strcmp(got, wanted) == 0 ? "hit " : among ? "rank" : "MISS",
	       or_empty(json_get_str(line, "id")), wanted, got,
	       match.causes ? confidence_name(match.cause[0].confidence) : "",
	       match.rule, reply.text);
}

static char *file_read(const char *name, size_t *ret_len)
{
	FILE *f = fopen(name, "rb");
	char *text = f ? malloc(JSON_TEXT_CAP) : NULL;

	if (text)
		*ret_len = fread(text, 1, JSON_TEXT_CAP, f);
	if (f)
		fclose(f);
	return text;
}

static void print_tally(const char *name, const struct tally *t)
{
	printf("%-22s %3u lines, first %3u (%.1f %%), among %3u (%.1f %%)\n",
	       name, t->lines, t->first,
	       t->lines ? 100.0 * t->first / t->lines : 0.0, t->among,
	       t->lines ? 100.0 * t->among / t->lines : 0.0);
}

int main(int argc, char **argv)
{
	struct fault why = { FAULT_NONE, "" };
	struct tally telling = { 0, 0, 0 }, scored = { 0, 0, 0 },
		     rest = { 0, 0, 0 };
	bool verbose = argc > 2 && strcmp(argv[2], "-v") == 0;
	struct rules *rules = rules_general(&why);
	size_t len = 0;
	char *text = argc > 1 ? file_read(argv[1], &len) : NULL;
	struct span all = { text, len }, row;

	if (!rules || !text) {
		free(text);
		rules_free(rules);
		fprintf(stderr, "accuracy FILE.jsonl [-v]\n%s\n", why.text);
		return 2;
	}
	while (span_cut(&all, '\n', &row)) {
		struct json *line;

		if (row.len == 0 || !json_parse(row, &line, &why))
			continue;
		if (!json_true(json_get(line, "score")))
			judge(line, rules, &rest, false);
		else if (json_true(json_get(line, "telling")))
			judge(line, rules, &telling, verbose);
		else
			judge(line, rules, &scored, verbose);
		json_free(line);
	}
	print_tally("scored and telling", &telling);
	print_tally("scored, ambiguous", &scored);
	print_tally("not scored", &rest);
	free(text);
	rules_free(rules);
	return 0;
}
