#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"
#include "probes/wire/http_private.h"

#define HEADERS_CAP (64u << 10)

/* One address on the way from the first to the last. */
struct hop {
	const struct curl_api *api;
	const struct http_request *request;
	struct http_facts *facts;
	char scheme[8];
	char host[HOST_CAP];
	uint16_t port;
	size_t header_bytes;
	bool too_long;
};

/* ---- what comes in ---- */

static size_t take_body(char *data, size_t size, size_t n, void *arg)
{
	struct hop *h = arg;
	struct http_facts *f = h->facts;
	size_t len = size * n;

	if (len > sizeof(f->body) - f->body_len) {
		h->too_long = true;
		return 0;
	}
	memcpy(f->body + f->body_len, data, len);
	f->body_len += len;
	return len;
}

/* libcurl keeps every header line: a server that never ends would fill us. */
static size_t take_header(char *data, size_t size, size_t n, void *arg)
{
	struct hop *h = arg;

	(void)data;
	h->header_bytes += size * n;
	h->too_long = h->too_long || h->header_bytes > HEADERS_CAP;
	return h->too_long ? 0 : size * n;
}

/* ---- where to ---- */

static bool url_part(const struct curl_api *api, CURLU *url, CURLUPart part,
		     char *to, size_t cap)
{
	char *text = NULL;
	bool ok = api->curl_url_get_(url, part, &text, CURLU_DEFAULT_PORT) ==
		  CURLUE_OK && strlen(text) < cap;

	if (ok)
		span_copy(span_of(text), to, cap);
	api->curl_free_(text);
	return ok;
}

static bool take_apart(struct hop *h, const char *text)
{
	CURLU *url = h->api->curl_url_();
	char port[8] = "";
	unsigned number = 0;
	bool ok = url &&
		  h->api->curl_url_set_(url, CURLUPART_URL, text, 0) ==
			  CURLUE_OK &&
		  url_part(h->api, url, CURLUPART_SCHEME, h->scheme,
			   sizeof(h->scheme)) &&
		  url_part(h->api, url, CURLUPART_HOST, h->host,
			   sizeof(h->host)) &&
		  url_part(h->api, url, CURLUPART_PORT, port, sizeof(port)) &&
		  span_number(span_of(port), &number) && number <= 65535;

	h->port = (uint16_t)number;
	h->api->curl_url_cleanup_(url);
	return ok;
}

/* "HOST:PORT:ADDR,ADDR": the names are looked up by us, not by libcurl. */
static struct curl_slist *addresses_list(const struct hop *h, const char *host,
					 uint16_t port,
					 const struct name_facts *name)
{
	char room[HOST_CAP + ADDRESSES_MAX * (ADDRESS_TEXT_CAP + 3) + 16];
	struct buf b = buf_over(room, sizeof(room));

	buf_fmt(&b, "%s:%u:", host, (unsigned)port);
	for (size_t i = 0; i < name->addresses; i++) {
		bool six = name->address[i].family == FAMILY_IPV6;

		buf_fmt(&b, "%s%s%s%s", i > 0 ? "," : "", six ? "[" : "",
			name->address[i].text, six ? "]" : "");
	}
	return b.full ? NULL : h->api->curl_slist_append_(NULL, room);
}

static struct curl_slist *detour_list(const struct hop *h, const char *host,
				      uint16_t port)
{
	char room[2 * HOST_CAP + 32];
	struct buf b = buf_over(room, sizeof(room));

	buf_fmt(&b, "%s:%u:%s:%u", h->host, (unsigned)h->port, host,
		(unsigned)port);
	return b.full ? NULL : h->api->curl_slist_append_(NULL, room);
}

/* ---- one hop ---- */

static bool set_up(struct hop *h, CURL *easy, const char *url)
{
	const struct curl_api *api = h->api;
	const char *protocols = h->request->allow_clear ? "http,https" :
				"https";
	/* each must hold: a libcurl that ignores one is not to be used */
	return api->curl_easy_setopt_(easy, CURLOPT_PROTOCOLS_STR,
				      protocols) == CURLE_OK &&
	       api->curl_easy_setopt_(easy, CURLOPT_URL, url) == CURLE_OK &&
	       api->curl_easy_setopt_(easy, CURLOPT_NOSIGNAL, 1L) ==
		       CURLE_OK &&
	       api->curl_easy_setopt_(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       api->curl_easy_setopt_(easy, CURLOPT_CAINFO,
				      h->request->ca_file) == CURLE_OK &&
	       api->curl_easy_setopt_(easy, CURLOPT_CAPATH, NULL) ==
		       CURLE_OK &&
	       api->curl_easy_setopt_(easy, CURLOPT_USERAGENT,
				      "mailwhy/" MAILWHY_VERSION) ==
		       CURLE_OK &&
	       api->curl_easy_setopt_(easy, CURLOPT_HTTP_VERSION,
				      (long)CURL_HTTP_VERSION_1_1) ==
		       CURLE_OK &&
	       api->curl_easy_setopt_(easy, CURLOPT_WRITEFUNCTION,
				      take_body) == CURLE_OK &&
	       api->curl_easy_setopt_(easy, CURLOPT_WRITEDATA, h) ==
		       CURLE_OK &&
	       api->curl_easy_setopt_(easy, CURLOPT_HEADERFUNCTION,
				      take_header) == CURLE_OK &&
	       api->curl_easy_setopt_(easy, CURLOPT_HEADERDATA, h) == CURLE_OK;
}

static void note_answer(struct hop *h, CURL *easy)
{
	struct buf type = buf_over(h->facts->content_type,
				   sizeof(h->facts->content_type));
	const char *text = NULL;
	long status = 0;

	h->api->curl_easy_getinfo_(easy, CURLINFO_RESPONSE_CODE, &status);
	h->api->curl_easy_getinfo_(easy, CURLINFO_CONTENT_TYPE, &text);
	h->facts->status = (unsigned)status;
	text_printable(&type, span_of(text), false);
}

static bool transfer(struct hop *h, CURL *easy, msec by, struct fault *why)
{
	CURLcode code = CURLE_OK;

	if (!http_perform(h->api, easy, by, &code, why))
		return false;
	note_answer(h, easy);
	if (h->too_long)
		return fail(why, FAULT_TOO_LONG,
			    "%.80s: more than is read of an answer", h->host);
	return code == CURLE_OK ||
	       http_fault(h->api, easy, code, h->host, why);
}

static bool prepare(struct hop *h, CURL *easy, const char *url,
		    const struct name_facts *name, const char *host,
		    uint16_t port, struct curl_slist *lists[2],
		    struct fault *why)
{
	lists[0] = addresses_list(h, host, port, name);
	lists[1] = detour_list(h, host, port);
	if (!easy || !lists[0] || !lists[1])
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	if (!set_up(h, easy, url) ||
	    h->api->curl_easy_setopt_(easy, CURLOPT_RESOLVE, lists[0]) !=
		    CURLE_OK ||
	    h->api->curl_easy_setopt_(easy, CURLOPT_CONNECT_TO, lists[1]) !=
		    CURLE_OK)
		return fail(why, FAULT_NO_HTTP,
			    "the libcurl of this machine is too old");
	return true;
}

/* *ret_next is where the answer sends us, "" when it is the last. */
static bool ask(struct hop *h, const char *url, const struct name_facts *name,
		const char *host, uint16_t port, msec by,
		char ret_next[URL_CAP], struct fault *why)
{
	CURL *easy = h->api->curl_easy_init_();
	struct curl_slist *lists[2] = { NULL, NULL };
	const char *next = NULL;
	bool ok = prepare(h, easy, url, name, host, port, lists, why) &&
		  transfer(h, easy, by, why);

	ret_next[0] = '\0';
	if (ok)
		h->api->curl_easy_getinfo_(easy, CURLINFO_REDIRECT_URL, &next);
	if (next && strlen(next) < URL_CAP)
		span_copy(span_of(next), ret_next, URL_CAP);
	else if (next)
		ok = fail(why, FAULT_TOO_LONG, "%.80s: leads to an address "
			  "that is too long", h->host);
	h->api->curl_easy_cleanup_(easy);
	h->api->curl_slist_free_all_(lists[0]);
	h->api->curl_slist_free_all_(lists[1]);
	return ok;
}

static bool go(struct world *w, struct hop *h, const char *url, msec by,
	       char ret_next[URL_CAP], struct fault *why)
{
	struct name_facts name;
	char host[HOST_CAP];
	uint16_t port;

	if (!take_apart(h, url))
		return fail(why, FAULT_PROTOCOL, "no address of a web server");
	if (strcmp(h->scheme, "https") != 0 && !h->request->allow_clear)
		return fail(why, FAULT_NOT_HTTPS,
			    "leads to %.80s without encryption", h->host);
	connect_rule_apply(h->request->connect_rule, h->request->connect_rules,
			   h->host, h->port, host, &port);
	return w->resolve(w, host, port, by, &name, why) &&
	       ask(h, url, &name, host, port, by, ret_next, why);
}

bool http_get(struct world *w, const struct http_request *request, msec by,
	      struct http_facts *ret, struct fault *why)
{
	const struct curl_api *api = http_api();
	char next[URL_CAP];

	memset(ret, 0, offsetof(struct http_facts, body));
	span_copy(span_of(request->url), ret->url, sizeof(ret->url));
	span_copy(span_of(request->url), ret->end_url, sizeof(ret->end_url));
	if (!api)
		return fail(why, FAULT_NO_HTTP, "there is no libcurl here");
	if (!request->ca_file)
		return fail(why, FAULT_NO_TRUST, "no authorities to trust");
	for (;;) {
		struct hop h = { .api = api, .request = request,
				 .facts = ret };

		ret->body_len = 0;
		if (!go(w, &h, ret->end_url, by, next, why))
			return false;
		if (!next[0])
			return true;
		if (ret->redirects == HTTP_REDIRECTS_MAX)
			return fail(why, FAULT_REDIRECTS,
				    "more than %d redirections",
				    HTTP_REDIRECTS_MAX);
		ret->redirects++;
		memcpy(ret->end_url, next, sizeof(next));
	}
}
