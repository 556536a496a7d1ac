#!/usr/bin/env python3
"""mailwhy demo --serve: the servers of a scenario, met by programs that know
nothing of it, and by the command line that it prints.

    MAILWHY=path/to/mailwhy serve_live.py [-v] [Class.test]
"""
import contextlib
import imaplib
import os
import pathlib
import poplib
import re
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parent)]
import harness          # noqa: E402

SCENARIOS = ("gmail-app-password", "gmail-smtp-app-password", "healthy",
             "healthy-all-services", "healthy-unicode", "connect-refused",
             "cert-expired", "cert-other-name", "cert-address",
             "dns-nxdomain", "login-disabled", "sender-mismatch",
             "oauth-token-expired", "username-format", "wrong-password-pop3",
             "tls-silent", "docomo-wrong-secret",
             "connect-refused-one-of-two", "domain-names-servers",
             "wrong-host-srv", "wrong-host-exchanger", "wrong-host-web",
             "wrong-host-other-service", "servers-unknown",
             "proton-bridge-not-running", "experiment-usual-port")


class Served:
    def __init__(self, text):
        self.text = text
        self.ports = {(m[2], m[4]): int(m[1]) for m in re.finditer(
            r"^  127\.0\.0\.1:(\d+) +(\w+) (\S+):\d+ (\w+)$", text, re.M)}
        account = re.search(r"^Address (\S+), user name (\S+), secret (.+)$",
                            text, re.M)
        self.user, self.secret = account[2], account[3]
        self.ca = re.search(r"^Certificate authority: (\S+)", text, re.M)[1]
        self.command = text[text.index("Try it:"):].partition("\n")[2]


@contextlib.contextmanager
def serving(name):
    process = subprocess.Popen(
        [harness.PROGRAM, "demo", "--serve", name], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=harness.clean_environment())
    try:
        lines = []
        for line in process.stdout:     # to the end of the command
            lines.append(line)
            if line.startswith(("  mailwhy", "    --")) and \
                    not line.endswith("\\\n"):
                break
        served = Served("".join(lines))
        yield served
        process.send_signal(signal.SIGINT)
        if process.wait(5) != 130:
            raise AssertionError(f"exit {process.returncode}")
        if os.path.exists(served.ca):
            raise AssertionError("the authority's file is left behind")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Strangers(unittest.TestCase):
    def trust(self, served):
        context = ssl.create_default_context(cafile=served.ca)
        context.check_hostname = False
        return context

    def test_the_wrong_kind_of_password(self):
        with serving("gmail-app-password") as served:
            context = self.trust(served)
            port = served.ports["imap", "tls"]
            client = imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=context)
            with self.assertRaisesRegex(imaplib.IMAP4.error,
                                        "Application-specific password"):
                client.login(served.user, served.secret)
            client.logout()
            with smtplib.SMTP("127.0.0.1",
                              served.ports["smtp", "starttls"]) as client:
                client.starttls(context=context)
                with self.assertRaisesRegex(
                        smtplib.SMTPAuthenticationError, "5.7.9"):
                    client.login(served.user, served.secret)

    def test_all_is_well(self):
        with serving("healthy-all-services") as served:
            context = self.trust(served)
            client = imaplib.IMAP4_SSL(
                "127.0.0.1", served.ports["imap", "tls"], ssl_context=context)
            client.login(served.user, served.secret)
            self.assertEqual(client.select(readonly=True)[0], "OK")
            client.logout()
            with smtplib.SMTP_SSL("127.0.0.1", served.ports["smtp", "tls"],
                                  context=context) as client:
                self.assertEqual(
                    client.login(served.user, served.secret)[0], 235)
            client = poplib.POP3_SSL("127.0.0.1", served.ports["pop3", "tls"],
                                     context=context)
            client.user(served.user)
            client.pass_(served.secret)
            self.assertEqual(client.stat()[0], 0)
            client.quit()


class CommandLine(unittest.TestCase):
    """The line that is printed to be copied."""

    def copied(self, served):
        command = served.command.rstrip().replace(
            "mailwhy", "\"$MAILWHY\"", 1)
        if "--token-stdin" not in command:
            command += " --password-stdin"
        done = subprocess.run(
            ["/bin/sh", "-c", command + " --json"],
            input=served.secret + "\n", text=True, capture_output=True,
            timeout=90, env=harness.clean_environment(
                MAILWHY=harness.PROGRAM))
        return harness.Run(done.returncode, done.stdout, done.stderr)

    def test_it_says_what_the_demonstration_says(self):
        names = os.environ.get("SCENARIOS", "").split() or SCENARIOS
        for name in names:
            with self.subTest(name):
                wanted = harness.run("demo", name, "--json").report
                with serving(name) as served:
                    result = self.copied(served)
                    self.assertTrue(result.out, f"{served.text}\n{result}")
                    report = result.report
                self.assertEqual(report["verdict"], wanted["verdict"], result)
                self.assertEqual(result.code, wanted["exit_code"], result)
                self.assertEqual(
                    [(e["host"], e["port"], e["verdict"])
                     for e in report["endpoints"]],
                    [(e["host"], e["port"], e["verdict"])
                     for e in wanted["endpoints"]], result)


class Addresses(unittest.TestCase):
    """One name, two addresses, two machines: the first says nothing."""

    def test_the_other_address_is_well(self):
        with serving("healthy-imap") as served, \
                socket.socket() as silent:
            port = served.ports["imap", "tls"]
            silent.bind(("127.0.0.2", port))
            silent.listen()
            result = harness.run(
                f"imaps://imap.mail.example:{port}", "--ca-file", served.ca,
                "--resolve",
                f"imap.mail.example:{port}:127.0.0.2,127.0.0.1",
                "--address", served.user, "--no-login", "--json",
                "--no-network-discovery")
        report = result.report
        self.assertEqual(report["verdict"], "server_unavailable", result)
        self.assertEqual(report["causes"][0]["confidence"], "proven", result)
        self.assertIn("127.0.0.2", report["why"], result)
        self.assertEqual(
            [(x["result"], x["address"]) for x in report["experiments"]
             if x["id"] == "other_address"],
            [("takes_logins", "127.0.0.1")], result)
        self.assertLess(report["took_ms"], 5000, result)


if __name__ == "__main__":
    harness.PROGRAM = str(pathlib.Path(harness.PROGRAM).resolve())
    unittest.main()
