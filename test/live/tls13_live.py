#!/usr/bin/env python3
"""What a server may send in TLS 1.3 once the handshake is done: session
tickets, many or without an end, and new keys. Told honestly, in bounded time
and memory, by a check and by a batch, which keeps tickets. Skipped, loudly,
where the TLS library ends with 1.2."""
import base64
import contextlib
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness          # noqa: E402

SECRET = "Kanarienvogel-7391"
TEMP = tempfile.TemporaryDirectory(prefix="mailwhy-tls13-")
DIR = pathlib.Path(TEMP.name)
TIMEOUT = 2                 # of a check, in seconds
PROBES_MOST = 4             # it ends in time, and experiments follow
MANY, ENDLESS = 5000, 100_000_000
KB_MORE = 1024


def certificate():
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj",
         "/CN=mail.test", "-addext", "subjectAltName=DNS:mail.test",
         "-keyout", DIR / "key.pem", "-out", DIR / "ca.pem"],
        check=True, capture_output=True)
    (DIR / "secret").write_text(SECRET)
    os.chmod(DIR / "secret", 0o600)


class Tickets:
    """IMAP; the server hands out `tickets` of them before its greeting."""

    def __init__(self, tickets):
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.minimum_version = ssl.TLSVersion.TLSv1_3
        self.tls.load_cert_chain(DIR / "ca.pem", DIR / "key.pem")
        self.tls.num_tickets = tickets
        self.resumed = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                line, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(line,),
                                 daemon=True).start()

    def serve(self, line):
        with line, contextlib.suppress(OSError, ValueError):
            with self.tls.wrap_socket(line, server_side=True) as client:
                self.resumed += client.session_reused
                self.talk(client, client.makefile("r", newline="\r\n"))

    def talk(self, client, lines):
        client.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\r\n")
        for words in map(str.split, lines):
            tag, command = words[0], words[1].upper()
            if command == "AUTHENTICATE":
                said = base64.b64decode(words[3]).decode().split("\0")[2]
                answer = "OK in" if said == SECRET else "NO wrong"
            else:
                answer = "OK done"
            client.sendall(f"{tag} {answer}\r\n".encode())


class Rekeying:
    """OpenSSL's server, told to renew its keys, `times` over."""

    def __init__(self, times):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.times = times
        self.server = subprocess.Popen(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{self.port}",
             "-cert", DIR / "ca.pem", "-key", DIR / "key.pem", "-tls1_3"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={**os.environ,
                                            "OPENSSL_CONF": "/dev/null"})
        self.await_word(b"ACCEPT")
        threading.Thread(target=self.renew, daemon=True).start()

    def await_word(self, word):
        while line := self.server.stdout.readline():
            if word in line:
                return
        raise AssertionError(f"s_server ended before {word}")

    def renew(self):
        with contextlib.suppress(OSError, ValueError, AssertionError):
            self.await_word(b"CIPHER is")
            for _ in range(self.times):
                time.sleep(0.02)        # one command to a read
                self.server.stdin.write(b"K\n")
                self.server.stdin.flush()
            time.sleep(0.2)
            self.server.stdin.write(b"* OK IMAP4rev1 hi\r\n")
            self.server.stdin.flush()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.server.kill()
        self.server.wait()
        self.server.stdin.close()
        self.server.stdout.close()


def options(port):
    return ["--connect-to", f"mail.test:993:127.0.0.1:{port}", "--ca-file",
            str(DIR / "ca.pem"), "--timeout", str(TIMEOUT)]


def check(port, *more):
    return harness.run("--password-stdin", *options(port), *more,
                       "imaps://taro%40mail.test@mail.test", secret=SECRET)


def peak(port):
    """KB of the whole program, through the little one that measures."""
    done = subprocess.run(
        [os.environ["MEASURE"], harness.PROGRAM, "--password-stdin", "--json",
         *options(port), "imaps://taro%40mail.test@mail.test"],
        input=SECRET.encode() + b"\n", capture_output=True, timeout=60,
        env=harness.clean_environment())
    return int(done.stderr.decode().rstrip().rpartition("\n")[2].split()[2])


def failing(report):
    return next((step["stage"] for step in report["endpoints"][0]["steps"]
                 if step["result"] == "failed"), None)


class AfterTheHandshake(unittest.TestCase):
    def timed(self, port):
        began = time.monotonic()
        done = check(port, "--json")
        self.assertLess(time.monotonic() - began, PROBES_MOST * TIMEOUT, done)
        harness.validate(done.report)
        return done.report

    def test_many_tickets(self):
        with Tickets(MANY) as server:
            report = self.timed(server.port)
        self.assertEqual(report["verdict"], "works", report)

    def test_endless_tickets(self):
        with Tickets(ENDLESS) as server:
            report = self.timed(server.port)
        self.assertEqual(failing(report), "greeting", report)
        self.assertNotIn(report["verdict"], ("works", "wrong_credentials"))

    def test_memory(self):
        if not os.environ.get("MEASURE"):
            self.skipTest("a sanitizer's memory is not ours")
        with Tickets(2) as usual, Tickets(MANY) as many:
            self.assertLess(peak(many.port), peak(usual.port) + KB_MORE)

    def batch(self, tickets, accounts):
        path = DIR / f"{tickets}.jsonl"
        with Tickets(tickets) as server:
            path.write_text("".join(json.dumps({
                "address": f"u{n}@mail.test", "user": f"u{n}",
                "password": {"file": str(DIR / "secret")},
                "endpoints": ["imaps://mail.test"]}) + "\n"
                for n in range(accounts)))
            began = time.monotonic()
            done = harness.run(
                "batch", *options(server.port), "--pace", "off", "--no-state",
                "--jobs", "1", "--no-experiments", "--output", "jsonl:-", path)
            took = time.monotonic() - began
        harness.no_trace(SECRET, done)
        results = [json.loads(line)["account"]["result"]
                   for line in done.out.splitlines()]
        return results, server.resumed, took

    def test_batch_keeps_the_last_of_many(self):
        results, resumed, _ = self.batch(MANY, 4)
        self.assertEqual(results, ["passed"] * 4)
        self.assertGreater(resumed, 0)

    def test_batch_drowns_in_no_tickets(self):
        results, _, took = self.batch(ENDLESS, 1)
        self.assertEqual(results, ["error"])
        self.assertLess(took, PROBES_MOST * TIMEOUT)

    def test_new_keys(self):
        for times in (1, 50):
            with Rekeying(times) as server:
                report = self.timed(server.port)
            self.assertEqual(
                (report["verdict"], failing(report)),
                ("tls_cipher_mismatch", "greeting"), report)

    def test_new_keys_in_words(self):
        for lang, words in (("en", "mailwhy's own limit"),
                            ("ja", "mailwhy 側の制限")):
            with Rekeying(1) as server:
                done = check(server.port, "--lang", lang)
            self.assertIn(words, done.out)


if __name__ == "__main__":
    library = re.search(r"mbed TLS (\d+)", harness.run("--version").out, re.I)
    if int(library[1]) < 3:
        print("SKIPPED: NO TLS 1.3 TO TEST: the library is", library[0],
              file=sys.stderr)
        sys.exit(77)
    certificate()
    unittest.main()
