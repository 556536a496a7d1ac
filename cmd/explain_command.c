#include "cmd/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/explain_run.h"
#include "probes/base/text.h"

#define CHUNK (64u << 10)

/* ---- the text, from wherever it comes ---- */

static int complain_read(const struct options *o, const char *file, int error)
{
	char reason[128];
	const struct text_arg args[] = {
		{ "file", file }, { "reason", reason }, { NULL, NULL }
	};

	reason_of_errno(o->lang, error, reason, sizeof(reason));
	return complain(o->lang, "error.explain_read", args);
}

/* 0, or the error. A log of any size passes through one buffer. */
static int read_all(int fd, struct explain *x)
{
	char *room = malloc(CHUNK);
	ssize_t n = 0;
	int error;

	if (!room)
		return ENOMEM;
	do {
		n = read(fd, room, CHUNK);
		if (n > 0)
			explain_add(x, (struct span){ room, (size_t)n });
	} while (n > 0 || (n < 0 && errno == EINTR));
	error = n < 0 ? errno : 0;
	free(room);
	return error;
}

static int read_file(const struct options *o, struct explain *x)
{
	int fd = open(o->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int error;

	if (fd < 0)
		return complain_read(o, o->file, errno);
	error = read_all(fd, x);
	close(fd);
	return error ? complain_read(o, o->file, error) : 0;
}

static int read_stdin(const struct options *o, struct explain *x)
{
	int error;

	if (isatty(STDIN_FILENO) == 1 && !o->quiet)
		fprintf(stderr, "%s\n", text_of(o->lang, "explain.paste"));
	error = read_all(STDIN_FILENO, x);
	return error ? complain_read(o, "stdin", error) : 0;
}

static int read_text(const struct options *o, struct explain *x)
{
	if (o->file && strcmp(o->file, "-") != 0)
		return read_file(o, x);
	if (!o->file && o->text && strcmp(o->text, "-") != 0) {
		explain_add(x, span_of(o->text));
		return 0;
	}
	return read_stdin(o, x);
}

/* ---- the command ---- */

static void fill_request(const struct options *o, struct explain_request *r)
{
	*r = (struct explain_request){ .provider = o->provider,
					.own = o->own_providers };
	r->hints.service_known = o->has_service;
	r->hints.service = o->service;
	r->hints.security_known = o->has_security;
	r->hints.security = o->security;
	r->hints.port = o->port;
	span_copy(span_of(o->server), r->hints.host, sizeof(r->hints.host));
	span_copy(span_of(o->address), r->hints.address,
		  sizeof(r->hints.address));
	span_copy(span_of(o->mechanism), r->hints.mechanism,
		  sizeof(r->hints.mechanism));
}

static int print_explanation(const struct options *o,
			     const struct explain_result *r)
{
	const struct text_arg args[] = {
		{ "provider", o->provider }, { NULL, NULL }
	};
	struct fault why = { .kind = FAULT_NO_MEMORY };
	struct report_style style;
	char *report;
	int code;

	if (r->provider_unknown)
		complain(o->lang, "explain.provider_unknown", args);
	report_style_of(o, &style);
	report = explain_report(r, o->format == FORMAT_JSON, &style);
	if (!report)
		return complain_internal(o->lang, &why);
	code = print_result(o->lang, report, r->told.diagnosis.exit_code);
	free(report);
	return code;
}

static int explain(const struct options *o, const struct explain_request *r,
		   const struct explain *x)
{
	struct explain_tools tools;
	struct fault why = { .kind = FAULT_NONE };
	struct explain_result *result = calloc(1, sizeof(*result));
	int code = EXIT_INTERNAL;

	if (!result) {
		fail(&why, FAULT_NO_MEMORY, "no memory for the explanation");
		return complain_internal(o->lang, &why);
	}
	if (explain_tools_load(&tools, &why)) {
		code = explain_run(r, x, &tools, result, &why)
			       ? print_explanation(o, result)
			       : complain_internal(o->lang, &why);
		explain_tools_release(&tools);
	} else {
		complain_internal(o->lang, &why);
	}
	explain_result_release(result);
	free(result);
	return code;
}

int command_explain(const struct options *o)
{
	struct explain_request request;
	struct fault why = { .kind = FAULT_NO_MEMORY };
	struct explain *x;
	int code;

	if (o->file && o->text)
		return complain(o->lang, "error.explain_both", NULL);
	fill_request(o, &request);
	x = explain_new(&request.hints);
	if (!x)
		return complain_internal(o->lang, &why);
	code = read_text(o, x);
	if (code == 0) {
		explain_end(x);
		code = explain_has_text(x)
			       ? explain(o, &request, x)
			       : complain(o->lang, "error.explain_empty", NULL);
	}
	explain_free(x);
	return code;
}
