#!/usr/bin/env python3
"""tls_client against OpenSSL: versions, suites, groups, keys, chains.

    tls_live.py TLS_PROBE

Keys and certificates are made on the spot; everything runs on free loopback
ports and ends with this script.
"""
import contextlib
import hashlib
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

HOST = "mail.example.test"
RUN = tempfile.TemporaryDirectory(prefix="mailwhy-tls-")
DIR = pathlib.Path(RUN.name)
failures = []


def openssl(*args, **more):
    done = subprocess.run(["openssl", *map(str, args)], cwd=DIR, text=True,
                          capture_output=True, check=False, **more)
    if done.returncode != 0:
        sys.exit(f"openssl {' '.join(map(str, args))}:\n{done.stderr}")
    return done.stdout


# ---- certificates ----

KEYS = {
    "rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "rsa1024": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
    "rsa4096": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"],
    "p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "ed25519": ["-algorithm", "ED25519"],
}


def key(kind, name):
    openssl("genpkey", *KEYS[kind], "-out", name + ".key")


def certify(name, by, *, kind="p256", subject=None, san=f"DNS:{HOST}",
            ca=False, digest="sha256", extra=""):
    """Key and certificate NAME.key, NAME.pem, signed by BY (or itself)."""
    key(kind, name)
    extensions = DIR / (name + ".ext")
    text = f"basicConstraints=critical,CA:{str(ca).upper()}\n"
    text += "" if ca else f"subjectAltName={san}\n" if san else ""
    extensions.write_text(text + extra + "\n")
    openssl("req", "-new", "-utf8", "-key", name + ".key", "-subj",
            subject or f"/CN={HOST}", "-out", name + ".csr")
    signer = (["-key", name + ".key"] if by is None else
              ["-CA", by + ".pem", "-CAkey", by + ".key", "-CAcreateserial"])
    if digest == "ed":
        how = []
    else:
        how = ["-" + digest]
    signer = ["-signkey", name + ".key"] if by is None else signer
    openssl("x509", "-req", "-in", name + ".csr", *signer, *how, "-days",
            "30", "-extfile", name + ".ext", "-out", name + ".pem")


def chain(name, *parts):
    (DIR / name).write_text("".join((DIR / (p + ".pem")).read_text()
                                    for p in parts))
    return name


def make_certificates():
    certify("root", None, subject="/C=XX/O=Live Test/CN=Live Root", ca=True)
    certify("issuer", "root", subject="/O=Live Test/CN=Live Issuer", ca=True)
    certify("rsaroot", None, kind="rsa", subject="/CN=RSA Root", ca=True)
    certify("leaf", "root")
    certify("rsa", "rsaroot", kind="rsa")


# ---- one server, one probe ----

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def await_port(port, process):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        # "ss" would be kinder, but a plain connect is everywhere: s_server
        # takes it as a client that left.
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.02)
    return False


def pump(source, sink):
    with contextlib.suppress(OSError):      # either may have left
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def resets(listener, port):
    """In front of `port`: the first connection passes, the others end as soon
    as their client has spoken."""
    with listener, listener.accept()[0] as client, \
            socket.create_connection(("127.0.0.1", port)) as server:
        back = threading.Thread(target=pump, args=(server, client))
        back.start()
        pump(client, server)
        back.join()
        with listener.accept()[0] as client:
            client.recv(65536)


def in_front_of(port):
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=resets, args=(listener, port),
                     daemon=True).start()
    return listener.getsockname()[1]


def probe(cert, *server, chained=None, ca="root.pem", host=HOST, more=(),
          must_start=True, breaks=False):
    """The evidence as a dict; None when OpenSSL here refuses the setting."""
    port = free_port()
    extra = ["-cert_chain", chained] if chained else []
    with open(DIR / "server.log", "w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert",
             cert + ".pem", "-key", cert + ".key", "-www", *extra, *server],
            cwd=DIR, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            if not await_port(port, process):
                log.seek(0)
                if must_start:
                    sys.exit(f"s_server {server}: {log.read()}")
                return None
            out = subprocess.run(
                [sys.argv[1], str(in_front_of(port) if breaks else port),
                 host, DIR / ca, *more], text=True,
                stdout=subprocess.PIPE, timeout=30, check=True).stdout
        finally:
            process.terminate()
            process.wait()
    return dict(line.split("=", 1) for line in out.splitlines())


def expect(title, seen, **wanted):
    wrong = {k.replace("_", "."): (seen.get(k.replace("_", ".")), v)
             for k, v in wanted.items()
             if seen.get(k.replace("_", ".")) != v}
    print(("FAIL " if wrong else "ok   ") + title)
    if wrong:
        failures.append(title)
        for name, (got, want) in wrong.items():
            print(f"     {name}: {got!r}, not {want!r}")
        print("     " + repr(seen))


# ---- what is tried ----

OLD = ("-cipher", "DEFAULT@SECLEVEL=0")


def versions(ours_13):
    expect("TLS 1.2", probe("leaf", "-tls1_2", more=["get"]), ok="1",
           verified="1", version="TLSv1.2", group="X25519", root="Live Root",
           data="HTTP/1.0 200 ok", defects="")
    if ours_13:
        expect("TLS 1.3", probe("leaf", "-tls1_3", more=["get"]), ok="1",
               verified="1", version="TLSv1.3", group="X25519",
               data="HTTP/1.0 200 ok", ours="TLSv1.2-1.3")
        expect("TLS 1.3 after a hello retry",
               probe("leaf", "-tls1_3", "-groups", "P-384", more=["get"]),
               ok="1", group="P-384", data="HTTP/1.0 200 ok")
        # In TLS 1.3 the refusal comes behind the handshake.
        expect("a client certificate is wanted (TLS 1.3)",
               probe("leaf", "-tls1_3", "-Verify", "1",
                     "-verify_return_error", more=["get"]),
               ok="1", data="(client-cert)")
    else:
        expect("TLS 1.3 only is beyond this library",
               probe("leaf", "-tls1_3"), ok="0", fault="tls-version",
               ours="TLSv1.2", alert="protocol_version")
    for old in ("-tls1", "-tls1_1"):
        seen = probe("rsa", old, *OLD, ca="rsaroot.pem", must_start=False)
        if seen:
            expect("only " + old, seen, ok="0", fault="tls-version",
                   done="0")


def hellos():
    """The server's own version, whatever this library can do."""
    for option, version, cert, ca, more in (
            ("-tls1_3", "TLSv1.3", "leaf", "root.pem", ()),
            ("-tls1_2", "TLSv1.2", "leaf", "root.pem", ()),
            ("-tls1_1", "TLSv1.1", "rsa", "rsaroot.pem", OLD),
            ("-tls1", "TLSv1.0", "rsa", "rsaroot.pem", OLD)):
        seen = probe(cert, option, *more, ca=ca, more=["hello"],
                     must_start=not more)
        if seen:
            expect("hello: " + option, seen, ok="0", fault="tls-version",
                   offered=version, done="0", alert="no alert")
    expect("hello: an address has no server name",
           probe("leaf", "-tls1_2", host="127.0.0.1", more=["hello"]),
           offered="TLSv1.2")


def resumption(ours_13):
    """The third connection with shared sessions; OpenSSL keeps sessions
    (an id), hands them out (a ticket), both, or neither."""
    again = ["again", "get"]
    known = dict(ok="1", verified="1", broke="0", root="Live Root",
                 chain="1", cert0_subject=f"CN={HOST}",
                 data="HTTP/1.0 200 ok")
    expect("resumed by ticket (TLS 1.2)", probe("leaf", "-tls1_2",
           "-no_cache", more=again), resumed="1", version="TLSv1.2", **known)
    expect("resumed by session id (TLS 1.2)", probe("leaf", "-tls1_2",
           "-no_ticket", more=again), resumed="1", **known)
    expect("a server that never resumes", probe("leaf", "-tls1_2",
           "-no_ticket", "-no_cache", more=again), resumed="0", **known)
    expect("resumed with the whole chain on record",
           probe("deep", "-tls1_2", chained="issuer.pem", more=again),
           ok="1", resumed="1", chain="2", root="Live Root")
    expect("a server that breaks over it", probe("leaf", "-tls1_2",
           more=again, breaks=True), ok="0", resumed="0", broke="1",
           chain="0", root="", done="0", verified="0")
    expect("what was not verified is not resumed",
           probe("leaf", "-tls1_2", more=again + ["insecure"]),
           ok="1", resumed="0")
    expect("without sharing nothing is resumed",
           probe("leaf", "-tls1_2", more=["get"]), ok="1", resumed="0")
    if ours_13:
        expect("resumed by ticket (TLS 1.3)", probe("leaf", "-tls1_3",
               more=again), resumed="1", version="TLSv1.3", **known)
        expect("tickets for one use each (TLS 1.3)", probe("leaf", "-tls1_3",
               "-early_data", more=again), resumed="1", **known)
        expect("no tickets (TLS 1.3)", probe("leaf", "-tls1_3",
               "-num_tickets", "0", more=again), resumed="0", **known)


def suites():
    for name, iana, group in (
            ("AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", ""),
            ("AES256-GCM-SHA384", "TLS_RSA_WITH_AES_256_GCM_SHA384", ""),
            ("ECDHE-RSA-AES128-SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
             "X25519"),
            ("ECDHE-RSA-CHACHA20-POLY1305",
             "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "X25519"),
            ("DHE-RSA-AES128-GCM-SHA256",
             "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "DH 2048")):
        expect("suite " + name,
               probe("rsa", "-tls1_2", "-cipher", name, ca="rsaroot.pem",
                     more=["get"]),
               ok="1", cipher=iana, group=group, data="HTTP/1.0 200 ok")
    expect("a suite that is not offered",
           probe("rsa", "-tls1_2", "-cipher", "AES128-CCM",
                 ca="rsaroot.pem"),
           ok="0", fault="tls-cipher", alert="handshake_failure")
    # Only RSA-PSS, in TLS 1.2: 2.28 does not offer it, 3.6.6 cannot check it.
    seen = probe("rsa", "-tls1_2", "-cipher", "ECDHE", "-sigalgs",
                 "rsa_pss_rsae_sha256", ca="rsaroot.pem")
    if seen["ok"] == "0":
        expect("RSA-PSS in TLS 1.2", seen, fault="tls-cipher", done="0")
    for group in ("P-256", "P-384", "P-521"):
        expect("group " + group,
               probe("leaf", "-tls1_2", "-groups", group), ok="1",
               group=group)
    expect("a group that is not offered",
           probe("leaf", "-tls1_2", "-groups", "brainpoolP256r1"), ok="0",
           fault="tls-cipher")
    expect("a client certificate is wanted (TLS 1.2)",
           probe("leaf", "-tls1_2", "-Verify", "1", "-verify_return_error"),
           ok="0", fault="client-cert", alert="handshake_failure")


def keys():
    for kind, shown in (("rsa4096", "RSA 4096"), ("p384", "EC P-384")):
        certify(kind, "root", kind=kind)
        expect("key " + kind, probe(kind), ok="1", cert0_key=shown)
    certify("small", "rsaroot", kind="rsa1024")
    expect("an RSA key of 1024 bits",
           probe("small", *OLD, ca="rsaroot.pem"), ok="0",
           fault="cert-weak", defects="w", cert0_key="RSA 1024")
    certify("sha1", "rsaroot", kind="rsa", digest="sha1")
    expect("SHA-1 with RSA", probe("sha1", *OLD, ca="rsaroot.pem"), ok="0",
           fault="cert-weak", defects="w", cert0_signature="sha1WithRSA")
    certify("ed", "root", kind="ed25519")
    expect("Ed25519 is beyond this library", probe("ed"), ok="0",
           fault="tls-cipher", alert="handshake_failure")


def chains():
    certify("deep", "issuer")
    expect("chain with its intermediate",
           probe("deep", chained=chain("c1.pem", "issuer")), ok="1",
           chain="2", root="Live Root")
    expect("chain without it", probe("deep"), ok="0",
           fault="cert-incomplete", chain="1", defects="u")
    expect("chain with the root and a stranger",
           probe("deep", chained=chain("c2.pem", "rsaroot", "issuer",
                                       "root")), ok="1", chain="4")
    expect("the intermediate itself is trusted",
           probe("deep", ca="issuer.pem"), ok="1", root="Live Issuer")
    expect("the leaf itself is trusted", probe("leaf", ca="leaf.pem"),
           ok="0", fault="cert-incomplete")
    certify("self", None)
    expect("a self-signed one, trusted by hand",
           probe("self", ca="self.pem"), ok="1")
    expect("a self-signed one", probe("self"), ok="0",
           fault="cert-self-signed")
    certify("noca", "leaf")
    expect("signed by somebody who is no authority",
           probe("noca", chained=chain("c3.pem", "leaf")), ok="0",
           defects="u")
    above = "root"
    names = []
    for i in range(5):
        certify(f"d{i}", above, subject=f"/CN=Deep {i}", ca=True)
        above = f"d{i}"
        names.insert(0, above)
    certify("deepest", above)
    expect("a chain of seven",
           probe("deepest", chained=chain("c4.pem", *names, "root")),
           ok="1", chain="6", longer="1")


def usages():
    # Mbed TLS reads no name constraints; being critical they end it.
    certify("narrow", "root", subject="/CN=Narrow", ca=True,
            extra="nameConstraints=critical,permitted;DNS:example.test")
    certify("within", "narrow")
    expect("critical name constraints are beyond this library",
           probe("within", chained=chain("c5.pem", "narrow")), ok="0",
           fault="cert-invalid", done="0")
    # RSA, because OpenSSL would not serve an EC key of this usage.
    certify("ku", "root", kind="rsa", extra="keyUsage=critical,keyCertSign")
    expect("key usage for certificates only", probe("ku"), ok="0",
           fault="cert-usage", defects="k")
    certify("eku", "root", extra="extendedKeyUsage=emailProtection")
    expect("extended usage for mail only", probe("eku"), ok="0",
           fault="cert-usage", defects="k")
    certify("any", "root", extra="extendedKeyUsage=2.5.29.37.0")
    expect("any extended usage", probe("any"), ok="1")


def names():
    many = ",".join([f"DNS:host{i}.example" for i in range(40)] +
                    [f"DNS:{HOST}", "IP:192.0.2.7", "IP:2001:db8::7"])
    certify("many", "root", san=many)
    expect("the 41st of many names", probe("many"), ok="1",
           cert0_names="24", cert0_more="1", cert0_name="host0.example")
    expect("an address behind them", probe("many", host="192.0.2.7"),
           ok="1")
    expect("an IPv6 address behind them", probe("many", host="2001:db8::7"),
           ok="1")
    certify("cn", "root", san=None)
    expect("a common name alone is no name", probe("cn"), ok="0",
           fault="cert-name", defects="n", cert0_names="0")
    certify("ipdns", "root", san="DNS:192.0.2.7")
    expect("an address written as a DNS name", probe("ipdns",
           host="192.0.2.7"), ok="0", fault="cert-name")
    certify("ja", "root", subject="/C=JP/O=日本メール, 株式会社/CN=メール")
    expect("a subject in Japanese", probe("ja"), ok="1",
           cert0_subject="CN=メール,O=日本メール\\, 株式会社,C=JP")
    certify("evil", "root", subject="/O=a\x1b[31mred\u202ebad/CN=x")
    expect("a subject with terminal escapes", probe("evil"), ok="1",
           cert0_subject="CN=x,O=a\\x1B[31mred\\xE2\\x80\\xAEbad")


def evidence():
    seen = probe("leaf")
    der = ssl.PEM_cert_to_DER_cert((DIR / "leaf.pem").read_text())
    end = openssl("x509", "-in", "leaf.pem", "-noout", "-enddate")
    until = ssl.cert_time_to_seconds(end.strip().split("=", 1)[1])
    expect("fingerprint and dates as OpenSSL has them", seen,
           cert0_sha256=hashlib.sha256(der).hexdigest(),
           cert0_until=str(until), cert0_issuer="CN=Live Root,O=Live Test,"
           "C=XX")
    expect("insecure goes on", probe("self", more=["insecure", "get"]),
           ok="1", verified="0", fault="cert-self-signed",
           data="HTTP/1.0 200 ok")


def main():
    if not shutil.which("openssl"):
        sys.exit("openssl is missing: install the package openssl")
    os.environ.setdefault("OPENSSL_CONF", "/dev/null")
    make_certificates()
    ours_13 = probe("leaf", "-tls1_2")["ours"] == "TLSv1.2-1.3"
    versions(ours_13)
    hellos()
    certify("deep", "issuer")
    resumption(ours_13)
    suites()
    keys()
    chains()
    usages()
    names()
    evidence()
    if failures:
        sys.exit(f"{len(failures)} failed: " + "; ".join(failures))


if __name__ == "__main__":
    main()
