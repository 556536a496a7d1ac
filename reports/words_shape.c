#include "reports/words.h"

/*
 * The look of a secret beside that of the provider's: "16 lower-case letters;
 * this one has 10 characters (lower-case letters, digits)".
 */
#define SLIP 2				/* characters lost or doubled in copying */

void words_shape(enum lang l, const struct secret_shape *s, struct buf *out)
{
	char least[24], most[24], id[40];
	struct buf a = buf_over(least, sizeof(least));
	struct buf b = buf_over(most, sizeof(most));
	struct buf i = buf_over(id, sizeof(id));

	buf_fmt(&a, "%zu", s->min);
	buf_fmt(&b, "%zu", s->max);
	buf_fmt(&i, "shape.alphabet.%s", s->alphabet ? s->alphabet : "any");
	const struct text_arg args[] = {
		{ "least", least }, { "most", most },
		{ "alphabet", text_of(l, id) }, { NULL, NULL }
	};

	text_fill(out, l, s->min == 0 ? "shape.any_length" :
		  s->min == s->max ? "shape.exact" : "shape.range", args);
}

static void add_expected(struct words *w, const struct secret_shape *s)
{
	char room[200];
	struct buf b = buf_over(room, sizeof(room));

	words_shape(w->lang, s, &b);
	words_add(w, "expected", room);
}

static void add_classes(struct words *w, const char *classes)
{
	struct span rest = span_of(classes), word;
	char list[240] = "";

	while (span_word(&rest, &word)) {
		char name[24], room[80];
		struct buf b = buf_over(room, sizeof(room));

		span_copy(word, name, sizeof(name));
		words_plain(w->lang, "shape.class.", name, &b);
		text_join(w->lang, "list.join", list, sizeof(list), room);
	}
	words_add(w, "classes", list);
}

/* The right kinds of characters, and nearly the right number of them. */
static bool is_slip(const struct secret_shape *s, const struct finding *f)
{
	size_t n = (size_t)f->number;
	struct secret_look look = { .characters = 0 };

	secret_classes_read(f->detail, &look);
	if (!s->alphabet || s->alphabet[0] != 'l' || look.has[CLASS_UPPER] ||
	    look.has[CLASS_SIGNS] || look.has[CLASS_OTHER] ||
	    (look.has[CLASS_DIGITS] && s->alphabet[5] == '\0'))
		return false;
	return n + SLIP >= s->min && n <= s->max + SLIP;
}

void words_of_shape(struct words *w, const struct finding *f)
{
	const struct secret_shape *s = &w->in->shape;
	char room[300];
	struct buf b = buf_over(room, sizeof(room));

	add_expected(w, s);
	words_fill(w, "shape.given_", s->sure ? "sure" : "unsure", "", &b);
	words_add(w, "given", room);
	add_classes(w, f->detail);
	words_fmt(w, "characters", "%lld", (long long)f->number);
	b = buf_over(room, sizeof(room));
	words_fill(w, "shape.", f->number > 0 ? "this" : "unlike", "", &b);
	words_add(w, "this", room);
	b = buf_over(room, sizeof(room));
	words_fill(w, "shape.guess.", is_slip(s, f) ? "slip" :
		   s->is_app_password ? "ordinary" : "other", "", &b);
	words_add(w, "guess", room);
}
