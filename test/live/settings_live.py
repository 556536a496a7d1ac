#!/usr/bin/env python3
"""mailwhy settings, as people run it: against servers played on loopback,
without a network, with the settings of a customer, with wrong input.

    MAILWHY=path/to/mailwhy settings_live.py [-v] [Class.test]
"""
import json
import pathlib
import shlex
import sys
import unittest

import jsonschema

sys.path[:0] = [str(pathlib.Path(__file__).parent)]
import harness          # noqa: E402
import serve_live       # noqa: E402

SCHEMA = jsonschema.Draft7Validator(json.loads(
    (pathlib.Path(__file__).parents[2] / "reports/settings.schema.json")
    .read_text(encoding="utf-8")))
PROGRAMS = ("iphone", "android", "outlook", "outlook-new", "thunderbird")


def way_to(served):
    """The options of the printed command that lead to the played servers."""
    words = shlex.split(served.command.replace("\\\n", " "))[2:]
    options = []
    for name, value in zip(words, words[1:]):
        if name in ("--ca-file", "--dns-server", "--connect-to"):
            options += [name, value]
    return options


class Case(unittest.TestCase):
    def settings(self, *arguments, **more):
        result = harness.run("settings", *arguments, **more)
        self.assertEqual(result.err, "", result)
        return result

    def report(self, *arguments):
        result = self.settings("--json", *arguments)
        errors = [error.message for error in SCHEMA.iter_errors(result.report)]
        self.assertEqual(errors, [], result)
        self.assertEqual(result.code, result.report["exit_code"], result)
        return result.report

    def bad(self, *arguments, names):
        result = harness.run("settings", *arguments)
        self.assertEqual(result.code, 2, result)
        self.assertEqual(result.out, "", result)
        self.assertEqual(result.err.count("\n"), 1, result)
        self.assertIn(names, result.err)


class Live(Case):
    def test_servers_that_answer(self):
        with serve_live.serving("gmail-works") as served:
            report = self.report("taro@gmail.com", *way_to(served))
        checks = {(s["host"], s["port"]): s["check"]["result"]
                  for s in report["servers"]}
        self.assertEqual(checks["imap.gmail.com", 993], "ok")
        self.assertEqual(checks["smtp.gmail.com", 465], "ok")
        self.assertEqual(checks["smtp.gmail.com", 587], "ok")
        self.assertEqual(report["exit_code"], 0)

    def test_no_login_is_made(self):
        """These servers refuse every login: one would fail the check."""
        with serve_live.serving("gmail-app-password") as served:
            report = self.report("taro@gmail.com", *way_to(served))
        self.assertEqual(
            [s["check"]["result"] for s in report["servers"]
             if s["service"] != "pop3"], ["ok"] * 3)

    def test_a_port_that_is_closed(self):
        """The other way to the service is shown in its place."""
        with serve_live.serving("gmail-works") as served:
            way = way_to(served)
            way = ["smtp.gmail.com:465:127.0.0.1:9"
                   if w.startswith("smtp.gmail.com:465") else w for w in way]
            report = self.report("taro@gmail.com", *way)
        chosen = [s for s in report["servers"]
                  if s["service"] == "smtp" and s["preferred"]]
        self.assertEqual([s["port"] for s in chosen], [587])
        failed = [s["check"] for s in report["servers"] if s["port"] == 465]
        self.assertEqual(failed[0]["result"], "failed")
        self.assertEqual(failed[0]["stage"], "connect")
        self.assertTrue(failed[0]["text"])

    def test_a_customers_host_is_asked(self):
        """Another name that answers is not called wrong."""
        with serve_live.serving("gmail-works") as served:
            way = way_to(served)
            to = next(w for w in way if w.startswith("imap.gmail.com:993"))
            port = to.rsplit(":", 1)[1]
            report = self.report(
                "taro@gmail.com", "--compare", "imap=mail.other.test:993:tls",
                "--resolve", "mail.other.test:993:127.0.0.1",
                "--connect-to", f"mail.other.test:993::{port}", *way)
            missing = self.report(
                "taro@gmail.com", "--compare", "imap=no.such.test:993:tls",
                *way)
        # its certificate is for imap.gmail.com: it answers, but is not right
        self.assertEqual(
            report["comparison"]["servers"][0]["server"]["result"], "wrong")
        self.assertEqual(
            missing["comparison"]["servers"][0]["server"]["reason"],
            "host_does_not_exist")

    def test_a_domain_nobody_knows(self):
        with serve_live.serving("gmail-works") as served:
            report = self.report("taro@nobody-knows.test", *way_to(served))
        self.assertEqual(report["exit_code"], 4)
        self.assertEqual(report["servers"], [])
        self.assertTrue(report["discovery"]["candidates"])


class Offline(Case):
    def test_every_program_in_every_language(self):
        for program in PROGRAMS:
            for lang in ("en", "ja"):
                for address in ("taro@gmail.com", "hanako@docomo.ne.jp",
                                "hanako@outlook.com"):
                    with self.subTest((program, lang, address)):
                        report = self.report(
                            address, "--offline", "--for", program,
                            "--lang", lang)
                        self.assertEqual(report["program"]["id"], program)
                        only = report["program"]["own_entry_only"]
                        self.assertEqual(report["program"]["steps"] == [],
                                         only)

    def test_lines_fit_the_width(self):
        for lang in ("en", "ja"):
            for more in ((), ("--for", "iphone"),
                         ("--compare", "imap=pop.gmail.com:143:none,user=x")):
                result = self.settings("taro@gmail.com", "--offline", "--lang",
                                       lang, *more)
                for line in result.out.splitlines():
                    if "https://" not in line:
                        self.assertLessEqual(harness.columns(line), 80, line)
                self.assertNotIn("\033", result.out)

    def test_compared(self):
        wrong = self.report(
            "taro@gmail.com", "--offline", "--compare",
            "imap=pop.gmail.com:143:starttls,smtp=smtp.gmail.com:465:starttls,"
            "user=taro")
        self.assertEqual(wrong["exit_code"], 1)
        imap, smtp = wrong["comparison"]["servers"]
        self.assertEqual(imap["server"]["reason"], "host_of_other_service")
        self.assertEqual(imap["port"]["right"], "993")
        self.assertEqual(smtp["server"]["result"], "right")
        self.assertEqual(smtp["security"]["reason"], "security_tls_port")
        self.assertEqual(smtp["user"]["reason"], "user_is_local_part"
                         if smtp["user"]["right"] == "taro"
                         else "user_is_address")
        for value in ("imap.gmail.com", "993", "taro@gmail.com"):
            self.assertIn(value, wrong["comparison"]["reply"])
        right = self.report(
            "taro@gmail.com", "--offline", "--compare",
            "imap=imap.gmail.com:993:ssl,smtp=smtp.gmail.com:587:starttls")
        self.assertEqual(right["exit_code"], 0)
        flags = self.report(
            "taro@gmail.com", "--offline", "--server", "smtp.gmail.com",
            "--port", "587", "--security", "tls", "--user", "taro@gmail.com")
        self.assertEqual(flags["exit_code"], 1)
        self.assertEqual(
            flags["comparison"]["servers"][0]["security"]["reason"],
            "security_starttls_port")
        user = self.report("taro@gmail.com", "--offline", "--compare",
                           "user=taro")
        self.assertEqual(user["exit_code"], 1)

    def test_hosts_of_others(self):
        for host, reason in (
                ("imap.mail.yahoo.co.jp", "host_of_other_provider"),
                ("gmail-smtp-in.l.google.com", "host_is_mx"),
                ("gmail.com", "host_is_domain"),
                ("imap.gmial.com", "host_mistyped"),
                ("mail.example.net", "host_not_published")):
            with self.subTest(host):
                report = self.report("taro@gmail.com", "--offline",
                                     "--compare", f"imap={host}:993:tls")
                self.assertEqual(report["comparison"]["servers"][0]
                                 ["server"]["reason"], reason)

    def test_nothing_known(self):
        report = self.report("taro@nobody-knows.test", "--offline")
        self.assertEqual(report["exit_code"], 4)
        self.assertTrue(report["offline"])
        typo = self.report("taro@gmial.com")
        self.assertEqual(typo["did_you_mean"], "taro@gmail.com")
        self.assertEqual(typo["exit_code"], 4)
        # nothing to compare with is no verdict on the customer's settings
        compared = self.report("taro@nobody-knows.test", "--offline",
                               "--compare", "imap=a.test:993:tls")
        self.assertIsNone(compared["comparison"])
        self.assertEqual(compared["exit_code"], 4)


class Input(Case):
    def test_refused(self):
        for arguments, names in (
                ((), "mailwhy settings"),
                (("a@gmail.com", "b@gmail.com"), "mailwhy settings"),
                (("gmail.com",), "gmail.com"),
                (("a@gmail.com", "--for", "pegasus"), "thunderbird"),
                (("a@gmail.com", "--compare", "imap"), "--compare"),
                (("a@gmail.com", "--compare", "imap=a:0:tls"), "imap=a:0"),
                (("a@gmail.com", "--compare", "imap=a:1:x"), "imap=a:1:x")):
            with self.subTest(arguments):
                self.bad(*arguments, names=names)

    def test_belongs_to_settings(self):
        for option in (("--for", "iphone"), ("--offline",),
                       ("--compare", "user=x")):
            result = harness.run("a@gmail.com", *option)
            self.assertEqual(result.code, 2, result)
            self.assertIn("settings", result.err)

    def test_schema(self):
        for arguments in (("--schema", "settings"), ("settings", "--schema")):
            schema = json.loads(harness.run(*arguments).out)
            self.assertEqual(schema["$id"], "urn:mailwhy:settings:1")


if __name__ == "__main__":
    harness.PROGRAM = str(pathlib.Path(harness.PROGRAM).resolve())
    unittest.main()
