#ifndef MAILWHY_SASL_MECHANISM_H
#define MAILWHY_SASL_MECHANISM_H

#include "probes/base/digest.h"
#include "probes/sasl.h"

/* One row a mechanism; private to sasl*.c. */
struct sasl_mechanism {
	const char *name;
	bool client_first, wants_token, sends_secret, proves_server;
	enum digest digest;
	int turns;			/* responses until the secret is out; 0: the
					 * server's proof shows that it was */
	/* One turn: s->turn says which. *ret is empty and has room. */
	bool (*respond)(struct sasl_session *s, struct span challenge,
			struct secret *ret, struct fault *why);
};

bool scram_respond(struct sasl_session *s, struct span challenge,
		   struct secret *ret, struct fault *why);

/* Append; FAULT_NO_MEMORY when it does not fit. */
bool sasl_add(struct secret *ret, struct span bytes, struct fault *why);
/* RFC 5801 section 4: "=" and "," of a name are written =3D and =2C. */
bool sasl_add_name(struct secret *ret, struct span name, struct fault *why);

#endif
