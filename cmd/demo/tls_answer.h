#ifndef MAILWHY_DEMO_TLS_ANSWER_H
#define MAILWHY_DEMO_TLS_ANSWER_H

#include <stdbool.h>

#include "cmd/demo/scenario.h"
#include "probes/wire/stream.h"

/*
 * A handshake that no library would play: read the client's hello whole, then
 * say what the scene wants: an alert, or the hello of a version that ours does
 * not speak, or nothing. false: the client is gone.
 */
bool tls_answer(struct stream *io, msec by, const struct scene *scene);

#endif
