#include <errno.h>

#include "probes/wire/http_private.h"

/*
 * X509_V_ERR_* of OpenSSL, which CURLINFO_SSL_VERIFYRESULT passes on; other
 * TLS libraries leave it at 0.
 */
static const struct {
	long result;
	enum fault_kind kind;
	const char *text;
} verify_results[] = {
	{  9, FAULT_CERT_FUTURE,      "its certificate is not valid yet" },
	{ 10, FAULT_CERT_EXPIRED,     "its certificate has expired" },
	{ 18, FAULT_CERT_SELF_SIGNED, "its certificate is self-signed" },
	{ 19, FAULT_CERT_UNKNOWN_CA,  "its authority is not trusted here" },
	{ 20, FAULT_CERT_UNKNOWN_CA,  "its authority is not trusted here" },
	{ 21, FAULT_CERT_INCOMPLETE,  "its chain is incomplete" },
	{ 62, FAULT_CERT_NAME,        "its certificate is for other names" },
};

static bool certificate_fault(const struct curl_api *api, CURL *easy,
			      const char *host, struct fault *why)
{
	long result = 0;

	api->curl_easy_getinfo_(easy, CURLINFO_SSL_VERIFYRESULT, &result);
	for (size_t i = 0; i < sizeof(verify_results) /
			   sizeof(verify_results[0]); i++)
		if (verify_results[i].result == result)
			return fail(why, verify_results[i].kind, "%.80s: %s",
				    host, verify_results[i].text);
	/* libcurl compares the names itself and then leaves it unset, at 1 */
	if (result == 0 || result == 1)
		return fail(why, FAULT_CERT_NAME,
			    "%.80s: its certificate is for other names", host);
	return fail(why, FAULT_CERT_INVALID,
		    "%.80s: its certificate is not good (%ld)", host, result);
}

static bool connect_fault(const struct curl_api *api, CURL *easy,
			  const char *host, struct fault *why)
{
	long error = 0;

	api->curl_easy_getinfo_(easy, CURLINFO_OS_ERRNO, &error);
	switch (error) {
	case ECONNREFUSED:
		return fail(why, FAULT_REFUSED, "%.80s: refused", host);
	case EACCES:
	case EPERM:
		return fail(why, FAULT_NOT_PERMITTED,
			    "%.80s: not permitted on this machine", host);
	case ETIMEDOUT:
		return fail(why, FAULT_TIMEOUT, "%.80s: silence", host);
	default:
		return fail(why, FAULT_UNREACHABLE,
			    "%.80s: cannot be reached (error %ld)", host,
			    error);
	}
}

bool http_fault(const struct curl_api *api, CURL *easy, CURLcode code,
		const char *host, struct fault *why)
{
	long error = 0;

	switch (code) {
	case CURLE_COULDNT_CONNECT:
		return connect_fault(api, easy, host, why);
	case CURLE_PEER_FAILED_VERIFICATION:
		return certificate_fault(api, easy, host, why);
	case CURLE_SSL_CACERT_BADFILE:
		return fail(why, FAULT_NO_TRUST, "no authorities to trust");
	case CURLE_SSL_CONNECT_ERROR:
		return fail(why, FAULT_TLS_PROTOCOL,
			    "%.80s: no TLS connection", host);
	case CURLE_OPERATION_TIMEDOUT:
		return fail(why, FAULT_TIMEOUT, "%.80s: silence", host);
	case CURLE_OUT_OF_MEMORY:
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		api->curl_easy_getinfo_(easy, CURLINFO_OS_ERRNO, &error);
		return fail(why, error == ECONNRESET ? FAULT_RESET :
			    FAULT_CLOSED, "%.80s: the connection broke", host);
	default:
		return fail(why, FAULT_PROTOCOL,
			    "%.80s: no answer that makes sense (libcurl %d)",
			    host, (int)code);
	}
}
