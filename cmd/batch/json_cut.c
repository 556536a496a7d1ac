#include "cmd/batch/json_cut.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t json_space(struct span window)
{
	size_t n = 0;

	while (n < window.len && is_space(window.at[n]))
		n++;
	return n;
}

static void in_string(struct json_cut *c, char byte)
{
	if (c->escaped)
		c->escaped = false;
	else if (byte == '\\')
		c->escaped = true;
	else if (byte == '"')
		c->string = false;
}

/* true: the value ended before this byte. */
static bool ends_before(const struct json_cut *c, char byte)
{
	return c->begun && c->depth == 0 &&
	       (is_space(byte) || byte == ',' || byte == ']' || byte == '}');
}

bool json_cut(struct json_cut *c, struct span window)
{
	while (c->len < window.len) {
		char byte = window.at[c->len];

		if (c->string) {
			in_string(c, byte);
		} else if (ends_before(c, byte)) {
			return true;
		} else if (byte == '"') {
			c->string = true;
		} else if (byte == '{' || byte == '[') {
			c->depth++;
		} else if ((byte == '}' || byte == ']') && c->depth > 0) {
			c->depth--;
		}
		c->begun = true;
		c->len++;
		if (c->depth == 0 && !c->string &&
		    (byte == '"' || byte == '}' || byte == ']'))
			return true;
	}
	return false;
}
