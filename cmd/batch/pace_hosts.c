#include "cmd/batch/pace_hosts.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/ascii.h"

#define SECOND ((msec)1000)

void machines_release(struct machines *m)
{
	while (m->first) {
		struct machine *next = m->first->next;

		free(m->first);
		m->first = next;
	}
	while (m->key) {
		struct machine_key *next = m->key->next;

		free(m->key);
		m->key = next;
	}
	lookup_release(&m->names);
	lookup_release(&m->addresses);
}

/* ---- keys ---- */

/* Small letters, without the dot of the root. */
static struct span name_of(const char *host, char room[HOST_CAP])
{
	size_t len;

	span_copy(span_of(host), room, HOST_CAP);
	len = strlen(room);
	if (len > 0 && room[len - 1] == '.')
		room[--len] = '\0';
	for (size_t i = 0; i < len; i++)
		room[i] = ascii_lower(room[i]);
	return (struct span){ room, len };
}

static struct machine_key *add_key(struct machines *m, struct lookup *to,
				   struct span text, struct machine *machine)
{
	struct machine_key *k = calloc(1, sizeof(*k) + text.len + 1);

	if (!k)
		return NULL;
	span_copy(text, k->text, text.len + 1);
	k->machine = machine;
	if (!lookup_add(to, span_of(k->text), k)) {
		free(k);
		return NULL;
	}
	k->next = m->key;
	m->key = k;
	return k;
}

/* ---- meeting ---- */

const struct machine_key *machines_find(const struct machines *m,
					const char *host)
{
	char room[HOST_CAP];

	return lookup_find(&m->names, name_of(host, room));
}

static struct machine *by_address(const struct machines *m,
				  const struct address *a, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct machine_key *k = lookup_find(&m->addresses,
							  span_of(a[i].text));

		if (k)
			return k->machine;
	}
	return NULL;
}

static struct machine *new_machine(struct machines *m)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	if (!machine)
		return NULL;
	machine->next = m->first;
	m->first = machine;
	return machine;
}

static bool add_address(struct machines *m, const struct address *a,
			struct machine *machine)
{
	struct machine_key *k;

	if (lookup_find(&m->addresses, span_of(a->text)))
		return true;
	k = add_key(m, &m->addresses, span_of(a->text), machine);
	if (!k)
		return false;
	k->another = machine->address;
	machine->address = k;
	return true;
}

const struct machine_key *machines_meet(struct machines *m, const char *host,
					const struct address *a, size_t n)
{
	const struct machine_key *known = machines_find(m, host);
	struct machine *machine;
	char room[HOST_CAP];

	if (known)
		return known;
	machine = by_address(m, a, n);
	if (!machine)
		machine = new_machine(m);
	if (!machine)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (!add_address(m, &a[i], machine))
			return NULL;
	return add_key(m, &m->names, name_of(host, room), machine);
}

/* ---- refusals ---- */

void machine_refused(struct machine *m, msec at)
{
	size_t place;

	if (m->refusals == PACE_REFUSALS_MAX) {
		m->refusals--;
		memmove(m->refused_at, m->refused_at + 1,
			m->refusals * sizeof(m->refused_at[0]));
	}
	for (place = m->refusals++;
	     place > 0 && m->refused_at[place - 1] > at; place--)
		m->refused_at[place] = m->refused_at[place - 1];
	m->refused_at[place] = at;
}

/* The state file knows seconds. */
static size_t count(const msec *at, size_t n, msec time)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += at[i] > time - SECOND && at[i] < time + SECOND;
	return found;
}

void machine_remember(struct machine *m, const msec *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (count(m->refused_at, m->refusals, at[i]) <
		    count(at, i + 1, at[i]))
			machine_refused(m, at[i]);
}
