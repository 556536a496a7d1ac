#include "cmd/demo/player.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/base/civil.h"

#define BYTES_MAX 256			/* of one directive */

static struct span const no_command = { "", 0 };

void player_begin(struct player *p, const struct scenario *s, size_t endpoint,
		  bool in_tls, epoch now)
{
	*p = (struct player){ .scenario = s, .endpoint = endpoint,
			      .now = now };
	p->scene = &s->endpoint[endpoint];
	p->in_tls = in_tls;
	if (!player_cue(p, CUE_GREETING, no_command))
		polite_greeting(p);
}

/* ---- saying ---- */

/*
 * How the server answered the login that is open: the tests want to know what
 * was said on the wire, by a section or out of politeness.
 */
static void note_answer(struct player *p, struct span line)
{
	bool yes, no;

	if (p->scene->endpoint.service == SERVICE_IMAP) {
		if (!span_skip(&line, p->tag) || !span_skip(&line, " "))
			return;
		yes = span_starts(line, "OK");
		no = !yes;
	} else if (p->scene->endpoint.service == SERVICE_SMTP) {
		yes = span_starts(line, "2");
		no = span_starts(line, "4") || span_starts(line, "5");
	} else {
		yes = span_starts(line, "+OK");
		no = span_starts(line, "-");
	}
	if (!yes && !no)
		return;
	p->login_open = false;
	p->login_accepted = p->login_accepted || yes;
	p->login_refused = p->login_refused || no;
	p->logged_in = p->logged_in || yes;
}

static void put(struct player *p, struct span bytes)
{
	size_t room = sizeof(p->out) - p->out_used;

	if (bytes.len > room)
		bytes.len = room;
	memcpy(p->out + p->out_used, bytes.at, bytes.len);
	p->out_used += bytes.len;
}

static void put_line(struct player *p, struct span line)
{
	if (p->login_open)
		note_answer(p, line);
	put(p, line);
	put(p, SPAN_LIT("\r\n"));
}

void player_say(struct player *p, const char *fmt, ...)
{
	char line[PLAYER_ROOM / 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	put_line(p, span_of(line));
}

/* RFC 5322 section 3.3 */
static void add_date(const struct player *p, struct buf *out)
{
	static const char days[] = "Thu\0Fri\0Sat\0Sun\0Mon\0Tue\0Wed";
	static const char months[] = "Jan\0Feb\0Mar\0Apr\0May\0Jun\0Jul\0Aug\0"
				     "Sep\0Oct\0Nov\0Dec";
	struct civil c = civil_of_epoch(p->now);

	buf_fmt(out, "%s, %d %s %d %02d:%02d:%02d +0000",
		days + p->now / 86400 % 7 * 4, c.day,
		months + (c.month - 1) * 4, c.year, c.hour, c.minute,
		c.second);
}

static bool fill_in(const struct player *p, struct span name, struct buf *out)
{
	const struct scenario *s = p->scenario;

	if (span_is(name, "tag"))
		buf_str(out, p->tag);
	else if (span_is(name, "user"))
		buf_str(out, scenario_user(s));
	else if (span_is(name, "address"))
		buf_str(out, s->address);
	else if (span_is(name, "host"))
		buf_str(out, p->scene->endpoint.host);
	else if (span_is(name, "port"))
		buf_fmt(out, "%u", p->scene->endpoint.port);
	else if (span_is(name, "date"))
		add_date(p, out);
	else if (span_is(name, "secret"))
		buf_str(out, s->secret ? s->secret : "");
	else if (span_is(name, "secret64"))
		base64_encode(out, span_of(s->secret));
	else
		return false;
	return true;
}

/* Braces around anything else stand for themselves: {12} is a literal. */
static void expand(const struct player *p, const char *text, struct buf *out)
{
	while (*text) {
		const char *end = *text == '{' ? strchr(text, '}') : NULL;

		if (end && fill_in(p, (struct span){ text + 1,
				   (size_t)(end - text - 1) }, out))
			text = end + 1;
		else
			buf_char(out, *text++);
	}
}

static void say_text(struct player *p, const char *text, bool whole_line)
{
	char room[PLAYER_ROOM / 2];
	struct buf out = buf_over(room, sizeof(room));

	expand(p, text, &out);
	if (whole_line)
		put_line(p, buf_span(&out));
	else
		put(p, buf_span(&out));
}

static size_t bytes_of(const char *hex, char *to, size_t cap)
{
	size_t len = 0;

	for (; hex[0] && hex[1] && len < cap; hex += 2) {
		char pair[3] = { hex[0], hex[1], '\0' };

		to[len++] = (char)strtoul(pair, NULL, 16);
	}
	return len;
}

static void say_bytes(struct player *p, const char *hex)
{
	char bytes[BYTES_MAX];

	put(p, (struct span){ bytes, bytes_of(hex, bytes, sizeof(bytes)) });
}

/* ---- the sections of the scenario ---- */

bool player_cue(struct player *p, enum cue_kind kind, struct span command)
{
	const struct scene_cue *cue;

	cue = scenario_cue(p->scenario, p->endpoint, kind, p->in_tls, command);
	if (!cue)
		return false;
	p->cue = cue;
	p->act = 0;
	p->said = 0;
	return true;
}

static const struct scene_act *act_now(const struct player *p)
{
	if (!p->cue || p->act >= p->cue->acts)
		return NULL;
	return &p->scenario->act[p->cue->first + p->act];
}

static void act_say(struct player *p, const struct scene_act *a)
{
	if (p->said++ < a->number)
		say_text(p, a->text, true);
	if (p->said < a->number)
		return;
	p->said = 0;
	p->act++;
}

/* What is done to the connection; from silence to a cut it is for ever. */
static void play_wire(struct player *p, const struct scene_act *a,
		      struct play *ret)
{
	static const enum play_kind kinds[] = {
		[ACT_DELAY] = PLAY_WAIT, [ACT_STARTTLS] = PLAY_SECURE,
		[ACT_ALERT] = PLAY_ALERT, [ACT_RAW] = PLAY_RAW,
		[ACT_SILENCE] = PLAY_SILENCE, [ACT_CLOSE] = PLAY_CLOSE,
		[ACT_RESET] = PLAY_RESET, [ACT_CUT] = PLAY_CUT,
		[ACT_REQUESTS] = PLAY_REQUESTS, [ACT_EMPTIES] = PLAY_EMPTIES,
	};

	*ret = (struct play){ .kind = kinds[a->kind], .wait = a->number,
			      .alert = (int)a->number, .times = a->number };
	if (a->kind == ACT_RAW)
		ret->bytes = (struct span){
			p->out, bytes_of(a->text, p->out, sizeof(p->out))
		};
	if (ret->kind >= PLAY_SILENCE && ret->kind <= PLAY_CUT)
		p->act--;
}

/* One act; false: it only changed the state, ask again. */
static bool play_act(struct player *p, const struct scene_act *a,
		     struct play *ret)
{
	if (a->kind == ACT_SAY) {
		act_say(p, a);
		return false;
	}
	p->act++;
	switch (a->kind) {
	case ACT_TEXT:
		say_text(p, a->text, false);
		return false;
	case ACT_BYTES:
		say_bytes(p, a->text);
		return false;
	case ACT_FLOOD:
		p->flood = a->number;
		return false;
	case ACT_SPLIT:
		p->split = a->number;
		return false;
	case ACT_PACE:
		p->pace = a->number;
		return false;
	case ACT_EXPECT:
		p->turn = TURN_EXPECTED;
		return false;
	default:
		play_wire(p, a, ret);
		return true;
	}
}

/* ---- listening ---- */

void player_feed(struct player *p, struct span bytes)
{
	size_t room = sizeof(p->in) - p->in_used;

	if (bytes.len > room) {
		p->in_overlong = true;
		bytes.len = room;
	}
	memcpy(p->in + p->in_used, bytes.at, bytes.len);
	p->in_used += bytes.len;
}

static void forget_input(struct player *p, size_t len)
{
	p->in_used -= len;
	memmove(p->in, p->in + len, p->in_used);
}

static void command_add(struct player *p, struct span bytes)
{
	if (bytes.len > sizeof(p->command) - p->command_used)
		p->in_overlong = true;
	else
		memcpy(p->command + p->command_used, bytes.at, bytes.len);
	if (!p->in_overlong)
		p->command_used += bytes.len;
}

/* A literal becomes a quoted string, so that commands are read one way. */
static bool take_literal(struct player *p)
{
	size_t len = p->in_used < p->literal_left ? p->in_used : p->literal_left;

	for (size_t i = 0; i < len; i++) {
		if (p->in[i] == '"' || p->in[i] == '\\')
			command_add(p, SPAN_LIT("\\"));
		command_add(p, (struct span){ &p->in[i], 1 });
	}
	forget_input(p, len);
	p->literal_left -= len;
	if (p->literal_left == 0)
		command_add(p, SPAN_LIT("\""));
	return p->literal_left == 0;
}

/* RFC 3501 4.3 and RFC 7888: "{5}" waits for us, "{5+}" does not. */
static bool ends_in_literal(struct player *p)
{
	struct span line = { p->command, p->command_used }, number;
	size_t brace = line.len;
	unsigned len;
	bool waits;

	if (p->scene->endpoint.service != SERVICE_IMAP || line.len < 3 ||
	    line.at[line.len - 1] != '}')
		return false;
	while (brace > 0 && line.at[brace - 1] != '{')
		brace--;
	if (brace == 0)
		return false;
	number = (struct span){ line.at + brace, line.len - brace - 1 };
	waits = number.len == 0 || number.at[number.len - 1] != '+';
	if (!waits)
		number.len--;
	if (!span_number(number, &len))
		return false;
	p->command_used = brace - 1;
	command_add(p, SPAN_LIT("\""));
	p->literal_left = len;
	if (len == 0)
		command_add(p, SPAN_LIT("\""));
	if (waits)
		put(p, SPAN_LIT("+ OK\r\n"));
	return true;
}

/* One line, or what comes behind a literal; false: more bytes are needed. */
static bool take_part(struct player *p)
{
	const char *end;
	size_t len;

	if (p->literal_left > 0 && !take_literal(p))
		return false;
	end = memchr(p->in, '\n', p->in_used);
	if (!end)
		return false;
	len = (size_t)(end - p->in);
	command_add(p, (struct span){ p->in,
		    len > 0 && p->in[len - 1] == '\r' ? len - 1 : len });
	forget_input(p, len + 1);
	return true;
}

/* The next whole command into p->command; false: speak or listen first. */
static bool take_line(struct player *p)
{
	while (take_part(p)) {
		if (!ends_in_literal(p))
			return true;
		if (p->out_used > 0)
			return false;
	}
	return false;
}

/* ---- answering ---- */

static void answer_command(struct player *p, struct span line)
{
	struct span command = line, tag;

	if (p->scene->endpoint.service == SERVICE_IMAP) {
		if (!span_word(&command, &tag))
			return;
		span_copy(tag, p->tag, sizeof(p->tag));
		command = span_trim(command);
	}
	if (login_is_attempt(p->scene->endpoint.service, command)) {
		p->logins++;
		p->login_open = true;
	}
	if (!player_cue(p, CUE_COMMAND, command))
		polite_command(p, command);
}

static void answer_line(struct player *p)
{
	struct span line = { p->command, p->command_used };
	enum player_turn turn = p->turn;

	p->command_used = 0;
	p->turn = TURN_COMMAND;
	switch (turn) {
	case TURN_COMMAND:
		answer_command(p, line);
		break;
	case TURN_SASL:
		login_response(p, line);
		break;
	case TURN_DATA:
		if (!span_is(line, "."))
			p->turn = TURN_DATA;
		else
			player_say(p, "250 2.0.0 Ok, thrown away");
		break;
	case TURN_IDLE:
		player_say(p, "%s OK Idle completed", p->tag);
		break;
	case TURN_EXPECTED:
		break;			/* the section goes on */
	}
}

void player_secured(struct player *p)
{
	p->in_tls = true;
	p->in_used = p->command_used = 0;	/* RFC 3207 section 4.2: forget */
}

/* Nothing is left to say: do what comes then, or listen. */
static void play_then(struct player *p, struct play *ret)
{
	enum player_then then = p->then;

	p->then = THEN_READ;
	*ret = (struct play){ .kind = PLAY_READ };
	if (then == THEN_SECURE)
		ret->kind = PLAY_SECURE;
	else if (then == THEN_CLOSE || p->in_overlong)
		ret->kind = PLAY_CLOSE;
	if (ret->kind == PLAY_CLOSE)
		p->then = THEN_CLOSE;
}

/* Is it too early for the next piece? */
static bool play_pace(struct player *p, struct play *ret)
{
	if (p->pace == 0)
		return false;
	p->paced = !p->paced;
	if (p->paced)
		*ret = (struct play){ .kind = PLAY_WAIT, .wait = p->pace };
	return p->paced;
}

static bool play_output(struct player *p, struct play *ret)
{
	size_t len = p->out_used - p->out_sent;

	if (len == 0) {
		p->out_used = p->out_sent = 0;
		if (p->flood == 0)
			return false;
		len = p->flood < sizeof(p->out) ? p->flood : sizeof(p->out);
		memset(p->out, 'x', len);
		p->out_used = len;
		p->flood -= (unsigned)len;
	}
	if (play_pace(p, ret))
		return true;
	if (p->split && len > p->split)
		len = p->split;
	*ret = (struct play){ .kind = PLAY_SEND,
			      .bytes = { p->out + p->out_sent, len } };
	p->out_sent += len;
	return true;
}

/*
 * Lines that follow each other leave in one piece, as from a real server's
 * buffer; only "!split" and "!delay" part them.
 */
static bool speaks_on(const struct player *p, const struct scene_act *a)
{
	return a && (a->kind == ACT_SAY || a->kind == ACT_TEXT ||
		     a->kind == ACT_BYTES) &&
	       p->out_sent == 0 && p->out_used < sizeof(p->out) / 2;
}

void player_next(struct player *p, struct play *ret)
{
	for (;;) {
		const struct scene_act *a;

		a = p->turn == TURN_EXPECTED ? NULL : act_now(p);
		if (!speaks_on(p, a) && play_output(p, ret))
			return;
		if (a) {
			if (play_act(p, a, ret))
				return;
			continue;
		}
		if (p->then != THEN_READ || p->in_overlong || !take_line(p)) {
			if (p->out_used > 0)
				continue;	/* "+ OK" for a literal */
			play_then(p, ret);
			return;
		}
		answer_line(p);
	}
}
