#include "cmd/demo/scenario_read.h"

#include <string.h>

#include "probes/wire/tls.h"

/* How a server of a scenario meets a handshake: the value of "tls:". */

static const char *const ways[] = {
	[SCENE_TLS_NORMAL] = "normal", [SCENE_TLS_NONE] = "none",
	[SCENE_TLS_ALWAYS] = "always", [SCENE_TLS_CLOSE] = "close",
	[SCENE_TLS_RESET] = "reset", [SCENE_TLS_SILENCE] = "silence",
	[SCENE_TLS_LEGACY] = "legacy", [SCENE_TLS_CUT] = "cut",
};

bool scenario_alert(const char *name, int *ret)
{
	for (int i = 0; i < 256; i++) {
		if (strcmp(tls_alert_name(i), name) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* Four digits: 000a. */
static bool read_suite(struct span digits, unsigned *ret)
{
	static const char hex[] = "0123456789abcdef";

	*ret = 0;
	for (size_t i = 0; i < digits.len; i++) {
		const char *at = strchr(hex, digits.at[i]);

		if (!at || !*at)
			return false;
		*ret = *ret << 4 | (unsigned)(at - hex);
	}
	return digits.len == 4;
}

/* "3", or "2 000a" */
static bool read_tls_offer(struct reader *r, struct scene *e,
			   const char *value)
{
	struct span digits = span_of(value), minor;

	span_cut(&digits, ' ', &minor);
	e->tls = SCENE_TLS_OFFERS;
	e->alert = digits.len > 0 ? 40 : 70;	/* handshake_failure, _version */
	if (!span_number(minor, &e->minor) || e->minor > 3)
		return scenario_wrong(r, "TLSv1.0 to TLSv1.3", value);
	if (digits.len == 0)
		return true;
	return read_suite(digits, &e->suite) ||
	       scenario_wrong(r, "a suite in hex, 000a", value);
}

bool scenario_tls(struct reader *r, struct scene *e, const char *value)
{
	size_t i;

	if (strncmp(value, "offers TLSv1.", 13) == 0)
		return read_tls_offer(r, e, value + 13);
	if (strncmp(value, "alert ", 6) == 0) {
		e->tls = SCENE_TLS_ALERT;
		return scenario_alert(value + 6, &e->alert) ||
		       scenario_wrong(r, "the name of an alert", value + 6);
	}
	if (strncmp(value, "group ", 6) == 0) {
		e->tls = SCENE_TLS_GROUP;
		return scenario_number(value + 6, 8192, &e->bits) ||
		       scenario_wrong(r, "a number of bits", value + 6);
	}
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(ways[i], value) != 0)
			continue;
		e->tls = (enum scene_tls)i;
		return true;
	}
	return scenario_wrong(r, "a way to handshake", value);
}
