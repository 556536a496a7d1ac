#include "cmd/demo/scenario_read.h"

#include <string.h>

/* What a server does: the lines and directives of a section. */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

bool scenario_act(struct reader *r, enum act_kind kind, const char *text,
		    unsigned number)
{
	struct scenario *s = r->s;

	if (r->cue < 0)
		return scenario_wrong(r, "a section before what the server does", text);
	if (s->acts == SCENE_ACTS_MAX)
		return scenario_wrong(r, "fewer lines", text);
	s->act[s->acts++] = (struct scene_act){ kind, text, number };
	s->cue[r->cue].acts++;
	return true;
}

static bool hex_is_whole(const char *hex)
{
	size_t len = strlen(hex);

	return len > 0 && len % 2 == 0 && len <= 512 &&
	       strspn(hex, "0123456789abcdefABCDEF") == len;
}

static bool read_repeat(struct reader *r, const char *value)
{
	struct scenario *s = r->s;
	unsigned times;

	if (!scenario_number(value, 100000, &times) || r->cue < 0 ||
	    s->cue[r->cue].acts == 0 || s->act[s->acts - 1].kind != ACT_SAY)
		return scenario_wrong(r, "a line to repeat, and a number", value);
	s->act[s->acts - 1].number = times;
	return true;
}

static bool read_alert(struct reader *r, const char *name)
{
	int alert;

	return scenario_alert(name, &alert) ?
	       scenario_act(r, ACT_ALERT, name, (unsigned)alert) :
	       scenario_wrong(r, "the name of an alert", name);
}

bool scenario_directive(struct reader *r, char *rest)
{
	static const struct {
		const char *word; enum act_kind kind; unsigned max;
	} rows[] = {
		{ "expect", ACT_EXPECT, 0 }, { "silence", ACT_SILENCE, 0 },
		{ "close", ACT_CLOSE, 0 }, { "reset", ACT_RESET, 0 },
		{ "starttls", ACT_STARTTLS, 0 }, { "delay", ACT_DELAY, 600000 },
		{ "split", ACT_SPLIT, 4096 }, { "flood", ACT_FLOOD, 100000000 },
		{ "pace", ACT_PACE, 60000 }, { "cut", ACT_CUT, 0 },
		{ "requests", ACT_REQUESTS, 10000000 },
		{ "empties", ACT_EMPTIES, 10000000 },
	};
	const char *word = scenario_word(&rest);
	unsigned number = 0;

	if (!word)
		return scenario_wrong(r, "a directive", "!");
	if (strcmp(word, "repeat") == 0)
		return read_repeat(r, rest);
	if (strcmp(word, "text") == 0)
		return scenario_act(r, ACT_TEXT, rest, 0);
	if (strcmp(word, "bytes") == 0)
		return hex_is_whole(rest) ? scenario_act(r, ACT_BYTES, rest, 0) :
		       scenario_wrong(r, "pairs of hexadecimal digits", rest);
	if (strcmp(word, "raw") == 0 && hex_is_whole(rest))
		return scenario_act(r, ACT_RAW, rest, 0);
	if (strcmp(word, "alert") == 0)
		return read_alert(r, rest);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strcmp(rows[i].word, word) != 0)
			continue;
		if (rows[i].max && !scenario_number(rest, rows[i].max, &number))
			return scenario_wrong(r, "a number", rest);
		return scenario_act(r, rows[i].kind, word, number);
	}
	return scenario_wrong(r, "a directive", word);
}
