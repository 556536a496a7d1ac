#include "reports/settings_private.h"

/* A domain whose settings could not be found: what was asked, what helps. */

static const char *nothing_id(const struct settings *s)
{
	if (s->mistyped)
		return "settings.nothing_typo";
	if (!s->search || !s->search->network)
		return "settings.nothing_offline";
	if (s->search->no_domain)
		return "settings.nothing_domain";
	if (s->search->no_mail)
		return "settings.nothing_mail";
	return s->search->no_dns ? "settings.nothing_dns" :
				   "settings.nothing_online";
}

/* Where nobody can have a mailbox, no guess is of use. */
static bool has_mailboxes(const struct settings *s)
{
	return !s->mistyped && (!s->search || (!s->search->no_domain &&
					       !s->search->no_mail));
}

static void put_nothing(struct human *h, const struct settings *s)
{
	static const char *const guesses[] = {
		"settings.guess", "settings.guess.imap", "settings.guess.smtp",
		"settings.guess.user",
	};
	const char *guess = "label.settings_guess", *what = "label.settings_do";
	const char *why = "label.why";

	human_str(h, "\n");
	settings_put_text(h, s, &why, nothing_id(s), NULL);
	human_search(h);
	for (size_t i = 0; has_mailboxes(s) &&
	     i < sizeof(guesses) / sizeof(guesses[0]); i++)
		settings_put_text(h, s, &guess, guesses[i], NULL);
	for (unsigned n = 1; n <= 3; n++) {
		char id[48], room[1024];
		struct buf b = buf_over(id, sizeof(id));
		struct buf text = buf_over(room, sizeof(room));

		buf_fmt(&b, "settings.nothing.do.%u", n);
		settings_say(s, h->style->lang, id, NULL, &text);
		human_numbered(h, &what, n, room);
	}
}

void settings_put_unknown(struct human *h, const struct settings *s)
{
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));
	size_t at = human_mark_columns(h) + 1;

	settings_say(s, h->style->lang, "settings.nothing", NULL, &b);
	human_mark(h, MARK_FAIL);
	human_ink(h, INK_BOLD);
	human_wrap(h, room, at, at);
	human_ink(h, INK_PLAIN);
	settings_put_notes(h, s);
	put_nothing(h, s);
}
