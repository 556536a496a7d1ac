#ifndef MAILWHY_BASE_FAULT_H
#define MAILWHY_BASE_FAULT_H

#include <stdbool.h>

/*
 * A fault says why something could not be done. It is a value: never
 * allocated, always printable, safe to copy. What the network does wrong is
 * our product, so the kinds are fine enough for a rule to tell two causes
 * apart and coarse enough to be the same on every operating system.
 *
 * The names (second column) stand in rules, scenarios and reports. They are
 * never renamed; new kinds are added.
 */
#define FAULT_KINDS(X) \
	X(FAULT_NONE,             "none") \
	/* ours */ \
	X(FAULT_NO_MEMORY,        "no-memory") \
	X(FAULT_NO_DESCRIPTORS,   "no-descriptors")  /* EMFILE, ENFILE */ \
	X(FAULT_INTERNAL,         "internal") \
	X(FAULT_CANCELLED,        "cancelled")       /* Ctrl-C */ \
	/* anywhere on the wire */ \
	X(FAULT_TIMEOUT,          "timeout")         /* silence until the deadline */ \
	X(FAULT_CLOSED,           "closed")          /* the peer ended the connection */ \
	X(FAULT_RESET,            "reset")           /* ECONNRESET, EPIPE */ \
	/* resolve */ \
	X(FAULT_BAD_NAME,         "bad-name")        /* no legal host name (IDNA) */ \
	X(FAULT_NXDOMAIN,         "nxdomain")        /* RFC 8020: the name does not exist */ \
	X(FAULT_NO_DATA,          "no-data")         /* exists, without A and AAAA */ \
	X(FAULT_SERVFAIL,         "servfail")        /* RCODE 2 */ \
	X(FAULT_DNS_REFUSED,      "dns-refused")     /* RCODE 5 */ \
	X(FAULT_DNS_TIMEOUT,      "dns-timeout")     /* no resolver answered in time */ \
	X(FAULT_DNS_UNREACHABLE,  "dns-unreachable") /* no resolver could be asked */ \
	X(FAULT_DNS_MALFORMED,    "dns-malformed")   /* an answer nobody can read */ \
	X(FAULT_CNAME_LOOP,       "cname-loop") \
	X(FAULT_NO_IPV4,          "no-ipv4")         /* -4, and the name has others only */ \
	X(FAULT_NO_IPV6,          "no-ipv6")         /* -6, likewise */ \
	/* connect */ \
	X(FAULT_REFUSED,          "refused")         /* ECONNREFUSED */ \
	X(FAULT_UNREACHABLE,      "unreachable")     /* ENETUNREACH, EHOSTUNREACH */ \
	X(FAULT_NOT_PERMITTED,    "not-permitted")   /* EACCES, EPERM: a local firewall */ \
	X(FAULT_NO_ADDRESS,       "no-address")      /* none to connect to */ \
	/* tls */ \
	X(FAULT_NOT_TLS,          "not-tls")         /* the first bytes are no TLS record */ \
	X(FAULT_TLS_ALERT,        "tls-alert")       /* an alert without a kind of its own */ \
	X(FAULT_TLS_VERSION,      "tls-version")     /* no version in common */ \
	X(FAULT_TLS_CIPHER,       "tls-cipher")      /* no suite, group or signature in common */ \
	X(FAULT_TLS_PROTOCOL,     "tls-protocol")    /* the handshake broke some other way */ \
	X(FAULT_TLS_LIMIT,        "tls-limit")       /* nothing wrong: our TLS library cannot */ \
	X(FAULT_CLIENT_CERT,      "client-cert")     /* the server wants one of ours */ \
	X(FAULT_CERT_EXPIRED,     "cert-expired") \
	X(FAULT_CERT_FUTURE,      "cert-future")     /* not yet valid */ \
	X(FAULT_CERT_NAME,        "cert-name")       /* for other names */ \
	X(FAULT_CERT_SELF_SIGNED, "cert-self-signed") \
	X(FAULT_CERT_UNKNOWN_CA,  "cert-unknown-ca") /* ends in a root not trusted here */ \
	X(FAULT_CERT_INCOMPLETE,  "cert-incomplete") /* stops short of any root we know */ \
	X(FAULT_CERT_WEAK,        "cert-weak")       /* SHA-1, short key */ \
	X(FAULT_CERT_USAGE,       "cert-usage")      /* not for TLS servers */ \
	X(FAULT_CERT_INVALID,     "cert-invalid")    /* any other defect */ \
	X(FAULT_NO_TRUST,         "no-trust")        /* no CA bundle found on this machine */ \
	/* talk */ \
	X(FAULT_TOO_LONG,         "too-long")        /* a line or reply over its cap */ \
	X(FAULT_PROTOCOL,         "protocol")        /* not what this service speaks */ \
	X(FAULT_REJECTED,         "rejected")        /* NO, BAD, 5yz, -ERR */ \
	X(FAULT_DEFERRED,         "deferred")        /* 4yz, [UNAVAILABLE], [SYS/TEMP], [IN-USE] */ \
	X(FAULT_NOT_OFFERED,      "not-offered")     /* the server does not list it */ \
	X(FAULT_NO_MECHANISM,     "no-mechanism")    /* logins offered, none we may use */ \
	X(FAULT_TLS_REQUIRED,     "tls-required")    /* LOGINDISABLED, or we would have to send a secret in clear */ \
	X(FAULT_SERVER_UNPROVEN,  "server-unproven") /* SCRAM: the server does not know the secret */ \
	X(FAULT_BAD_SECRET,       "bad-secret")      /* cannot be put on this wire (NUL, SASLprep) */ \
	/* http */ \
	X(FAULT_REDIRECTS,        "redirects")       /* in a circle, or too many */ \
	X(FAULT_NOT_HTTPS,        "not-https")       /* a redirection into clear text */ \
	X(FAULT_NO_HTTP,          "no-http")         /* no libcurl on this machine */

enum fault_kind {
#define X(kind, name) kind,
	FAULT_KINDS(X)
#undef X
	FAULT_KIND_COUNT
};

#define FAULT_TEXT_CAP 160		/* bytes, NUL included */

struct fault {
	enum fault_kind kind;
	char text[FAULT_TEXT_CAP];	/* English, for the technically minded */
};

/* Fill *why and return false, so that a failing path is one line. */
__attribute__((format(printf, 3, 4)))
bool fail(struct fault *why, enum fault_kind kind, const char *fmt, ...);

const char *fault_name(enum fault_kind kind);
bool fault_by_name(const char *name, enum fault_kind *ret_kind);

#endif
