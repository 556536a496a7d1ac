/*
 * Plays a scenario of a file, for hostile.py:
 *
 *	hostile_server serve FILE FOLDER	over loopback sockets and TLS:
 *		says where in a line of JSON, and after the end of its
 *		standard input what it saw; every byte that clients sent, as
 *		it came from the socket, is in FOLDER/heard
 *	hostile_server script FILE FOLDER	the check in the scripted world,
 *		whose clock jumps: says how long it took; FOLDER/heard has
 *		what was sent without TLS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/base/json.h"
#include "probes/wire/wait.h"
#include "test/play.h"

static int complain(const char *what)
{
	fprintf(stderr, "hostile_server: %s\n", what);
	return 1;
}

static void heard(void *file, size_t endpoint, struct span bytes)
{
	(void)endpoint;
	fwrite(bytes.at, 1, bytes.len, file);
}

static void say(struct json *doc)
{
	char *text = json_print(doc, false);

	puts(text ? text : "{}");
	fflush(stdout);
	free(text);
	json_free(doc);
}

/* ---- over sockets ---- */

static bool write_ca(const struct servers *all, const char *folder)
{
	char path[600];
	FILE *to;

	snprintf(path, sizeof(path), "%s/ca.pem", folder);
	to = fopen(path, "w");
	if (!to)
		return false;
	fputs(servers_ca_pem(all), to);
	return fclose(to) == 0;
}

static void say_where(const struct scenario *s, const struct servers *all)
{
	struct json *doc = json_object_new(), *list;

	json_add_str(doc, "dns", servers_dns(all));
	list = json_add_array(doc, "ports");
	for (size_t i = 0; i < s->endpoints; i++)
		json_add_int(list, NULL, servers_port(all, i));
	say(doc);
}

static void say_seen(struct servers *all)
{
	struct json *doc = json_object_new();

	json_add_int(doc, "logins", servers_seen(all).logins);
	json_add_int(doc, "clients", servers_seen(all).clients);
	say(doc);
}

static int serve(const struct scenario *s, const char *folder, FILE *to)
{
	const struct servers_tap tap = { heard, to };
	struct servers *all;
	struct fault why;

	if (!servers_start_tapped(s, &tap, &all, &why))
		return complain(why.text);
	if (!write_ca(all, folder))
		return complain("no room for the authority");
	say_where(s, all);
	while (getchar() != EOF)
		;
	say_seen(all);
	servers_stop(all);
	return 0;
}

/* ---- in the scripted world ---- */

static int script(const struct scenario *s, FILE *to)
{
	struct script_world *w = script_world_new(s);
	struct json *doc = json_object_new();
	struct play_end e;

	if (!w || !doc)
		return complain("no memory");
	w->heard = to;
	play_script(s, w, &e);
	if (!e.finished)
		return complain(e.why.text);
	json_add_str(doc, "verdict", cause_id(e.result.diagnosis.verdict));
	json_add_int(doc, "took", e.result.took);
	json_add_int(doc, "logins", e.logins);
	say(doc);
	play_release(&e);
	script_world_free(w);
	return 0;
}

/* ---- the file ---- */

static bool load(const char *path, struct scenario **ret)
{
	static char text[SCENARIO_CAP];
	FILE *from = fopen(path, "r");
	struct fault why;
	size_t len;

	if (!from)
		return false;
	len = fread(text, 1, sizeof(text), from);
	fclose(from);
	if (scenario_parse("hostile", (struct span){ text, len }, ret, &why))
		return true;
	complain(why.text);
	return false;
}

int main(int argc, char **argv)
{
	struct scenario *s;
	char path[600];
	int code;
	FILE *to;

	if (argc != 4 || !wait_setup() || !dns_setup() || !tls_setup() ||
	    !load(argv[2], &s))
		return complain("nothing to play");
	snprintf(path, sizeof(path), "%s/heard", argv[3]);
	to = fopen(path, "wb");
	if (!to)
		return complain("no room for what is heard");
	code = strcmp(argv[1], "serve") == 0 ? serve(s, argv[3], to) :
	       script(s, to);
	fclose(to);
	scenario_free(s);
	dns_teardown();
	return code;
}
