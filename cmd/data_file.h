#ifndef MAILWHY_DATA_FILE_H
#define MAILWHY_DATA_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/text.h"

/*
 * A whole text file of the user's, NUL-terminated and malloc'd. Regular files
 * of at most `cap` bytes only, so that neither a FIFO nor /dev/zero can hold
 * us. false: *ret_reason says why, in the language of the texts.
 */
#define DATA_REASON_CAP 128

bool data_file_read(const char *path, size_t cap, enum lang l,
		    char **ret_text, size_t *ret_len,
		    char ret_reason[DATA_REASON_CAP]);

#endif
