#include "cmd/batch/account_build.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/target.h"
#include "probes/base/ascii.h"
#include "probes/base/text.h"
#include "probes/sasl.h"

#define VALUE_MAX 500

bool build_refuse(struct building *b, const char *id, const char *member,
		  const char *value)
{
	const struct text_arg args[] = {
		{ "member", member }, { "value", value }, { "target", value },
		{ NULL, NULL }
	};

	return flaw_at(b->r, b->place, id, args);
}

bool build_no_memory(struct building *b)
{
	return flaw_at(b->r, b->place, "error.no_memory", NULL);
}

/* ---- plain texts ---- */

static bool keep(struct building *b, const char *member, const char *value,
		 char **to)
{
	if (!text_is_one_line(value, VALUE_MAX))
		return build_refuse(b, "batch.flaw.text", member, value);
	/* a spreadsheet may have it in two columns */
	if (*to && strcmp(*to, value) == 0)
		return true;
	if (*to)
		return build_refuse(b, "batch.flaw.twice", member, NULL);
	*to = strdup(value);
	return *to || build_no_memory(b);
}

bool build_name(struct building *b, const char *member, const char *value)
{
	return keep(b, member, value, &b->a->name);
}

static bool is_mail_address(struct building *b, const char *value)
{
	if (target_is_full_width(value))
		return build_refuse(b, "error.full_width", NULL, value);
	return target_is_address(value) ||
	       build_refuse(b, "batch.flaw.address", NULL, value);
}

bool build_person(struct building *b, const char *member, const char *value)
{
	b->is_person = true;
	return build_name(b, member, value);
}

bool build_address(struct building *b, const char *member, const char *value)
{
	return is_mail_address(b, value) &&
	       keep(b, member, value, &b->a->address);
}

bool build_user(struct building *b, const char *member, const char *value)
{
	return keep(b, member, value, &b->a->user);
}

bool build_sender(struct building *b, const char *member, const char *value)
{
	return is_mail_address(b, value) &&
	       keep(b, member, value, &b->a->sender);
}

bool build_mechanism(struct building *b, const char *member, const char *value)
{
	if (!sasl_by_name(value))
		return build_refuse(b, "batch.flaw.mechanism", member, value);
	return keep(b, member, value, &b->a->mechanism);
}

bool build_endpoint(struct building *b, const char *member, const char *value)
{
	struct account *a = b->a;
	struct target_url url;
	const char *wrong;

	if (target_holds_secret(value))
		return build_refuse(b, "batch.flaw.endpoint_secret", member,
				    NULL);
	if (a->urls == ENDPOINTS_MAX)
		return build_refuse(b, "batch.flaw.endpoints", member, NULL);
	if (!strstr(value, "://"))
		return build_refuse(b, "batch.flaw.endpoint", member, value);
	wrong = target_parse_url(value, &url);
	/* behind a colon may stand the secret of a broken URL */
	if (wrong)
		return build_refuse(b, wrong, member,
				    strcmp(wrong, "error.url_port") == 0 ?
				    "..." : value);
	return keep(b, member, value, &a->url[a->urls++]);
}

bool build_label(struct building *b, const char *name, const char *value)
{
	struct account *a = b->a;
	struct outcome_label *l = &a->label[a->labels];

	for (size_t i = 0; i < a->labels; i++)
		if (strcmp(a->label[i].name, name) == 0)
			return build_refuse(b, "batch.flaw.twice", name, NULL);
	if (a->labels == LABELS_MAX)
		return build_refuse(b, "batch.flaw.labels", name, NULL);
	a->labels++;
	return keep(b, "labels", name, &l->name) &&
	       keep(b, name, value, &l->value);
}

/* ---- the secret ---- */

static bool begin_secret(struct building *b, const char *member)
{
	if (b->a->has_secret)
		return build_refuse(b, "batch.flaw.two_secrets", member, NULL);
	b->a->has_secret = true;
	return true;
}

static bool is_variable(const char *value)
{
	if (!*value || strlen(value) > VALUE_MAX)
		return false;
	for (; *value; value++)
		if (!ascii_is_alnum(*value) && *value != '_')
			return false;
	return true;
}

bool build_reference(struct building *b, const char *member, bool is_token,
		     const char *kind, const char *value)
{
	static const struct {
		const char *kind;
		enum secret_source source;
	} kinds[] = {
		{ "env", SECRET_FROM_ENV }, { "file", SECRET_FROM_FILE },
		{ "command", SECRET_FROM_COMMAND },
		{ "netrc", SECRET_FROM_NETRC },
	};
	size_t i = 0;

	while (i < 4 && strcmp(kind, kinds[i].kind) != 0)
		i++;
	if (i == 4)
		return build_refuse(b, "batch.flaw.reference", member, kind);
	if (!begin_secret(b, member))
		return false;
	b->a->secret_source = kinds[i].source;
	b->a->is_token = is_token;
	if (kinds[i].source == SECRET_FROM_NETRC && !*value)
		return true;		/* ~/.netrc */
	/* what is no name is not shown: it may be the secret itself */
	if (kinds[i].source == SECRET_FROM_ENV && !is_variable(value))
		return build_refuse(b, "batch.flaw.variable", member, NULL);
	if (!text_is_one_line(value, VALUE_MAX))
		return build_refuse(b, "batch.flaw.text_hidden", member, NULL);
	return keep(b, member, value, &b->a->secret_argument);
}

bool build_inline(struct building *b, const char *member, bool is_token,
		  const char *value)
{
	struct secret *s;

	if (!b->r->allow_inline)
		return build_refuse(b, "batch.flaw.inline", member, NULL);
	if (!begin_secret(b, member))
		return false;
	if (!*value)
		return build_refuse(b, "batch.flaw.empty_secret", member, NULL);
	if (strchr(value, '\n') || strlen(value) >= SECRET_CAP)
		return build_refuse(b, "batch.flaw.text_hidden", member, NULL);
	b->a->is_token = is_token;
	s = calloc(1, sizeof(*s));
	b->a->inline_secret = s;
	return (s && secret_init(s, strlen(value)) &&
		secret_add(s, span_of(value))) || build_no_memory(b);
}

/* ---- the whole ---- */

static bool add_address(struct building *b)
{
	struct account *a = b->a;
	size_t cap = strlen(a->name) + strlen(a->address) + sizeof(" <>");
	char *both = malloc(cap);
	struct buf out;

	if (!both)
		return build_no_memory(b);
	out = buf_over(both, cap);
	buf_fmt(&out, "%s <%s>", a->name, a->address);
	free(a->name);
	a->name = both;
	return true;
}

bool build_end(struct building *b)
{
	struct account *a = b->a;
	const char *name = a->address ? a->address : a->user ? a->user :
			   a->urls > 0 ? a->url[0] : NULL;

	b->place = 0;
	if (!a->address && a->urls == 0)
		return build_refuse(b, "batch.flaw.no_address", NULL, NULL);
	if (a->name && a->address && b->is_person)
		return add_address(b);
	if (!a->name)
		a->name = strdup(name);
	return a->name || build_no_memory(b);
}
