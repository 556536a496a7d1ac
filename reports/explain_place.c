#include "reports/explain_private.h"

#include <string.h>

#include "probes/base/text.h"

/*
 * What the text says of the place: which service, which server and port,
 * whose mailbox. Only what is plain; a guess would mislead the rules.
 */

/* ---- names ---- */

static bool is_name_char(char c)
{
	return ascii_is_alnum(c) || c == '.' || c == '-' || c == '_';
}

static bool is_file_ending(struct span label)
{
	static const char *const endings[] = {
		"php", "py", "js", "ts", "java", "go", "rb", "cs", "c", "h",
		"cpp", "rs", "log", "txt", "html", "htm", "json", "xml",
		"conf", "cfg", "ini", "exe", "dll", "so", "pem", "crt", "pl",
		"sh", "mjs", "jsx", "vue", "yml", "yaml", "lua", "sql", "sock",
		"local", "invalid", "lan", "internal", "md", "zip", "jar",
	};

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (span_is(label, endings[i]))
			return true;
	return false;
}

/* A host name as DNS has them; class names and files are none. */
static bool is_host(struct span s)
{
	struct span rest = s, label, last = { NULL, 0 };
	size_t labels = 0;

	if (s.len < 4 || s.len >= HOST_CAP || s.at[0] == '.' || s.at[0] == '-')
		return false;
	while (span_cut(&rest, '.', &label)) {
		if (label.len == 0 || label.len > 63)
			return false;
		last = label;
		labels++;
	}
	if (labels < 2 || last.len < 2 || last.len > 12)
		return false;
	for (size_t i = 0; i < last.len; i++)
		if (!ascii_is_alpha(last.at[i]))
			return false;
	/* smtplib.SMTPAuthenticationError, java.net.ConnectException */
	if (last.at[0] != ascii_lower(last.at[0]) &&
	    last.at[1] == ascii_lower(last.at[1]))
		return false;
	return !is_file_ending(last);
}

/* java.net, javax.mail: a package is no host. */
static bool is_package(struct span s)
{
	static const char *const roots[] = {
		"java.", "javax.", "jakarta.", "com.sun.", "sun.", "system.",
		"microsoft.", "org.springframework", "org.apache", "mailkit.",
		"homeassistant.", "smtplib.", "imaplib.", "poplib.", "node:",
		"net.smtp", "openssl.", "imap4.", "self.", "this.", "e.g",
		"i.e", "asyncio.", "aiosmtplib.", "node_modules",
	};

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (span_starts(s, roots[i]))
			return true;
	return false;
}

static bool is_mail_label(struct span host)
{
	static const char *const labels[] = { "imap", "smtp", "pop", "mail",
					      "outlook", "mx" };

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (span_starts(host, labels[i]))
			return true;
	return false;
}

static void lower_copy(struct span s, char *to)
{
	span_copy(s, to, HOST_CAP);
	for (; *to; to++)
		*to = ascii_lower(*to);
}

/* Servers for mail to the front, behind those that are there. */
static void add_name(struct explain *x, struct span host, size_t *servers)
{
	char name[HOST_CAP];
	size_t at = is_mail_label(host) ? (*servers)++ : x->names;

	lower_copy(host, name);
	for (size_t i = 0; i < x->names; i++) {
		if (strcmp(x->name[i], name) == 0) {
			*servers -= is_mail_label(host);
			return;
		}
	}
	if (at >= EXPLAIN_NAMES) {
		*servers = at;
		return;
	}
	if (x->names == EXPLAIN_NAMES)
		x->names--;
	memmove(x->name[at + 1], x->name[at],
		(x->names - at) * sizeof(x->name[0]));
	memcpy(x->name[at], name, HOST_CAP);
	x->names++;
}

static void take_address(struct explain *x, struct span token, size_t at)
{
	struct span local = span_head(token, at), domain;

	domain = span_from(token, at + 1);
	while (local.len > 0 && strchr("<('\"[:=", local.at[0]))
		local = span_from(local, 1);
	if (local.len == 0 || !is_host(domain))
		return;
	if (!x->place.address[0]) {
		struct buf b = buf_over(x->place.address,
					sizeof(x->place.address));

		buf_add(&b, local);
		buf_char(&b, '@');
		buf_add(&b, domain);
		if (b.full)
			x->place.address[0] = '\0';
	}
}

static bool is_address_char(char c)
{
	return is_name_char(c) || c == '@' || c == '+';
}

static void names_of_line(struct explain *x, struct span line,
			  size_t *servers)
{
	size_t i = 0;

	while (i < line.len) {
		size_t len = 0;
		struct span token;
		const char *sign;

		while (i + len < line.len && is_address_char(line.at[i + len]))
			len++;
		token = (struct span){ line.at + i, len };
		i += len + 1;
		while (token.len > 0 && strchr(".-", token.at[token.len - 1]))
			token.len--;
		sign = memchr(token.at, '@', token.len);
		if (sign) {
			take_address(x, token, (size_t)(sign - token.at));
			token = span_from(token, (size_t)(sign - token.at) + 1);
		}
		if (is_host(token) && !is_package(token))
			add_name(x, token, servers);
	}
}

/* ---- ports ---- */

static bool is_mail_port(unsigned port)
{
	static const unsigned short ports[] = {
		25, 110, 143, 465, 587, 993, 995, 2525, 2587, 1025, 1143, 994,
	};

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		if (ports[i] == port)
			return true;
	return false;
}

/* What stands before the number says that it is a port. */
static bool says_port(struct span before)
{
	static const char *const words[] = {
		"port", "port:", "port=", "ポート", "ポート:", "ポート番号",
		"ポート番号:", "ポート：", "port\":", "port':", "端口", "端口:",
	};

	while (before.len > 0 &&
	       strchr(" \"'([#", before.at[before.len - 1]))
		before.len--;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i]);

		if (before.len >= len &&
		    span_is(span_from(before, before.len - len), words[i]))
			return true;
	}
	return false;
}

static unsigned port_in(struct span line)
{
	for (size_t i = 0; i < line.len; i++) {
		size_t n = 0;
		unsigned port;
		char before = i > 0 ? line.at[i - 1] : ' ';

		if (!ascii_is_digit(line.at[i]) || ascii_is_alnum(before))
			continue;
		while (i + n < line.len && ascii_is_digit(line.at[i + n]))
			n++;
		if (span_number(span_head(span_from(line, i), n), &port) &&
		    port > 0 && port <= 65535 &&
		    ((before == ':' && is_mail_port(port) && i > 1 &&
		      line.at[i - 2] != ' ') ||
		     says_port(span_head(line, i))))
			return port;
		i += n;
	}
	return 0;
}

/* ---- services, by the words for them ---- */

struct clue {
	const char *word;
	enum service service;
	unsigned weight;
};

static const struct clue clues[] = {
	{ "imap", SERVICE_IMAP, 2 },	{ "authenticate", SERVICE_IMAP, 1 },
	{ "smtp", SERVICE_SMTP, 2 },	{ "submission", SERVICE_SMTP, 2 },
	{ "nodemailer", SERVICE_SMTP, 2 }, { "phpmailer", SERVICE_SMTP, 2 },
	{ "ehlo", SERVICE_SMTP, 2 },	{ "swiftmailer", SERVICE_SMTP, 2 },
	{ "outgoing", SERVICE_SMTP, 1 }, { "送信", SERVICE_SMTP, 1 },
	{ "rcpt", SERVICE_SMTP, 2 },	{ "helo", SERVICE_SMTP, 1 },
	{ "sendmail", SERVICE_SMTP, 2 }, { "msmtp", SERVICE_SMTP, 2 },
	{ "pop3", SERVICE_POP3, 2 },	{ "pop", SERVICE_POP3, 1 },
	{ "mbsync", SERVICE_IMAP, 2 },	{ "offlineimap", SERVICE_IMAP, 2 },
	{ "fetchmail", SERVICE_POP3, 1 },
};

static bool is_clue_at(struct span at, const char *word, char before)
{
	size_t len = strlen(word);
	char after = at.len > len ? at.at[len] : ' ';

	if (!span_starts(at, word))
		return false;
	if (strcmp(word, "pop") == 0)
		return !ascii_is_alpha(before) && !ascii_is_alpha(after);
	return (unsigned char)word[0] >= 0x80 || !ascii_is_alpha(before) ||
	       strcmp(word, "imap") == 0 || strcmp(word, "smtp") == 0;
}

static void weigh_line(struct span line, unsigned weight[SERVICE_COUNT])
{
	for (size_t i = 0; i < line.len; i++) {
		struct span at = span_from(line, i);
		char before = i > 0 ? line.at[i - 1] : ' ';

		for (size_t k = 0; k < sizeof(clues) / sizeof(clues[0]); k++)
			if (is_clue_at(at, clues[k].word, before))
				weight[clues[k].service] += clues[k].weight;
	}
}

static void choose_service(struct explain_place *p,
			   const unsigned weight[SERVICE_COUNT])
{
	enum security security;
	unsigned best = 0;

	if (p->service_known)
		return;
	if (port_purpose(p->port, &p->service, &security)) {
		p->service_known = true;
		return;
	}
	for (unsigned s = 0; s < SERVICE_COUNT; s++) {
		if (weight[s] > best) {
			best = weight[s];
			p->service = (enum service)s;
			p->service_known = true;
		} else if (weight[s] == best) {
			p->service_known = false;
		}
	}
}

/* ---- security, mechanism ---- */

static void find_security(struct explain_place *p, struct span line)
{
	static const struct {
		const char *word;
		enum security security;
	} signs[] = {
		{ "ssl://", SECURITY_TLS },	{ "tls://", SECURITY_TLS },
		{ "imaps://", SECURITY_TLS },	{ "smtps://", SECURITY_TLS },
		{ "pop3s://", SECURITY_TLS },
		{ "(ssl): yes", SECURITY_TLS },	{ "(ssl):yes", SECURITY_TLS },
		{ "(ssl): はい", SECURITY_TLS }, { "(ssl): no", SECURITY_NONE },
		{ "(ssl): いいえ", SECURITY_NONE },
		{ "(ssl):はい", SECURITY_TLS },
		{ "(ssl):いいえ", SECURITY_NONE },
		{ "(ssl):no", SECURITY_NONE },
	};

	if (p->security_known)
		return;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (span_has(line, signs[i].word)) {
			p->security = signs[i].security;
			p->security_known = true;
			return;
		}
	}
}

static void find_mechanism(struct explain_place *p, struct span line)
{
	static const char *const mechanisms[] = {
		"XOAUTH2", "OAUTHBEARER", "CRAM-MD5", "DIGEST-MD5", "NTLM",
		"GSSAPI", "SCRAM-SHA-256", "SCRAM-SHA-1",
	};

	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]) &&
	     !p->mechanism[0]; i++) {
		char text[48];
		struct buf b = buf_over(text, sizeof(text));

		buf_fmt(&b, "AUTH %s", mechanisms[i]);
		if (!span_has(line, text)) {
			b = buf_over(text, sizeof(text));
			buf_fmt(&b, "AUTHENTICATE %s", mechanisms[i]);
		}
		/* what a server lists is not what was used */
		if (span_has(line, text) && !span_has(line, "250"))
			span_copy(span_of(mechanisms[i]), p->mechanism,
				  sizeof(p->mechanism));
	}
}

/* ---- is it about mail at all? ---- */

static bool speaks_of_mail(struct span line)
{
	static const char *const words[] = {
		"mail", "imap", "smtp", "pop3", "outlook", "thunderbird",
		"メール", "送受信", "postfix", "dovecot", "exim", "sasl", "0x800c",
		"mutt", "mbsync", "phpmailer", "swift_", "mta", "邮件",
		"ehlo", "-err", "starttls", "受信サーバ", "送信サーバ",
		"becky", "shuriken", "sendgrid", "0x8004", "postal",
		"pop認証", "popサーバ", "郵件", "邮箱", "郵箱", "信箱", "메일",
		"почт", "Почт", "пошт", "correo", "correio", "courri",
		"messagerie", "di posta", "e-post", "postfach", "postausgang",
		"posteingang", "poczt", "poštov", "levelez", "ταχυδρομ",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_has(line, words[i]))
			return true;
	return false;
}

/* An IPv4 address or "localhost" ends here. */
static bool ends_in_address(struct span s)
{
	const size_t len = strlen("localhost");

	if (s.len >= len && span_is(span_from(s, s.len - len), "localhost"))
		return true;
	return s.len >= 7 && ascii_is_digit(s.at[s.len - 1]) &&
	       memchr(s.at + s.len - 4, '.', 4);
}

/* "127.0.0.1:3000", "localhost:6379": another service's address. */
static bool names_other_port(struct span line)
{
	for (size_t i = 0; i < line.len; i++) {
		struct span rest = span_from(line, i + 1);
		unsigned port;
		size_t n = 0;

		if (line.at[i] != ':' || !ends_in_address(span_head(line, i)))
			continue;
		while (n < rest.len && ascii_is_digit(rest.at[n]))
			n++;
		if (n >= 2 && (n == rest.len || rest.at[n] != ':') &&
		    span_number(span_head(rest, n), &port) &&
		    port > 0 && port <= 65535 && !is_mail_port(port))
			return true;
	}
	return false;
}

void explain_find_place(struct explain *x)
{
	unsigned weight[SERVICE_COUNT] = { 0 };
	struct explain_place *p = &x->place;
	size_t servers = 0;

	x->mail = p->service_known || p->host[0] || p->address[0] ||
		  is_mail_port(p->port);
	for (size_t i = 0; i < x->kept; i++) {
		struct span line = span_of(x->line[i].text);

		names_of_line(x, line, &servers);
		if (p->port == 0)
			p->port = (uint16_t)port_in(line);
		weigh_line(line, weight);
		find_security(p, line);
		find_mechanism(p, line);
		x->mail = x->mail || speaks_of_mail(line);
		x->elsewhere = x->elsewhere || span_has(line, "http") ||
			       names_other_port(line);
	}
	x->mail = x->mail || is_mail_port(p->port);
	for (size_t i = 0; i < x->names; i++)
		x->mail = x->mail || span_starts(span_of(x->name[i]), "pop.");
	if (!p->host[0] && servers > 0)
		span_copy(span_of(x->name[0]), p->host, sizeof(p->host));
	choose_service(p, weight);
}
