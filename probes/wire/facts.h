#ifndef MAILWHY_WIRE_FACTS_H
#define MAILWHY_WIRE_FACTS_H

/*
 * What resolve, connect and tls saw: plain values, capped, printable, no
 * pointers, no judgement. They are part of the evidence, so everybody may
 * include this file; it names nothing that can reach a network.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"

#define HOST_CAP 256			/* RFC 1035 2.3.4: 255, and NUL */
#define ADDRESSES_MAX 16
#define ADDRESS_TEXT_CAP 46		/* INET6_ADDRSTRLEN */

enum family { FAMILY_ANY, FAMILY_IPV4, FAMILY_IPV6 };

struct address {
	enum family family;		/* never ANY */
	uint8_t bytes[16];		/* network order; IPv4 uses 4 */
	uint32_t scope;			/* IPv6 link-local interface, else 0 */
	uint16_t port;
	char text[ADDRESS_TEXT_CAP];
};

/* ---- resolve ---- */

enum name_source {
	NAME_FROM_DNS, NAME_FROM_HOSTS_FILE, NAME_IS_ADDRESS,
	NAME_FROM_OPTION		/* --resolve */
};

#define CNAMES_MAX 8

struct name_facts {
	char asked[HOST_CAP];		/* A-label form, as put on the wire */
	enum name_source source;
	bool shared;			/* it was known in this run already */
	enum fault_kind a, aaaa;	/* FAULT_NONE: answered or not asked */
	bool asked_a, asked_aaaa;
	char resolver[ADDRESS_TEXT_CAP + 8];	/* first server asked, "" if none */
	size_t cnames;
	char cname[CNAMES_MAX][HOST_CAP];	/* in the order of the chain */
	size_t addresses;
	struct address address[ADDRESSES_MAX];	/* in the order to try */
};

/* ---- MX and SRV records ---- */

enum record_type { RECORD_MX = 15, RECORD_SRV = 33 };	/* as on the wire */

#define RECORDS_MAX 12

/* In the order to try: priority (MX: preference), then weight. */
struct mail_record {
	unsigned priority, weight, port;	/* weight and port: SRV only */
	char host[HOST_CAP];		/* "." says "no such service" */
};

struct records_facts {
	enum record_type type;
	char asked[HOST_CAP];
	/* NONE: there are records; NXDOMAIN, NO_DATA, ...: there are none */
	enum fault_kind fault;
	size_t n;
	struct mail_record record[RECORDS_MAX];
};

/* ---- http ---- */

#define URL_CAP 512
#define HTTP_BODY_CAP (64u << 10)	/* of what a server may send */

struct http_facts {
	char url[URL_CAP];		/* as asked for */
	char end_url[URL_CAP];		/* after redirections */
	unsigned redirects;
	unsigned status;		/* of the last answer, 0: none came */
	char content_type[80];		/* printable, "" none */
	size_t body_len;
	char body[HTTP_BODY_CAP];	/* the peer's bytes, as they came */
};

/* ---- connect ---- */

enum attempt_state {
	ATTEMPT_NOT_MADE,		/* another address won first */
	ATTEMPT_WON,
	ATTEMPT_LOST,			/* under way when another won */
	ATTEMPT_FAILED			/* `fault` says how */
};

struct attempt {
	struct address address;
	enum attempt_state state;
	enum fault_kind fault;
	/* of tcp_connect: on the world's clock; in evidence: of the run */
	msec began, ended;
};

struct connect_facts {
	size_t attempts;
	struct attempt attempt[ADDRESSES_MAX];
	int winner;			/* index into attempt[], -1: none */
	bool redirected;		/* --connect-to sent us elsewhere */
	char host[HOST_CAP];		/* the name that was resolved */
	uint16_t port;			/* the port that was dialled */
};

/* ---- tls ---- */

#define CHAIN_MAX 6
#define CERT_NAMES_MAX 24
#define FIRST_BYTES_MAX 64

struct cert_facts {
	char subject[160], issuer[160];	/* RFC 4514 style, printable UTF-8 */
	char subject_name[80], issuer_name[80];	/* CN, or O where there is none */
	char issuer_org[80];		/* O, "" if none */
	size_t names;			/* DNS names and addresses of the SAN */
	char name[CERT_NAMES_MAX][128];
	bool more_names;		/* there were over CERT_NAMES_MAX */
	epoch not_before, not_after;
	char key[24];			/* "RSA 2048", "EC P-256" */
	char signature[32];		/* "sha256WithRSA" style */
	char sha256[65];		/* of the DER, lower-case hex */
	bool is_ca, self_signed;
};

struct tls_facts {
	bool handshake_done;		/* keys agreed; says nothing of trust */
	bool verified;			/* chain and name hold */
	/* of a server met before in this run: the chain is from back then */
	bool resumed;
	/* it broke when asked to resume; this is a whole handshake instead */
	bool resumption_broke;
	char version[12];		/* "TLSv1.2" */
	char cipher[64];		/* IANA name */
	char group[24];			/* key exchange group, "" if unknown */
	char alpn[16];
	char server_name[HOST_CAP];	/* SNI sent, "" for an address */
	char our_versions[24];		/* what we offer: "TLSv1.2", "TLSv1.2-1.3" */
	char offered[12];		/* tls_hello: what the server would speak, or "" */
	char offered_cipher[64];	/* with it: the suite it chose */
	bool cipher_is_ours;		/* which a handshake of ours offers */
	/* its hello lacks RFC 5746; programs on OpenSSL 3 refuse that */
	bool legacy_renegotiation;
	bool own_limit;			/* what failed, our library alone cannot */
	bool in_pieces;			/* it sends handshake messages in pieces */

	int alert;			/* alert description received, -1: none */
	bool alert_fatal;
	int library_code;		/* of Mbed TLS, 0: none; for bug reports */
	size_t first_bytes;		/* what came, when it was no TLS record */
	unsigned char first[FIRST_BYTES_MAX];

	/* every defect found, not only the first one */
	bool cert_expired, cert_future, cert_wrong_name, cert_untrusted,
	     cert_weak, cert_wrong_usage, cert_invalid;
	size_t chain;			/* as sent; [0] is the server's own */
	struct cert_facts cert[CHAIN_MAX];
	bool longer_chain;		/* more than CHAIN_MAX came */
	char root[80];			/* the root that vouched, "" if none */
	char trust_file[160];		/* CA bundle used, "" if none found */
	epoch checked_at;		/* the clock that judged the dates */
	epoch built_at;			/* no clock before that day is right */
};

/* Nothing seen yet; cert[] is left as it is, since `chain` counts it. */
void tls_facts_begin(struct tls_facts *ret);

#endif
