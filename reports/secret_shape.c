#include "reports/secret_shape.h"

#include "probes/base/buf.h"
#include "probes/base/span.h"

static const char *const names[] = {
#define X(class, name) [class] = name,
	SECRET_CLASSES(X)
#undef X
};

void secret_classes_write(const struct secret_look *look, char *to, size_t cap)
{
	struct buf b = buf_over(to, cap);

	for (size_t i = 0; i < SECRET_CLASS_COUNT; i++)
		if (look->has[i])
			buf_fmt(&b, "%s%s", b.len > 0 ? " " : "", names[i]);
}

void secret_classes_read(const char *classes, struct secret_look *look)
{
	struct span rest = span_of(classes), word;

	while (span_word(&rest, &word))
		for (size_t i = 0; i < SECRET_CLASS_COUNT; i++)
			if (span_is(word, names[i]))
				look->has[i] = true;
}
