#include "cmd/demo/scenario_read.h"

#include <string.h>

/* The wire of an endpoint, beneath TLS: see "wire:" in scenario.h. */

#define WIRE_MOST 10000000u

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at;

	at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

static bool read_hex(const char *hex, struct bad_wire *w)
{
	for (; hex[0] && hex[1]; hex += 2) {
		int high = hex_digit(hex[0]), low = hex_digit(hex[1]);

		if (high < 0 || low < 0 || w->len == sizeof(w->bytes))
			return false;
		w->bytes[w->len++] = (char)(high * 16 + low);
	}
	return w->len > 0 && !*hex;
}

static bool read_end(const char *word, const char *hex, struct bad_wire *w)
{
	if (!word)
		return false;
	w->then = strcmp(word, "close") == 0 ? WIRE_CLOSE :
		  strcmp(word, "reset") == 0 ? WIRE_RESET :
		  strcmp(word, "flood") == 0 ? WIRE_FLOOD : WIRE_BYTES;
	if (w->then == WIRE_FLOOD)
		word = hex;
	return w->then == WIRE_CLOSE || w->then == WIRE_RESET ||
	       (word && read_hex(word, w));
}

bool scenario_wire(struct reader *r, char *value, struct bad_wire *ret)
{
	const char *word = scenario_word(&value);
	const char *number, *more, *hex;

	*ret = (struct bad_wire){ .then = WIRE_ON };
	if (word && strcmp(word, "records") == 0) {
		ret->records = true;
		return true;
	}
	number = scenario_word(&value);
	more = scenario_word(&value);
	hex = scenario_word(&value);
	if (word && strcmp(word, "pieces") == 0 &&
	    scenario_number(number, 65535, &ret->pieces) &&
	    (!more || scenario_number(more, 60000, &ret->pace)))
		return true;
	if (word && strcmp(word, "after") == 0 &&
	    scenario_number(number, WIRE_MOST, &ret->after) &&
	    read_end(more, hex, ret))
		return true;
	return scenario_wrong(r, "records, pieces N [MS], or after N "
			      "close|reset|HEX|flood HEX", word ? word : "");
}
