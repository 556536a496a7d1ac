#include "reports/explain_private.h"

#include <string.h>

#include "probes/base/text.h"

/* What programs say, the way rules for words want it. */

/* System.Net.Mail.SmtpException is words, not a host. */
static bool is_class_name(struct span s)
{
	struct span rest = s, label, last = s;
	bool small = false;

	while (span_cut(&rest, '.', &label))
		if (label.len > 0)
			last = label;
	for (size_t i = 1; i < last.len; i++)
		small = small || last.at[i] != ascii_upper(last.at[i]);
	return last.len > 3 && small && last.at != s.at &&
	       last.at[0] != ascii_lower(last.at[0]);
}

/* "ssl://host": what begins the link is the program's own word. */
static struct span cut_scheme(struct span word, struct buf *out)
{
	static const char *const schemes[] = {
		"ssl", "tls", "imaps", "smtps", "pop3s", "imap", "smtp", "pop3",
	};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t len = strlen(schemes[i]);

		if (!span_starts(word, schemes[i]) || word.len < len + 3 ||
		    memcmp(word.at + len, "://", 3) != 0)
			continue;
		buf_str(out, schemes[i]);
		buf_char(out, ' ');
		return span_from(word, len);
	}
	return word;
}

/* "250-mx.example.net" and "(127.0.0.1:25)" are more than host names. */
static void add_word(struct buf *out, struct span word)
{
	bool parts = is_class_name(word);

	if (span_has(word, "(ssl)"))	/* a field: Secure(SSL): No */
		return;
	word = cut_scheme(word, out);
	if (word.len > 2 && word.at[0] == 'b' && strchr("'\"", word.at[1]))
		word = span_from(word, 2);	/* b'220 ...' */
	if (word.len > 4 && word.at[3] == '-' && ascii_is_digit(word.at[0]) &&
	    ascii_is_digit(word.at[1]) && ascii_is_digit(word.at[2])) {
		buf_add(out, span_head(word, 3));
		buf_char(out, ' ');
		word = span_from(word, 4);
	}
	if (span_has(word, "127.0.0.1") || span_has(word, "::1]"))
		buf_str(out, "localhost ");
	for (size_t i = 0; i < word.len; i++) {
		bool run = word.at[i] == '.' && i + 1 < word.len &&
			   word.at[i + 1] == '.';

		if (run || (word.at[i] == '.' && i > 0 &&
			    word.at[i - 1] == '.'))
			buf_char(out, ' ');
		else
			buf_char(out, parts && word.at[i] == '.' ? ' '
								 : word.at[i]);
	}
	buf_char(out, ' ');
}

static void add_words(struct buf *out, struct span line)
{
	struct span word;

	while (span_word(&line, &word))
		add_word(out, word);
	buf_char(out, '\n');
}

/* Kept lines from `first` that fit into one reply; the index behind them. */
size_t explain_block(const struct explain *x, size_t first,
			 struct reply *ret)
{
	struct buf out = buf_over(ret->text, sizeof(ret->text));
	size_t i = first;

	while (i < x->kept) {
		struct span line = span_of(x->line[i].text);

		if (i > first && out.len + line.len + 2 > sizeof(ret->text))
			break;
		if (x->kept == 1 || !explain_is_configured(line))
			add_words(&out, line);
		i++;
	}
	return i;
}

/* What a log made of bytes that are no text: "\\x16\\x03", or U+FFFD. */
bool explain_is_binary(const char *text)
{
	static const char *const marks[] = { "\\x", "\\u00", "\xef\xbf\xbd" };
	unsigned found = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		for (const char *at = text; (at = strstr(at, marks[i])) != NULL;
		     at++)
			found++;
	return found >= 4;
}

/* A character that was cut at the end of its room goes. */
static size_t whole_characters(const char *text, size_t len)
{
	size_t at = len;

	while (at > 0 && len - at < 3 &&
	       ((unsigned char)text[at - 1] & 0xC0) == 0x80)
		at--;
	if (at == 0 || text_is_utf8((struct span){ text + at - 1,
						   len - at + 1 }))
		return len;
	return at - 1;
}

/* Lines become one, runs of spaces one space; an end that is cut is marked. */
void explain_quote(const struct reply *r, char *to, size_t cap)
{
	char room[REPLY_TEXT_CAP];
	struct buf b = buf_over(room, sizeof(room));
	struct span rest = span_of(r->text), word;

	while (rest.len > 0) {
		struct span line;

		span_cut(&rest, '\n', &line);
		while (span_word(&line, &word)) {
			if (b.len > 0)
				buf_char(&b, ' ');
			buf_add(&b, word);
		}
	}
	b.len = whole_characters(b.data, b.len);
	if (b.len < cap) {
		span_copy(buf_span(&b), to, cap);
		return;
	}
	b.len = whole_characters(b.data, cap - 4);
	span_copy(buf_span(&b), to, cap);
	memcpy(to + b.len, "...", 4);
}
