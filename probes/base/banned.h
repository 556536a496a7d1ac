#ifndef MAILWHY_BASE_BANNED_H
#define MAILWHY_BASE_BANNED_H

/*
 * Force-included into every file of ours (after the standard headers that
 * declare these): functions that overflow, block without a deadline or keep
 * hidden static state do not compile.
 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok strncpy strncat
#pragma GCC poison getaddrinfo gethostbyname getnameinfo
#pragma GCC poison sleep usleep localtime gmtime ctime asctime strerror
#pragma GCC poison atoi atol atof rand srand tmpnam system popen
#pragma GCC poison mbedtls_net_connect mbedtls_net_recv mbedtls_net_send

#endif
