#include "reports/text.h"

#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/span.h"
#include "probes/base/text.h"

static const char *const codes[LANG_COUNT] = { "en", "ja" };

const char *lang_code(enum lang l)
{
	return codes[l];
}

bool lang_by_code(const char *code, enum lang *ret)
{
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		if (!text_same(code, codes[l]))
			continue;
		*ret = (enum lang)l;
		return true;
	}
	return false;
}

/* "ja_JP.UTF-8", "ja", "ja.eucJP": the language stands before "_", "." or "@". */
static bool lang_of_value(const char *value, enum lang *ret)
{
	char code[16];
	span_copy(span_head(span_of(value), strcspn(value, "_.@-")), code,
		  sizeof(code));
	return lang_by_code(code, ret);
}

enum lang lang_of_locale(const char *lc_all, const char *lc_messages,
			 const char *lang)
{
	/* POSIX 8.2: the first that is set and not empty decides alone. */
	const char *const order[] = { lc_all, lc_messages, lang };
	enum lang found = LANG_EN;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!order[i] || !order[i][0])
			continue;
		lang_of_value(order[i], &found);
		break;
	}
	return found;
}

static const struct embedded *file_of(enum lang l)
{
	for (const struct embedded *e = embedded_texts; e->name; e++) {
		if (strncmp(e->name, codes[l], 2) == 0)
			return e;
	}
	return NULL;
}

static const char *find(enum lang l, const char *id)
{
	return embedded_line(file_of(l), id);
}

const char *text_of(enum lang l, const char *id)
{
	const char *text = find(l, id);
	return text ? text : id;
}

bool text_known(enum lang l, const char *id)
{
	return find(l, id) != NULL;
}

static const struct text_arg *arg_of(const struct text_arg *args,
				     const char *name, size_t len)
{
	for (; args && args->name; args++) {
		if (strncmp(args->name, name, len) == 0 &&
		    args->name[len] == '\0')
			return args;
	}
	return NULL;
}

void text_fill(struct buf *out, enum lang l, const char *id,
	       const struct text_arg *args)
{
	const char *text = text_of(l, id);
	while (*text) {
		size_t plain = strcspn(text, "{");
		buf_add(out, (struct span){ text, plain });
		text += plain;
		if (!*text)
			break;
		size_t name = strcspn(text + 1, "}");
		const struct text_arg *a = arg_of(args, text + 1, name);
		if (a && text[1 + name]) {
			buf_str(out, a->value ? a->value : "");
			text += name + 2;
		} else {
			buf_char(out, *text++);	/* a brace of the text's own */
		}
	}
}

void text_join(enum lang l, const char *how, char *list, size_t cap,
	       const char *next)
{
	char so_far[4096];
	const struct text_arg args[] = {
		{ "list", so_far }, { "next", next }, { NULL, NULL }
	};
	span_copy(span_of(list), so_far, sizeof(so_far));
	struct buf b = buf_over(list, cap);
	if (so_far[0] == '\0')
		buf_str(&b, next);
	else
		text_fill(&b, l, how, args);
}
