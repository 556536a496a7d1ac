#include <dlfcn.h>
#include <string.h>

#include "probes/wire/http_private.h"
#include "probes/wire/thread.h"

/*
 * The one library that is not linked: `mailwhy --version` would start four
 * times as slowly and hold four times the memory. Its ABI has had the number
 * 4 since 2006.
 */
static const char *const names[] = {
	"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib",
	"libcurl.so",
};

static struct curl_api api;
static bool there;

static bool find(void *library, const char *name, void *to, size_t size)
{
	void *found = dlsym(library, name);

	/* POSIX promises the conversion, ISO C has no cast for it */
	memcpy(to, &found, size);
	return found != NULL;
}

static bool find_all(void *library)
{
	bool all = true;

#define X(name) \
	all = all && find(library, #name, &api.name##_, sizeof(api.name##_));
	CURL_FUNCTIONS(X)
#undef X
	return all;
}

static void load(void)
{
	void *library = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !library;
	     i++)
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	there = library && find_all(library) &&
		api.curl_global_init_(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

/* The checks of many accounts may all be the first to need it. */
void http_setup(void)
{
	static struct once loaded = ONCE_INIT;

	thread_once(&loaded, load);
}

const struct curl_api *http_api(void)
{
	return there ? &api : NULL;
}
