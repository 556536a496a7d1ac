#!/usr/bin/env python3
"""mailwhy against real Dovecot and Postfix: verdict, exit code and proof of
everything that these servers can answer.

    MAILWHY=path/to/mailwhy mail_live.py [-v] [Class.test]
"""
import imaplib
import os
import pathlib
import re
import ssl
import sys
import time
import unittest
import urllib.parse

sys.path[:0] = [str(pathlib.Path(__file__).parent),
                str(pathlib.Path(__file__).parent / "mail")]
import harness          # noqa: E402
import servers          # noqa: E402

mail = None             # the running servers
ALICE = "alice@mail.test"
WRONG = "canary-Zq7!wrong~word"

# name of a way in -> scheme, service, port
WAYS = {
    "imaps": ("imaps", "imap", "imaps"),
    "imap": ("imap", "imap", "imap"),
    "pop3s": ("pop3s", "pop3", "pop3s"),
    "pop3": ("pop3", "pop3", "pop3"),
    "smtps": ("submissions", "smtp", "smtps"),
    "submission": ("submission", "smtp", "submission"),
    "strict": ("submissions", "smtp", "strict"),
}
ALL = ("imaps", "imap", "pop3s", "pop3", "smtps", "submission")


def setUpModule():
    global mail
    servers.require()
    mail = servers.Servers().start()


def tearDownModule():
    mail.stop()


def target(way, user):
    scheme, _, port = WAYS[way]
    return (f"{scheme}://{urllib.parse.quote(user, safe='')}"
            f"@{servers.HOST}:{getattr(mail, port)}")


def common():
    return ("--ca-file", mail.ca, "--resolve",
            f"{servers.HOST}:*:{servers.ADDRESS}", "--lang", "en")


class LiveTest(unittest.TestCase):
    maxDiff = None

    def check(self, ways, user, secret, *options, token=False, **wanted):
        """One run with a report as JSON; wanted: verdict, code, confidence,
        stage (of the first proof)."""
        if isinstance(ways, str):
            ways = (ways,)
        result = harness.run(
            *[target(way, user) for way in ways], *common(),
            "--token-stdin" if token else "--password-stdin",
            "--format", "json", *options, secret=secret)
        return self.judge(result, **wanted)

    def flags(self, port, service, security, *options, secret=None,
              user=ALICE, **wanted):
        """The same by flags, for pairs that no URL can say."""
        result = harness.run(
            "--server", servers.HOST, "--port", port, "--service", service,
            "--security", security, "--user", user, *common(), "--format",
            "json", "--password-stdin", *options, secret=secret or WRONG)
        return self.judge(result, **wanted)

    def judge(self, result, verdict, code=None, confidence=None, stage=None):
        self.assertTrue(result.out, result)
        report = result.report
        harness.validate(report)
        self.assertEqual(report["verdict"], verdict, result)
        self.assertEqual(report["exit_code"], result.code, result)
        if code is not None:
            self.assertEqual(result.code, code, result)
        if verdict == "works":
            return report
        first = report["causes"][0]
        self.assertEqual(first["id"], verdict)
        if confidence:
            self.assertEqual(first["confidence"], confidence, result)
        if stage:
            proof = first["proof"][0]
            step = report["endpoints"][proof["endpoint"]]["steps"][
                proof["step"]]
            self.assertEqual(step["stage"], stage, result)
            self.assertEqual(step["result"], "failed", result)
        return report

    def step(self, report, stage, endpoint=0):
        found = [s for s in report["endpoints"][endpoint]["steps"]
                 if s["stage"] == stage]
        self.assertTrue(found, f"no step {stage}: {report}")
        return found[-1]


class RightPassword(LiveTest):
    def test_every_way_in(self):
        password = servers.USERS[ALICE][0]
        for way in ALL:
            with self.subTest(way):
                report = self.check(way, ALICE, password, verdict="works",
                                    code=0)
                self.assertEqual(report["logins"]["refused"], 0)
                self.assertEqual(self.step(report, "login")["result"],
                                 "passed")

    def test_three_at_once(self):
        report = self.check(("imaps", "smtps", "submission"), ALICE,
                            servers.USERS[ALICE][0], verdict="works", code=0)
        self.assertEqual(report["logins"]["attempted"], 3)

    def test_passwords_of_every_kind(self):
        for user in ("quotes@mail.test", "spaces@mail.test",
                     "umlaut@mail.test", "percent@mail.test"):
            for way in ("imaps", "pop3s", "smtps"):
                with self.subTest(f"{user} {way}"):
                    self.check(way, user, servers.USERS[user][0],
                               verdict="works", code=0)

    def test_every_mechanism(self):
        users = (ALICE, "quotes@mail.test", "umlaut@mail.test")
        for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1",
                          "SCRAM-SHA-256"):
            for way in ("imaps", "pop3s", "smtps"):
                for user in users:
                    with self.subTest(f"{mechanism} {way} {user}"):
                        self.check(way, user, servers.USERS[user][0],
                                   "--mechanism", mechanism, verdict="works",
                                   code=0)

    def test_token(self):
        for mechanism in ("XOAUTH2", "OAUTHBEARER"):
            for way in ("imaps", "smtps"):
                with self.subTest(f"{mechanism} {way}"):
                    self.check(way, "olivia@mail.test", servers.TOKEN,
                               "--mechanism", mechanism, token=True,
                               verdict="works", code=0)

    def test_no_login(self):
        report = self.check(("imaps", "smtps"), ALICE, WRONG, "--no-login",
                            verdict="login_not_tried", code=0)
        self.assertEqual(report["logins"]["attempted"], 0)

    def test_quota_nearly_full(self):
        report = self.check("imaps", "full@mail.test", "correct-full",
                            verdict="works", code=0)
        self.assertIn("quota_nearly_full",
                      [f["id"] for f in report["findings"]])

    def test_own_sender(self):
        report = self.check("strict", ALICE, servers.USERS[ALICE][0],
                            "--sender", ALICE, verdict="works", code=0)
        self.assertEqual(self.step(report, "mailbox")["result"], "passed")


class Refused(LiveTest):
    def test_wrong_password(self):
        for way in ALL:
            with self.subTest(way):
                report = self.check(way, ALICE, WRONG, stage="login",
                                    verdict="wrong_credentials", code=1)
                self.assertEqual(report["logins"]["refused"], 1)

    def test_wrong_password_by_mechanism(self):
        for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1",
                          "SCRAM-SHA-256"):
            for way in ("imaps", "pop3s", "smtps"):
                with self.subTest(f"{mechanism} {way}"):
                    self.check(way, ALICE, WRONG, "--mechanism", mechanism,
                               verdict="wrong_credentials", code=1,
                               stage="login")

    def test_disabled_is_not_told_apart(self):
        """Dovecot says the same for a shut account and a wrong password; so
        nothing here may be proven."""
        for user in ("denied@mail.test", "disabled@mail.test"):
            report = self.check("imaps", user, "correct-" + user.split("@")[0],
                                verdict="wrong_credentials", code=1)
            self.assertNotEqual(report["causes"][0]["confidence"], "proven")

    def test_closed_account(self):
        """nologin: NO [CONTACTADMIN] Login disabled for this user."""
        self.check("imaps", "closed@mail.test", "correct-closed",
                   verdict="account_disabled", code=1, stage="login")

    def test_expired(self):
        self.check("imaps", "expired@mail.test", "correct-expired",
                   verdict="password_expired", code=1, confidence="proven",
                   stage="login")
        for way in ("pop3s", "smtps"):    # in words only
            self.check(way, "expired@mail.test", "correct-expired",
                       verdict="password_expired", code=1, stage="login")

    def test_account_database_down(self):
        for way in ("imaps", "pop3s"):
            report = self.check(way, "nobody@down.test", WRONG,
                                verdict="server_unavailable", code=3,
                                stage="login")
            self.assertEqual(report["logins"]["refused"], 0)

    def test_token(self):
        for mechanism in ("XOAUTH2", "OAUTHBEARER"):
            with self.subTest(mechanism):
                self.check("imaps", "olivia@mail.test", WRONG, "--mechanism",
                           mechanism, token=True, stage="login",
                           verdict="oauth_token_invalid", code=1)

    def test_limit(self):
        context = ssl.create_default_context(cafile=str(mail.ca))
        context.check_hostname = False
        held = []
        try:
            for _ in range(3):
                c = imaplib.IMAP4_SSL(servers.ADDRESS, mail.imaps,
                                      ssl_context=context)
                held.append(c)
                c.login(ALICE, servers.USERS[ALICE][0])
            self.check("imaps", ALICE, servers.USERS[ALICE][0],
                       verdict="rate_limited", code=3)
        finally:
            for c in held:
                c.logout()

    def test_sender_of_somebody_else(self):
        self.check("strict", ALICE, servers.USERS[ALICE][0], "--sender",
                   "boss@mail.test", verdict="sender_mismatch", code=1,
                   stage="mailbox")

    def test_mechanism_not_offered(self):
        report = self.check("strict", ALICE, WRONG, "--mechanism", "CRAM-MD5",
                            verdict="mech_unsupported", code=1)
        self.assertEqual(report["logins"]["attempted"], 0)


class Settings(LiveTest):
    """The right server, asked in the wrong way."""

    def test_clear_text_login(self):
        for service in ("imap", "pop3"):
            with self.subTest(service):
                report = self.flags(getattr(mail, service), service, "none",
                                    verdict="tls_required", code=1)
                self.assertEqual(report["logins"]["attempted"], 0)
        report = self.flags(mail.submission, "smtp", "none",
                            verdict="tls_required", code=1)
        self.assertEqual(report["logins"]["attempted"], 0)

    def test_clear_text_insisted(self):
        """--insecure-plaintext; there are mechanisms that hide the secret."""
        report = self.flags(mail.imap, "imap", "none", "--insecure-plaintext",
                            verdict="wrong_credentials", code=1, stage="login")
        self.assertIn("login_in_clear", [f["id"] for f in report["findings"]])
        self.assertRegex(self.step(report, "login")["mechanism"],
                         "SCRAM|CRAM")

    def test_tls_on_clear_port(self):
        for service, port in (("imap", mail.imap), ("pop3", mail.pop3),
                              ("smtp", mail.submission)):
            with self.subTest(service):
                self.flags(port, service, "tls", code=1, stage="tls",
                           verdict="tls_on_plaintext_port")

    def test_clear_on_tls_port(self):
        for service, port in (("imap", mail.imaps), ("smtp", mail.smtps)):
            with self.subTest(service):
                self.flags(port, service, "starttls", "--timeout", "4",
                           verdict="plaintext_on_tls_port", code=1)

    def test_starttls_not_spoken(self):
        self.flags(mail.clear, "smtp", "starttls",
                   verdict="starttls_unsupported", code=1)

    def test_door_for_servers(self):
        self.flags(mail.mx, "smtp", "starttls",
                   verdict="auth_not_offered", code=1)

    def test_other_protocol(self):
        self.flags(mail.imaps, "smtp", "tls", verdict="wrong_protocol",
                   code=1)
        self.flags(mail.smtps, "imap", "tls", verdict="wrong_protocol",
                   code=1)
        self.flags(mail.pop3s, "imap", "tls", verdict="wrong_protocol",
                   code=1)

    def test_other_name(self):
        result = harness.run(
            f"imaps://a@other.test:{mail.imaps}", "--ca-file", mail.ca,
            "--resolve", f"other.test:*:{servers.ADDRESS}", "--json",
            "--password-stdin", secret=WRONG)
        report = self.judge(result, verdict="cert_hostname_mismatch", code=1,
                            stage="tls")
        self.assertEqual(report["logins"]["attempted"], 0)

    def test_unknown_authority(self):
        result = harness.run(
            target("imaps", ALICE), "--resolve",
            f"{servers.HOST}:*:{servers.ADDRESS}", "--json",
            "--password-stdin", secret=WRONG,
            environment={"SSL_CERT_FILE": self.other_authority()})
        self.judge(result, verdict="cert_untrusted", code=3, stage="tls")

    def other_authority(self):
        path = mail.dir / "pki" / "other.crt"
        if not path.exists():
            servers.run("openssl", "req", "-x509", "-newkey", "rsa:2048",
                        "-nodes", "-keyout", "other.key", "-out", "other.crt",
                        "-subj", "/CN=Other", cwd=mail.dir / "pki")
        return str(path)

    def test_insecure_certificate_is_said(self):
        result = harness.run(
            target("imaps", ALICE), "--resolve",
            f"{servers.HOST}:*:{servers.ADDRESS}", "--json",
            "--insecure-certificate", "--password-stdin",
            secret=servers.USERS[ALICE][0],
            environment={"SSL_CERT_FILE": self.other_authority()})
        report = self.judge(result, verdict="works", code=0)
        self.assertIn("certificate_not_verified",
                      [f["id"] for f in report["findings"]])

    def test_nothing_listens(self):
        port = servers.free_ports(1)[0]
        self.flags(port, "imap", "tls", verdict="wrong_port", code=1,
                   stage="connect")

    def test_connect_to(self):
        result = harness.run(
            f"imaps://{ALICE.replace('@', '%40')}@{servers.HOST}",
            "--ca-file", mail.ca, "--json", "--password-stdin",
            "--connect-to",
            f"{servers.HOST}:993:{servers.ADDRESS}:{mail.imaps}",
            secret=servers.USERS[ALICE][0])
        self.judge(result, verdict="works", code=0)

    def test_authentication_process_dead(self):
        """Dovecot greets "Waiting for authentication process" for ever."""
        result = harness.run(
            f"imaps://a@{servers.HOST}:{mail.noauth}", *common(), "--json",
            "--timeout", "5", "--password-stdin", secret=WRONG)
        report = result.report
        harness.validate(report)
        self.assertIn(report["verdict"],
                      ("server_unavailable", "connection_dropped"), result)
        self.assertEqual(result.code, 3)


class LoginGate(LiveTest):
    """Counted where it hurts: at the server."""

    def refusals(self, user):
        end = time.monotonic() + 5
        count = -1
        while True:     # Dovecot writes its line when the connection ends
            dovecot = sum(int(n) for n in re.findall(
                r"\(auth failed, (\d+) attempts[^\n]*user=<%s>"
                % re.escape(user), mail.log_text()))
            postfix = len(re.findall(
                r"authentication failed[^\n]*sasl_username=%s\b"
                % re.escape(user), mail.log_text("postfix.log")))
            if dovecot + postfix == count and time.monotonic() > end - 4:
                return dovecot, postfix
            count = dovecot + postfix
            if time.monotonic() > end:
                return dovecot, postfix
            time.sleep(0.3)

    def test_three_endpoints_one_refusal(self):
        user = "counted@mail.test"
        report = self.check(("imaps", "smtps", "submission"), user, WRONG,
                            verdict="wrong_credentials", code=1)
        self.assertEqual(sum(self.refusals(user)), 1)
        self.assertEqual(report["logins"]["attempted"], 1)
        self.assertEqual(report["logins"]["refused"], 1)

    def test_every_endpoint_of_every_service(self):
        user = "counted6@mail.test"
        self.check(ALL, user, WRONG, verdict="wrong_credentials", code=1)
        dovecot, postfix = self.refusals(user)
        self.assertLessEqual(dovecot + postfix, 2)
        self.assertLessEqual(postfix, 1)

    def test_named_cause_ends_it(self):
        user = "expired@mail.test"
        before = sum(self.refusals(user))
        report = self.check(("imaps", "smtps", "submission"), user,
                            "correct-expired", verdict="password_expired",
                            code=1)
        self.assertEqual(report["logins"]["attempted"], 1, report)
        self.assertLessEqual(sum(self.refusals(user)) - before, 1)


class HumanReport(LiveTest):
    def human(self, *options, user=ALICE, secret=WRONG, lang="en",
              environment=None):
        result = harness.run(
            target("imaps", user), target("smtps", user), "--ca-file", mail.ca,
            "--resolve", f"{servers.HOST}:*:{servers.ADDRESS}", "--lang", lang,
            "--password-stdin", *options, secret=secret,
            environment=environment)
        return result

    def test_fits_80_columns(self):
        for lang in ("en", "ja"):
            for secret in (WRONG, servers.USERS[ALICE][0]):
                result = self.human(secret=secret, lang=lang)
                for line in result.out.splitlines():
                    if "://" not in line:
                        self.assertLessEqual(harness.columns(line), 80, line)
                self.assertNotIn("\x1b", result.out)
                self.assertNotRegex(result.out, r"[ \t]\n")

    def test_language(self):
        self.assertRegex(self.human(lang="ja").out, "[ぁ-ん]")
        english = self.human(lang="en").out
        self.assertNotRegex(english, "[ぁ-ん]")
        by_locale = harness.run(
            target("imaps", ALICE), "--ca-file", mail.ca, "--resolve",
            f"{servers.HOST}:*:{servers.ADDRESS}", "--password-stdin",
            secret=WRONG, environment={"LC_ALL": None, "LANG": "ja_JP.UTF-8"})
        self.assertRegex(by_locale.out, "[ぁ-ん]")

    def test_colour_only_when_asked(self):
        self.assertIn("\x1b[", self.human("--color", "always").out)
        self.assertNotIn("\x1b[", self.human().out)

    def test_ascii_outside_utf8(self):
        result = self.human(environment={"LC_ALL": "C"})
        self.assertTrue(result.out.isascii(), result.out)
        self.assertIn("FAIL", result.out)

    def test_verbose_shows_the_talk_without_the_secret(self):
        for way in WAYS:
            for mechanism in ("PLAIN", "LOGIN", "SCRAM-SHA-256"):
                result = harness.run(
                    target(way, ALICE), *common(), "-v", "--password-stdin",
                    "--mechanism", mechanism, secret=WRONG)
                self.assertIn("<secret>", result.out + result.err,
                              f"{way} {mechanism}: {result}") \
                    if way != "strict" and mechanism != "SCRAM-SHA-256" \
                    else None

    def test_verbose_json(self):
        report = self.check(("imaps", "smtps"), ALICE, WRONG, "-v",
                            verdict="wrong_credentials", code=1)
        self.assertIn("transcript", report["endpoints"][0])


if __name__ == "__main__":
    if os.geteuid() != 0:       # both servers change to users of their own
        os.execvp("sudo", ["sudo", "-n", "--preserve-env=MAILWHY",
                           sys.executable, *sys.argv])
    unittest.main()
