#ifndef MAILWHY_TEST_UNIT_H
#define MAILWHY_TEST_UNIT_H

/* cmocka wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#undef fail	/* ours is in fault.h; cmocka's is fail_msg() */

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
