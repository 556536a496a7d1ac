#!/usr/bin/env python3
"""What the accounts of a batch share, with Dovecot and Postfix: TLS sessions
and the name server's answers. Each report must be as if its account had been
checked alone, but for the marks that say so.

    MAILWHY=path/to/mailwhy shared_live.py [-v] [Class.test]
"""
import json
import os
import pathlib
import socket
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "mail")]
import harness          # noqa: E402
import servers          # noqa: E402

PEOPLE = ["alice@mail.test", "quotes@mail.test", "umlaut@mail.test",
          "percent@mail.test"]
# the first login process is the only one: it knows its own sessions
ONE_PROCESS = """
service imap-login {
  service_count = 0
  process_limit = 1
  process_min_avail = 1
}
"""


class OneProcess(servers.Servers):
    def fill(self, template, target):
        super().fill(template, target)
        if target == "dovecot.conf":
            text = ONE_PROCESS
            if servers.dovecot_version() >= (2, 4):
                text = text.replace("service_count = 0",
                                    "restart_request_count = unlimited")
            with open(self.dir / target, "a", encoding="utf-8") as f:
                f.write(text)


class NameServer(threading.Thread):
    """mail.test is the servers' address for a minute; counts its questions."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.asked = []

    def run(self):
        while True:
            message, who = self.socket.recvfrom(2000)
            end = message.index(b"\0", 12) + 5
            kind = int.from_bytes(message[end - 4:end - 2], "big")
            self.asked.append(kind)
            answer = b"" if kind != 1 else (
                b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" +
                socket.inet_aton(servers.ADDRESS))
            self.socket.sendto(
                message[:2] + b"\x81\x80\0\1" +
                (b"\0\1" if answer else b"\0\0") + b"\0\0\0\0" +
                message[12:end] + answer, who)


def setUpModule():
    global MAIL, NAMES, DIR
    servers.require()
    DIR = tempfile.TemporaryDirectory(prefix="mailwhy-shared-")
    NAMES = NameServer()
    NAMES.start()
    MAIL = OneProcess().start()


def tearDownModule():
    MAIL.stop()
    DIR.cleanup()


def accounts():
    path = pathlib.Path(DIR.name) / "accounts.jsonl"
    urls = [f"imaps://mail.test:{MAIL.imaps}",
            f"submissions://mail.test:{MAIL.smtps}",
            f"submission://mail.test:{MAIL.submission}"]
    path.write_text("".join(json.dumps(
        {"address": who, "password": {"env": f"SECRET_{i}"},
         "endpoints": urls}) + "\n" for i, who in enumerate(PEOPLE)))
    return path


def batch(*options):
    """The reports, in the order in which they came."""
    secrets = {f"SECRET_{i}": servers.USERS[who][0]
               for i, who in enumerate(PEOPLE)}
    done = harness.run("batch", accounts(), "--ca-file", MAIL.ca,
                       "--dns-server", NAMES.address, "--no-state", "--pace",
                       "off", "--output", "jsonl:-", *options,
                       environment=secrets)
    for who in PEOPLE:
        harness.no_trace(servers.USERS[who][0], done)
    return done, [json.loads(line) for line in done.out.splitlines()]


def steps(report, stage):
    return [[s for s in e["steps"] if s["stage"] == stage][-1]
            for e in report["endpoints"]]


def told_of_certificate(step):
    return {name: step.get(name) for name in
            ("verified", "chain", "root", "trust_file", "defects",
             "server_name", "version", "cipher")}


class Sessions(unittest.TestCase):
    def test_the_next_account_resumes(self):
        _, reports = batch("--jobs", "1")
        self.assertEqual(len(reports), len(PEOPLE))
        first = steps(reports[0], "tls")
        for step in first:
            self.assertNotIn("resumed", step)
        for report in reports:
            self.assertEqual(report["exit_code"], 0, report["verdict"])
            harness.validate(report)
        for report in reports[1:]:
            for before, now in zip(first, steps(report, "tls")):
                self.assertIs(now["resumed"], True)
                self.assertNotIn("resumption_broke", now)
                self.assertEqual(told_of_certificate(now),
                                 told_of_certificate(before))
                self.assertIn("mail.test", now["chain"][0]["names"])

    def test_many_at_once(self):
        _, reports = batch("--jobs", "8")
        self.assertEqual([r["exit_code"] for r in reports],
                         [0] * len(PEOPLE))

    def test_who_takes_any_certificate_shares_none(self):
        _, reports = batch("--jobs", "1", "--insecure-certificate")
        for report in reports:
            for step in steps(report, "tls"):
                self.assertNotIn("resumed", step)

    def test_alone_nothing_is_resumed(self):
        done = harness.run(
            *(f"{scheme}://alice%40mail.test@mail.test:{port}"
              for scheme, port in (("imaps", MAIL.imaps),
                                   ("submissions", MAIL.smtps))),
            "--ca-file", MAIL.ca, "--dns-server", NAMES.address, "--json",
            "--password-stdin", secret=servers.USERS[PEOPLE[0]][0])
        for stage in ("tls", "resolve"):
            for step in steps(done.report, stage):
                self.assertFalse({"resumed", "shared"} & set(step))


class Answers(unittest.TestCase):
    def test_a_name_is_asked_for_once(self):
        NAMES.asked.clear()
        _, reports = batch("--jobs", "4")
        self.assertEqual(sorted(NAMES.asked), [1, 28])
        seen = [s for r in reports for s in steps(r, "resolve")]
        self.assertEqual(len(seen), 3 * len(PEOPLE))
        self.assertEqual(sum("shared" in s for s in seen), len(seen) - 1)
        for step in seen:
            self.assertEqual(step["addresses"], [servers.ADDRESS])
            self.assertEqual(step["source"], "dns")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    unittest.main()
