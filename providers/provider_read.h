#ifndef MAILWHY_PROVIDER_READ_H
#define MAILWHY_PROVIDER_READ_H

#include "probes/base/json.h"
#include "providers/provider.h"

/* Private to provider.c and provider_read.c. */
struct provider_store {
	struct json *doc;		/* what the provider's strings borrow from */
	struct rules *rules;
};

#endif
