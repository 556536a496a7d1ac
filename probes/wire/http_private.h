#ifndef MAILWHY_WIRE_HTTP_PRIVATE_H
#define MAILWHY_WIRE_HTTP_PRIVATE_H

/* What http*.c share; nobody else includes this. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "probes/wire/world.h"

/* The functions of libcurl that we call, each as its header declares it. */
#define CURL_FUNCTIONS(X) \
	X(curl_global_init) X(curl_easy_init) X(curl_easy_setopt) \
	X(curl_easy_getinfo) X(curl_easy_cleanup) X(curl_slist_append) \
	X(curl_slist_free_all) X(curl_multi_init) X(curl_multi_setopt) \
	X(curl_multi_add_handle) X(curl_multi_socket_action) \
	X(curl_multi_info_read) X(curl_multi_remove_handle) \
	X(curl_multi_cleanup) X(curl_url) X(curl_url_set) X(curl_url_get) \
	X(curl_url_cleanup) X(curl_free)

struct curl_api {
#define X(name) __typeof__(&(name)) name##_;
	CURL_FUNCTIONS(X)
#undef X
};

/* NULL: there is no libcurl. */
const struct curl_api *http_api(void);

/* Run one prepared transfer. Faults: TIMEOUT, CANCELLED, NO_MEMORY, INTERNAL. */
bool http_perform(const struct curl_api *api, CURL *easy, msec by,
		  CURLcode *ret, struct fault *why);

/* What a transfer that failed means. */
bool http_fault(const struct curl_api *api, CURL *easy, CURLcode code,
		const char *host, struct fault *why);

#endif
