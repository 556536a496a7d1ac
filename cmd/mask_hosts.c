#include "cmd/mask_hosts.h"

#include <string.h>

#include "probes/base/text.h"
#include "probes/wire/dns.h"
#include "providers/provider.h"

/* Mozilla's list, whoever is looked up in it. */
#define LIST_HOST "autoconfig.thunderbird.net"

/* ---- whom everybody knows ---- */

/* Its own name, and not one of a customer below it ("*.provider.example"). */
static bool lists_domain(const struct provider *p, const char *domain)
{
	const char *name;

	for (size_t i = 0; (name = provider_list_at(p, PROVIDER_DOMAINS, i));
	     i++)
		if (text_same(name, domain))
			return true;
	return false;
}

/* Where servers have a name a customer, an exchanger is a customer's. */
static bool has_templates(const struct provider *p)
{
	for (size_t i = 0; i < p->servers; i++)
		if (p->is_template[i])
			return true;
	return false;
}

static bool always(const struct provider *p, const char *host)
{
	(void)p;
	(void)host;
	return true;
}

static bool serves_all_alike(const struct provider *p, const char *host)
{
	struct provider *other;
	struct fault why;

	if (has_templates(p))
		return false;
	/* "*.provider.example" is a domain of a customer */
	if (!provider_by_domain(NULL, host, &other, &why))
		return true;
	provider_free(other);
	return false;
}

typedef bool finder(const char *name, struct provider **ret,
		    struct fault *why);

static bool by_domain(const char *name, struct provider **ret,
		      struct fault *why)
{
	return provider_by_domain(NULL, name, ret, why);
}

static bool by_mx(const char *name, struct provider **ret, struct fault *why)
{
	return provider_by_mx(NULL, name, ret, why);
}

bool mask_knows_host(const char *host)
{
	static const struct {
		finder *find;
		bool (*is_its_own)(const struct provider *p, const char *host);
	} ways[] = {
		{ provider_by_server, always }, { by_domain, lists_domain },
		{ by_mx, serves_all_alike },
	};
	struct provider *p;
	struct fault why;
	bool known = text_same(host, LIST_HOST);

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) && !known; i++) {
		if (!ways[i].find(host, &p, &why))
			continue;
		known = ways[i].is_its_own(p, host);
		provider_free(p);
	}
	return known;
}

/* ---- whose a host is ---- */

static size_t label_count(const char *host)
{
	size_t n = 1;

	for (; *host; host++)
		n += *host == '.';
	return n;
}

/* The last n labels. */
static const char *last_labels(const char *host, size_t n)
{
	const char *at = host + strlen(host);

	while (at > host && (at[-1] != '.' || --n > 0))
		at--;
	return at;
}

/*
 * Below which name somebody's own begins, without a list of all registries:
 * "co.jp", "ne.jp", "org.uk" are short names below a country. Taken too far,
 * as with "ab.jp", it masks more, not less.
 */
static const char *domain_of(const char *host)
{
	const char *two = last_labels(host, 2);
	size_t second = strcspn(two, ".");
	bool country = two[second] && strlen(two + second + 1) == 2;

	return country && second <= 3 ? last_labels(host, 3) : two;
}

/* What a customer of a known provider has below its name is his own. */
static const char *customer_of(const char *host)
{
	struct provider *p;
	struct fault why;
	bool is_customer;

	if (!by_domain(host, &p, &why) && !by_mx(host, &p, &why))
		return domain_of(host);
	is_customer = !lists_domain(p, host);
	provider_free(p);
	return is_customer ? host : domain_of(host);
}

/* ---- what it becomes ---- */

static bool says_service(struct span label)
{
	static const char *const words[] = {
		"imap", "smtp", "submission", "pop", "pop3", "mail", "mx",
		"www", "webmail", "autoconfig", "autodiscover", "outgoing",
		"incoming", "secure", "ssl",
	};

	while (label.len > 0 && ascii_is_digit(label.at[label.len - 1]))
		label.len--;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(label, words[i]))
			return true;
	return false;
}

static void stand_in(size_t number, struct buf *out)
{
	static const char *const first[] = {
		"example.com", "example.net", "example.org"
	};

	if (number < sizeof(first) / sizeof(first[0]))
		buf_str(out, first[number]);
	else
		buf_fmt(out, "domain%zu.example", number + 1);
}

static const char *masked_domain(const struct mask *m, const char *domain)
{
	for (size_t i = 0; i < m->names; i++)
		if (text_same(m->name[i].from, domain))
			return m->name[i].to;
	return NULL;
}

/* The domain, if it is new, and what it is to be called. */
static const char *add_domain(struct mask *m, const char *domain)
{
	char to[40], ascii[HOST_CAP];
	struct buf b = buf_over(to, sizeof(to));
	struct fault why;

	if (!masked_domain(m, domain)) {
		stand_in(m->domains++, &b);
		mask_add(m, domain, to, true);
		if (host_to_ascii(domain, ascii, sizeof(ascii), &why))
			mask_add(m, ascii, to, true);
	}
	return masked_domain(m, domain);
}

static void add_host(struct mask *m, const char *host, const char *domain)
{
	char to[sizeof(m->name[0].to)];
	struct buf b = buf_over(to, sizeof(to));
	struct span first = { host, strcspn(host, ".") };
	const char *below = add_domain(m, domain);

	if (!below || text_same(host, domain))
		return;
	if (says_service(first) && first.len < 20)
		buf_add(&b, first);
	else
		buf_str(&b, "host");
	buf_fmt(&b, ".%s", below);
	mask_add(m, host, to, true);
}

void mask_add_host(struct mask *m, const char *host, bool own)
{
	struct address unused;

	if (host[0] == '*' && host[1] == '.')
		host += 2;
	if (label_count(host) < 2 || address_parse(host, 0, &unused) ||
	    (!own && mask_knows_host(host)))
		return;
	add_host(m, host, own ? host : customer_of(host));
}
