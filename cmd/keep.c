#include "cmd/keep.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/file.h"
#include "cmd/session.h"

static int no_memory(const struct options *o)
{
	struct fault why;

	fail(&why, FAULT_NO_MEMORY, "no memory for the session");
	return complain_internal(o->lang, &why);
}

static int complain_file(const struct options *o, const char *id,
			 const char *file, const char *reason)
{
	const struct text_arg args[] = {
		{ "file", file }, { "reason", reason }, { NULL, NULL }
	};

	return complain(o->lang, id, args);
}

/* ---- --save, --bundle ---- */

static int write_text(const struct options *o, const char *path, char *text)
{
	char reason[REASON_CAP];
	int code = 0;

	if (!text)
		return no_memory(o);
	if (!file_replace(path, span_of(text), o->lang, reason))
		code = complain_file(o, "error.save", path, reason);
	free(text);
	return code;
}

/* Written for a page on the web, not for this terminal. */
static char *masked_report(const struct options *o, const struct session *s,
			   const struct check_request *real)
{
	const struct report_style style = {
		.lang = o->lang, .unicode = true, .width = 80
	};
	struct check_request masked;

	session_request(s, s->own_provider ? NULL : real->provider, &masked);
	return check_report(&masked, &s->result, false, &style,
			    s->demonstration[0] ? s->demonstration : NULL);
}

static int write_bundle(const struct options *o, struct session *s,
			const struct check_request *request)
{
	struct fault why;
	char *report;
	int code;

	if (!session_mask(s, o->bundle_addresses, &why))
		return complain_internal(o->lang, &why);
	report = masked_report(o, s, request);
	if (!report)
		return no_memory(o);
	code = write_text(o, o->bundle, session_print(s, report));
	free(report);
	return code;
}

/* The bundle last: masking leaves nothing of the session as it was. */
static int keep(const struct options *o, struct session *s,
		const struct check_request *request)
{
	int code = 0;

	if (o->save)
		code = write_text(o, o->save, session_print(s, NULL));
	if (code == 0 && o->bundle)
		code = write_bundle(o, s, request);
	return code;
}

int keep_session(const struct options *o, const struct check_request *request,
		 const struct check_result *result, const char *demonstration)
{
	struct session *s;
	struct fault why;
	int code;

	if (!o->save && !o->bundle)
		return 0;
	s = calloc(1, sizeof(*s));
	if (!s || !session_of(request, result, demonstration,
			      o->own_providers, s, &why)) {
		free(s);
		return no_memory(o);
	}
	code = keep(o, s, request);
	session_release(s);
	free(s);
	return code;
}

/* ---- replay ---- */

static int print_session(const struct options *o, struct session *s,
			 const struct provider *p)
{
	struct check_request request;
	struct fault why = { .kind = FAULT_NONE };
	struct report_style style;
	char *report;
	int code;

	session_request(s, p, &request);
	if (!check_judge(&request, &s->result, &why))
		return complain_internal(o->lang, &why);
	report_style_of(o, &style);
	report = check_report(&request, &s->result, o->format == FORMAT_JSON,
			      &style,
			      s->demonstration[0] ? s->demonstration : NULL);
	if (!report)
		return no_memory(o);
	code = print_result(o->lang, report, s->result.diagnosis.exit_code);
	free(report);
	return code;
}

/* A session that was saved can be made a bundle later. */
static int keep_again(const struct options *o, struct session *s,
		      const struct provider *p, int code)
{
	struct check_request request;
	int failed;

	session_request(s, p, &request);
	failed = keep(o, s, &request);
	return failed ? failed : code;
}

/* Without what was known of the provider it may be another diagnosis. */
static void warn_unknown_provider(const struct options *o,
				  const struct session *s)
{
	const struct text_arg args[] = {
		{ "provider", s->provider }, { NULL, NULL }
	};

	if (s->own_provider && !s->provider[0])
		complain(o->lang, "warning.replay_masked_provider", NULL);
	else if (s->provider[0])
		complain(o->lang, "warning.replay_provider", args);
}

static int replay_session(const struct options *o, struct session *s)
{
	struct provider *p;
	struct fault why;
	int code;

	if (!session_provider(s, o->own_providers, &p, &why)) {
		if (why.kind != FAULT_NONE && s->provider_file)
			return complain_file(o, "error.session", o->target[0],
					     why.text);
		if (why.kind != FAULT_NONE)
			return complain_internal(o->lang, &why);
		warn_unknown_provider(o, s);
	}
	code = print_session(o, s, p);
	if (code == s->result.diagnosis.exit_code)
		code = keep_again(o, s, p, code);
	provider_free(p);
	return code;
}

static int replay_text(const struct options *o, struct span text)
{
	struct session *s = calloc(1, sizeof(*s));
	struct fault why = { .kind = FAULT_NONE };
	int code;

	if (!s)
		return no_memory(o);
	if (session_parse(text, s, &why))
		code = replay_session(o, s);
	else if (why.kind == FAULT_NO_MEMORY)
		code = complain_internal(o->lang, &why);
	else
		code = complain_file(o, "error.session", o->target[0],
				     why.text);
	session_release(s);
	free(s);
	return code;
}

int command_replay(const struct options *o)
{
	char reason[REASON_CAP];
	char *text;
	size_t len;
	int code;

	if (o->targets != 1)
		return complain(o->lang, "error.replay_file", NULL);
	if (!file_read(o->target[0], SESSION_MOST, o->lang, &text, &len,
		       reason))
		return complain_file(o, "error.replay_read", o->target[0],
				     reason);
	code = replay_text(o, (struct span){ text, len });
	free(text);
	return code;
}
