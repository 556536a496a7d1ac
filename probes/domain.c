#include "probes/domain.h"

#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"
#include "probes/wire/thread.h"
#include "probes/wire/wait.h"

static const struct {
	const char *label;
	enum service service;
	enum security security;
} srv_names[SRV_SERVICES] = {
	{ "_imaps",       SERVICE_IMAP, SECURITY_TLS      },
	{ "_imap",        SERVICE_IMAP, SECURITY_STARTTLS },
	{ "_submissions", SERVICE_SMTP, SECURITY_TLS      },
	{ "_submission",  SERVICE_SMTP, SECURITY_STARTTLS },
	{ "_pop3s",       SERVICE_POP3, SECURITY_TLS      },
	{ "_pop3",        SERVICE_POP3, SECURITY_STARTTLS },
};

_Static_assert(SRV_SERVICES <= DNS_QUESTIONS_MAX, "one call asks them all");

const char *srv_label(size_t index)
{
	return srv_names[index].label;
}

enum service srv_service(size_t index)
{
	return srv_names[index].service;
}

enum security srv_security(size_t index)
{
	return srv_names[index].security;
}

/*
 * A task has its own part of the facts and is alone with it until it is done;
 * the states are under the lock, and the bell rings at every change.
 */
struct asking {
	const struct domain_request *r;
	struct domain_facts *facts;
	msec by;
	struct mutex mutex;
	struct bell came;		/* a task ended */
	struct bell stop;		/* to the tasks: nobody needs you */
	size_t open;			/* tasks under way */
};

struct task {
	struct asking *a;
	void (*run)(struct task *t);
	enum page page;
	struct thread thread;
	bool started;
};

/* ---- answers ---- */

/* What was given up is not told as a failure of the other side. */
static void settle(struct asking *a, enum question_state *state,
		   enum fault_kind fault)
{
	mutex_lock(&a->mutex);
	*state = fault == FAULT_CANCELLED ? QUESTION_NOT_ASKED :
		 QUESTION_DONE;
	mutex_unlock(&a->mutex);
	bell_ring(&a->came);
}

static void open_page(struct asking *a, struct page_facts *p, const char *url)
{
	mutex_lock(&a->mutex);
	p->state = QUESTION_OPEN;
	span_copy(span_of(url), p->asked, sizeof(p->asked));
	mutex_unlock(&a->mutex);
}

/* ---- pages ---- */

static bool get(struct asking *a, const char *url, bool allow_clear,
		struct page_facts *ret)
{
	const struct domain_request *r = a->r;
	const struct http_request request = {
		.url = url, .ca_file = r->ca_file,
		.allow_clear = allow_clear,
		.connect_rule = r->connect_rule,
		.connect_rules = r->connect_rules,
	};

	open_page(a, ret, url);
	ret->why.kind = FAULT_NONE;
	return r->world->fetch(r->world, &request, a->by, &ret->http,
			       &ret->why);
}

static bool is_answered(const struct page_facts *p)
{
	return p->why.kind == FAULT_NONE && p->http.status / 100 == 2;
}

static void url_of(const struct domain_request *r, enum page page,
		   const char *scheme, char ret[URL_CAP])
{
	static const char query[] = "emailaddress=" DOMAIN_LOCAL_PART "%40";
	struct buf b = buf_over(ret, URL_CAP);

	if (page == PAGE_AUTOCONFIG)
		buf_fmt(&b, "%s://autoconfig.%s/mail/config-v1.1.xml?%s%s",
			scheme, r->domain, query, r->domain);
	else
		buf_fmt(&b, "%s://%s/.well-known/autoconfig/mail/"
			"config-v1.1.xml?%s%s", scheme, r->domain, query,
			r->domain);
}

static void ask_own_page(struct task *t)
{
	struct page_facts *p = &t->a->facts->page[t->page];
	bool allow_clear = t->a->r->allow_clear;
	char url[URL_CAP];

	url_of(t->a->r, t->page, "https", url);
	get(t->a, url, allow_clear, p);
	if (allow_clear && !is_answered(p) &&
	    p->why.kind != FAULT_CANCELLED) {
		url_of(t->a->r, t->page, "http", url);
		get(t->a, url, true, p);
	}
	settle(t->a, &p->state, p->why.kind);
}

static void get_ispdb(struct asking *a, const char *domain,
		      struct page_facts *p)
{
	char url[URL_CAP];
	struct buf b = buf_over(url, sizeof(url));

	buf_fmt(&b, "https://autoconfig.thunderbird.net/v1.1/%s", domain);
	get(a, url, false, p);
}

static void ask_ispdb(struct task *t)
{
	struct page_facts *p = &t->a->facts->page[PAGE_ISPDB];

	get_ispdb(t->a, t->a->r->domain, p);
	settle(t->a, &p->state, p->why.kind);
}

/* ---- the mail exchanger, and who runs it ---- */

static size_t dots(const char *name)
{
	size_t n = 0;

	for (; *name; name++)
		n += *name == '.';
	return n;
}

/*
 * mx1.mail.provider.example is known as mail.provider.example or as
 * provider.example: shortened twice, never down to a top-level domain. What
 * is asked beyond the mark (co.jp) is in no list and harms nobody.
 */
static void ask_ispdb_mx(struct asking *a)
{
	struct page_facts *p = &a->facts->page[PAGE_ISPDB_MX];
	const char *name = a->facts->mx.record[0].host;
	bool asked = false;

	for (int i = 0; i < 2 && dots(name) >= 2; i++) {
		name = strchr(name, '.') + 1;
		if (text_same(name, a->r->domain))
			break;
		asked = true;
		get_ispdb(a, name, p);
		if (is_answered(p) || p->why.kind != FAULT_NONE)
			break;
	}
	settle(a, &p->state, asked ? p->why.kind : FAULT_CANCELLED);
}

static void ask_mx(struct task *t)
{
	struct asking *a = t->a;
	struct world *w = a->r->world;
	struct records_facts *mx = &a->facts->mx;
	struct fault why = { .kind = FAULT_NONE };
	bool ok = w->records(w, mx, 1, a->by, &why);

	if (!ok)
		mx->fault = why.kind;
	settle(a, &a->facts->mx_state, mx->fault);
	if (ok && mx->n > 0)
		ask_ispdb_mx(a);
	else
		settle(a, &a->facts->page[PAGE_ISPDB_MX].state,
		       FAULT_CANCELLED);
}

static void ask_srv(struct task *t)
{
	struct asking *a = t->a;
	struct world *w = a->r->world;
	struct records_facts *srv = a->facts->srv;
	struct fault why = { .kind = FAULT_NONE };

	if (!w->records(w, srv, SRV_SERVICES, a->by, &why))
		srv[0].fault = why.kind;
	settle(a, &a->facts->srv_state, srv[0].fault);
}

/* ---- all at once ---- */

static void run_task(void *arg)
{
	struct task *t = arg;
	struct asking *a = t->a;

	if (t->started)
		wait_stop_at(a->stop.fds[0]);
	t->run(t);
	mutex_lock(&a->mutex);
	a->open--;
	mutex_unlock(&a->mutex);
	bell_ring(&a->came);
}

static void prepare(const struct domain_request *r, struct domain_facts *f)
{
	memset(f, 0, offsetof(struct domain_facts, page));
	for (size_t i = 0; i < PAGE_COUNT; i++)
		memset(&f->page[i], 0,
		       offsetof(struct page_facts, http) +
		       offsetof(struct http_facts, body));
	span_copy(span_of(r->domain), f->domain, sizeof(f->domain));
	f->mx.type = RECORD_MX;
	span_copy(span_of(r->domain), f->mx.asked, sizeof(f->mx.asked));
	for (size_t i = 0; i < SRV_SERVICES; i++) {
		struct buf b = buf_over(f->srv[i].asked, HOST_CAP);

		f->srv[i].type = RECORD_SRV;
		buf_fmt(&b, "%s._tcp.%s", srv_names[i].label, r->domain);
	}
	f->mx_state = f->srv_state = QUESTION_OPEN;
	/* that by the MX, too: it must not look settled before it begins */
	for (size_t i = 0; i < PAGE_COUNT; i++)
		f->page[i].state = QUESTION_OPEN;
}

/* The caller looks at what is done, while nothing changes its state. */
static bool is_over(struct asking *a)
{
	bool over;

	mutex_lock(&a->mutex);
	over = a->open == 0 ||
	       (a->r->is_enough && a->r->is_enough(a->r->context, a->facts));
	mutex_unlock(&a->mutex);
	return over;
}

static bool wait_for_answers(struct asking *a, struct fault *why)
{
	while (!is_over(a)) {
		/* every question ends by itself at `by`; a moment's grace */
		if (!bell_wait(&a->came, a->by + 1000, why))
			return why->kind == FAULT_TIMEOUT;
	}
	/* the questions may have been given up sooner than we looked */
	return !wait_cancelled() ||
	       fail(why, FAULT_CANCELLED, "interrupted");
}

static bool ask_all(struct asking *a, struct task *task, size_t n,
		    struct fault *why)
{
	bool ok;

	a->open = n;
	for (size_t i = 0; i < n; i++) {
		task[i].a = a;
		task[i].started = !a->r->in_order;
		if (task[i].started &&
		    thread_start(&task[i].thread, run_task, &task[i]))
			continue;
		task[i].started = false;
		run_task(&task[i]);
	}
	ok = wait_for_answers(a, why);
	bell_ring(&a->stop);
	for (size_t i = 0; i < n; i++)
		if (task[i].started)
			thread_join(&task[i].thread);
	return ok;
}

bool domain_ask(const struct domain_request *r, msec by,
		struct domain_facts *ret, struct fault *why)
{
	struct asking a = { .r = r, .facts = ret, .by = by };
	struct task task[] = {
		{ .run = ask_mx }, { .run = ask_srv },
		{ .run = ask_own_page, .page = PAGE_AUTOCONFIG },
		{ .run = ask_own_page, .page = PAGE_WELL_KNOWN },
		{ .run = ask_ispdb },
	};
	bool ok = false;

	prepare(r, ret);
	if (r->world->fetch == http_get)	/* a test has pages of its own */
		http_setup();
	if (!bell_init(&a.came))
		return fail(why, FAULT_INTERNAL, "no pipe to wait at");
	if (bell_init(&a.stop)) {
		mutex_init(&a.mutex);
		ok = ask_all(&a, task, sizeof(task) / sizeof(task[0]), why);
		mutex_release(&a.mutex);
		bell_release(&a.stop);
	} else {
		fail(why, FAULT_INTERNAL, "no pipe to wait at");
	}
	bell_release(&a.came);
	return ok;
}
