#ifndef MAILWHY_WRITER_PRIVATE_H
#define MAILWHY_WRITER_PRIVATE_H

#include "reports/writer.h"

/* One writer a file; writer.c lists them. */
extern const struct writer_kind writer_jsonl;

#endif
