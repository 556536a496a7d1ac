#!/usr/bin/env python3
"""Discovery against a real name server (Knot), a real web server over TLS and
servers that greet: every source, every failure, and who wins.

    discovery_live.py

Each case is a domain of its own below disco.test, with what it publishes.
"""
import contextlib
import http.server
import json
import pathlib
import pty
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import jsonschema

import harness
from knot import Knot, free_port

ZONE = "disco.test"
ISPDB = "autoconfig.thunderbird.net"
RUN = tempfile.TemporaryDirectory(prefix="mailwhy-discovery-")
DIR = pathlib.Path(RUN.name)


def document(host, imap=993, smtp=465, user="%EMAILADDRESS%",
             security="SSL"):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="x">
 <domain>x</domain><displayName>X Mail</displayName>
 <incomingServer type="imap"><hostname>{host}</hostname><port>{imap}</port>
  <socketType>{security}</socketType><username>{user}</username>
  <authentication>password-cleartext</authentication></incomingServer>
 <outgoingServer type="smtp"><hostname>{host}</hostname><port>{smtp}</port>
  <socketType>{security}</socketType><username>{user}</username>
  <authentication>password-cleartext</authentication></outgoingServer>
</emailProvider></clientConfig>
""".encode()


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE clientConfig [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
""" + b"".join(b'<!ENTITY %c "%s">\n' % (c, b"&%c;" % (c - 1) * 20)
               for c in range(ord("b"), ord("k"))) + b"""]>
<clientConfig><emailProvider><displayName>&j;</displayName></emailProvider>
</clientConfig>"""


# ---- the web server: one for all hosts, told apart by SNI and Host ----

def endless(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/xml")
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"<clientConfig>" + b" " * 8192)


def endless_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"X-Filler: " + b"y" * 900 + b"\r\n")


def silent(handler):
    with contextlib.suppress(OSError):
        handler.connection.settimeout(30)
        handler.rfile.read(1)


def body(content, kind="text/xml", status=200):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)
    return answer


def to(url):
    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
    return answer


def loop(handler):
    to(f"https://{handler.headers['Host'].split(':')[0]}/again")(handler)


HTML = body(b"<!DOCTYPE html><html><body>Welcome!</body></html>", "text/html")
PAGES = {}      # (host, path prefix) -> what answers


class Handler(http.server.BaseHTTPRequestHandler):
    seen = []

    def log_message(self, *unused):
        pass

    def do_GET(self):
        host = self.headers["Host"].split(":")[0]
        Handler.seen.append(f"{host}{self.path}")
        for (name, prefix), answer in PAGES.items():
            if name == host and self.path.startswith(prefix):
                answer(self)
                return
        body(b"nothing here", "text/plain", 404)(self)


class WebServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    context = None

    def finish_request(self, request, client_address):
        # the handshake in the connection's own thread
        with contextlib.suppress(OSError):
            request.settimeout(30)
            if self.context:
                request = self.context.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)


# ---- servers that greet ----

def talk_imap(stream):
    stream.write(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n")
    for line in stream:
        tag, word = (line.split() + [b"", b""])[:2]
        if word.upper() == b"LOGOUT":
            stream.write(b"* BYE\r\n" + tag + b" OK\r\n")
            return
        stream.write(tag + b" OK\r\n")


def talk_smtp(stream):
    stream.write(b"220 ready\r\n")
    for line in stream:
        if line.upper().startswith(b"QUIT"):
            stream.write(b"221 bye\r\n")
            return
        stream.write(b"250-here\r\n250 AUTH PLAIN\r\n")


class Greeter:
    """TLS at once, then a dialogue."""

    def __init__(self, context, talk):
        self.context, self.talk, self.connections = context, talk, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,),
                             daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError, ValueError):
            connection.settimeout(30)
            with self.context.wrap_socket(connection,
                                          server_side=True) as tls, \
                    tls.makefile("rwb", 0) as stream:
                self.talk(stream)


# ---- certificates ----

def openssl(*args):
    subprocess.run(["openssl", *args], cwd=DIR, check=True,
                   capture_output=True)


def validity(days):
    """OpenSSL 3.5 takes no negative days; older ones know no dates."""
    if days > 0 or ssl.OPENSSL_VERSION_INFO < (3, 4):
        return ["-days", str(days)]
    return ["-not_before", "20200101000000Z", "-not_after", "20200201000000Z"]


def certify(name, names, days=30, by="ca"):
    (DIR / f"{name}.ext").write_text("subjectAltName=" + ",".join(
        f"DNS:{n}" for n in names) + "\n")
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
            "-subj", f"/CN={name}", "-out", f"{name}.csr")
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{by}.pem",
            "-CAkey", f"{by}.key", "-CAcreateserial", *validity(days),
            "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(DIR / f"{name}.pem", DIR / f"{name}.key")
    return context


def make_ca(name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
            "-subj", f"/CN={name} of the tests", "-days", "30",
            "-out", f"{name}.pem")


def chosen_by_name(default, others):
    """One context that hands over to another by the name asked for."""
    def choose(connection, name, unused):
        for end, context in others.items():
            if name and name.endswith(end):
                connection.context = context
    default.sni_callback = choose
    return default


# ---- the cases ----

class Case:
    """A domain and what it publishes: `records` in the zone's own words,
    where @ is the domain; `pages` by host, @ likewise."""

    def __init__(self, name, records="", pages=None, options=(), **wanted):
        self.name, self.domain = name, f"{name}.{ZONE}"
        self.records = records
        self.options = options
        self.wanted = wanted
        for (host, prefix), answer in (pages or {}).items():
            PAGES[host.replace("@", self.domain), prefix] = answer

    def zone(self):
        lines = [f"{self.domain}. A 127.0.0.1"]
        for line in filter(str.strip, self.records.splitlines()):
            owner, rest = line.split(None, 1)
            owner = self.domain if owner == "@" else f"{owner}.{self.domain}"
            lines.append(f"{owner}. {rest.replace('@', self.domain)}")
        return "\n".join(lines) + "\n"

    @property
    def hosts(self):
        return [self.domain] + [f"{prefix}.{self.domain}" for prefix in (
            "autoconfig", "imap", "smtp", "mail", "pop", "own", "srv", "mx1")]


AUTOCONFIG = ("autoconfig.@", "/mail/config-v1.1.xml")
WELL_KNOWN = ("@", "/.well-known/autoconfig/mail/config-v1.1.xml")
AUTO_A = "autoconfig A 127.0.0.1"
GUESSES = "imap A 127.0.0.1\nsmtp A 127.0.0.1\n"
SRV = """
_imaps._tcp SRV 0 0 993 srv.@.
_submissions._tcp SRV 0 0 465 srv.@.
srv A 127.0.0.1
"""


CLOSED = ["--connect-to", ":993::1", "--connect-to", ":465::1"]


def own(answer):
    return {AUTOCONFIG: answer}


def ispdb(domain):
    return ISPDB, f"/v1.1/{domain}"


CASES = [
    # who wins
    Case("google", "@ MX 1 ASPMX.L.GOOGLE.COM.\n" + SRV + AUTO_A,
         own(body(document("own.google.disco.test"))),
         winner="mx", provider="google_workspace",
         host="imap.gmail.com"),
    Case("srv", SRV + AUTO_A, own(body(document("own.srv.disco.test"))),
         winner="srv", host="srv.srv.disco.test"),
    Case("auto", AUTO_A + "\n" + GUESSES,
         {AUTOCONFIG: body(document("own.auto.disco.test")),
          WELL_KNOWN: body(document("srv.auto.disco.test")),
          ispdb("auto.disco.test"): body(document("mail.auto.disco.test"))},
         winner="autoconfig", host="own.auto.disco.test",
         asked={"autoconfig": "emailaddress=postmaster%40auto.disco.test"}),
    Case("wellknown", GUESSES,
         {WELL_KNOWN: body(document("own.wellknown.disco.test")),
          ispdb("wellknown.disco.test"): body(document("mail.x.test"))},
         winner="well-known", host="own.wellknown.disco.test",
         outcomes={"autoconfig": ("nothing", "nxdomain")}),
    Case("ispdb", GUESSES,
         {ispdb("ispdb.disco.test"): body(document("own.ispdb.disco.test"))},
         winner="ispdb", host="own.ispdb.disco.test",
         outcomes={"well-known": ("nothing", None)}),
    Case("ispdbmx", "@ MX 5 mx1.mail.hoster.test.\n" + GUESSES,
         {ispdb("hoster.test"): body(document("imap.hoster.test"))},
         winner="ispdb-mx", host="imap.hoster.test"),
    Case("guess", GUESSES, winner="guess", host="imap.guess.disco.test",
         ports={993, 465}),
    Case("mxhost", "@ MX 5 mx1.@.\nmx1 A 127.0.0.1", winner="guess",
         host="mx1.mxhost.disco.test"),
    # a hosting company whose servers have a name for each customer
    Case("hosted", "@ MX 10 sv99.xserver.jp.", winner="guess",
         host="sv99.xserver.jp", provider="xserver"),
    Case("parts", "_imaps._tcp SRV 0 0 993 srv.@.\nsrv A 127.0.0.1\n" + AUTO_A,
         own(body(document("own.parts.disco.test"))), winner="srv",
         host="srv.parts.disco.test", smtp="own.parts.disco.test"),
    # SRV
    Case("foreign", "_imaps._tcp SRV 0 0 993 imap.hoster.test.",
         winner="srv", host="imap.hoster.test"),
    Case("order", """
_imaps._tcp SRV 20 0 993 imap.@.
_imaps._tcp SRV 10 1 993 mail.@.
_imaps._tcp SRV 10 9 993 srv.@.
_submission._tcp SRV 0 0 587 srv.@.
srv A 127.0.0.1""", winner="srv", host="srv.order.disco.test",
         smtp="srv.order.disco.test"),
    Case("noimap", """
_imaps._tcp SRV 0 0 0 .
_imap._tcp SRV 0 0 0 .
_pop3s._tcp SRV 0 0 995 srv.@.
_submissions._tcp SRV 0 0 465 srv.@.
srv A 127.0.0.1
imap A 127.0.0.1""", winner="srv", host="srv.noimap.disco.test",
         services={"pop3", "smtp"}),
    Case("noclear", "_imap._tcp SRV 0 0 0 .\n" + SRV, winner="srv",
         host="srv.noclear.disco.test", services={"imap", "smtp"}),
    Case("noneatall", "\n".join(f"_{s}._tcp SRV 0 0 0 ." for s in (
        "imaps", "imap", "submissions", "submission", "pop3s", "pop3")) +
        "\n" + GUESSES, winner=None, verdict="servers_unknown", code=1,
         outcomes={"srv": ("denied", None)}),
    Case("nullmx", "@ MX 0 .", options=CLOSED, winner=None, verdict="domain_wrong", code=1,
         outcomes={"mx": ("denied", None)}),
    # every way a page can fail; the guess behind it still wins
    Case("html", AUTO_A + "\n" + GUESSES, {**own(HTML), WELL_KNOWN: HTML},
         winner="guess", outcomes={"autoconfig": ("unusable", "protocol"),
                                   "well-known": ("unusable", "protocol")}),
    Case("otherxml", AUTO_A + "\n" + GUESSES, own(body(b"<rss/>")),
         winner="guess", outcomes={"autoconfig": ("unusable", "protocol")}),
    Case("empty", AUTO_A + "\n" + GUESSES, own(body(b"")), winner="guess",
         outcomes={"autoconfig": ("unusable", "protocol")}),
    Case("bomb", AUTO_A + "\n" + GUESSES, own(body(BOMB)), winner="guess",
         outcomes={"autoconfig": ("unusable", "protocol")}),
    Case("deep", AUTO_A + "\n" + GUESSES, own(body(b"<clientConfig>" +
                                                   b"<a>" * 10000)),
         winner="guess", outcomes={"autoconfig": ("unusable", "too-long")}),
    Case("endless", AUTO_A + "\n" + GUESSES, own(endless), winner="guess",
         outcomes={"autoconfig": ("unusable", "too-long")}),
    Case("headers", AUTO_A + "\n" + GUESSES, own(endless_headers),
         winner="guess", outcomes={"autoconfig": ("unusable", "too-long")}),
    Case("gone", AUTO_A + "\n" + GUESSES, own(body(b"", status=404)),
         winner="guess", outcomes={"autoconfig": ("nothing", None)},
         status={"autoconfig": 404}),
    Case("broken", AUTO_A + "\n" + GUESSES, own(body(b"", status=503)),
         winner="guess", outcomes={"autoconfig": ("failed", None)},
         status={"autoconfig": 503}),
    Case("around", AUTO_A + "\n" + GUESSES, own(loop) |
         {("autoconfig.@", "/again"): loop}, winner="guess",
         outcomes={"autoconfig": ("failed", "redirects")}),
    Case("further", AUTO_A + "\nown A 127.0.0.1", own(to("https://own.further.disco.test/x")) |
         {("own.@", "/x"): body(document("srv.further.disco.test"))} ,
         winner="autoconfig", host="srv.further.disco.test"),
    Case("clear", AUTO_A + "\n" + GUESSES,
         own(to("http://own.clear.disco.test/x")), winner="guess",
         outcomes={"autoconfig": ("failed", "not-https")}),
    Case("badname", AUTO_A + "\n" + GUESSES,
         own(body(document("own.badname.disco.test"))), winner="guess",
         outcomes={"autoconfig": ("failed", "cert-name")}),
    Case("badca", AUTO_A + "\n" + GUESSES,
         own(body(document("own.badca.disco.test"))), winner="guess",
         outcomes={"autoconfig": ("failed", "cert-unknown-ca|"
                                            "cert-incomplete")}),
    Case("old", AUTO_A + "\n" + GUESSES,
         own(body(document("own.old.disco.test"))), winner="guess",
         outcomes={"autoconfig": ("failed", "cert-expired")}),
    Case("mute", AUTO_A + "\n" + GUESSES, own(silent), winner="guess",
         outcomes={"autoconfig": ("failed", "timeout")}, at_least=4500),
    # silence of one does not hold up who has a better answer
    Case("patient", SRV + AUTO_A, own(silent), winner="srv",
         host="srv.patient.disco.test", at_most=2500,
         outcomes={"autoconfig": ("not-asked", None)}),
    Case("plain", AUTO_A + "\n" + GUESSES,
         own(body(document("own.plain.disco.test", 143, 25,
                           security="plain"))), winner="guess",
         host="imap.plain.disco.test"),
    Case("local", AUTO_A + "\nown A 127.0.0.1", own(body(document("own.local.disco.test",
                                            user="%EMAILLOCALPART%"))),
         winner="autoconfig", host="own.local.disco.test", user="taro"),
    Case("filled", AUTO_A, own(body(document(
        "own.filled.disco.test", user="postmaster@filled.disco.test"))),
         winner="autoconfig", host="own.filled.disco.test",
         user="taro@filled.disco.test"),
    # guesses
    Case("badguess", GUESSES, winner="guess", host="imap.badguess.disco.test",
         verdict="cert_hostname_mismatch", code=1),
    Case("dead", "mail A 127.0.0.1", winner=None, verdict="servers_unknown",
         code=1, options=CLOSED),
    Case("onlysmtp", SRV, winner="srv", services={"smtp"},
         options=["--service", "smtp"]),
]
# A domain whose name is one slip from a known one, and that has nothing.
TYPO = "hotmaik.com"


def zone_text():
    return (f"$ORIGIN {ZONE}.\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 "
            f"60\n@ NS ns\nns A 127.0.0.1\nown A 127.0.0.1\n" +
            "".join(case.zone() for case in CASES))


CONF = """
server:
    rundir: "@RUN@"
    listen: [ "127.0.0.1@@PORT@" ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: "@RUN@"
template:
  - id: default
    storage: "@SOURCE@"
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: disco.test
    file: disco.zone
  - domain: com
    file: com.zone
"""


class World:
    """All servers, and how mailwhy is led to them."""

    def __init__(self):
        make_ca("ca")
        make_ca("other")
        names = [host for case in CASES for host in case.hosts]
        good = certify("good", names + [ISPDB])
        special = {
            "badname.disco.test": certify("wrong", ["other.example"]),
            "badguess.disco.test": certify("shared", ["www.hoster.test"]),
            "badca.disco.test": certify("foreign", names, by="other"),
            "old.disco.test": certify("old", names, days=-1),
        }
        # only the page of these is wrong: their guesses are to win
        pages = {f"autoconfig.{end}": c for end, c in special.items()
                 if not end.startswith("badguess")}
        self.web = WebServer(("127.0.0.1", 0), Handler)
        self.web.context = chosen_by_name(good, pages)
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        mail = certify("mail", names + ["imap.hoster.test",
                                        "sv99.xserver.jp"])
        mail = chosen_by_name(mail, {"badguess.disco.test":
                                     special["badguess.disco.test"]})
        self.imap = Greeter(mail, talk_imap)
        self.smtp = Greeter(mail, talk_smtp)
        (DIR / "disco.zone").write_text(zone_text())
        (DIR / "com.zone").write_text(
            "$ORIGIN com.\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n"
            "@ NS ns\nns A 127.0.0.1\n")
        self.knot = Knot(CONF, DIR, f"own.{ZONE}")
        self.knot.wait()

    def options(self, before=()):
        closed = free_port()
        return ["--dns-server", f"127.0.0.1:{self.knot.port}",
                "--ca-file", DIR / "ca.pem", *before,
                "--resolve", f"{ISPDB}:*:127.0.0.1",
                "--resolve", "imap.gmail.com:*:127.0.0.1",
                "--resolve", "smtp.gmail.com:*:127.0.0.1",
                "--resolve", "imap.hoster.test:*:127.0.0.1",
                "--resolve", "sv99.xserver.jp:*:127.0.0.1",
                "--connect-to", f":443::{self.web.server_port}",
                "--connect-to", f":80::{closed}",
                "--connect-to", f":993::{self.imap.port}",
                "--connect-to", f":995::{closed}",
                "--connect-to", f":465::{self.smtp.port}",
                "--connect-to", f":587::{closed}",
                "--connect-to", f":143::{closed}"]

    def check(self, domain, *more):
        return harness.run("--no-login", "--json", *self.options(more),
                           f"taro@{domain}", timeout=40)


# ---- what must hold ----

def differences(case, result, took):
    report = result.report
    harness.validate(report)
    found = report["discovery"]
    candidates = {c["source"]: c for c in found["candidates"]}
    want = case.wanted
    chosen = [e for c in found["candidates"] for e in c["endpoints"]
              if e["chosen"]]
    hosts = {service: [e["host"] for e in chosen
                       if e["service"] == service]
             for service in ("imap", "smtp", "pop3")}

    def same(what, got, wanted):
        if got != wanted:
            yield f"{what}: wanted {wanted!r}, got {got!r}"

    yield from same("winner", found["winner"], want["winner"])
    if "host" in want:
        yield from same("host", (hosts["imap"] or hosts["pop3"])[:1],
                        [want["host"]])
    if "smtp" in want:
        yield from same("smtp", hosts["smtp"][:1], [want["smtp"]])
    if "services" in want:
        yield from same("services", {e["service"] for e in
                                     report["endpoints"]}, want["services"])
    if "ports" in want:
        yield from same("ports", {e["port"] for e in report["endpoints"]},
                        want["ports"])
    if "provider" in want:
        yield from same("provider", report["provider"] and
                        (report["provider"]["id"],
                         report["provider"]["how_found"]),
                        (want["provider"], "mx"))
    for name in ("verdict", "user"):
        if name in want:
            yield from same(name, report[name], want[name])
    if "code" in want:
        yield from same("exit code", result.code, want["code"])
    for source, (outcome, fault) in want.get("outcomes", {}).items():
        got = candidates[source]
        if got["outcome"] != outcome or \
                got["fault"] not in (fault or "").split("|") + (
                    [] if fault else [None]):
            yield f"{source}: wanted {outcome} {fault}, got {got}"
    for source, status in want.get("status", {}).items():
        yield from same(f"status of {source}", candidates[source]["status"],
                        status)
    for source, part in want.get("asked", {}).items():
        if part not in candidates[source]["asked"]:
            yield f"{source}: {part} not in {candidates[source]['asked']}"
    if took * 1000 > want.get("at_most", 10500):
        yield f"took {took:.1f} s"
    if found["took_ms"] < want.get("at_least", 0):
        yield f"took only {found['took_ms']} ms"


failures = []


def told(name, wrong, result=None):
    print(f"{'not ok' if wrong else 'ok'} - {name}" +
          "".join(f"\n    {w}" for w in wrong), flush=True)
    if wrong:
        failures.append(name)
        if result:
            print(result)


def traces(case, text):
    """What of a domain of one's own is left in a file for everybody."""
    own = {case.domain, f"{case.name}.example", f"%40{case.name}", ZONE,
           "taro", "hoster.test", "sv99"}
    return [f"the bundle holds {word}" for word in own if word in text]


def kept_and_replayed(case, result, saved, bundle):
    """What was saved gives the same report, byte for byte, how the servers
    were found included; what is for everybody names nobody."""
    again = harness.run("replay", saved, "--json")
    if (again.out, again.err, again.code) != (result.out, "", result.code):
        yield f"replayed: {again}"
    yield from traces(case, bundle.read_text(encoding="utf-8"))
    masked = harness.run("replay", bundle, "--json")
    if masked.code != result.code or \
            masked.report["verdict"] != result.report["verdict"]:
        yield f"the bundle says {masked}"
    harness.validate(masked.report)


def run_case(world, case):
    saved, bundle = (DIR / f"{case.name}.{kind}" for kind in ("saved", "all"))
    began = time.monotonic()
    result = world.check(case.domain, "--save", saved, "--bundle", bundle,
                         *case.options)
    took = time.monotonic() - began
    try:
        wrong = list(differences(case, result, took))
        wrong += kept_and_replayed(case, result, saved, bundle)
    except (ValueError, KeyError, TypeError, OSError) as error:
        wrong = [f"{type(error).__name__}: {error}"]
    told(case.name, wrong, result)


def run_cases(world):
    """Side by side: what takes its time is mostly a deadline."""
    slots = threading.Semaphore(4)

    def one(case):
        with slots:
            run_case(world, case)

    threads = [threading.Thread(target=one, args=(c,)) for c in CASES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_no_address_leaks():
    told("the user's name is told to nobody",
         [page for page in Handler.seen if "taro" in page])


def test_nobody_there(world):
    saved = DIR / "nobody.saved"
    result = world.check(f"nobody.{ZONE}", "--save", saved)
    wrong = []
    if harness.run("replay", "--json", saved).out != result.out:
        wrong.append("the replay says something else")
    if result.report["verdict"] != "domain_wrong" or result.code != 1:
        wrong.append(f"verdict {result.report['verdict']}")
    told("a domain that does not exist", wrong, result)


def test_typos(world):
    result = world.check(TYPO)
    wrong = []
    report = result.report
    harness.validate(report)
    if report["discovery"]["suggestion"] != "hotmail.com" or not any(
            f["id"] == "domain_similar" and f["detail"] == "hotmail.com"
            for f in report["findings"]):
        wrong.append("no suggestion")
    told("a near miss is suggested", wrong, result)
    for domain, meant in (("gmial.com", "gmail.com"),
                          ("yahooo.co.jp", "yahoo.co.jp"),
                          ("docomo.co.jp", "docomo.ne.jp"),
                          ("ezweb.co.jp", "ezweb.ne.jp")):
        before = len(Handler.seen)
        result = world.check(domain)
        wrong = []
        if result.code != 2 or meant not in result.err or result.out:
            wrong.append("not refused with a suggestion")
        if len(Handler.seen) > before:
            wrong.append("somebody was asked")
        told(f"{domain}: {meant}?", wrong, result)


def test_offline(world):
    before = len(Handler.seen)
    result = world.check(f"srv.{ZONE}", "--no-network-discovery")
    wrong = []
    if result.code != 2 or f"srv.{ZONE}" not in result.err:
        wrong.append("not refused")
    if len(Handler.seen) > before:
        wrong.append("a page was asked for")
    told("--no-network-discovery asks nobody", wrong, result)


def test_dns(world):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        began = time.monotonic()
        result = harness.run("--no-login", "--json", "--dns-server",
                             f"127.0.0.1:{mute.getsockname()[1]}",
                             "--ca-file", DIR / "ca.pem", "a@mute.test")
        took = time.monotonic() - began
    wrong = []
    if result.report["verdict"] != "dns_failure" or result.code != 3:
        wrong.append(f"verdict {result.report['verdict']}")
    if took > 10.5:
        wrong.append(f"took {took:.1f} s")
    told("a name server that is silent", wrong, result)


def test_insecure(world):
    """http:// only when told."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    domain = f"badca.{ZONE}"
    options = ("--connect-to", f":80::{server.server_port}")
    for flag, winner in (((), "guess"),
                         (("--insecure-discovery",), "autoconfig")):
        result = world.check(domain, *options, *flag)
        found = result.report["discovery"]["winner"]
        loud = "discovery_in_clear" in [f["id"] for f in
                                        result.report["findings"]]
        told(f"clear text {flag or 'untold'}",
             [] if found == winner and loud == bool(flag) else
             [f"winner {found}, loud {loud}"], result)
    server.shutdown()


# Kilobytes that a hostile page may cost beyond what any page does.
KB_MORE = 4096


def peak(world, name):
    """Of the whole program, through the little one that measures."""
    done = subprocess.run(
        [os.environ["MEASURE"], harness.PROGRAM, "--no-login", "--json",
         *map(str, world.options()), f"taro@{name}.{ZONE}"],
        capture_output=True, timeout=60, env=harness.clean_environment())
    return int(done.stderr.decode().rstrip().rpartition("\n")[2].split()[2])


def test_memory(world):
    """Nor do endless pages cost more than others. (A sanitizer does.)"""
    if not os.environ.get("MEASURE"):
        return
    usual = max(peak(world, name) for name in ("auto", "guess"))
    for name in ("bomb", "deep", "endless", "headers", "around", "html"):
        cost = peak(world, name)
        told(f"{name}: {cost} KB, an ordinary page {usual} KB",
             ["too much"] if cost > usual + KB_MORE else [])


def test_forged(world):
    """Unsigned DNS names a foreign host: no password goes there unasked."""
    before = world.imap.connections
    result = harness.run("--password-stdin", *world.options(),
                         f"taro@foreign.{ZONE}", secret="hunter2-hunter2")
    wrong = []
    if result.code != 2 or "imap.hoster.test" not in result.err:
        wrong.append("not refused")
    if world.imap.connections != before:
        wrong.append("a server was asked")
    told("a foreign server has to be confirmed", wrong, result)


def read_all(fd):
    said = b""
    with contextlib.suppress(OSError):
        while chunk := os.read(fd, 4096):
            said += chunk
    return said


def test_interrupt(world):
    """Ctrl-C while everybody is silent; and progress on a terminal."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [harness.PROGRAM, "--no-login", *map(str, world.options()),
         f"taro@mute.{ZONE}"], stdin=follower, stdout=subprocess.PIPE,
        stderr=follower, env=harness.clean_environment())
    os.close(follower)
    time.sleep(1.2)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    took = time.monotonic() - began
    said = read_all(leader).decode()
    os.close(leader)
    wrong = []
    if process.returncode != 130 or out:
        wrong.append(f"exit {process.returncode}, {out}")
    if took > 1:
        wrong.append(f"took {took:.1f} s to stop")
    if f"asking mute.{ZONE} for its mail settings" not in said:
        wrong.append(f"no progress: {said!r}")
    told("Ctrl-C in the middle", wrong)


def test_words(world):
    """What people read, in both languages and at 80 columns."""
    wrong = []
    for lang, words in (("en", "SRV records"), ("ja", "SRVレコード")):
        saved = DIR / f"words.{lang}"
        short = harness.run("--no-login", "--lang", lang, *world.options(),
                            f"taro@srv.{ZONE}")
        full = harness.run("--no-login", "-v", "--lang", lang, "--save",
                           saved, *world.options(), f"taro@srv.{ZONE}")
        again = harness.run("replay", "-v", "--lang", lang, saved)
        if again.out != full.out:
            wrong.append(f"{lang}: replayed: {again.out}")
        if words not in short.out or "Mozilla" in short.out:
            wrong.append(f"{lang}: {short.out}")
        if "Mozilla" not in full.out:
            wrong.append(f"{lang} -v: {full.out}")
        wrong += [f"{lang}: too wide: {line}" for line in
                  short.out.splitlines() if harness.columns(line) > 80]
    told("the words", wrong)


def settings_of(world, name, *more):
    """mailwhy settings of a domain of ours; the mended JSON of it."""
    result = harness.run("settings", "--json", *world.options(), *more,
                         f"taro@{name}.{ZONE}")
    schema = json.loads(harness.run("--schema", "settings").out)
    wrong = [error.message for error in
             jsonschema.Draft7Validator(schema).iter_errors(result.report)]
    return result, wrong


def test_settings(world):
    """The same sources tell the settings of a mailbox, without a login."""
    for name, how, user in (("srv", "srv", f"taro@srv.{ZONE}"),
                            ("local", "autoconfig", "taro"),
                            ("plain", "guess", f"taro@plain.{ZONE}")):
        result, wrong = settings_of(world, name)
        report = result.report
        if report["source"]["how"] != how or result.code != 0:
            wrong.append(f"from {report['source']['how']}, not {how}")
        for server in report["servers"]:
            if server["user"] != user:
                wrong.append(f"user {server['user']}, not {user}")
            if server["check"]["result"] != "ok":
                wrong.append(f"{server['host']}: {server['check']}")
        if {s["service"] for s in report["servers"]} != {"imap", "smtp"}:
            wrong.append(f"servers: {report['servers']}")
        told(f"settings of {name}, from {how}", wrong, result)
    result, wrong = settings_of(world, "nobody")
    if result.code != 4 or result.report["servers"]:
        wrong.append(f"exit {result.code}")
    told("settings of a domain that does not exist", wrong, result)


def test_compared(world):
    """A customer's values against what a domain says of itself."""
    host = f"own.local.{ZONE}"
    result, wrong = settings_of(
        world, "local", "--compare",
        f"imap={host}:993:tls,smtp={host}:465:starttls,user=taro@local.{ZONE}")
    servers = (result.report["comparison"] or {"servers": []})["servers"]
    found = [server[field]["result"] for server in servers
             for field in ("server", "port", "security", "user")]
    if found != ["right", "right", "right", "wrong",
                 "right", "right", "wrong", "wrong"] or result.code != 1:
        wrong.append(f"{found}, exit {result.code}")
    told("a customer's values", wrong, result)


def main():
    world = World()
    try:
        run_cases(world)
        test_no_address_leaks()
        test_nobody_there(world)
        test_typos(world)
        test_offline(world)
        test_dns(world)
        test_insecure(world)
        test_memory(world)
        test_forged(world)
        test_interrupt(world)
        test_words(world)
        test_settings(world)
        test_compared(world)
    finally:
        world.knot.stop()
    print(f"{len(failures)} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
