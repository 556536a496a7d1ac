#ifndef MAILWHY_PROVIDER_NAME_H
#define MAILWHY_PROVIDER_NAME_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Names as people type them: case, width, spaces and punctuation make no
 * difference ("Yahoo! JAPAN", "ｙａｈｏｏ japan" and "yahoo-japan" are one).
 */
#define PROVIDER_KEY_CAP 160

/* What is left of a name to compare by; "" when nothing is, or too long. */
void provider_name_key(const char *name, char ret[PROVIDER_KEY_CAP]);
bool provider_name_is(const char *name, const char *key);

#endif
