#include "reports/steps.h"

#include <string.h>

/* How much a provider's settings answer of what to do about a cause. */
enum settings_answer {
	NOTHING,
	ALL,				/* they are the answer */
	BOTH				/* and those of the other direction, too */
};

static const unsigned char answers[CAUSE_COUNT] = {
	[CAUSE_WRONG_HOST] = BOTH,
	[CAUSE_WRONG_PORT] = ALL,
	[CAUSE_WRONG_PROTOCOL] = BOTH,
	[CAUSE_TLS_ON_PLAINTEXT_PORT] = ALL,
	[CAUSE_PLAINTEXT_ON_TLS_PORT] = ALL,
	[CAUSE_TLS_REQUIRED] = ALL,
	[CAUSE_STARTTLS_UNSUPPORTED] = ALL,
	[CAUSE_AUTH_NOT_OFFERED] = ALL,
	[CAUSE_CERT_HOSTNAME] = ALL,
};

#define SETTINGS_STEPS 3		/* two services, and "nothing else" */

/* Somebody else answers under the right name: no setting mends that. */
static bool is_led_astray(const struct words *w, enum cause c)
{
	const struct endpoint *e = w->about ? &w->about->endpoint : NULL;

	return (c == CAUSE_CERT_HOSTNAME || c == CAUSE_WRONG_HOST) && e &&
	       w->in->right &&
	       right_is_host(w->in->right, e->service, e->host);
}

static bool are_settings_known(const struct words *w, enum cause c)
{
	return answers[c] != NOTHING && w->about && w->in->right &&
	       right_has_service(w->in->right, w->about->endpoint.service) &&
	       !is_led_astray(w, c);
}

bool steps_are_known(const struct words *w, enum cause c, bool own)
{
	return (own && w->in->remedies > 0 && !is_led_astray(w, c)) ||
	       are_settings_known(w, c);
}

/* "smtp.example.com, port 465, SSL/TLS, or port 587, STARTTLS" */
static void list_ways(struct words *w, enum service s, const char *host,
		      char *list, size_t cap)
{
	const struct endpoint *e;

	list[0] = '\0';
	for (size_t n = 0; (e = right_way(w->in->right, s, host, n)); n++) {
		char way[400], security[40];
		struct buf b = buf_over(way, sizeof(way));
		struct buf v = buf_over(security, sizeof(security));

		words_plain(w->lang, "security.", security_name(e->security),
			    &v);
		words_add(w, "right_host", e->host);
		words_fmt(w, "right_port", "%u", e->port);
		words_add(w, "right_security", security);
		words_fill(w, "right.", n == 0 ? "way" : "other_way", "",
			   &b);
		text_join(w->lang, "right.or", list, cap, way);
	}
}

static bool set_server(struct words *w, enum service s, struct buf *text)
{
	char list[600];

	if (!right_has_service(w->in->right, s))
		return false;
	list_ways(w, s, w->about->endpoint.host, list, sizeof(list));
	words_add(w, "settings", list);
	words_fill(w, "right.set.", service_name(s), "", text);
	return true;
}

static bool next_setting(struct steps *s, struct buf *text)
{
	enum service here = s->words->about->endpoint.service;

	while (s->set < SETTINGS_STEPS) {
		switch (s->set++) {
		case 0:
			return set_server(s->words, here, text);
		case 1:
			if (answers[s->cause] == BOTH &&
			    set_server(s->words, here == SERVICE_SMTP ?
				       SERVICE_IMAP : SERVICE_SMTP, text))
				return true;
			break;
		default:
			words_fill(s->words, "right.keep", "", "", text);
			return true;
		}
	}
	return false;
}

void steps_begin(struct steps *s, struct words *words, enum cause cause,
		 bool own)
{
	*s = (struct steps){ .words = words, .cause = cause,
			     .own = own && !is_led_astray(words, cause) };
}

bool steps_next(struct steps *s, struct buf *text, const char **ret_url)
{
	const struct report_input *in = s->words->in;
	bool known = are_settings_known(s->words, s->cause);

	*ret_url = NULL;
	if (known && next_setting(s, text))
		return true;
	if (s->own && s->mine < in->remedies) {
		const struct remedy *r = &in->remedy[s->mine++];

		buf_str(text, r->text);
		*ret_url = r->url[0] ? r->url : NULL;
		return true;
	}
	if (known || s->mine > 0)
		return false;
	while (words_remedy(s->words, s->cause, ++s->general, text))
		if (text->len > 0)
			return true;
	return false;
}

void steps_settle(const struct words *w, enum cause c, struct buf *text)
{
	if (are_settings_known(w, c) && w->in->address && w->in->address[0])
		words_fill(w, "right.settle", "", "", text);
	else if (c == CAUSE_WRONG_CREDENTIALS && w->in->shape.is_made)
		/* no web page takes such a secret */
		words_cause(w, c, ".settle_made", text);
	else
		words_cause(w, c, ".settle", text);
}
