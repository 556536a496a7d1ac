#include "cmd/demo/scenario_read.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/text.h"
#include "probes/wire/dns.h"

bool scenario_wrong(struct reader *r, const char *expected, const char *found)
{
	return fail(r->why, FAULT_PROTOCOL, "%s.scn:%u: expected %s, not \"%.60s\"",
		    r->name, r->line, expected, found);
}

/* ---- words ---- */

static const char *const connects[] = {
	[CONNECT_OK] = "ok", [CONNECT_REFUSED] = "refused",
	[CONNECT_TIMEOUT] = "timeout", [CONNECT_UNREACHABLE] = "unreachable",
	[CONNECT_RESET] = "reset",
	[CONNECT_NO_DESCRIPTORS] = "no-descriptors",
};

static bool word_index(const char *const *words, size_t n, const char *word,
		       size_t *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i], word) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool connect_by_name(const char *word, enum scene_connect *ret)
{
	size_t i;

	if (!word_index(connects, COUNT(connects), word, &i))
		return false;
	*ret = (enum scene_connect)i;
	return true;
}

char *scenario_word(char **line)
{
	char *word = *line + strspn(*line, " \t");
	size_t len = strcspn(word, " \t");

	if (len == 0)
		return NULL;
	*line = word + len;
	if (**line)
		*(*line)++ = '\0';
	return word;
}

bool scenario_number(const char *text, unsigned max, unsigned *ret)
{
	return text && span_number(span_of(text), ret) && *ret <= max;
}

/* ---- the head ---- */

static const char **head_slot(struct scenario *s, const char *key)
{
	const struct { const char *key; const char **slot; } rows[] = {
		{ "base", &s->base }, { "abstract", &s->abstract },
		{ "title.en", &s->title_en }, { "title.ja", &s->title_ja },
		{ "address", &s->address }, { "user", &s->user },
		{ "secret", &s->secret }, { "token", &s->token },
		{ "password", &s->password }, { "provider", &s->provider },
		{ "sender", &s->sender }, { "mechanism", &s->mechanism },
		{ "plaintext", &s->plaintext }, { "timeout", &s->timeout },
		{ "clock", &s->clock },
		{ "variants", &s->variants }, { "login", &s->login },
		{ "worlds", &s->worlds }, { "verdict", &s->verdict },
		{ "confidence", &s->confidence }, { "exit", &s->exit_code },
		{ "logins", &s->logins }, { "situation", &s->situation },
		{ "rivals", &s->rivals },
		{ "says.en", &s->says_en }, { "says.ja", &s->says_ja },
		{ "verdict.imap", &s->verdict_of[SERVICE_IMAP] },
		{ "verdict.smtp", &s->verdict_of[SERVICE_SMTP] },
		{ "verdict.pop3", &s->verdict_of[SERVICE_POP3] },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(rows[i].key, key) == 0)
			return rows[i].slot;
	return NULL;
}

static bool read_name_fault(const char *word, enum fault_kind *ret)
{
	static const struct { const char *word; enum fault_kind fault; } rows[] = {
		{ "nxdomain", FAULT_NXDOMAIN }, { "nodata", FAULT_NO_DATA },
		{ "servfail", FAULT_SERVFAIL }, { "refused", FAULT_DNS_REFUSED },
		{ "timeout", FAULT_DNS_TIMEOUT },
		{ "cname-loop", FAULT_CNAME_LOOP },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strcmp(rows[i].word, word) == 0) {
			*ret = rows[i].fault;
			return true;
		}
	}
	return false;
}

/* "imap mail.example.com:993 tls" */
static bool read_where(struct reader *r, char **rest, struct endpoint *ret)
{
	const char *service = scenario_word(rest), *where = scenario_word(rest);
	const char *security = scenario_word(rest);
	const char *colon = where ? strrchr(where, ':') : NULL;
	unsigned port;

	if (!service || !service_by_name(service, &ret->service))
		return scenario_wrong(r, "imap, smtp or pop3",
				      service ? service : "");
	if (!colon || !scenario_number(colon + 1, 65535, &port))
		return scenario_wrong(r, "HOST:PORT", where ? where : "");
	if (!security || !security_by_name(security, &ret->security))
		return scenario_wrong(r, "tls, starttls or none",
				      security ? security : "");
	ret->port = (uint16_t)port;
	span_copy((struct span){ where, (size_t)(colon - where) }, ret->host,
		  sizeof(ret->host));
	return true;
}

static bool add_record(struct reader *r, const struct scene_record *record)
{
	if (r->s->records == SCENE_RECORDS_MAX)
		return scenario_wrong(r, "fewer records", record->name);
	r->s->record[r->s->records++] = *record;
	return true;
}

static bool read_mx(struct reader *r, const char *name, char *rest)
{
	struct scene_record record = { .name = name, .type = RECORD_MX };
	const char *host = scenario_word(&rest);
	bool ok = true;

	if (!host)
		return scenario_wrong(r, "the name of a host", rest);
	for (; ok && host; host = scenario_word(&rest)) {
		span_copy(span_of(host), record.endpoint.host, HOST_CAP);
		ok = add_record(r, &record);
	}
	return ok;
}

static bool read_srv(struct reader *r, const char *name, char *rest)
{
	struct scene_record record = { .name = name, .type = RECORD_SRV };

	if (!read_where(r, &rest, &record.endpoint))
		return false;
	/* RFC 6186 has no label for a service without encryption */
	if (record.endpoint.security == SECURITY_NONE)
		return scenario_wrong(r, "tls or starttls", "none");
	return add_record(r, &record);
}

static bool read_addresses(struct reader *r, struct scene_name *n, char *word,
			   char *rest)
{
	struct address unused;

	for (; word; word = scenario_word(&rest)) {
		char *slash = strchr(word, '/');

		if (n->addresses == SCENE_ADDRESSES_MAX)
			return scenario_wrong(r, "at most 4 addresses", word);
		n->connect[n->addresses] = CONNECT_DEFAULT;
		if (slash) {
			*slash++ = '\0';
			if (!connect_by_name(slash, &n->connect[n->addresses]))
				return scenario_wrong(r, "a way to connect", slash);
		}
		if (!address_parse(word, 0, &unused))
			return scenario_wrong(r, "an address", word);
		n->address[n->addresses++] = word;
	}
	return true;
}

static bool read_dns(struct reader *r, char *rest)
{
	struct scenario *s = r->s;
	const char *name = scenario_word(&rest);
	char *word = scenario_word(&rest);
	struct scene_name *n = NULL;

	if (!name || !word)
		return scenario_wrong(r, "dns NAME and what it leads to", rest);
	if (strcmp(word, "mx") == 0)
		return read_mx(r, name, rest);
	if (strcmp(word, "srv") == 0)
		return read_srv(r, name, rest);
	for (size_t i = 0; i < s->names; i++)
		if (text_same(s->host[i].name, name))
			n = &s->host[i];
	if (!n) {
		if (s->names == SCENE_NAMES_MAX)
			return scenario_wrong(r, "fewer names", name);
		n = &s->host[s->names++];
	}
	*n = (struct scene_name){ .name = name };
	if (read_name_fault(word, &n->fault))
		return true;
	if (strcmp(word, "alias") != 0)
		return read_addresses(r, n, word, rest);
	n->alias = scenario_word(&rest);
	return n->alias || scenario_wrong(r, "the name behind the alias", "");
}

/* ---- a server ---- */

/* Named again, it is continued; but not what answers at one address alone. */
static bool continue_endpoint(struct reader *r, const struct endpoint *e)
{
	struct scenario *s = r->s;

	for (size_t i = 0; i < s->endpoints; i++) {
		struct endpoint *known = &s->endpoint[i].endpoint;

		if (s->endpoint[i].address || known->port != e->port ||
		    !text_same(known->host, e->host))
			continue;
		*known = *e;
		r->endpoint = (int)i;
		return true;
	}
	return false;
}

static bool read_endpoint(struct reader *r, char *rest)
{
	struct scenario *s = r->s;
	struct scene scene = { .address = NULL };
	struct endpoint *e = &scene.endpoint;
	const char *flag;
	bool at;

	if (!read_where(r, &rest, e))
		return false;
	flag = scenario_word(&rest);
	at = flag && strcmp(flag, "at") == 0;
	e->demanded = flag && strcmp(flag, "demanded") == 0;
	scene.beside = at || (flag && strcmp(flag, "beside") == 0);
	scene.address = at ? scenario_word(&rest) : NULL;
	if (flag && !e->demanded && !scene.beside)
		return scenario_wrong(r, "demanded, beside, at or nothing",
				      flag);
	if (at && !scene.address)
		return scenario_wrong(r, "an address", rest);
	r->cue = -1;
	if (!at && continue_endpoint(r, e))
		return true;
	if (s->endpoints == ENDPOINTS_MAX)
		return scenario_wrong(r, "fewer endpoints", e->host);
	if (!scene.beside && scenario_asked(s) < s->endpoints)
		return scenario_wrong(r, "those that stand beside last",
				      e->host);
	r->endpoint = (int)s->endpoints;
	s->endpoint[s->endpoints++] = scene;
	return true;
}

static bool read_setting(struct reader *r, const char *key, char *value)
{
	struct scene *e = &r->s->endpoint[r->endpoint];

	if (strcmp(key, "connect") == 0)
		return connect_by_name(value, &e->connect) ||
		       scenario_wrong(r, "a way to connect", value);
	if (strcmp(key, "cert") == 0)
		return cert_kind_by_name(value, &e->cert) ||
		       scenario_wrong(r, "a kind of certificate", value);
	if (strcmp(key, "tls") == 0)
		return scenario_tls(r, e, value);
	if (strcmp(key, "wire") == 0)
		return scenario_wire(r, value, &e->wire);
	if (strcmp(key, "offers") == 0)
		e->offers = value;
	else if (strcmp(key, "offers-clear") == 0)
		e->offers_clear = value;
	else
		return scenario_wrong(r, "a setting of an endpoint", key);
	return true;
}

static bool read_cue(struct reader *r, enum cue_kind kind, char *rest)
{
	struct scenario *s = r->s;
	struct scene_cue cue = { .kind = kind, .first = s->acts };

	if (r->endpoint < 0)
		return scenario_wrong(r, "an endpoint before its sections", rest);
	if (s->cues == SCENE_CUES_MAX)
		return scenario_wrong(r, "fewer sections", rest);
	cue.endpoint = (size_t)r->endpoint;
	if (kind == CUE_COMMAND) {
		rest += strspn(rest, " \t");
		if (strncmp(rest, "clear ", 6) == 0)
			cue.phase = CUE_CLEAR;
		else if (strncmp(rest, "tls ", 4) == 0)
			cue.phase = CUE_TLS;
		if (cue.phase != CUE_ANY)
			scenario_word(&rest);
		cue.command = rest;
		if (!*rest)
			return scenario_wrong(r, "a command", rest);
	} else if (*rest) {
		return scenario_wrong(r, "nothing behind the name of a section", rest);
	}
	r->cue = (int)s->cues;
	s->cue[s->cues++] = cue;
	return true;
}

/* ---- a file ---- */

static bool read_text(struct scenario *s, const char *name, struct span text,
		      struct fault *why);

static bool read_base(struct reader *r, const char *base)
{
	const struct embedded *e = embedded_scenarios;
	char file[sizeof(r->s->name) + 4];
	struct buf b = buf_over(file, sizeof(file));

	buf_fmt(&b, "%s.scn", base);
	for (; e->name; e++) {
		if (strcmp(e->name, file) != 0)
			continue;
		if (!read_text(r->s, base, (struct span){ e->bytes, e->len },
			       r->why))
			return false;
		r->s->abstract = NULL;	/* that is said of the base alone */
		return true;
	}
	return scenario_wrong(r, "a scenario to start from", base);
}

static bool read_pair(struct reader *r, char *line, char *colon)
{
	char *value = colon + 1 + strspn(colon + 1, " \t");
	const char **slot;

	*colon = '\0';
	if (r->endpoint >= 0)
		return read_setting(r, line, value);
	slot = head_slot(r->s, line);
	if (!slot)
		return scenario_wrong(r, "a key of the head", line);
	*slot = value;
	return strcmp(line, "base") != 0 || read_base(r, value);
}

static bool read_line(struct reader *r, char *line)
{
	char *rest = line;
	const char *word;
	char *colon;

	if (line[0] == '\0' || line[0] == '#')
		return true;
	if (strncmp(line, "S:", 2) == 0)
		return scenario_act(r, ACT_SAY, line + (line[2] == ' ' ? 3 : 2), 1);
	if (line[0] == '!')
		return scenario_directive(r, line + 1);
	colon = strchr(line, ':');
	if (colon && strcspn(line, " \t") > (size_t)(colon - line))
		return read_pair(r, line, colon);
	word = scenario_word(&rest);
	if (word && strcmp(word, "endpoint") == 0)
		return read_endpoint(r, rest);
	if (word && strcmp(word, "dns") == 0)
		return read_dns(r, rest);
	if (word && strcmp(word, "on") == 0)
		return read_cue(r, CUE_COMMAND, rest);
	if (word && strcmp(word, "greeting") == 0)
		return read_cue(r, CUE_GREETING, rest);
	if (word && strcmp(word, "accepted") == 0)
		return read_cue(r, CUE_ACCEPTED, rest);
	if (word && strcmp(word, "refused") == 0)
		return read_cue(r, CUE_REFUSED, rest);
	return scenario_wrong(r, "a line of a scenario", line);
}

static bool read_text(struct scenario *s, const char *name, struct span text,
		      struct fault *why)
{
	struct reader r = { s, name, 0, -1, -1, why };
	char *line, *end;

	if (s->texts == SCENE_TEXTS_MAX || text.len > SCENARIO_CAP)
		return fail(why, FAULT_PROTOCOL, "%s.scn: %s", name,
			    text.len > SCENARIO_CAP ? "too long" :
			    "a base of a base of a base of a base");
	line = malloc(text.len + 1);
	if (!line)
		return fail(why, FAULT_NO_MEMORY, "no memory for a scenario");
	s->text[s->texts++] = line;
	memcpy(line, text.at, text.len);
	line[text.len] = '\0';
	if (strlen(line) != text.len)
		return fail(why, FAULT_PROTOCOL, "%s.scn: holds a NUL", name);
	for (; line; line = end) {
		r.line++;
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		if (!read_line(&r, line))
			return false;
	}
	return true;
}

static bool is_number_of_days(const char *clock)
{
	unsigned days;

	return !clock || span_number(span_of(clock + (*clock == '-')), &days);
}

static bool is_complete(const struct scenario *s, struct fault *why)
{
	const struct { const char *key, *value; } wanted[] = {
		{ "title.en", s->title_en }, { "title.ja", s->title_ja },
		{ "address", s->address }, { "verdict", s->verdict },
		{ "exit", s->exit_code }, { "logins", s->logins },
	};

	if (scenario_says(s->abstract))
		return true;
	for (size_t i = 0; i < COUNT(wanted); i++)
		if (!wanted[i].value)
			return fail(why, FAULT_PROTOCOL, "%s.scn: no \"%s:\"",
				    s->name, wanted[i].key);
	return is_number_of_days(s->clock) ||
	       fail(why, FAULT_PROTOCOL, "%s.scn: expected days behind "
		    "\"clock:\", not \"%.60s\"", s->name, s->clock);
}

bool scenario_parse(const char *name, struct span text, struct scenario **ret,
		    struct fault *why)
{
	struct scenario *s = calloc(1, sizeof(*s));

	if (!s)
		return fail(why, FAULT_NO_MEMORY, "no memory for a scenario");
	span_copy(span_of(name), s->name, sizeof(s->name));
	if (!read_text(s, s->name, text, why) || !is_complete(s, why)) {
		scenario_free(s);
		return false;
	}
	*ret = s;
	return true;
}
