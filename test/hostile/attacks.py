"""What a hostile server may do, as a table: attack x service x stage.

An attack is a name and what the server does in a section of a scenario
(cmd/demo/scenario.h), where
	%ok	stands for the answer that ends the stage well,
	%more	for a line of the same answer that is not its last,
	%bye	for the server's goodbye,
	%open	for what has to come before the first %more.
"""

SERVICES = ("imap", "smtp", "pop3")
STAGES = ("greeting", "capability", "starttls", "login", "mailbox")

SECTION = {
    "imap": {"greeting": "greeting", "capability": "on CAPABILITY",
             "starttls": "on STARTTLS", "login": "accepted",
             "mailbox": "on EXAMINE"},
    "smtp": {"greeting": "greeting", "capability": "on EHLO",
             "starttls": "on STARTTLS", "login": "accepted",
             "mailbox": "on MAIL FROM"},
    "pop3": {"greeting": "greeting", "capability": "on CAPA",
             "starttls": "on STLS", "login": "accepted",
             "mailbox": "on STAT"},
}
CODE = {"greeting": "220", "capability": "250", "starttls": "220",
        "login": "235", "mailbox": "250"}


def words(service, stage):
    """%ok and its kin."""
    if service == "imap":
        first = stage == "greeting"
        return {"open": "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN"
                if stage == "capability" else "",
                "bye": "S: * BYE I am leaving",
                "ok": "S: * OK ready" if first else "S: {tag} OK done",
                "more": "S: * OK Waiting for authentication process to "
                        "respond.." if first else "S: * OK still here"}
    if service == "smtp":
        ok = "250 AUTH PLAIN" if stage == "capability" else \
            f"{CODE[stage]} fine"
        return {"open": "S: 250-here" if stage == "capability" else "",
                "bye": "S: 421 4.3.2 I am leaving",
                "ok": f"S: {ok}", "more": f"S: {CODE[stage]}-still here"}
    listing = stage == "capability"
    return {"open": "S: +OK" if listing else "",
            "bye": "S: -ERR [SYS/TEMP] I am leaving",
            "ok": "S: USER\nS: ." if listing else "S: +OK fine",
            "more": "S: X-STILL-HERE" if listing else "S: +OK again"}


class Attack:
    """`stages`, `services`, `security`: where it is possible. `wants`: verdicts
    that are right, where only some are; `fails`: the stage that must be named,
    when it is not the attacked one; `harmless`: the check goes on."""

    def __init__(self, name, acts="", stages=STAGES, services=SERVICES,
                 security=("tls", "starttls"), wire="", tls="", clear="",
                 wants=(), fails=(), harmless=False, by_script=True,
                 section=None, offers=None, cert="", may_login=True,
                 waits=False):
        self.name, self.acts, self.stages = name, acts, stages
        self.services, self.security = services, security
        self.wire, self.tls, self.clear = wire, tls, clear
        self.wants, self.fails, self.harmless = wants, fails, harmless
        self.by_script = by_script and not wire
        # until our own deadline: a server that is silent, slow, or endless
        # beneath TLS, where nothing is counted
        self.waits = waits or "flood" in wire or wire.endswith(" 1000") or \
            tls == "silence" or not harmless and (
                "!pace" in acts or "!silence" in acts or
                "!expect" in acts or "%yes" in acts or "%bye" == acts)
        self.section, self.offers, self.cert = section, offers, cert
        self.may_login = may_login


def in_hex(text):
    return text.encode().hex()


# Terminal escapes, C1 controls, bidi controls, invisible letters, bad UTF-8.
NASTY = ("\x1b[2J\x1b]0;pwned\x07\x9b31m\u202egnp.exe\u2066x\u200b\ufeff\u0085"
         "\x00\x08\x7f").encode("utf-8", "surrogateescape").hex() + "c0afff"
LOUD = {"imap": "* OK [ALERT] ", "smtp": "%s-", "pop3": "+OK "}

ENDLESS = [
    Attack("endless line", "!flood 100000000\n!silence"),
    Attack("endless line of capabilities", "%open\n!text %word\n"
           "!flood 100000000\n!silence", stages=("capability",)),
    Attack("endless replies", "%open\n%more\n!repeat 100000\n!silence",
           stages=("greeting", "capability", "starttls", "login", "mailbox"),
           services=("imap", "smtp")),
    Attack("endless list", "%open\n%more\n!repeat 100000\n!silence",
           services=("pop3",), stages=("capability",)),
    Attack("capability bomb", "%open\n%bomb\n!repeat 100000\n!silence",
           stages=("capability",)),
    Attack("many capabilities, then well", "%open\n%bomb\n!repeat 20\n%ok",
           stages=("capability",), security=("tls",), harmless=True),
    # what was dropped may have been what is missed
    Attack("many capabilities, no room for STARTTLS",
           "%open\n%bomb\n!repeat 20\n%ok", stages=("capability",),
           security=("starttls",), services=("smtp", "pop3"),
           fails=("starttls",), wants=("server_unavailable",)),
]
TIME = [
    Attack("silence", "!silence"),
    Attack("one byte a second", "!split 1\n!pace 1000\n%open\n!text %half "
           + "x" * 200 + "\n%ok"),
    Attack("silence in the middle of a line", "!text %half\n!silence"),
]
ENDS = [
    Attack("FIN", "!close"),
    Attack("FIN, and TLS without its goodbye", "!cut"),
    Attack("RST", "!reset"),
    Attack("FIN in the middle of a line", "!text %half\n!close"),
    Attack("RST in the middle of a line", "!text %half\n!reset"),
    Attack("BYE and FIN", "%bye\n!close"),
    Attack("BYE and RST", "%bye\n!reset"),
]
ALERTS = [
    Attack(f"alert {name}", f"!alert {name}\n!silence",
           stages=("greeting", "capability", "login", "mailbox"),
           security=("tls",))
    for name in ("close_notify", "internal_error", "unknown_ca",
                 "no_renegotiation")
] + [
    Attack("alert in clear text beneath TLS", "!raw 15030300020228\n!silence",
           stages=("greeting", "capability", "login", "mailbox"),
           security=("tls",)),
    Attack("a record that nobody encrypted",
           "!raw 1703030010" + "00" * 16 + "\n!silence",
           stages=("greeting", "capability", "login", "mailbox"),
           security=("tls",)),
]
BEGUN = ("greeting", "capability", "login", "mailbox")
NUISANCES = [
    Attack("endless requests to renegotiate", "!requests 10000000\n!silence",
           stages=BEGUN, security=("tls",), by_script=False, waits=True),
    Attack("requests to renegotiate, then well", "!requests 3\n%open\n%ok",
           stages=BEGUN, security=("tls",), by_script=False, harmless=True),
    Attack("endless records of nothing", "!empties 10000000\n!silence",
           stages=BEGUN, security=("tls",), by_script=False, waits=True),
    Attack("records of nothing, then well", "!empties 3\n%open\n%ok",
           stages=BEGUN, security=("tls",), by_script=False, harmless=True),
]
LITERALS = [
    Attack(f"literal {{{size}}}", f'S: * LIST () "/" {{{size}}}\n'
           "!flood 100000000\n!silence", services=("imap",),
           stages=("capability", "starttls", "login", "mailbox"))
    for size in ("4294967296", "4294967295", "4294967295+", "2147483648",
                 "18446744073709551616", "9" * 60)
] + [
    Attack("literal {0}", 'S: * LIST () "/" {0}\nS:  end\n%ok',
           services=("imap",), stages=("login", "mailbox"), harmless=True),
    Attack("endless literals of one line", 'S: * LIST {3}\nS: abc {3}\n'
           "!repeat 100000\n!silence", services=("imap",),
           stages=("capability", "login", "mailbox")),
    Attack("endless empty literals", 'S: * LIST {0}\nS: {0}\n'
           "!repeat 100000\n!silence", services=("imap",),
           stages=("capability", "login", "mailbox")),
    Attack("literal in the greeting", "S: * OK {4294967295}\n"
           "!flood 100000000\n!silence", services=("imap",),
           stages=("greeting",), fails=("capability",)),
]
TLS = [
    Attack("TLS in pieces of one byte", wire="pieces 1", stages=("tls",),
           harmless=True),
    Attack("handshake in records of one byte", wire="records",
           stages=("tls",), fails=("tls", None),
           # our library's limit, or, from Mbed TLS 3.6.3 on, none
           wants=("tls_cipher_mismatch", "works")),
    Attack("handshake of one byte a second", wire="pieces 1 1000",
           stages=("tls",)),
    Attack("endless warnings", wire="after 0 flood 1503030002015a",
           stages=("tls",)),
    Attack("endless warnings after the hello",
           wire="after 90 flood 1503030002015a", stages=("tls",)),
    Attack("endless empty handshake records",
           wire="after 0 flood 1603030000", stages=("tls",)),
    Attack("endless empty records of data", wire="after 0 flood 1703030000",
           stages=("tls",)),
    Attack("endless change-cipher-spec", wire="after 0 flood 140303000101",
           stages=("tls",)),
    Attack("a record of 65535 bytes", wire="after 0 flood 160303ffff",
           stages=("tls",)),
    Attack("a hello of 16 MB", wire="after 0 flood 160303400002ffffff",
           stages=("tls",)),
    Attack("silence for a hello", tls="silence", stages=("tls",)),
] + [
    # half a record is waited for
    Attack(f"{what} after {n} bytes of the handshake", wire=f"after {n} {how}",
           stages=("tls",), fails=("tls", "greeting"),
           waits=what == "alert" and n == 3)
    for n in (0, 3, 40, 300, 700)
    for what, how in (("FIN", "close"), ("RST", "reset"),
                      ("alert", "15030300020228"), ("garbage", "00" * 40))
] + [
    Attack(f"alert {name} for a hello", tls=f"alert {name}", stages=("tls",))
    for name in ("handshake_failure", "internal_error", "access_denied",
                 "close_notify", "unrecognized_name", "user_canceled")
] + [
    # who cannot prove his name gets no password
    Attack(f"a certificate that is {cert}", cert=cert, stages=("tls",),
           wants=(verdict,), may_login=False)
    for cert, verdict in (("self-signed", "cert_untrusted"),
                          ("other-name", "cert_hostname_mismatch"),
                          ("expired", "cert_expired"),
                          ("unknown-ca", "cert_untrusted"))
] + [
    Attack("clear text where TLS is due", tls="none", stages=("tls",),
           security=("tls",), wants=("tls_on_plaintext_port",),
           may_login=False),
]
ODD = [
    Attack("escapes and bidi marks", "%open\n!bytes %nasty\n%ok",
           harmless=True, stages=("greeting", "login", "mailbox"),
           services=("imap", "smtp")),
    Attack("escapes and bidi marks in a capability",
           "%open\n!bytes %nasty\n%ok", stages=("capability",),
           security=("tls",), harmless=True),
    Attack("escapes and bidi marks in the refusal", "!bytes %nastyno",
           stages=("login",), wants=("wrong_credentials", "unknown")),
    Attack("escapes and bidi marks in the goodbye", "!bytes %nastybye\n"
           "!close", services=("imap", "smtp")),
    Attack("an empty line", "S: \n%ok", fails=STAGES + (None,)),
    Attack("bytes of another protocol", "!bytes " + in_hex(
        "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n") + "\n!close"),
    Attack("noise", "!bytes " + bytes(range(128, 256)).hex() + "0a\n!close"),
]


# ---- the exchange of a login ----
ON_AUTH = {"imap": "on AUTHENTICATE", "smtp": "on AUTH"}
SCRAM = {"imap": "IMAP4rev1 AUTH=SCRAM-SHA-256 LOGINDISABLED",
         "smtp": "AUTH SCRAM-SHA-256"}


def exchange(name, acts, **more):
    return Attack(f"login: {name}", acts, stages=("login",), **more)


LOGIN = [
    exchange("endless challenges", "%ask\n!repeat 100000\n!silence",
             section=ON_AUTH, services=("imap", "smtp")),
    exchange("a challenge without an end", "!text %asks\n!flood 100000000\n"
             "!silence", section=ON_AUTH, services=("imap", "smtp")),
    exchange("yes before the secret was sent", "%ok\n!expect\n!silence",
             section=ON_AUTH, offers={"imap": "IMAP4rev1 AUTH=LOGIN "
                                              "LOGINDISABLED",
                                      "smtp": "AUTH LOGIN"},
             services=("imap", "smtp")),
    exchange("SCRAM that is nobody's answer", "%scram\n!expect\n%ok",
             offers=SCRAM, section=ON_AUTH, services=("imap", "smtp")),
]

ACTS_FIRST = ENDLESS + TIME + ENDS + ALERTS + NUISANCES + LITERALS + TLS + ODD + LOGIN

# ---- the published attacks on STARTTLS ----
# Poddebniak, Ising, Boeck, Schinzel: "Why TLS is better without STARTTLS",
# USENIX Security 2021, and CVE-2011-0411 and its kin: what an attacker on the
# path can do before the handshake must not outlive it, nor tempt out a secret.
PLAIN_OFFER = {"imap": "IMAP4rev1 SASL-IR AUTH=PLAIN",
               "smtp": "PIPELINING, AUTH PLAIN LOGIN",
               "pop3": "USER, SASL PLAIN LOGIN"}


def starttls(name, acts="", stage="starttls", **more):
    return Attack(f"STARTTLS: {name}", acts, stages=(stage,),
                  security=("starttls",), **more)


INJECTED = {
    "imap": 'S: * CAPABILITY IMAP4rev1 AUTH=EVIL\nS: a2 OK evil\n'
            'S: a3 OK evil\nS: a4 OK evil\nS: * 99 EXISTS',
    "smtp": "S: 250-evil.example\nS: 250 AUTH EVIL\nS: 235 2.7.0 evil\n"
            "S: 250 2.1.0 evil",
    "pop3": "S: +OK evil\nS: EVIL\nS: .\nS: +OK evil\nS: +OK 99 99",
}

STARTTLS = [
    # what comes behind the answer is dropped
    starttls("replies behind the answer", f"%ok\n{INJECTED[service]}\n"
             "!starttls", services=(service,), harmless=True)
    for service in SERVICES
] + [
    # the capabilities of before are forgotten
    starttls("a mechanism promised before", clear={
        "imap": "IMAP4rev1 STARTTLS AUTH=EVIL AUTH=PLAIN",
        "smtp": "STARTTLS, AUTH EVIL PLAIN",
        "pop3": "STLS, SASL EVIL PLAIN, USER"}, harmless=True),
    starttls("logins offered before TLS alone", clear={
        "imap": "IMAP4rev1 STARTTLS AUTH=PLAIN AUTH=LOGIN",
        "smtp": "STARTTLS, AUTH PLAIN LOGIN",
        "pop3": "STLS, SASL PLAIN LOGIN, USER"}, offers={
            "imap": "IMAP4rev1 LOGINDISABLED", "smtp": "PIPELINING",
            "pop3": "TOP"}, fails=("login",), may_login=False),
    # downgrades
    starttls("not offered, a login is", stage="starttls", clear=PLAIN_OFFER,
             may_login=False),
    starttls("offered, then refused", "%no", may_login=False),
    starttls("answered with another yes", "%yes", services=("smtp",),
             may_login=False),
    starttls("a goodbye in its place", "%bye", may_login=False),
    starttls("said yes, went on in clear text",
             f"%ok\n%clear\n!expect\n!silence", fails=("tls",),
             may_login=False),
    starttls("said yes, then an alert", "%ok\n!bytes 15030300020228\n"
             "!silence", fails=("tls",), may_login=False),
    starttls("said yes, then silence", "%ok\n!expect\n!silence",
             fails=("tls",), may_login=False),
    # PREAUTH leaves no way to STARTTLS, and is nobody's login
    starttls("PREAUTH", "S: * PREAUTH [CAPABILITY IMAP4rev1] welcome",
             stage="greeting", services=("imap",), fails=("starttls",),
             may_login=False),
    starttls("PREAUTH that offers STARTTLS",
             "S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome",
             stage="greeting", services=("imap",), fails=("starttls",),
             may_login=False),
    # answers before their questions
    starttls("answers to commands that nobody gave",
             "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready\nS: a1 OK evil\n"
             "S: a2 OK evil\nS: a3 OK evil", stage="greeting",
             services=("imap",), fails=("tls",), may_login=False),
    starttls("answers ahead", "S: 220 smtp ready\nS: 250-evil\n"
             "S: 250 AUTH PLAIN\nS: 235 evil\nS: 250 evil",
             stage="greeting", services=("smtp",), may_login=False,
             fails=("starttls",)),
    starttls("answers ahead", "S: +OK ready\nS: +OK\nS: USER\nS: .\n"
             "S: +OK evil\nS: +OK evil", stage="greeting",
             services=("pop3",), may_login=False, fails=("starttls",)),
    # words of a stranger before TLS: shown as such, followed by nobody
    starttls("a referral before the login",
             "S: * OK [ALERT] Call 03-0000-0000 at once\n"
             "S: {tag} NO [REFERRAL imap://taro@evil.example/] go there",
             services=("imap",), may_login=False),
    starttls("a referral as a goodbye",
             "S: * BYE [REFERRAL imap://evil.example/] go there\n!close",
             stage="greeting", services=("imap",), may_login=False),
    starttls("yes in many lines", "S: 220-ready\nS: 220-250 AUTH EVIL\n"
             "S: 220 go\n!starttls", services=("smtp",), harmless=True),
    starttls("LOGINDISABLED stays in clear text", clear={
        "imap": "IMAP4rev1 STARTTLS LOGINDISABLED"}, services=("imap",),
        harmless=True),
]

# ---- servers that lie: yes to the login, no to everything else ----
LIARS = [
    Attack("lies: yes before the login was sent", "%open\n%ok\n%early",
           stages=("capability",), security=("tls",), fails=("login",),
           may_login=False),
    Attack("lies: then refuses", "%no", stages=("mailbox",)),
    Attack("lies: then refuses for now", "%later", stages=("mailbox",)),
    Attack("lies: yes and FIN", "%ok\n!close", stages=("login",),
           fails=("mailbox", None)),
    Attack("lies: yes and RST", "%ok\n!reset", stages=("login",),
           fails=("mailbox", None)),
    Attack("lies: yes to another tag", "S: zz OK done\n!silence",
           services=("imap",), stages=("login",)),
    Attack("lies: yes and no", "%ok\n%no", stages=("login",),
           fails=("mailbox", "login", None)),
    Attack("lies: no and yes", "%no\n%ok", stages=("login",),
           wants=("wrong_credentials", "unknown")),
]

ATTACKS = ACTS_FIRST + STARTTLS + LIARS

NO = {"imap": "S: {tag} NO not for you", "smtp": "S: 550 5.7.1 not for you",
      "pop3": "S: -ERR not for you"}
LATER = {"imap": "S: {tag} NO [UNAVAILABLE] not now",
         "smtp": "S: 451 4.3.0 not now", "pop3": "S: -ERR [SYS/TEMP] not now"}
# positive, but not what was asked for
YES = {"imap": "S: {tag} OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] no need\n"
               "!expect\n!silence",
       "smtp": "S: 250 2.0.0 no need\n!expect\n!silence",
       "pop3": "S: +OK no need\n!expect\n!silence"}
BOMB = {"imap": "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN ",
        "smtp": "S: 250-AUTH PLAIN ", "pop3": "S: SASL PLAIN "}


# r=nobody,s=c2FsdA==,i=4294967295
BOGUS = "cj1ub2JvZHkscz1jMkZzZEE9PSxpPTQyOTQ5NjcyOTU="
SCRAM_FIRST = {"imap": f"S: +\n!expect\nS: + {BOGUS}",
               "smtp": f"S: 334 {BOGUS}", "pop3": ""}


def first_word(service, stage):
    """How a line begins that is of this answer."""
    if service == "imap":
        return "* CAPABILITY " if stage == "capability" else "* OK "
    if service == "smtp":
        return CODE[stage] + "-"
    return "SASL " if stage == "capability" else "+OK "


def filled(acts, service, stage):
    """The lines of the scenario."""
    mark = words(service, stage)
    no = {"imap": "{tag} NO ", "smtp": "535 5.7.8 ", "pop3": "-ERR "}[service]
    mark.update(
        no=NO[service], later=LATER[service], yes=YES[service],
        bomb=BOMB[service] + " ".join(f"AUTH=X{n}" for n in range(600)),
        word=first_word(service, stage).rstrip(),
        half=first_word(service, stage) + "hal",
        clear=words(service, "capability")["ok"],
        ask={"imap": "S: + Zm9v", "smtp": "S: 334 Zm9v", "pop3": ""}[service],
        asks={"imap": "+ Zm9v", "smtp": "334 Zm9v", "pop3": ""}[service],
        early={"imap": "S: a2 OK Logged in\nS: a3 OK Logged in",
               "smtp": "S: 235 2.7.0 welcome", "pop3": "S: +OK\nS: +OK"}[
                   service],
        scram=SCRAM_FIRST[service], nasty=in_hex(first_word(service, stage)) + NASTY + "0d0a",
        nastyno="%NASTYNO", nastybye="%NASTYBYE")
    for name in sorted(mark, key=len, reverse=True):
        acts = acts.replace("%" + name, mark[name])
    bye = {"imap": "* BYE ", "smtp": "421 ", "pop3": "-ERR "}[service]
    acts = acts.replace("!bytes %NASTYNO", f"!text {no}\n!bytes {NASTY}0d0a")
    acts = acts.replace("!bytes %NASTYBYE",
                        f"!text {bye}\n!bytes {NASTY}0d0a")
    return "\n".join(line for line in acts.splitlines() if line.strip())
