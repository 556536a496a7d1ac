#!/usr/bin/env python3
"""mailwhy batch where something breaks: disks that are full, readers that go
away, signals, kill -9.

    MAILWHY=path/to/mailwhy broken_live.py [-v] [Class.test]
"""
import collections
import contextlib
import pathlib
import random
import re
import signal
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import unittest
import xml.etree.ElementTree as ElementTree

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]
import batch_live       # noqa: E402
import harness          # noqa: E402
from batch_live import (  # noqa: E402
    DIR, SECRET, Case, account, arguments, batch, lines, results,
    setUpModule, write)


def attempts():
    return sum(batch_live.SERVER.logins.values())


class Impatient(socketserver.StreamRequestHandler):
    """SMTP, and whoever says nothing for two seconds is hung up on."""

    def handle(self):
        owner = self.server.owner
        owner.connections += 1
        with contextlib.suppress(OSError, ssl.SSLError):
            self.request = batch_live.SERVER.tls.wrap_socket(
                self.request, server_side=True)
            while attempts() == 0:      # IMAP's login is the first
                time.sleep(0.01)
            self.request.settimeout(2)
            self.request.sendall(b"220 mail.test ESMTP\r\n")
            self.talk(owner)
            self.request.unwrap()
        self.request.close()
        owner.hung_up.set()

    def talk(self, owner):
        try:
            for line in self.request.makefile("rb"):
                verb = line.upper()[:4]
                owner.logins += verb == b"AUTH"
                self.request.sendall({
                    b"EHLO": b"250-mail.test\r\n250 AUTH PLAIN\r\n",
                    b"AUTH": b"235 2.7.0 ok\r\n",
                    b"QUIT": b"221 bye\r\n"}.get(verb, b"250 ok\r\n"))
        except TimeoutError:
            if owner.says_goodbye:
                self.request.sendall(b"421 4.4.2 timeout exceeded\r\n")


class Waiting(Case):
    def test_a_server_that_does_not_wait_for_another(self):
        """SMTP hangs up while IMAP takes its time over the login: that is
        nobody's fault, and it is asked once more, once."""
        smtp = batch_live.Tcp(("127.0.0.1", 0), Impatient)
        smtp.owner = self
        self.addCleanup(smtp.server_close)
        self.addCleanup(smtp.shutdown)
        threading.Thread(target=smtp.serve_forever, daemon=True).start()
        one = account("good")
        one["endpoints"].append(
            f"submissions://mail.test:{smtp.server_address[1]}")
        path = write("waits.jsonl", one)
        for self.says_goodbye in (False, True):
            self.connections = self.logins = 0
            self.hung_up = threading.Event()
            batch_live.SERVER.clear(until=self.hung_up)
            done = batch(path, "--json", "--resolve", "*:*:127.0.0.1")
            self.assertEqual(done.code, 0, done)
            self.assertEqual((self.connections, self.logins), (2, 1))
            self.assertEqual(attempts(), 1)


class Files(Case):
    def test_no_more_at_once_than_files_can_be_open(self):
        """A limit that this user may raise is raised; with another one there
        are fewer at a time, and nobody's account is called faulty."""
        path = write("files.jsonl", *[account(f"u{i}") for i in range(48)])
        for limit in ("ulimit -S -n 64", "ulimit -n 64", "ulimit -n 40"):
            batch_live.SERVER.clear(delay=0.05)
            done = subprocess.run(
                ["sh", "-c", limit + '; exec "$0" "$@"', harness.PROGRAM,
                 *map(str, arguments(path, "--jobs", 64, "--json"))],
                capture_output=True, text=True, timeout=60,
                env=harness.clean_environment())
            self.assertEqual((done.returncode, done.stderr), (0, ""), limit)
            self.assertEqual(set(results(done.stdout).values()), {"passed"})


class Outputs(Case):
    def test_what_cannot_be_written_is_told_first(self):
        path = write("out.jsonl", account("good"))
        for output in (f"jsonl:{DIR}/none/x", f"junit:{DIR}/none/x",
                       f"jsonl:{DIR}", "jsonl:/proc/none", "junit:/proc/none",
                       "jsnl:x", "jsonl:"):
            done = batch(path, "--output", output)
            self.assertEqual(done.code, 2, done)
            self.assertEqual(len(done.err.splitlines()), 1, done)
            self.assertEqual(done.out, "")
        before = path.read_text()
        done = batch(path, "--output", f"csv:{path}")
        self.assertEqual(done.code, 2, done)
        self.assertEqual(path.read_text(), before)
        done = batch(path, "--output", "jsonl:-", "--output", "csv:-")
        self.assertEqual(done.code, 2, done)
        done = batch(path, "--output", f"jsonl:{DIR}/x", "--output",
                     f"csv:{DIR}/x")
        self.assertEqual(done.code, 2, done)
        self.assertFalse((DIR / "x").exists())
        done = subprocess.run(
            ["sh", "-c", 'exec "$0" "$@" >&-', harness.PROGRAM,
             *map(str, arguments(path, "--output", "jsonl:-"))],
            stderr=subprocess.PIPE, env=harness.clean_environment())
        self.assertEqual(done.returncode, 2, done)
        self.assertEqual(len(done.stderr.splitlines()), 1, done)
        self.assertEqual(batch_live.SERVER.logins, {})

    def test_two_ways_to_one_file(self):
        """A link that is written through stays one; what it leads to is not
        written twice."""
        path = write("ways.jsonl", account("good"))
        aim, link = DIR / "aim.xml", DIR / "link.xml"
        link.symlink_to(aim.name)
        aim.write_text("old")
        for other in (link, f"{DIR}/./aim.xml", f"{DIR}/../{DIR.name}/aim.xml"):
            done = batch(path, "--output", f"junit:{aim}", "--output",
                         f"csv:{other}")
            self.assertEqual(done.code, 2, done)
            self.assertEqual(len(done.err.splitlines()), 1, done)
        self.assertEqual(aim.read_text(), "old")
        done = batch(path, "--output", f"junit:{link}")
        self.assertEqual(done.code, 0, done)
        self.assertTrue(link.is_symlink())
        ElementTree.parse(aim)

    def test_a_full_disk(self):
        path = write("full.jsonl", *[account(f"u{i}") for i in range(50)])
        done = batch(path, "--jobs", 4, "--output", "jsonl:/dev/full",
                     "--output", f"csv:{DIR}/full.csv", "--output",
                     f"junit:{DIR}/full.xml")
        self.assertEqual(done.code, 2, done)
        self.assertEqual(done.err.count("/dev/full"), 2, done)
        self.assertLess(len(batch_live.SERVER.logins), 20)
        self.assertIn(f"not in /dev/full: {attempts()}. ", done.err)
        self.assertEqual(len((DIR / "full.csv").read_text().splitlines()), 51)
        ElementTree.parse(DIR / "full.xml")

    def crowded(self, path, out, *more):
        """A run whose files may not grow beyond 20 KB, as on a full disk."""
        return subprocess.run(
            ["sh", "-c", 'ulimit -f 40; trap "" XFSZ; exec "$0" "$@"',
             harness.PROGRAM, *map(str, arguments(
                 path, "--jobs", 4, "--output", f"jsonl:{out}", *more))],
            capture_output=True, text=True, timeout=60,
            env=harness.clean_environment(PW=SECRET))

    def test_the_disk_fills_up(self):
        """Whole lines are kept; what is lost was under way, and is told; and
        nothing else is tried again, in that run and the next."""
        path = write("grow.jsonl", *[account(f"u{i}") for i in range(50)])
        out = DIR / "grow.out"
        lost = 0
        for more in ([], ["--resume", out]):
            done = self.crowded(path, out, *more)
            self.assertEqual(done.returncode, 2, done)
            self.assertIn(f"{out} cannot be written", done.stderr)
            kept = lines(out.read_text())
            self.assertTrue(0 < len(kept) < 50)
            told = re.search(r"not in .*grow.out: (\d+)\.", done.stderr)
            self.assertLessEqual(int(told[1]), 4)
            lost += int(told[1])
            self.assertEqual(attempts(), len(kept) + lost)
        more = batch(path, "--resume", out, "--output", f"jsonl:{out}")
        self.assertEqual(more.code, 0, more)
        self.assertEqual(len(results(out.read_text())), 50)
        self.assertEqual(len(lines(out.read_text())), 50)
        self.assertEqual(attempts(), 50 + lost)

    def test_everything_on_the_same_full_disk(self):
        """Outputs and the state file, on a file system of 128 KiB."""
        disk = DIR / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "none",
                           disk], capture_output=True).returncode != 0:
            self.skipTest("no file system of one's own here")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        path = write("disk.jsonl", *[account(f"bad{i}") for i in range(40)])
        args = [a for a in map(str, arguments(
            path, "--jobs", 4, "--output", f"jsonl:{disk}/out", "--output",
            f"junit:{disk}/xml", "--state", disk / "state"))
            if a != "--no-state"]
        done = harness.run(*args)
        self.assertEqual(done.code, 2, done)
        kept = lines((disk / "out").read_text())
        tried = attempts()
        self.assertIn(f"not in {disk}/out: {tried - len(kept)}.", done.err)
        self.assertLessEqual(tried - len(kept), 4)
        self.assertFalse((disk / "xml").exists())
        self.assertEqual(sorted(f.name for f in disk.iterdir()),
                         ["out", "state", "state.lock"])
        # what the state file holds is right, and with room it goes on
        subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
        done = harness.run(*args, "--resume", disk / "out")
        self.assertEqual(done.code, 1, done)
        self.assertEqual(len(results((disk / "out").read_text())), 40)
        self.assertEqual(attempts(), 40 + tried - len(kept))
        ElementTree.parse(disk / "xml")

    def test_a_file_system_that_is_read_only(self):
        """Told before the first login, whatever the kind and even to root."""
        disk = DIR / "read-only"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", disk],
                          capture_output=True).returncode != 0:
            self.skipTest("no file system of one's own here")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        path = write("ro.jsonl", account("good"))
        for kind in ("jsonl", "csv", "tap", "junit", "prometheus"):
            done = batch(path, "--output", f"{kind}:{disk}/x")
            self.assertEqual(done.code, 2, done)
            self.assertIn(f"{disk}/x", done.err)
            self.assertEqual(len(done.err.splitlines()), 1, done)
        args = arguments(path, "--state", disk / "state")
        args.remove("--no-state")
        done = harness.run(*args)
        self.assertEqual(done.code, 2, done)
        self.assertEqual(batch_live.SERVER.logins, {})

    def test_a_collector_never_sees_a_part(self):
        """Whenever it reads: the whole of one run, from first line to last;
        the former run's still when this one is killed."""
        path = write("collect.jsonl", *[account(
            f"u{i}", labels={"text": "x" * 400}) for i in range(120)])
        out = DIR / "collect.prom"
        out.write_text("# old\n")
        seen, ended = set(), threading.Event()

        def collect():
            while not ended.is_set():
                seen.add(out.read_text())

        reader = threading.Thread(target=collect)
        reader.start()
        runs = []
        try:
            for i in range(4):
                batch(path, "--output", f"prometheus:{out}",
                      "--jobs", 1 + 7 * (i % 2))
                runs.append(out.read_text())
            batch_live.SERVER.clear(0.05)
            killed = subprocess.Popen(
                [harness.PROGRAM, *map(str, arguments(
                    path, "--jobs", 2, "--output", f"prometheus:{out}"))],
                env=harness.clean_environment())
            time.sleep(0.5)
            killed.kill()
            killed.wait()
        finally:
            ended.set()
            reader.join()
        self.assertEqual(out.read_text(), runs[-1])
        self.assertLessEqual(seen, {"# old\n", *runs})
        self.assertGreater(len(seen), 1)
        for text in runs:
            self.assertGreater(text.count('account="u'), 120)
        # what the killed run leaves behind is no file of a collector's
        left = [f.name for f in DIR.glob("collect.prom*")]
        self.assertEqual([n for n in left if n.endswith(".prom")],
                         ["collect.prom"])

    def test_the_secret_is_in_none(self):
        """The server throws it back; so does a line of the file."""
        path = write("canary.jsonl", *[account(f"bad{i}") for i in range(3)],
                     account("good"), account("inline", password=SECRET),
                     '{"password": "' + SECRET + '", ')
        kinds = ("jsonl", "junit", "tap", "csv", "github", "prometheus",
                 "summary")
        told = harness.run("batch", "--output", "none", path).err
        outputs = [o for kind in kinds for o in
                   ("--output", f"{kind}:{DIR}/out.{kind}")]
        self.assertIn("none", told)
        for lang in ("en", "ja"):
            done = batch(path, "-v", "--lang", lang, *outputs)
            self.assertIn(done.code, (1, 2), done)
            whole = done.out + done.err + "".join(
                (DIR / f"out.{kind}").read_text() for kind in kinds)
            for form in harness.secret_forms(SECRET):
                self.assertNotIn(form, whole)


class Broken(Case):
    """Runs that do not come to their end."""

    def start(self, path, *more):
        return subprocess.Popen(
            [harness.PROGRAM, *map(str, arguments(path, *more))],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=harness.clean_environment(PW=SECRET))

    def test_once(self):
        """At any moment: every account is in every output, once."""
        path = write("once.jsonl", *[account(f"u{i}") for i in range(300)])
        for attempt in range(6):
            batch_live.SERVER.clear(0.05)
            run = self.start(path, "--output", f"jsonl:{DIR}/once.out",
                             "--output", f"junit:{DIR}/once.xml",
                             "--output", f"csv:{DIR}/once.csv")
            time.sleep(random.uniform(0.05, 0.8))
            run.send_signal((signal.SIGINT, signal.SIGTERM,
                             signal.SIGHUP)[attempt % 3])
            _, err = run.communicate(timeout=30)
            self.assertEqual(run.returncode, 130, err)
            told = lines((DIR / "once.out").read_text())
            names = collections.Counter(t["account"]["name"] for t in told)
            self.assertEqual(len(names), 300)
            self.assertEqual(set(names.values()), {1})
            tried = sum(t["account"]["reason"] is None for t in told)
            self.assertEqual(tried, attempts())
            self.assertEqual(len(list(ElementTree.parse(DIR / "once.xml")
                                      .getroot().iter("testsuite"))), 300)
        # what was left out then is done now, and nothing else
        batch_live.SERVER.clear()
        done = batch(path, "--resume", DIR / "once.out", "--output",
                     f"jsonl:{DIR}/once.out")
        self.assertEqual(done.code, 0, done)
        told = lines((DIR / "once.out").read_text())
        self.assertEqual(len({t["account"]["name"] for t in told}), 300)
        self.assertEqual(len(told), 300)
        self.assertEqual(attempts(), 300 - tried)

    def test_whoever_is_to_stay_stays(self):
        """Begun by nohup, or in a script's background: the terminal may go."""
        path = write("stay.jsonl", *[account(f"u{i}") for i in range(40)])
        batch_live.SERVER.clear(0.05)
        run = subprocess.Popen(
            ["sh", "-c", 'trap "" HUP INT; exec "$0" "$@"', harness.PROGRAM,
             *map(str, arguments(path, "--jobs", 4, "--output",
                                 f"jsonl:{DIR}/stay.out"))],
            stderr=subprocess.PIPE, text=True,
            env=harness.clean_environment())
        while attempts() < 5:
            time.sleep(0.01)
        for number in (signal.SIGHUP, signal.SIGINT):
            run.send_signal(number)
        err = run.communicate(timeout=60)[1]
        self.assertEqual((run.returncode, err), (0, ""))
        told = results((DIR / "stay.out").read_text())
        self.assertEqual(list(told.values()), ["passed"] * 40)

    def test_nobody_reads_on(self):
        path = write("pipe.jsonl", *[account(f"u{i}") for i in range(200)])
        batch_live.SERVER.clear(0.02)
        run = self.start(path, "--jobs", "4", "--json")
        run.stdout.readline()
        run.stdout.close()
        err = run.stderr.read()
        self.assertEqual(run.wait(30), 2, err)
        self.assertEqual(len(err.splitlines()), 1, err)
        self.assertLess(attempts(), 30)
        run.stderr.close()

    def test_twice(self):
        path = write("twice2.jsonl", *[account(f"u{i}") for i in range(60)])
        batch_live.SERVER.clear(5)
        run = self.start(path, "--output", f"jsonl:{DIR}/twice.out")
        time.sleep(0.5)
        run.send_signal(signal.SIGINT)
        time.sleep(0.2)
        began = time.monotonic()
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=30)
        self.assertEqual(run.returncode, 130)
        self.assertLess(time.monotonic() - began, 3)
        lines((DIR / "twice.out").read_text())

    def test_killed_and_resumed(self):
        """No account is tried twice but those that were under way."""
        path = write("kill.jsonl", *[account(f"u{i}") for i in range(200)])
        out = DIR / "kill.out"
        out.unlink(missing_ok=True)
        batch_live.SERVER.clear(0.02)
        for _ in range(4):
            run = self.start(path, "--jobs", "4", "--resume", out, "--output",
                             f"jsonl:{out}")
            time.sleep(random.uniform(0.1, 0.4))
            run.kill()
            run.communicate()
            if out.exists():
                with out.open("a") as f:
                    f.write('{"schema": "mailwhy/re')
        done = batch(path, "--resume", out, "--output", f"jsonl:{out}",
                     "--output", f"csv:{DIR}/kill.csv")
        self.assertEqual(done.code, 0, done)
        names = [t["account"]["name"] for t in lines(out.read_text())]
        self.assertEqual(len(names), 200)
        self.assertEqual(len(set(names)), 200)
        self.assertEqual(len((DIR / "kill.csv").read_text().splitlines()),
                         201)
        self.assertEqual(len(batch_live.SERVER.logins), 200)
        self.assertLess(attempts(), 200 + 4 * 5)

    def test_two_people_of_one_name_are_two(self):
        """What one of them has done is not the other's, and lines of an older
        version, which had names alone, are still taken."""
        both = [{"address": "info@mail.test", "user": user,
                 "password": {"file": str(DIR / "secret")}}
                for user in ("u1", "u2")]
        servers = ["--server", "mail.test", "--port", batch_live.SERVER.port,
                   "--security", "tls", "--service", "imap"]
        out = DIR / "alike.out"
        out.unlink(missing_ok=True)
        for some, logins in ((both[:1], 1), (both, 2), (both, 2)):
            done = batch(write("alike.jsonl", *some), "--resume", out,
                         "--output", f"jsonl:{out}", *servers)
            self.assertEqual((done.code, done.err), (0, ""))
            self.assertEqual(attempts(), logins)
        told = lines(out.read_text())
        self.assertEqual(len({t["account"]["id"] for t in told}), 2)
        for line in told:
            harness.validate(line)
            del line["account"]["id"]
        write("alike.out", *told)
        done = batch(DIR / "alike.jsonl", "--resume", out, *servers)
        self.assertEqual((done.code, attempts()), (0, 2))

    def test_killed_and_not_forgotten(self):
        """What was refused before a kill -9 is not tried again by the next
        run, which begins from the start: but for those under way."""
        path = write("forget.jsonl", *[account(f"bad{i}") for i in range(80)])
        more = ["--jobs", "4", "--account-refusals", "1", "--state",
                DIR / "kept"]
        batch_live.SERVER.clear(0.02)
        killed = 0
        for _ in range(6):
            args = [a for a in map(str, arguments(path, *more))
                    if a != "--no-state"]
            run = subprocess.Popen(
                [harness.PROGRAM, *args], stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, env=harness.clean_environment())
            time.sleep(random.uniform(0.05, 0.3))
            run.kill()
            _, err = run.communicate()
            self.assertEqual(err, b"")
            killed += run.returncode == -signal.SIGKILL
        self.assertGreater(killed, 1)
        done = harness.run(*args)
        self.assertEqual(done.code, 1, done)
        self.assertEqual(len(batch_live.SERVER.logins), 80)
        self.assertLessEqual(attempts(), 80 + 4 * killed)
        before = attempts()
        done = harness.run(*args)
        self.assertEqual(attempts(), before)

    def test_nothing_else_is_resumed(self):
        path = write("resume.jsonl", account("good"))
        other = DIR / "other.txt"
        other.write_text("important\nlines\n")
        done = batch(path, "--resume", other, "--output", f"jsonl:{other}")
        self.assertEqual(done.code, 2, done)
        self.assertEqual(other.read_text(), "important\nlines\n")
        done = batch(path, "--resume", DIR / "no-such-file")
        self.assertEqual(done.code, 2, done)
        self.assertEqual(batch_live.SERVER.logins, {})


if __name__ == "__main__":
    unittest.main()
