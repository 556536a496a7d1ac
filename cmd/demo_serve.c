#include "cmd/demo_serve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "probes/wire/wait.h"

#define PATH_CAP 512

/* mkstemp makes it readable by its owner alone. */
static bool write_ca(const char *pem, char path[PATH_CAP])
{
	const char *folder = getenv("TMPDIR");
	struct buf b = buf_over(path, PATH_CAP);
	size_t len = strlen(pem);
	bool ok;
	int fd;

	buf_fmt(&b, "%s/mailwhy-demo-XXXXXX",
		folder && *folder ? folder : "/tmp");
	errno = ENAMETOOLONG;
	fd = b.full ? -1 : mkstemp(path);
	if (fd < 0)
		return false;
	ok = write(fd, pem, len) == (ssize_t)len;
	ok = close(fd) == 0 && ok;
	if (!ok)
		unlink(path);
	return ok;
}

static void tell(struct buf *out, enum lang l, const char *id,
		 const char *name, const char *value)
{
	const struct text_arg args[] = { { name, value }, { NULL, NULL } };

	text_fill(out, l, id, args);
	buf_char(out, '\n');
}

static void tell_ports(struct buf *out, const struct scenario *s,
		       const struct servers *all)
{
	for (size_t i = 0; i < s->endpoints; i++) {
		const struct endpoint *e = &s->endpoint[i].endpoint;

		buf_fmt(out, "  %s:%-5u  %s %s:%u %s\n",
			s->endpoint[i].address ? "[::1]" : "127.0.0.1",
			servers_port(all, i), service_name(e->service),
			e->host, e->port, security_name(e->security));
	}
}

static void tell_all(struct buf *out, enum lang l, const struct scenario *s,
		     const struct servers *all, const char *ca)
{
	const struct text_arg account[] = {
		{ "address", s->address }, { "user", scenario_user(s) },
		{ "secret", s->secret }, { NULL, NULL }
	};

	tell(out, l, "demo.serving", "scenario", s->name);
	tell_ports(out, s, all);
	text_fill(out, l, "demo.serving_account", account);
	buf_char(out, '\n');
	tell(out, l, "demo.serving_ca", "file", ca);
	tell(out, l, "demo.serving_dns", "server", servers_dns(all));
	tell(out, l, "demo.serving_try", NULL, NULL);
	demo_try(out, s, all, ca);
}

int demo_serve(const struct options *o, const struct scenario *s,
	       const struct servers *all)
{
	char path[PATH_CAP], text[4096], reason[128];
	const struct text_arg args[] = { { "reason", reason }, { NULL, NULL } };
	struct buf out = buf_over(text, sizeof(text));
	struct fault why;
	int code;

	if (!write_ca(servers_ca_pem(all), path)) {
		reason_of_errno(o->lang, errno, reason, sizeof(reason));
		complain(o->lang, "error.demo_file", args);
		return EXIT_INTERNAL;
	}
	tell_all(&out, o->lang, s, all, path);
	code = print_result(o->lang, text, EXIT_INTERRUPTED);
	if (code == EXIT_INTERRUPTED)
		wait_until(MSEC_NEVER, &why);
	unlink(path);
	return code;
}
