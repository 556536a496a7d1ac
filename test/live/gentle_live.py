#!/usr/bin/env python3
"""mailwhy batch, gently: hundreds of accounts at real Dovecot and Postfix,
servers that go and come back, and one that bans.

    MAILWHY=path/to/mailwhy gentle_live.py [-v] [Class.test]
"""
import collections
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parent),
                str(pathlib.Path(__file__).parent / "mail")]
import banning          # noqa: E402
import harness          # noqa: E402
import servers          # noqa: E402

mail = None             # the running servers
CANARY = "canary-Zq7!secret~%03d"

# what an account is like -> how many, and the verdict it must get
KINDS = {
    "right": (300, "works"),
    "wrong": (80, "wrong_credentials"),
    "closed": (40, "account_disabled"),
    "expired": (40, "password_expired"),
    "full": (40, "works"),
}


def accounts_of(kind):
    return [(f"{kind}{i:03}@mail.test", CANARY % i)
            for i in range(KINDS[kind][0])]


def setUpModule():
    global mail
    servers.require()
    more = {}
    for kind in KINDS:
        for user, password in accounts_of(kind):
            more[user] = (
                password + ("x" if kind == "wrong" else ""),
                {"closed": "nologin",
                 "full": "userdb_quota_rule=*:storage=100K "
                 "userdb_quota_storage_size=100K"}.get(kind, ""))
    mail = servers.Servers(more=more).start()
    for user, _ in accounts_of("full"):
        mail.fill_mailbox(user, 97000)


def tearDownModule():
    mail.stop()


ELSEWHERE = "127.0.0.78"        # another machine than servers.ADDRESS


def common():
    return ["--ca-file", str(mail.ca), "--resolve",
            f"{servers.HOST}:*:{servers.ADDRESS}", "--resolve",
            f"ban.test:*:{ELSEWHERE}", "--lang", "en"]


class Folder(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="mailwhy-gentle-")
        self.addCleanup(self.folder.cleanup)
        self.dir = pathlib.Path(self.folder.name)
        self.state = self.dir / "state" / "mailwhy" / "logins"

    def write(self, accounts, endpoints):
        """(user, password) each; the secrets lie in files of their own."""
        path = self.dir / "accounts.jsonl"
        with open(path, "w", encoding="utf-8") as out:
            for i, (user, password) in enumerate(accounts):
                secret = self.dir / f"secret-{i}"
                secret.write_text(password + "\n")
                secret.chmod(0o600)
                json.dump({"address": user, "user": user,
                           "password": {"file": str(secret)},
                           "endpoints": endpoints}, out)
                out.write("\n")
        self.secrets = sorted({password for _, password in accounts})
        return path

    def command(self, path, *options):
        return [harness.PROGRAM, "batch", str(path), *common(), *options]

    def environment(self):
        return harness.clean_environment(
            XDG_STATE_HOME=str(self.dir / "state"))

    def batch(self, path, *options, code=None):
        """The lines of JSON, by account."""
        done = subprocess.run(
            self.command(path, "--output", "jsonl:-", *options),
            capture_output=True, timeout=120, env=self.environment())
        return self.read(done, code)

    def read(self, done, code=None):
        result = harness.Run(done.returncode, done.stdout.decode(),
                             done.stderr.decode())
        for secret in self.secrets[:20] + self.secrets[-20:]:
            harness.no_trace(secret, result)
        if self.state.exists():
            text = self.state.read_text()
            self.assertNotIn("canary", text)
            self.assertNotIn("mail.test", text)
        self.assertNotIn("Sanitizer", result.err)
        rows = [json.loads(line) for line in result.out.splitlines()]
        self.stderr = result.err
        rows = {row["account"]["name"]: row for row in rows}
        if code is not None:
            self.assertEqual(result.code, code, f"{self.count(rows)}\n"
                             f"{result.err}")
        return rows

    def brief(self, row):
        """What a failing test should show of an account."""
        steps = [(e["service"], s["stage"], s["result"], s["ms"],
                  s.get("fault"), s.get("reply"))
                 for e in row["endpoints"] for s in e["steps"]
                 if s["result"] == "failed"]
        name = row["account"]["name"]
        logged = [line for log in ("dovecot.log", "postfix.log")
                  for line in mail.log_text(log).splitlines()
                  if name in line or re.search("limit|drop|stress", line)]
        return "\n".join([f"{name} {row['verdict']} {steps}", *logged[-20:]])

    def count(self, rows):
        """How often each verdict, or the reason of what was not tried."""
        return collections.Counter(
            row["account"].get("reason") or row["verdict"]
            for row in rows.values())


class Hundreds(Folder):
    def test_every_verdict_is_right(self):
        """500 accounts of five kinds, IMAP and SMTP, at a server of one's
        own."""
        accounts = [a for kind in KINDS for a in accounts_of(kind)]
        path = self.write(accounts, [
            f"imaps://{servers.HOST}:{mail.imaps}",
            f"submissions://{servers.HOST}:{mail.smtps}"])
        rows = self.batch(path, "--pace", "off", "--no-state", code=1)
        self.assertEqual(len(rows), len(accounts))
        for kind, (_, verdict) in KINDS.items():
            for user, _ in accounts_of(kind):
                self.assertEqual(rows[user]["verdict"], verdict,
                                 self.brief(rows[user]))
                self.assertLessEqual(rows[user]["logins"]["refused"], 2)
        for user, _ in accounts_of("full"):
            self.assertIn("quota_nearly_full",
                          [f["id"] for f in rows[user]["findings"]])

    def test_refused_ones_are_not_tried_again(self):
        """Two runs; what was refused in the first is left alone in the
        second, and what has a new password is tried."""
        wrong = accounts_of("wrong")[:6]
        right = accounts_of("right")[:6]
        ways = [f"imaps://{servers.HOST}:{mail.imaps}"]
        path = self.write(wrong + right, ways)
        options = ("--pace", "off", "--account-refusals", "1")
        rows = self.batch(path, *options, code=1)
        self.assertEqual(self.count(rows),
                         {"wrong_credentials": 6, "works": 6})
        rows = self.batch(path, *options, code=1)
        self.assertEqual(self.count(rows), {"refused_before": 6, "works": 6})
        # one mends his password, one makes it worse
        changed = [(wrong[0][0], wrong[0][1] + "x"),
                   (wrong[1][0], wrong[1][1] + "y")]
        rows = self.batch(self.write(changed + wrong[2:], ways), *options)
        self.assertEqual(self.count(rows), {
            "works": 1, "wrong_credentials": 1, "refused_before": 4})

    def test_a_leaver_need_not_be_refused_every_hour(self):
        """What must not log in is refused twice a day, and that will do."""
        path = self.write(accounts_of("closed")[:2], [
            f"imaps://{servers.HOST}:{mail.imaps}"])
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        with open(path, "w", encoding="utf-8") as out:
            for line in lines:
                line["expect"] = {"no_login": ["imap"]}
                out.write(json.dumps(line) + "\n")
        for wanted in ("account_disabled", "account_disabled",
                       "still_refused"):
            rows = self.batch(path, "--pace", "off", code=0)
            self.assertEqual(self.count(rows), {wanted: 2})

    def test_many_secrets_of_one_account(self):
        """Whoever tries one password after the other is stopped."""
        ways = [f"imaps://{servers.HOST}:{mail.imaps}"]
        user = accounts_of("wrong")[9][0]
        seen = []
        for i in range(6):
            rows = self.batch(self.write([(user, f"canary-guess-{i}")], ways),
                              "--pace", "off")
            seen += self.count(rows)
        self.assertEqual(seen, ["wrong_credentials"] * 3 +
                         ["refused_before"] * 3)


class Outages(Folder):
    def test_a_server_that_goes_and_comes_back(self):
        """Killed in the middle, started again: all work in the end, and
        nobody's password is called wrong."""
        own = servers.Servers(more={
            user: (password, "") for user, password in accounts_of("right")})
        own.start()
        self.addCleanup(own.stop)
        accounts = accounts_of("right")[:200]
        path = self.write(accounts, [f"imaps://{servers.HOST}:{own.imaps}"])
        command = self.command(
            path, "--ca-file", str(own.ca), "--output", "jsonl:-", "--pace",
            "off", "--jobs", "4", "--no-state", "--retry-on", "3",
            "--retries", "8", "--retry-wait", "500ms")
        with subprocess.Popen(command, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE,
                              env=self.environment()) as process:
            errors = []
            reader = threading.Thread(
                target=lambda: errors.append(process.stderr.read()))
            reader.start()
            lines = [process.stdout.readline() for _ in range(40)]
            own.kill_dovecot()
            time.sleep(1)
            own.start_dovecot("dovecot.conf")
            lines += process.stdout.readlines()
            process.wait(90)
            reader.join()
        done = subprocess.CompletedProcess(command, process.returncode,
                                           b"".join(lines), errors[0])
        rows = self.read(done, code=0)
        self.assertEqual(self.count(rows), {"works": len(accounts)})
        attempts = [r["account"]["attempts"] for r in rows.values()]
        self.assertGreater(max(attempts), 1)
        self.assertLessEqual(max(attempts), 9)

    def test_no_retry_of_a_refused_password(self):
        ways = [f"imaps://{servers.HOST}:{mail.imaps}"]
        rows = self.batch(self.write(accounts_of("wrong")[:5], ways),
                          "--pace", "off", "--no-state", "--retry-on", "3",
                          "--retry-wait", "100ms", code=1)
        for row in rows.values():
            self.assertEqual(row["account"]["attempts"], 1)
            self.assertEqual(row["logins"]["refused"], 1)


class Bans(Folder):
    def server(self, users, findtime=600.0, address=servers.ADDRESS):
        ban = banning.BanningServer(
            address, mail.dir / "pki" / "mail.test.crt",
            mail.dir / "pki" / "mail.test.key", dict(users),
            findtime=findtime)
        self.addCleanup(ban.stop)
        return ban

    def ways(self, ban):
        return [f"imaps://{servers.HOST}:{ban.port}"]

    def test_a_host_that_bans_is_not_provoked(self):
        """Thirty accounts with wrong passwords at a server that bans for
        the third refusal. Nobody waits here: two are refused, the rest is
        left alone, in this run and in the next ones."""
        wrong = accounts_of("wrong")[:30]
        ban = self.server({})
        path = self.write(wrong, self.ways(ban))
        rows = self.batch(path, "--host-wait", "0", code=1)
        self.assertEqual(self.count(rows),
                         {"wrong_credentials": 2, "host_stopped": 28})
        for _ in range(2):
            rows = self.batch(path, "--host-wait", "0")
            self.assertEqual(len(rows), 30)
            self.assertNotIn("wrong_credentials", self.count(rows))
        self.assertEqual(len(ban.refused), 2)
        self.assertFalse(ban.banned)

    def test_a_machine_of_many_names_is_not_provoked(self):
        """As web hosts have it: each domain calls the one machine by a name
        of its own. What bans us there asks for an address."""
        ban = self.server({})
        path = self.write(accounts_of("wrong")[:12], [])
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        for i, row in enumerate(rows):
            row["endpoints"] = [f"imaps://mail.customer{i}.test:{ban.port}"]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        for refused in (2, 0):
            rows = self.batch(path, "--host-wait", "0", "--resolve",
                              f"*:*:{servers.ADDRESS}",
                              "--insecure-certificate")
            self.assertEqual(self.count(rows)["host_stopped"], 12 - refused,
                             self.count(rows))
        self.assertEqual(len(ban.refused), 2)
        self.assertFalse(ban.banned)
        # each is told of the server it has in the list
        for row in rows.values():
            self.assertRegex(row["account"]["why"], r"mail\.customer\d+\.test")

    def test_right_ones_among_them(self):
        """What is accepted between does not make it forget. Sixteen workers
        ask in any order: some right ones in front, so that one is asked."""
        accounts = accounts_of("right")[20:32] + [
            a for pair in zip(accounts_of("right")[:20],
                              accounts_of("wrong")[:20]) for a in pair]
        ban = self.server(accounts_of("right"))
        self.batch(self.write(accounts, self.ways(ban)), "--host-wait", "0",
                   "--jobs", "16")
        self.assertEqual(len(ban.refused), 2)
        self.assertFalse(ban.banned)
        self.assertGreaterEqual(ban.accepted, 1)

    def test_waiting_gets_all_of_them_done(self):
        """The same with a window of seconds: it takes longer, and that is
        all."""
        wrong, right = accounts_of("wrong")[:8], accounts_of("right")[:8]
        ban = self.server(right, findtime=3.0)
        began = time.monotonic()
        rows = self.batch(self.write(wrong + right, self.ways(ban)),
                          "--host-refusals", "2/3500ms", code=1)
        self.assertEqual(self.count(rows),
                         {"wrong_credentials": 8, "works": 8})
        self.assertFalse(ban.banned)
        self.assertGreater(time.monotonic() - began, 3 * 3.5)

    def test_a_pause_holds_up_nobody_else(self):
        """While one host has to be spared, the others go on; Ctrl-C in a
        pause ends the run at once, and --resume takes up the rest."""
        ban = self.server(accounts_of("right"), address=ELSEWHERE)
        here = [f"imaps://ban.test:{ban.port}"]
        there = [f"imaps://{servers.HOST}:{mail.imaps}"]
        wrong, right = accounts_of("wrong")[:6], accounts_of("right")[:12]
        path = self.write(wrong + right, there)
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        with open(path, "w", encoding="utf-8") as out:
            for line in lines:
                if line["user"].startswith("wrong"):
                    line["endpoints"] = here
                out.write(json.dumps(line) + "\n")
        result = self.dir / "result.jsonl"
        command = self.command(path, "--output", f"jsonl:{result}",
                               "--insecure-certificate")
        with subprocess.Popen(command, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE,
                              env=self.environment()) as process:
            end = time.monotonic() + 40
            while time.monotonic() < end and (
                    not result.exists() or
                    len(result.read_text().splitlines()) < 14):
                time.sleep(0.1)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            err = process.stderr.read().decode()
            process.wait(20)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(process.returncode, 130)
        self.assertIn("ban.test is left alone until", err)
        done = subprocess.CompletedProcess(command, 130,
                                           result.read_bytes(), b"")
        self.assertEqual(self.count(self.read(done)), {
            "wrong_credentials": 2, "works": 12, "interrupted": 4})
        rows = self.batch(path, "--resume", str(result), "--host-wait", "0",
                          "--insecure-certificate")
        self.assertEqual(self.count(rows), {
            "wrong_credentials": 2, "works": 12, "host_stopped": 4})
        self.assertEqual((len(ban.refused), ban.banned), (2, False))
        # what was left alone is not done
        result.write_text("".join(json.dumps(row) + "\n"
                                  for row in rows.values()))
        rows = self.batch(path, "--resume", str(result), "--pace", "off",
                          "--insecure-certificate")
        self.assertEqual(self.count(rows)["host_stopped"], 0)
        self.assertGreater(len(ban.refused), 2)

    def test_off_is_off(self):
        """The server of this test does ban: otherwise the others prove
        nothing."""
        ban = self.server({})
        path = self.write(accounts_of("wrong")[:12], self.ways(ban))
        rows = self.batch(path, "--pace", "off", "--jobs", "1", "--no-state")
        self.assertTrue(ban.banned)
        self.assertEqual(self.count(rows)["wrong_credentials"], 3)

    def test_a_ban_that_is_there(self):
        """Shut out in the middle of a run: the run goes easy on it, then
        stops, and calls no password wrong."""
        right = accounts_of("right")[:40]
        ban = self.server(right)
        path = self.write(right, self.ways(ban))
        command = self.command(path, "--output", "jsonl:-", "--host-logins",
                               "0", "--host-wait", "0")
        with subprocess.Popen(command, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE,
                              env=self.environment()) as process:
            lines = [process.stdout.readline() for _ in range(5)]
            ban.banned = True
            lines += process.stdout.readlines()
            err = process.stderr.read()
        done = subprocess.CompletedProcess(command, process.returncode,
                                           b"".join(lines), err)
        count = self.count(self.read(done, code=3))
        self.assertNotIn("wrong_credentials", count)
        self.assertGreater(count["host_stopped"], 20)
        self.assertLessEqual(ban.turned_away, 8)


class StateFile(Folder):
    def run_one(self, *options, code=None):
        ways = [f"imaps://{servers.HOST}:{mail.imaps}"]
        return self.batch(self.write(accounts_of("right")[:1], ways),
                          *options, code=code)

    def test_where_it_lies_and_who_may_read_it(self):
        self.run_one(code=0)
        self.assertEqual(self.state.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.state.parent.stat().st_mode & 0o777, 0o700)

    def test_damage_is_said_and_kept(self):
        self.state.parent.mkdir(parents=True)
        self.state.write_text("mailwhy-logins 1 nonsense\n")
        self.assertEqual(self.run_one(code=2), {})
        self.assertIn("damaged at line 1", self.stderr)
        self.assertEqual(len(self.stderr.splitlines()), 1)
        self.assertEqual(self.state.read_text(),
                         "mailwhy-logins 1 nonsense\n")
        self.run_one("--no-state", code=0)

    def test_a_link_to_it_stays_one(self):
        link = self.dir / "link"
        link.symlink_to(self.state)
        self.run_one(code=0)
        self.run_one("--state", str(link), code=0)
        self.assertTrue(link.is_symlink())
        self.assertFalse((self.dir / "link.lock").exists())

    def test_only_one_run_at_a_time(self):
        wrong = accounts_of("wrong")[:3]
        ban = banning.BanningServer(
            servers.ADDRESS, mail.dir / "pki" / "mail.test.crt",
            mail.dir / "pki" / "mail.test.key", {})
        self.addCleanup(ban.stop)
        path = self.write(wrong, [f"imaps://{servers.HOST}:{ban.port}"])
        with subprocess.Popen(self.command(path, "--output", "jsonl:-"),
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL,
                              env=self.environment()) as first:
            self.assertIn(b"wrong_credentials", first.stdout.readline())
            self.run_one(code=2)
            self.assertIn("in use by another run", self.stderr)
            self.run_one("--state", str(self.dir / "other"), code=0)
            first.kill()
        self.run_one("--pace", "off", code=0)    # its two refusals count

    def test_no_place_for_it(self):
        """Said once, and the run goes on; a place that was named must do."""
        environment = self.environment()
        environment["XDG_STATE_HOME"] = "/proc/nowhere"
        self.environment = lambda: environment
        self.run_one(code=0)
        self.assertIn("not remembered", self.stderr)
        self.run_one("--quiet", code=0)
        self.assertEqual(self.stderr, "")
        self.run_one("--state", "/proc/nowhere/logins", code=2)
        self.assertEqual(len(self.stderr.splitlines()), 1)


if __name__ == "__main__":
    unittest.main()
